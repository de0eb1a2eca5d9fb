"""The only code that draws a study, writes answers down, and ends it; each with its audit row in one transaction."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence

from django.db import transaction
from django.urls import reverse

from kinfold.governance import actions as governance
from kinfold.governance import audit, permissions, reviewers
from kinfold.governance import queries as people
from kinfold.governance.models import Standing, User
from kinfold.record.snapshot import Snapshot
from kinfold.workbench.study import copying, policies, queries
from kinfold.workbench.study.models import (
    ABOUT,
    LONGEST_REASON,
    LONGEST_WORDS,
    REASONS,
    SAID,
    Answer,
    Reader,
    Study,
    Subject,
)

PURPOSE = "review"
SHORTEST_REASON = 5


class UnableToAnswer(Exception):
    """Nothing was written down; the message is fit to show."""


class UnableToReplace(Exception):
    """The same two people go on reading; the message is fit to show."""


class UnableToEnd(Exception):
    """The study goes on as it was; the message is fit to show."""


UnableToDraw = policies.UnableToDraw


@transaction.atomic
def draw(
    *,
    snapshot: Snapshot,
    about: str,
    wanted: int,
    seed: int,
    readers: Sequence[User],
    is_made_up: bool,
    named: Callable[[str], str],
    by: User,
    role: str,
    at: datetime.datetime,
) -> Study:
    """
    Draw a study on the live snapshot and ask two people to read it. named: a child's pseudonym. Raises UnableToDraw.

    The readers' sight of these children, on the study's page alone, starts now and ends with the study.
    """
    if about not in ABOUT:
        raise UnableToDraw("Select which list the study is about.")
    _two_fit_readers(readers, by, at)
    drawn = policies.draw(queries.candidates(snapshot, readers, at), about=about, wanted=wanted, seed=seed)
    copies = copying.copies(snapshot, [one.person_id for one in drawn.children])
    study = Study.objects.create(
        at=at, by=by, role=role, run_id=snapshot.run_id, as_at=snapshot.as_at, about=about, wanted=wanted, seed=seed,
        listed_pool=drawn.listed_pool, unlisted_pool=drawn.unlisted_pool, is_made_up=is_made_up,
        closes_at=at + policies.OPEN_FOR,
    )  # fmt: skip
    subjects = [
        Subject.objects.create(
            study=study, person_id=one.person_id, pseudonym=named(one.person_id), is_listed=one.is_listed,
            age_band=one.age_band, known=one.known, copy=copies[one.person_id],
            is_bare=copying.is_bare(copies[one.person_id]),
        )
        for one in drawn.children
    ]  # fmt: skip
    ids = [one.person_id for one in drawn.children]
    audit.record(
        action="study.drawn", at=at, user=by, role=role, purpose=PURPOSE, listed=sorted(ids),
        detail={"study": study.pk, "about": about, "children": wanted, "seed": seed},
    )  # fmt: skip
    for place, user in enumerate(readers, 1):
        _ask(study, user, place, subjects, at)
    return study


def _two_fit_readers(readers: Sequence[User], by: User, at: datetime.datetime) -> None:
    if len({user.pk for user in readers}) != 2:
        raise UnableToDraw("Select two different people to read.")
    fit = {user.pk for user in queries.who_may_read(at, but=by)}
    if not {user.pk for user in readers} <= fit:
        raise UnableToDraw("Readers are people who may read whole records, who see no points, and not you yourself.")


def _ask(study: Study, user: User, place: int, subjects: Sequence[Subject], at: datetime.datetime) -> None:
    reader = Reader.objects.create(study=study, user=user, place=place)
    _tell_and_let(study, user, [subject.person_id for subject in subjects], at)
    in_order = policies.order([subject.pk for subject in subjects], seed=study.seed, place=place)
    Answer.objects.bulk_create(
        Answer(reader=reader, subject_id=subject, number=number) for number, subject in enumerate(in_order, 1)
    )


def _tell_and_let(study: Study, user: User, person_ids: Sequence[str], at: datetime.datetime) -> None:
    reviewers.let_page_review(
        user=user, page=study.page, person_ids=person_ids, purpose=PURPOSE, from_at=at, to_at=study.closes_at,
    )  # fmt: skip
    governance.tell(
        to=user, message=f"You are asked to read {study.wanted} children for a blind review.",
        link=reverse("study:reading", args=[study.pk]), at=at,
    )  # fmt: skip


@transaction.atomic
def replace(*, study_id: int, place: int, user: User, by: User, role: str, at: datetime.datetime) -> Reader:
    """
    Let somebody else read in the place of a reader who has not finished. Raises UnableToReplace.

    What the one who leaves answered is erased, and their sight ends; who comes begins anew, in the same order and until
    the same day. The other reader goes on and is told nothing. Whom the new reader knows leaves by `queries.leaving`.
    """
    study = Study.objects.select_for_update().get(pk=study_id)
    reader = study.readers.select_related("user").filter(place=place, finished_at=None).first()
    if study.state != "open" or reader is None:
        raise UnableToReplace("This reader has finished, or the study has ended. Nobody can read instead.")
    if study.readers.filter(user=user).exists():
        raise UnableToReplace("Select somebody who does not read it already.")
    if user.pk not in {one.pk for one in queries.who_may_read(at, but=by)}:
        raise UnableToReplace("Readers are people who may read whole records, who see no points, and not you yourself.")
    leaves = reader.user
    reviewers.end_page_review(page=study.page, at=at, user=leaves)
    erased = reader.answers.exclude(said="").update(said="", reason="", words="", at=None)
    reader.user = user
    reader.save(update_fields=["user"])
    audit.record(
        action="study.reader_replaced", at=at, user=by, role=role, purpose=PURPOSE,
        detail={"study": study.pk, "place": place, "left": leaves.pk, "came": user.pk, "erased": erased},
    )  # fmt: skip
    governance.tell(to=leaves, message="You are no longer asked to read for a blind review. Thank you.", at=at)
    _tell_and_let(study, user, list(study.subjects.filter(why_gone="").values_list("person_id", flat=True)), at)
    return reader


@transaction.atomic
def drop(*, study_id: int, why: Mapping[str, str], at: datetime.datetime) -> int:
    """
    Take children out of a study, and everything of them with it: copy, pseudonym, answers, the readers' sight.

    why: by child, a code of WHY_GONE. That one left, and why, stays. Returns how many left.
    """
    study = Study.objects.select_for_update().get(pk=study_id)
    rows = list(study.subjects.filter(why_gone="", person_id__in=list(why)))
    for row in rows:
        person_id = row.person_id
        Answer.objects.filter(subject=row).update(said="", reason="", words="", at=None)
        row.person_id, row.pseudonym, row.copy = "", "", None
        row.gone_at, row.why_gone = at, why[person_id]
        row.save(update_fields=["person_id", "pseudonym", "copy", "gone_at", "why_gone"])
        audit.record(
            action="study.left", at=at, person_id=person_id, purpose=PURPOSE,
            detail={"study": study.pk, "why": row.why_gone},
        )  # fmt: skip
    if rows:
        reviewers.end_page_review(page=study.page, person_ids=list(why), at=at)
    return len(rows)


@transaction.atomic
def answer(
    *, reader: Reader, number: int, said: str, reason: str, words: str, by: User, role: str, at: datetime.datetime
) -> Answer:
    """Write down what a reader says of a child, or put another answer in its place. Raises UnableToAnswer."""
    _open(reader, by)
    row = Answer.objects.select_for_update().select_related("subject").get(reader=reader, number=number)
    if row.subject.why_gone:
        raise UnableToAnswer("This child has left the study. Nothing more is asked.")
    if said not in SAID:
        raise UnableToAnswer("Select an answer.")
    if reason not in REASONS:
        raise UnableToAnswer("Select the reason that weighs most.")
    is_changed = bool(row.said)
    row.said, row.reason, row.words, row.at = said, reason, words.strip()[:LONGEST_WORDS], at
    row.save(update_fields=["said", "reason", "words", "at"])
    # What was said is in no row of the trail: whoever may read that could otherwise tell one reader of the other.
    audit.record(
        action="study.answered", at=at, user=by, role=role, person_id=row.subject.person_id, purpose=PURPOSE,
        entitlement="reviewer", detail={"study": reader.study_id, "changed": int(is_changed)},
    )  # fmt: skip
    return row


def _open(reader: Reader, by: User) -> Study:
    study = Study.objects.select_for_update().get(pk=reader.study_id)
    if study.state != "open" or reader.user_id != by.pk:
        raise UnableToAnswer("This study has ended. Nothing more is asked.")
    if Reader.objects.filter(pk=reader.pk, finished_at__isnull=False).exists():
        raise UnableToAnswer("You have finished. Your answers stay as they are.")
    return study


@transaction.atomic
def finish(*, reader: Reader, by: User, role: str, at: datetime.datetime) -> Study:
    """Say that a reader's answers stand; with the second of them the study is finished. Raises UnableToAnswer."""
    study = _open(reader, by)
    far = next(one for one in queries.progress(study) if one.reader.pk == reader.pk)
    if not policies.may_finish(far.answered, far.asked):
        raise UnableToAnswer("There are children you have not answered yet.")
    Reader.objects.filter(pk=reader.pk).update(finished_at=at)
    audit.record(
        action="study.read_through", at=at, user=by, role=role, purpose=PURPOSE, detail={"study": study.pk},
    )  # fmt: skip
    if not study.readers.filter(finished_at=None).exists():
        _close(study, "finished", at=at)
        governance.tell(
            to=study.by, message="Both readers of a blind review have finished. Its result is there.",
            link=reverse("study:study", args=[study.pk]), at=at,
        )  # fmt: skip
    return study


