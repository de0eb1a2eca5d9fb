"""The only code that lists studies, who may read them, and whom they may draw."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Iterable

from django.db.models import Count, Q

from kinfold.governance import permissions
from kinfold.governance import queries as governance
from kinfold.governance.models import AuditEntry, DutyAccess, Restriction, RoleGrant, Standing, User
from kinfold.record import overlays
from kinfold.record.published import Child
from kinfold.record.snapshot import Snapshot
from kinfold.workbench.study import policies
from kinfold.workbench.study.models import Answer, Reader, Study, Subject
from kinfold.workbench.study.policies import Candidate


def studies() -> list[Study]:
    """Every study, newest first."""
    return list(Study.objects.select_related("by").order_by("-at", "-pk"))


def find(study_id: int) -> Study | None:
    return Study.objects.select_related("by", "ended_by").filter(pk=study_id).first()


def latest_finished() -> Study | None:
    return Study.objects.filter(state="finished").order_by("-ended_at", "-pk").first()


def is_anything_over(at: datetime.datetime) -> bool:
    """Whether a study has to end by itself, or words have been kept long enough."""
    return (
        Study.objects.filter(state="open", closes_at__lte=at).exists()
        or Answer.objects.filter(reader__study__ended_at__lte=at - policies.WORDS_KEPT).exclude(words="").exists()
    )


def reading(user: User, study_id: int) -> Reader | None:
    """This person's reading of a study that is open, or None."""
    rows = Reader.objects.select_related("study").filter(user=user, study_id=study_id, study__state="open")
    return rows.first()


def who_may_read(at: datetime.datetime, *, but: User) -> list[User]:
    """People who may be asked, by name: their roles read whole records and show them the order nowhere."""
    held: dict[int, set[str]] = {}
    for user_id, role in RoleGrant.objects.filter(permissions.holds_now(at)).values_list("user_id", "role"):
        held.setdefault(user_id, set()).add(role)
    known = permissions.roles().role
    fit = [pk for pk, roles in held.items() if policies.may_read(known[role] for role in roles if role in known)]
    return list(User.objects.filter(pk__in=fit, is_active=True).exclude(pk=but.pk).order_by("display_name", "username"))


def candidates(snapshot: Snapshot, readers: Iterable[User], at: datetime.datetime) -> list[Candidate]:
    """Every child of the live list, as the draw weighs them."""
    closed = set(Restriction.objects.filter(permissions.holds_now(at)).values_list("person_id", flat=True))
    own = readers_own(readers, at)
    columns = ("person_id", "household_id", "band", "pathway", "birth_on", "coverage_share", "is_restricted")
    doubted = overlays.doubted_people(snapshot)
    return [
        Candidate(
            person_id=person_id,
            # Who lives in no household (a placement, a refuge) is one alone.
            household_id=household_id or person_id,
            band=band,
            pathway=pathway,
            age_band=policies.age_band(birth_on, as_at=snapshot.as_at),
            coverage=coverage,
            is_closed=is_restricted or person_id in closed or person_id in doubted,
            is_readers_own=person_id in own,
        )
        for person_id, household_id, band, pathway, birth_on, coverage, is_restricted in snapshot.of(Child).values_list(
            *columns
        )
    ]


def readers_own(readers: Iterable[User], at: datetime.datetime, *, of: Collection[str] | None = None) -> set[str]:
    """
    Children a reader may open in any role, has opened before, or opened on duty; `of` some children when given.

    Looks at a study's own pages do not count: they are how it is read.
    """
    found: set[str] = set()
    within = Q() if of is None else Q(person_id__in=list(of))
    for user in readers:
        may = Q(pk__in=[])
        for role in permissions.held_roles(user, at):
            may |= governance.holders(user, role) & Q(kind__in=role.entitled_by)
        found |= set(
            Standing.objects.filter(may, within, permissions.holds_now(at)).values_list("person_id", flat=True)
        )
        looks = AuditEntry.objects.filter(within, user=user, result="allowed").exclude(action__startswith="study.")
        found |= set(looks.values_list("person_id", flat=True).distinct())
        found |= set(DutyAccess.objects.filter(within, user=user).values_list("person_id", flat=True))
    return found - {""}


def leaving(study: Study, snapshot: Snapshot | None, at: datetime.datetime) -> dict[str, str]:
    """Children still in a study who have to leave it now, each with why. Nothing while there is no snapshot."""
    inside = set(study.subjects.filter(why_gone="").values_list("person_id", flat=True)) - {""}
    if not inside or snapshot is None:
        return {}
    there = dict(snapshot.of(Child).filter(person_id__in=inside).values_list("person_id", "is_restricted"))
    closed = set(
        Restriction.objects.filter(permissions.holds_now(at), person_id__in=inside).values_list("person_id", flat=True)
    )
    readers = [reader.user for reader in study.readers.select_related("user")]
    own = readers_own(readers, at, of=inside)
    doubted = overlays.doubted_people(snapshot)
    why = dict.fromkeys(inside - there.keys(), "not_there")
    why |= dict.fromkeys(inside & own, "known")
    why |= dict.fromkeys(inside & doubted, "doubted")
    return why | {one: "restricted" for one in inside if one in closed or there.get(one)}


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far one reader has got: children in the study now, and of them those answered."""

    reader: Reader
    answered: int
    asked: int


def progress(study: Study) -> list[Progress]:
    rows = (
        Answer.objects.filter(reader__study=study, subject__why_gone="")
        .values("reader")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=~Q(said="")))
    )
    counts = {row["reader"]: (row["answered"], row["asked"]) for row in rows}
    readers = study.readers.select_related("user").order_by("place")
    return [Progress(reader, *counts.get(reader.pk, (0, 0))) for reader in readers]


def answers(reader: Reader) -> list[Answer]:
    """One reader's own answers, in their order; those of children who left too, empty."""
    return list(Answer.objects.filter(reader=reader).select_related("subject").order_by("number"))


def find_answer(reader: Reader, number: int) -> Answer | None:
    return Answer.objects.select_related("subject", "reader__study").filter(reader=reader, number=number).first()


@dataclasses.dataclass(frozen=True)
class Both:
    """What both readers said of one child who stayed in the study."""

    subject: Subject
    said: tuple[str, str]
    reasons: tuple[str, str]


def both(study: Study) -> list[Both]:
    """By child who stayed, in the order of their pseudonyms, what the first and the second reader said."""
    rows = Answer.objects.filter(reader__study=study, subject__why_gone="").select_related("subject", "reader")
    found: dict[int, dict[int, Answer]] = {}
    for row in rows:
        found.setdefault(row.subject_id, {})[row.reader.place] = row
    kept = [of for of in found.values() if of.keys() == {1, 2} and of[1].said and of[2].said]
    told = [Both(of[1].subject, (of[1].said, of[2].said), (of[1].reason, of[2].reason)) for of in kept]
    return sorted(told, key=lambda one: one.subject.pseudonym)


def gone(study: Study) -> dict[str, int]:
    """By why they left: how many children."""
    rows = study.subjects.exclude(why_gone="").values("why_gone").annotate(many=Count("pk"))
    return {row["why_gone"]: row["many"] for row in rows.order_by("why_gone")}


def words_of(study: Study) -> list[Answer]:
    """What readers wrote of children who stayed, in no order that says which half the child was of."""
    rows = Answer.objects.filter(reader__study=study, subject__why_gone="").exclude(words="").select_related("subject")
    return list(rows.order_by("words"))
