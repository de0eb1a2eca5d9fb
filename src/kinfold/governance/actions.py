"""The only code that changes governance's rows: keyword-only, one transaction, audit inside."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from django.db import transaction
from django.urls import reverse

from kinfold.governance import audit, permissions, policies, queries
from kinfold.governance.gate import PERSON_ID, NotForYou
from kinfold.governance.models import DutyAccess, Notice, Restriction, RoleGrant, Standing, User

BATCH = 2_000


class UnableToOpenOnDuty(Exception):
    """The child cannot be opened on duty; the message is fit to show."""


class UnableToReview(Exception):
    """The look on duty cannot be marked as reviewed; the message is fit to show."""


class UnableToChangeNamed(Exception):
    """The people named for a restricted record cannot be changed so; the message is fit to show."""


class UnableToGrant(Exception):
    """The role cannot be given; the message is fit to show."""


@dataclasses.dataclass(frozen=True, order=True)
class StandingRow:
    """A standing the run says holds now. Empty purpose takes the one the kind has."""

    holder_kind: str
    holder_ref: str
    person_id: str
    kind: str
    purpose: str = ""


@dataclasses.dataclass(frozen=True)
class Renewed:
    """How many standings were opened, closed and left as they were."""

    opened: int
    closed: int
    kept: int


KIND_PURPOSE = {
    "allocated": "case_work",
    "team": "supervision",
    "service": "partner_care",
    "outreach": "outreach",
    "front_door": "front_door",
    "reviewer": "review",
}


def renew_standings(*, rows: Iterable[StandingRow], run_id: str, at: datetime.datetime) -> Renewed:
    """
    Make the standings the run writes be exactly `rows`: close those that are gone, open those that are new.

    Standings written by people (duty, reviewer) are left alone. Written in small transactions, new ones first, so
    that nobody's look waits for a whole county's; cut off half-way, the next run finishes it.
    """
    wanted = {
        (row.holder_kind, row.holder_ref, row.person_id, row.kind): row.purpose or KIND_PURPOSE[row.kind]
        for row in rows
    }
    standing = Standing.objects.filter(written_by="run", to_at=None).values_list(
        "pk", "holder_kind", "holder_ref", "person_id", "kind", "purpose"
    )
    held = {
        (holder_kind, ref, person, kind): (pk, purpose)
        for pk, holder_kind, ref, person, kind, purpose in standing.iterator(chunk_size=20_000)
    }
    gone = [pk for key, (pk, purpose) in held.items() if wanted.get(key) != purpose]
    new = [key for key, purpose in wanted.items() if key not in held or held[key][1] != purpose]
    for batch in _batches(new):
        _open_standings(batch, wanted, run_id, at)
    for gone_batch in _batches(gone):
        Standing.objects.filter(pk__in=gone_batch).update(to_at=at)
    done = Renewed(opened=len(new), closed=len(gone), kept=len(held) - len(gone))
    audit.record(action="standings.renewed", at=at, detail={"run": run_id, **dataclasses.asdict(done)})
    transaction.on_commit(lambda: audit.anchor(at=at))
    return done


Key = tuple[str, str, str, str]


@transaction.atomic
def _open_standings(keys: list[Key], purposes: dict[Key, str], run_id: str, at: datetime.datetime) -> None:
    Standing.objects.bulk_create(
        Standing(
            holder_kind=holder_kind,
            holder_ref=ref,
            person_id=person,
            kind=kind,
            purpose=purposes[holder_kind, ref, person, kind],
            from_at=at,
            written_by="run",
            run_id=run_id,
        )
        for holder_kind, ref, person, kind in keys
    )


def open_on_duty(
    *, user: User, role: str, person_id: str, purpose: str, reason: str, at: datetime.datetime
) -> DutyAccess:
    """
    Open a child nobody is allocated to, for the area's minutes, and tell a manager.

    Raises NotForYou, in the words of a child who is not there, when the role may not or the record is restricted;
    UnableToOpenOnDuty when a worker is allocated or the purpose or reason will not do. What was typed is judged
    before the record is looked up, so that a slip in it is answered alike for every record number.
    """
    held = permissions.roles().find(role)
    may = held is not None and held.may_duty and permissions.may_use(user, role, at)
    is_id = PERSON_ID.fullmatch(person_id) is not None
    if may and purpose not in permissions.roles().duty.purposes:
        raise UnableToOpenOnDuty("Select why you need to open this record.")
    if may and len(reason.strip()) < policies.SHORTEST_REASON:
        raise UnableToOpenOnDuty("Say why in a few words, so that your manager can understand it later.")
    if not may or not is_id or queries.is_restricted(person_id, at):
        _refused(user, role, person_id if is_id else "", purpose, at, why="not for duty")
        raise NotForYou
    if not policies.may_open_on_duty(person_id, at):
        _refused(user, role, person_id, purpose, at, why="allocated")
        raise UnableToOpenOnDuty(
            "A worker is allocated to this child. Ring the worker or their team manager; nothing was opened."
        )
    return _open(user, role, person_id, purpose, reason.strip(), at)


def _refused(user: User, role: str, person_id: str, purpose: str, at: datetime.datetime, *, why: str) -> None:
    audit.record(
        action="duty.opened",
        at=at,
        user=user,
        role=role,
        person_id=person_id,
        purpose=purpose if purpose in permissions.roles().duty.purposes else "",
        result="refused",
        detail={"why": why},
    )


@transaction.atomic
def _open(user: User, role: str, person_id: str, purpose: str, reason: str, at: datetime.datetime) -> DutyAccess:
    duty = permissions.roles().duty
    until = at + datetime.timedelta(minutes=duty.minutes)
    opened = DutyAccess.objects.create(
        user=user, role=role, person_id=person_id, purpose=purpose, reason=reason, from_at=at, to_at=until
    )
    Standing.objects.create(
        holder_kind="user",
        holder_ref=str(user.pk),
        person_id=person_id,
        kind="duty",
        purpose="duty",
        from_at=at,
        to_at=until,
        written_by=f"user:{user.pk}",
    )
    told = queries.people_told(user, [permissions.roles().get(name) for name in duty.told], at)
    for person in told:
        tell(
            to=person,
            message=f"{user} opened a child nobody is allocated to. Reason given: {duty.purposes[purpose]}.",
            link=reverse("governance:duty_review", args=[opened.pk]),
            at=at,
        )
    audit.record(
        action="duty.opened",
        at=at,
        user=user,
        role=role,
        person_id=person_id,
        purpose="duty",
        entitlement="duty",
        detail={"duty_purpose": purpose, "minutes": duty.minutes, "told": len(told)},
    )
    return opened


@transaction.atomic
def review_duty(*, opened_id: int, by: User, role: str, review: str, at: datetime.datetime) -> DutyAccess:
    """Record that somebody else looked at why a child was opened on duty. Raises UnableToReview."""
    opened = DutyAccess.objects.select_for_update().get(pk=opened_id)
    if opened.user_id == by.pk:
        raise UnableToReview("Somebody else has to review what you opened.")
    if not policies.awaits_review(opened):
        raise UnableToReview("This has been reviewed already.")
    opened.reviewed_at, opened.reviewed_by, opened.review = at, by, review
    opened.save(update_fields=["reviewed_at", "reviewed_by", "review"])
    audit.record(
        action="duty.reviewed", at=at, user=by, role=role, person_id=opened.person_id, detail={"opened": opened.pk}
    )
    return opened


def tell(*, to: User, message: str, link: str = "", at: datetime.datetime) -> Notice:
    """Leave a notice for a person. The message never names a child."""
    return Notice.objects.create(to=to, message=message, link=link, at=at)


@transaction.atomic
def read_notices(*, user: User, at: datetime.datetime) -> int:
    """Mark a person's notices as read; return how many were not."""
    return Notice.objects.filter(to=user, read_at=None).update(read_at=at)