@transaction.atomic
def end(*, study_id: int, reason: str, by: User, role: str, at: datetime.datetime) -> Study:
    """End a study early: nothing of it will be shown as a result. Raises UnableToEnd."""
    study = Study.objects.select_for_update().get(pk=study_id)
    if study.state != "open":
        raise UnableToEnd("This study has ended already.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToEnd("Say why it ends, in a few words.")
    study.why_ended = reason.strip()[:LONGEST_REASON]
    _close(study, "ended", at=at, by=by, role=role)
    for reader in study.readers.filter(finished_at=None).select_related("user"):
        governance.tell(to=reader.user, message="A blind review has ended early. Thank you: no more is asked.", at=at)
    return study


def _close(study: Study, state: str, *, at: datetime.datetime, by: User | None = None, role: str = "") -> None:
    """The readers' sight ends, and whose the answers were of is erased with the copies; pseudonyms and answers stay."""
    reviewers.end_page_review(page=study.page, at=at)
    study.subjects.update(person_id="", copy=None)
    study.state, study.ended_at, study.ended_by = state, at, by
    study.save(update_fields=["state", "ended_at", "ended_by", "why_ended"])
    audit.record(action=f"study.{state}", at=at, user=by, role=role, purpose=PURPOSE, detail={"study": study.pk})


@transaction.atomic
def tidy(*, at: datetime.datetime, snapshot: Snapshot | None = None) -> int:
    """
    End studies whose time is over, and erase readers' words once they have been kept long enough.

    snapshot: the live one, when children who may be read no longer are to leave their studies too, as each night.
    Doing it twice changes nothing more. Returns how many studies ended.
    """
    over = list(Study.objects.select_for_update().filter(state="open", closes_at__lte=at))
    for study in over:
        _close(study, "lapsed", at=at)
    old = Answer.objects.filter(reader__study__ended_at__lte=at - policies.WORDS_KEPT).exclude(words="")
    old.update(words="")
    for study in Study.objects.filter(state="open") if snapshot is not None else ():
        if why := queries.leaving(study, snapshot, at):
            drop(study_id=study.pk, why=why, at=at)
    return len(over)


@transaction.atomic
def forget_deliveries(*, delivery_ids: Collection[str], at: datetime.datetime) -> int:
    """Take out of open studies every child whose copy holds a row of a delivery that is erased; returns how many."""
    gone = set(delivery_ids)
    left = 0
    for study in Study.objects.filter(state="open"):
        held = study.subjects.filter(why_gone="").exclude(copy=None)
        why = {one.person_id: "erased" for one in held if gone & copying.deliveries(one.copy)}
        left += drop(study_id=study.pk, why=why, at=at) if why else 0
    return left


@transaction.atomic
def raise_concern(*, answer: Answer, by: User, role: str, at: datetime.datetime) -> int:
    """
    Tell whoever can act that somebody must look at a child today: the allocated worker, else the front door.

    The reader is not told who it is. Returns how many people were told. Raises UnableToAnswer.
    """
    person_id = answer.subject.person_id
    if not person_id:
        raise UnableToAnswer("This child has left the study. Ring the front door if you are worried.")
    told, link = _who_acts(person_id, by, at)
    if not told:
        raise UnableToAnswer("There is nobody here whom we could tell. Ring the front door now.")
    for user in told:
        governance.tell(
            to=user, message="A practitioner who read this record for a blind review asks you to look at it today.",
            link=link, at=at,
        )  # fmt: skip
    audit.record(
        action="study.concern", at=at, user=by, role=role, person_id=person_id, purpose=PURPOSE,
        entitlement="reviewer", detail={"study": answer.reader.study_id, "told": len(told)},
    )  # fmt: skip
    return len(told)


def _who_acts(person_id: str, by: User, at: datetime.datetime) -> tuple[list[User], str]:
    allocated = Standing.objects.filter(
        permissions.holds_now(at), person_id=person_id, kind="allocated", holder_kind="worker"
    )
    workers = people.accounts_of(allocated.values_list("holder_ref", flat=True)).values()
    held = [user for user in {user.pk: user for user in workers}.values() if user.is_active]
    if held:
        return held, reverse("record:child", args=[person_id])
    roles = [role for role in permissions.roles().role.values() if "front_door" in role.queues]
    first = sorted(roles, key=lambda role: not role.may_review_duty)  # who decides, before who screens
    return people.people_told(by, first, at), reverse("governance:open_on_duty", args=[person_id])
