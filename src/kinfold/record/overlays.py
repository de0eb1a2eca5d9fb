"""
"This is not this child": what is hidden at once, who is told, and how the doubt ends. The only code that changes it.

A doubt hides a whole source record, or one row of it, from everybody. Whoever settles the match upholds it or lifts it.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Count, Max, Min
from django.urls import reverse

from kinfold.governance import actions as governance
from kinfold.governance import audit, permissions
from kinfold.governance import queries as people
from kinfold.governance.models import AuditEntry, User
from kinfold.record import queries
from kinfold.record.models import Overlay
from kinfold.record.published import Evidence
from kinfold.record.snapshot import Snapshot
from kinfold.record.veil import Hidden

SHORTEST_REASON = 5
SEEN_WITHIN = datetime.timedelta(days=90)
HIDES = ("open", "upheld")
LOOKS = ("child.opened", "evidence.opened")


class UnableToDoubt(Exception):
    """Nothing was hidden; the message is fit to show."""


@dataclasses.dataclass(frozen=True)
class Doubted:
    """What is said not to be the child's: a record (no row), or one row of a delivery."""

    record_ref: str
    source: str
    delivery_id: str = ""
    part: str = ""
    row_number: int | None = None


@transaction.atomic
def doubt(
    *, person_id: str, what: Collection[Doubted], reason: str, by: User, role: str, at: datetime.datetime
) -> list[Overlay]:
    """
    Hide what is not this child's; tell managers of the reporter's team, information governance and the matchers.

    What is hidden already stays as it is. Raises UnableToDoubt.
    """
    if not what:
        raise UnableToDoubt("Tick what does not belong to this child.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToDoubt("Say how you know, in a few words.")
    told = _told(by, at)
    hidden = {_place(row) for row in Overlay.objects.filter(person_id=person_id, state__in=HIDES)}
    made = [
        Overlay.objects.create(
            person_id=person_id, reason=reason.strip(), by=by, at=at, told=[one.pk for one in told], changed_at=at,
            **dataclasses.asdict(one),
        )
        for one in what
        if (one.record_ref, one.delivery_id, one.part, one.row_number) not in hidden
    ]  # fmt: skip
    if not made:
        raise UnableToDoubt("Somebody has said so already. It is hidden, and being checked.")
    audit.record(
        action="doubt.raised", at=at, user=by, role=role, person_id=person_id,
        detail={"overlays": " ".join(str(one.pk) for one in made), "reason": reason.strip()},
    )  # fmt: skip
    where = reverse("record:doubt", args=[made[0].pk])
    for user in told:
        governance.tell(
            to=user, message="A worker says that a fact is about another child. It is hidden.", link=where, at=at
        )
    for user in _matchers(by, at):
        governance.tell(
            to=user, message="A match is doubted from a child’s page. It is first in the queue.", link=_queue(), at=at
        )
    return made


def _place(row: Overlay) -> tuple[str, str, str, int | None]:
    return (row.record_ref, row.delivery_id, row.part, row.row_number)


def _told(by: User, at: datetime.datetime) -> list[User]:
    roles = permissions.roles().role.values()
    managers = people.people_told(by, [role for role in roles if role.manages], at)
    leads = people.people_told(by, [role for role in roles if role.may_see_looks], at)
    return list({one.pk: one for one in (*managers, *leads)}.values())


def _matchers(by: User, at: datetime.datetime) -> list[User]:
    return people.people_told(by, [role for role in permissions.roles().role.values() if role.may_match], at)


def _queue() -> str:
    return reverse("matches:home")


@transaction.atomic
def settle(*, decision: int, answers: Mapping[str, Collection[str]], by: User, role: str, at: datetime.datetime) -> int:
    """
    Uphold or lift the open doubts that a decision on a match answers; returns how many.

    answers: by record_ref, the records it was one person with and is now kept apart from. A doubt is upheld when one of
    those is not itself in doubt, and lifted when there is none: the record does belong.
    """
    rows = list(Overlay.objects.select_for_update().filter(state="open", challenge=None, record_ref__in=list(answers)))
    doubted = {row.record_ref for row in rows}
    for row in rows:
        row.state = "upheld" if set(answers[row.record_ref]) - doubted else "lifted"
        row.settled_at, row.decision, row.changed_at = at, decision, at
        row.save(update_fields=["state", "settled_at", "decision", "changed_at"])
        audit.record(
            action=f"doubt.{row.state}", at=at, user=by, role=role, person_id=row.person_id,
            detail={"overlay": row.pk, "decision": decision},
        )  # fmt: skip
        _tell_again(row, at)
    return len(rows)


def _tell_again(row: Overlay, at: datetime.datetime) -> None:
    said = {
        "upheld": "What was doubted is about another child. The next run puts it right.",
        "lifted": "What was doubted does belong to the child. It is shown again.",
        "open": "A decision on a doubted match was taken back. What was doubted is hidden again.",
    }[row.state]
    for user in User.objects.filter(pk__in={*row.told, row.by_id}):
        governance.tell(to=user, message=said, link=reverse("record:doubt", args=[row.pk]), at=at)


@transaction.atomic
def doubt_again(*, decision: int, by: User, role: str, at: datetime.datetime) -> int:
    """Put back what a decision settled, because it was taken back; returns how many doubts are open again."""
    rows = list(Overlay.objects.select_for_update().filter(decision=decision))
    for row in rows:
        row.state, row.settled_at, row.decision, row.changed_at = "open", None, None, at
        row.save(update_fields=["state", "settled_at", "decision", "changed_at"])
        audit.record(
            action="doubt.reopened", at=at, user=by, role=role, person_id=row.person_id, detail={"overlay": row.pk}
        )
        _tell_again(row, at)
    return len(rows)


@functools.lru_cache(maxsize=4)
def _remembered(mark: str) -> tuple[Overlay, ...]:
    return tuple(Overlay.objects.filter(state__in=HIDES).select_related("challenge"))


def _standing(snapshot: Snapshot) -> tuple[Overlay, ...]:
    """
    Everything that is hidden now.

    There is little of it, so a process remembers it until the mark that comes with the pointer changes.
    """
    if not snapshot.overlay_mark:
        return _remembered.__wrapped__("")
    return () if snapshot.overlay_mark.startswith("0 ") else _remembered(snapshot.overlay_mark)


def hidden(snapshot: Snapshot, person_ids: Iterable[str], *, of: Iterable[str]) -> Hidden:
    """
    What is said not to be these people's, and what of the children `of` rests on it.

    No query when there is nothing, else one.
    """
    wanted = set(person_ids)
    rows = [row for row in _standing(snapshot) if row.person_id in wanted or _page_of(row) in wanted]
    if not rows:
        return Hidden()
    agency = {feed.feed: feed.agency for feed in queries.feeds(snapshot)}
    found = Hidden(
        records=frozenset((row.person_id, row.record_ref) for row in rows if row.record_ref and not row.delivery_id),
        rows=frozenset((row.person_id, row.delivery_id, row.part, row.row_number) for row in rows if row.delivery_id),
        agencies=frozenset((row.person_id, agency.get(row.source, "")) for row in rows if row.source),
        pages=frozenset((_page_of(row), row.delivery_id, row.part, row.row_number) for row in rows if _page_of(row)),
        statements=frozenset((row.person_id, row.marker) for row in rows if row.marker),
        challenged=frozenset(one for row in rows if row.challenge_id for one in (row.person_id, _page_of(row)) if one),
        doubted=frozenset(row.person_id for row in rows if not row.challenge_id),
    )
    return dataclasses.replace(found, rests=_rests(snapshot, found, of))


def _page_of(row: Overlay) -> str:
    """The child on whose page a fact was challenged, which shows it no more, whoever it is about; "" for a doubt."""
    return row.challenge.person_id if row.challenge is not None and row.delivery_id else ""


def _rests(snapshot: Snapshot, found: Hidden, of: Iterable[str]) -> dict[tuple[str, str], bool]:
    """Statements of some children that rest on something hidden, anybody's, and whether on nothing else."""
    rests: dict[tuple[str, str], list[bool]] = {}
    for row in snapshot.of(Evidence).filter(person_id__in=list(of)):
        rests.setdefault((row.person_id, row.marker), []).append(found.hides(row))
    return {key: all(gone) for key, gone in rests.items() if any(gone)}


def doubted_people(snapshot: Snapshot) -> frozenset[str]:
    """Everybody of whom a whole record is said to be another's."""
    return frozenset(row.person_id for row in _standing(snapshot) if row.record_ref and not row.delivery_id)


def open_doubts() -> list[Overlay]:
    """Doubts that nobody has settled, the oldest first."""
    return list(Overlay.objects.filter(state="open", challenge=None).select_related("by").order_by("at", "pk"))


def standing_of(person_id: str) -> list[Overlay]:
    """What is hidden of a child, the newest first."""
    return list(
        Overlay.objects.filter(person_id=person_id, challenge=None, state__in=HIDES)
        .select_related("by")
        .order_by("-at", "-pk")
    )


@dataclasses.dataclass(frozen=True)
class Seen:
    """Somebody who saw the page that a fact was on: in which roles, how often, from when to when."""

    name: str
    role: str
    times: int
    first: datetime.datetime
    last: datetime.datetime


def seen_by(row: Overlay) -> list[Seen]:
    """Who opened the child's pages in the 90 days before the fact was hidden, the last to look first."""
    looks = AuditEntry.objects.filter(
        person_id=row.person_id, action__in=LOOKS, result="allowed", at__gte=row.at - SEEN_WITHIN, at__lte=row.at
    )
    grouped = looks.values("user__display_name", "user__username", "role").annotate(
        times=Count("number"), first=Min("at"), last=Max("at")
    )
    return [
        Seen(one["user__display_name"] or one["user__username"], one["role"], one["times"], one["first"], one["last"])
        for one in grouped.order_by("-last")
    ]