@transaction.atomic
def grant_role(*, user: User, role: str, at: datetime.datetime, by: User | None = None) -> RoleGrant:
    """Give a person a role of the area from now on; giving it twice changes nothing. Raises UnableToGrant."""
    if permissions.roles().find(role) is None:
        raise UnableToGrant(f"{role} is not a role of this area.")
    if by is not None and by.pk == user.pk:
        raise UnableToGrant("Nobody gives a role to themselves.")
    granted, is_new = RoleGrant.objects.get_or_create(user=user, role=role, to_at=None, defaults={"from_at": at})
    if is_new:
        audit.record(action="role.granted", at=at, user=by, detail={"to_user": user.pk, "role": role})
    return granted


@transaction.atomic
def end_role(*, user: User, role: str, at: datetime.datetime, by: User | None = None) -> int:
    """End a role a person holds; return how many grants ended."""
    ended = RoleGrant.objects.filter(user=user, role=role, to_at=None).update(to_at=at)
    if ended:
        audit.record(action="role.ended", at=at, user=by, detail={"of_user": user.pk, "role": role})
    return ended


@transaction.atomic
def restrict(
    *,
    person_id: str,
    kind: str,
    owner: str,
    reason: str,
    named: Iterable[User],
    by: User | None,
    at: datetime.datetime,
) -> Restriction:
    """Shut a child's record to everyone but the named people, at once. An earlier restriction is replaced."""
    Restriction.objects.filter(person_id=person_id, to_at=None).update(to_at=at)
    Restriction.objects.filter(person_id=person_id, overrules_flag=True).update(overrules_flag=False)
    restriction = Restriction.objects.create(
        person_id=person_id, kind=kind, owner=owner, reason=reason, from_at=at, written_by=by, named_by=by
    )
    people = list(named)
    restriction.named.set(people)
    audit.record(action=f"record.{kind}", at=at, user=by, person_id=person_id, detail={"named": _numbers(people)})
    return restriction


