"""The only code that raises, settles, takes back or withdraws a challenge, each with its audit row."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

from django.db import transaction
from django.urls import reverse

from kinfold.governance import actions as governance
from kinfold.governance import audit, permissions, reviewers
from kinfold.governance import queries as people
from kinfold.governance.models import User
from kinfold.record.challenges import policies
from kinfold.record.challenges.models import LONGEST_WORDS, REASONS, Answer, Challenge
from kinfold.record.models import Overlay

QUEUE = "challenges"


class UnableToChallenge(Exception):
    """Nothing was challenged; the message is fit to show."""


class UnableToSettle(Exception):
    """Nothing was settled; the message is fit to show."""


@dataclasses.dataclass(frozen=True)
class Challenged:
    """What is challenged: a statement (marker, no row), or one row of a delivery as it concerns about_id."""

    about_id: str
    owner: str
    marker: str = ""
    source: str = ""
    table_name: str = ""
    delivery_id: str = ""
    part: str = ""
    row_number: int | None = None
    on: datetime.date | None = None
    fact_kind: str = ""

    @property
    def kind(self) -> str:
        return "statement" if self.row_number is None else "fact"


@transaction.atomic
def raise_challenge(
    *, person_id: str, what: Challenged, said: str, words: str, is_harmful: bool, by: User, role: str,
    at: datetime.datetime,
) -> Challenge:  # fmt: skip
    """
    Say that a fact or a statement is wrong. It is marked for every reader, and hidden when it is said to do harm.

    Whoever settles such challenges is told. Raises UnableToChallenge.
    """
    if said not in REASONS:
        raise UnableToChallenge("Select what is wrong with it.")
    if len(words.strip()) < policies.SHORTEST:
        raise UnableToChallenge("Say what is so, in a few words.")
    same = Challenge.objects.filter(
        state__in=policies.HIDES, kind="statement", marker=what.marker, person_id=person_id,
    ) if what.kind == "statement" else Challenge.objects.filter(
        state__in=policies.HIDES, kind="fact", about_id=what.about_id, delivery_id=what.delivery_id, part=what.part,
        row_number=what.row_number, table_name=what.table_name,
    )  # fmt: skip
    if same.exists():
        raise UnableToChallenge("Somebody has challenged this already. It is marked, and waits to be settled.")
    row = Challenge.objects.create(
        kind=what.kind, person_id=person_id, said=said, words=words.strip()[:LONGEST_WORDS], is_harmful=is_harmful,
        by=by, role=role, at=at, changed_at=at, **dataclasses.asdict(what),
    )  # fmt: skip
    if is_harmful:
        _hide(row, at=at)
    if row.kind == "statement":
        reviewers.let_queue_review(person_id=person_id, queue=QUEUE, purpose="challenge", written_by=QUEUE, at=at)
    audit.record(
        action="challenge.raised", at=at, user=by, role=role, person_id=person_id,
        detail={"challenge": row.pk, "kind": row.kind, "said": said, "hidden": int(is_harmful)},
    )  # fmt: skip
    for user in _settlers(row, by, at):
        governance.tell(to=user, message=_NEW[row.kind], link=_where(row), at=at)
    return row


_NEW = {
    "fact": "A worker says that a fact somebody sent us is wrong. It waits for you.",
    "statement": "A worker says that a statement is wrong. It waits for you.",
}
_TOLD = {
    "upheld": "What you challenged is upheld. It is hidden, and the next run leaves it out.",
    "not_upheld": "What you challenged was not upheld. The mark stays, with the answer.",
    "taken_back": "The answer to what you challenged was taken back. It waits to be settled again.",
}


def _where(row: Challenge) -> str:
    return reverse("challenges:one", args=[row.pk])


def _settlers(row: Challenge, by: User, at: datetime.datetime) -> list[User]:
    """Everybody who settles challenges of the kind; whoever sees who looked when there is nobody."""
    roles = permissions.roles().role.values()
    held = people.people_told(by, [role for role in roles if policies.settles(role, row.kind)], at)
    return held or people.people_told(by, [role for role in roles if role.may_see_looks], at)


def _hide(row: Challenge, *, at: datetime.datetime, state: str = "open") -> None:
    """Hide what is challenged from everybody, or hide it again: one overlay for each challenge."""
    Overlay.objects.update_or_create(
        challenge=row,
        defaults={
            "person_id": row.person_id if row.kind == "statement" else row.about_id,
            "record_ref": "", "source": row.source, "delivery_id": row.delivery_id, "part": row.part,
            "row_number": row.row_number, "marker": row.marker if row.kind == "statement" else "",
            "reason": row.words, "by": row.by, "at": row.at, "state": state, "changed_at": at,
        },
    )  # fmt: skip


def _show(row: Challenge, *, at: datetime.datetime) -> None:
    for overlay in Overlay.objects.select_for_update().filter(challenge=row).exclude(state="lifted"):
        overlay.state, overlay.changed_at = "lifted", at
        overlay.save(update_fields=["state", "changed_at"])


@transaction.atomic
def settle(*, challenge_id: int, is_upheld: bool, words: str, by: User, role: str, at: datetime.datetime) -> Challenge:
    """
    Uphold a challenge, which hides what it is about until the next run leaves it out, or not, which shows it again.

    Nobody settles their own. Raises UnableToSettle.
    """
    row = _open(challenge_id, by, role)
    if len(words.strip()) < policies.SHORTEST:
        raise UnableToSettle("Say why, in a few words. The worker and everybody who reads the page see them.")
    _answer(row, "upheld" if is_upheld else "not_upheld", words, by=by, role=role, at=at)
    if is_upheld:
        _hide(row, at=at, state="upheld")
    else:
        _show(row, at=at)
    return row


@transaction.atomic
def take_back(*, challenge_id: int, words: str, by: User, role: str, at: datetime.datetime) -> Challenge:
    """Take an answer back, so that the challenge is as it was before it. Raises UnableToSettle."""
    row = _held(challenge_id)
    if not policies.settles(permissions.roles().find(role), row.kind):
        raise UnableToSettle("Your role does not settle challenges of this kind.")
    if row.state not in ("upheld", "not_upheld"):
        raise UnableToSettle("This has no answer to take back. Look at the page again.")
    if len(words.strip()) < policies.SHORTEST:
        raise UnableToSettle("Say why it is taken back, in a few words.")
    _answer(row, "taken_back", words, by=by, role=role, at=at)
    if row.is_harmful:
        _hide(row, at=at)
    else:
        _show(row, at=at)
    return row


@transaction.atomic
def withdraw(*, challenge_id: int, words: str, by: User, role: str, at: datetime.datetime) -> Challenge:
    """Withdraw one's own challenge while it waits. Raises UnableToSettle."""
    row = _held(challenge_id)
    if row.by_id != by.pk or row.state != "open":
        raise UnableToSettle("Only who raised it can withdraw it, and only while it waits.")
    _answer(row, "withdrawn", words.strip() or "Withdrawn by who raised it.", by=by, role=role, at=at)
    _show(row, at=at)
    return row