@transaction.atomic
def lift_restriction(*, person_id: str, by: User | None, reason: str, at: datetime.datetime) -> int:
    """
    Open a restricted record again to those entitled to it; return how many restrictions ended.

    It stays open while a feed goes on flagging the record: whoever lifted it knew that. A flag that a run finds gone
    and that comes again later is a new one.
    """
    lifted = Restriction.objects.filter(person_id=person_id, to_at=None).update(to_at=at, overrules_flag=True)
    if lifted:
        audit.record(action="record.reopened", at=at, user=by, person_id=person_id, detail={"why": reason[:200]})
    return lifted


@transaction.atomic
def change_named(
    *,
    person_id: str,
    add: Iterable[User] = (),
    remove: Iterable[User] = (),
    by: User,
    reason: str,
    at: datetime.datetime,
) -> Restriction:
    """
    Change who may open a restricted record, at once. From then on a person answers for the list, and no run changes it.

    Raises UnableToChangeNamed, and changes nothing, when the record is not restricted, no reason is given, nothing
    would change, or somebody names themselves.
    """
    restriction = Restriction.objects.select_for_update().filter(person_id=person_id, to_at=None).first()
    if restriction is None:
        raise UnableToChangeNamed("This record is not restricted, so nobody needs to be named for it.")
    if len(reason.strip()) < policies.SHORTEST_REASON:
        raise UnableToChangeNamed("Say why in a few words, so that it can be understood later.")
    held = set(restriction.named.all())
    wanted = (held | set(add)) - set(remove)
    if by in wanted - held:
        raise UnableToChangeNamed("Nobody names themselves for a restricted record. Ask somebody else to.")
    if wanted == held:
        raise UnableToChangeNamed("Nothing would change: the same people are named already.")
    restriction.named_by = by
    restriction.save(update_fields=["named_by"])
    _name(restriction, held, wanted, by=by, at=at, why=reason.strip()[:200])
    return restriction


@transaction.atomic
def restrict_flagged(*, flagged: Mapping[str, Iterable[User]], owner: str, reason: str, at: datetime.datetime) -> int:
    """
    Shut the records that feeds flag as restricted, and return how many are newly shut.

    flagged: by person, the workers allocated, who are named. Where no person has chosen the named, they become these
    again: a child who changes hands is not shut to the new worker. A record that somebody lifted while it was flagged
    stays open.
    """
    gone = Restriction.objects.filter(overrules_flag=True).exclude(person_id__in=flagged)
    gone.update(overrules_flag=False)
    lifted = set(Restriction.objects.filter(overrules_flag=True).values_list("person_id", flat=True))
    in_force = {held.person_id: held for held in queries.restrictions_of(flagged)}
    for person_id in sorted(set(flagged) & set(in_force)):
        held, wanted = set(in_force[person_id].named.all()), set(flagged[person_id])
        is_the_runs = in_force[person_id].written_by_id is None and in_force[person_id].named_by_id is None
        if is_the_runs and held != wanted:
            _name(in_force[person_id], held, wanted, by=None, at=at, why="allocated")
    new = sorted(set(flagged) - set(in_force) - lifted)
    for person_id in new:
        restrict(
            person_id=person_id, kind="restricted", owner=owner, reason=reason, named=flagged[person_id], by=None, at=at
        )
    return len(new)


def _name(
    restriction: Restriction, held: set[User], wanted: set[User], *, by: User | None, at: datetime.datetime, why: str
) -> None:
    restriction.named.set(wanted)
    audit.record(
        action="record.named",
        at=at,
        user=by,
        person_id=restriction.person_id,
        detail={"added": _numbers(wanted - held), "removed": _numbers(held - wanted), "why": why},
    )


def _numbers(people: Iterable[User]) -> str:
    """Accounts by their numbers, as an entry of the trail may hold them."""
    return " ".join(str(number) for number in sorted(person.pk for person in people))


Item = TypeVar("Item")


def _batches(keys: list[Item]) -> Iterator[list[Item]]:
    walk = iter(keys)
    while batch := list(itertools.islice(walk, BATCH)):
        yield batch