def _held(challenge_id: int) -> Challenge:
    return Challenge.objects.select_for_update().get(pk=challenge_id)


def _open(challenge_id: int, by: User, role: str) -> Challenge:
    row = _held(challenge_id)
    if not policies.settles(permissions.roles().find(role), row.kind):
        raise UnableToSettle("Your role does not settle challenges of this kind.")
    if row.state != "open":
        raise UnableToSettle("Somebody has settled this meanwhile. Look at the page again.")
    if row.by_id == by.pk:
        raise UnableToSettle("You raised this yourself. Somebody else has to settle it.")
    return row


def _answer(row: Challenge, kind: str, words: str, *, by: User, role: str, at: datetime.datetime) -> None:
    said = words.strip()[:LONGEST_WORDS]
    Answer.objects.create(challenge=row, kind=kind, words=said, by=by, role=role, at=at)
    row.state = "open" if kind == "taken_back" else kind
    row.answer, row.settled_at = ("", None) if kind == "taken_back" else (said, at)
    row.made_so_by, row.changed_at = "", at
    row.save(update_fields=["state", "answer", "settled_at", "made_so_by", "changed_at"])
    audit.record(
        action=f"challenge.{kind}", at=at, user=by, role=role, person_id=row.person_id,
        detail={"challenge": row.pk, "kind": row.kind},
    )  # fmt: skip
    if kind in _TOLD:
        governance.tell(to=row.by, message=_TOLD[kind], link=_where(row), at=at)
    if row.kind == "statement":
        _renew_review(row, at=at)


def _renew_review(row: Challenge, *, at: datetime.datetime) -> None:
    """The queue may open the child as long as a statement about the child waits, and no longer."""
    if Challenge.objects.filter(person_id=row.person_id, kind="statement", state="open").exists():
        reviewers.let_queue_review(person_id=row.person_id, queue=QUEUE, purpose="challenge", written_by=QUEUE, at=at)
    else:
        reviewers.end_queue_review(person_id=row.person_id, queue=QUEUE, at=at)


@transaction.atomic
def made_so(*, challenge_ids: list[int], run_id: str, at: datetime.datetime) -> int:
    """What a run has left out needs hiding no longer; returns how many challenges it was the first to make so."""
    rows = Challenge.objects.select_for_update().filter(pk__in=challenge_ids, state="upheld", made_so_by="")
    for row in rows:
        row.made_so_by, row.changed_at = run_id, at
        row.save(update_fields=["made_so_by", "changed_at"])
        _show(row, at=at)
    return len(rows)


Place = tuple[str, str, int]


@transaction.atomic
def follow(*, places: Mapping[int, Place], at: datetime.datetime) -> int:
    """
    Move challenges of facts to where the newest run has the fact now; returns how many moved.

    places: by challenge: delivery, part and row.
    """
    moved = 0
    for row in Challenge.objects.select_for_update().filter(pk__in=list(places), kind="fact"):
        place = places[row.pk]
        if place == (row.delivery_id, row.part, row.row_number):
            continue
        row.delivery_id, row.part, row.row_number = place
        row.save(update_fields=["delivery_id", "part", "row_number"])
        for overlay in Overlay.objects.filter(challenge=row):
            overlay.delivery_id, overlay.part, overlay.row_number = place
            overlay.changed_at = at
            overlay.save(update_fields=["delivery_id", "part", "row_number", "changed_at"])
        moved += 1
    return moved
