"""The only code that lists governance's rows."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kinfold.areas.roles import Role
from kinfold.governance.models import AuditEntry, DutyAccess, Notice, Restriction, RoleGrant, Standing, User
from kinfold.governance.permissions import holds_now, keys_of, services_of
from kinfold.vocabulary import services

# A record that a feed calls restricted, and of which nothing is decided here yet, is closed all the same.
FLAGGED = ("restricted", "the manager of the team that works with the child")


@dataclasses.dataclass(frozen=True)
class Entitlement:
    """The standing that opens a child to a person; is_closed when a restriction shuts it again."""

    person_id: str
    kind: str
    purpose: str
    until: datetime.datetime | None
    is_closed: bool


def holders(user: User, role: Role, *, through: str = "") -> Q:
    """
    True of standings held by this person, their team, their service or a queue their role works.

    through: a page that asks of the standings held through it and of no others; every other page sees none of those.
    """
    if through:
        return Q(holder_kind="user", holder_ref=f"{user.pk}/{through}")
    holder = Q(holder_kind="user", holder_ref=str(user.pk))
    refs = {"worker": keys_of(user, user.staff_ref), "team": keys_of(user, user.team), "service": services_of(user)}
    for kind, names in refs.items():
        holder |= Q(holder_kind=kind, holder_ref__in=names)
    if role.queues:
        holder |= Q(holder_kind="queue", holder_ref__in=role.queues)
    return holder


def closing(user: User, at: datetime.datetime) -> QuerySet[Restriction]:
    """Restrictions that hold at `at` and do not name the person."""
    return Restriction.objects.filter(holds_now(at)).exclude(Exists(_naming(user)))


def _naming(user: User) -> QuerySet[Any]:
    return Restriction.named.through.objects.filter(restriction_id=OuterRef("pk"), user_id=user.pk)


def standings_of(
    user: User, role: Role, person_ids: Sequence[str], at: datetime.datetime, *, through: str = ""
) -> dict[str, Entitlement]:
    """By child: the standing of the role's first kind that holds at `at`, in one query. through: as of `holders`."""
    held = holders(user, role, through=through)
    rows = (
        Standing.objects.filter(held, holds_now(at), person_id__in=person_ids, kind__in=role.entitled_by)
        .annotate(is_closed=Exists(closing(user, at).filter(person_id=OuterRef("person_id"))))
        .values_list("person_id", "kind", "purpose", "to_at", "is_closed")
    )
    order = {kind: place for place, kind in enumerate(role.entitled_by)}
    found: dict[str, Entitlement] = {}
    for row in sorted(rows, key=lambda row: (order[row[1]], row[3] is not None)):
        found.setdefault(row[0], Entitlement(*row))
    return found


def closed_to(
    user: User, person_ids: Iterable[str], at: datetime.datetime, *, flagged: Iterable[str] = ()
) -> dict[str, tuple[str, str]]:
    """
    By person closed to this reader: the restriction's kind and whom to ask. One query; none about nobody.

    flagged: those whom a feed calls restricted. They are closed too, unless something is decided of them here: a
    restriction that names the reader, or one that somebody lifted while the feed says so.
    """
    flags, asked = set(flagged), {*person_ids, *flagged}
    if not asked:
        return {}
    rows = (
        Restriction.objects.filter(holds_now(at) | Q(overrules_flag=True), person_id__in=asked)
        .annotate(is_open=Exists(_naming(user)))
        .values_list("person_id", "kind", "owner", "is_open", "overrules_flag")
    )
    closed = dict.fromkeys(flags, FLAGGED)
    for person, kind, owner, names_reader, is_lifted in sorted(rows, key=lambda row: not row[4]):
        closed.pop(person, None)
        if not names_reader and not is_lifted:
            closed[person] = (kind, owner)
    return closed


def restrictions_of(person_ids: Iterable[str]) -> QuerySet[Restriction]:
    """The restrictions that hold of some people, with those who are named."""
    return Restriction.objects.filter(person_id__in=list(person_ids), to_at=None).prefetch_related("named")


def all_closed_to(user: User, at: datetime.datetime) -> dict[str, tuple[str, str]]:
    """`closed_to` of everybody whose record is closed to this reader: for a list, which is read before it is known."""
    rows = closing(user, at).values_list("person_id", "kind", "owner")
    return {person: (kind, owner) for person, kind, owner in rows}


def sealed_to(user: User, at: datetime.datetime) -> set[str]:
    """Whose records are sealed to this reader: nobody is told that there is one, nor what was said of it before."""
    return {person_id for person_id, (kind, _) in all_closed_to(user, at).items() if kind == "sealed"}


def is_allocated(person_id: str, at: datetime.datetime) -> bool:
    """Whether a worker is allocated to the child."""
    return Standing.objects.filter(holds_now(at), person_id=person_id, kind="allocated", holder_kind="worker").exists()


def is_restricted(person_id: str, at: datetime.datetime) -> bool:
    return Restriction.objects.filter(holds_now(at), person_id=person_id).exists()


def people_told(user: User, roles: Iterable[Role], at: datetime.datetime) -> list[User]:
    """
    Whom to tell of what `user` did: those of the first of `roles` that anyone else holds. A role that manages counts
    in the user's own team only; a team of the same name in another agency is another team.
    """
    for role in roles:
        grants = RoleGrant.objects.filter(holds_now(at), role=role.name, user__is_active=True).exclude(user=user)
        if role.manages:
            grants = grants.filter(user__team=user.team, user__agency=user.agency).exclude(user__team="")
        held = [grant.user for grant in grants.select_related("user").order_by("user_id")]
        if held:
            return held
    return []


def notices_of(user: User) -> QuerySet[Notice]:
    """A person's notices, unread first, then newest."""
    return Notice.objects.filter(to=user).order_by(F("read_at").desc(nulls_first=True), "-at", "-pk")


def duty_to_review(user: User, role: Role, at: datetime.datetime) -> QuerySet[DutyAccess]:
    """
    Children opened on duty, those nobody has reviewed first, oldest first; a manager's are their team's.

    Of a record sealed since, nobody is told but who answers for restrictions or is named.
    """
    opened = DutyAccess.objects.select_related("user", "reviewed_by")
    if not role.may_keep_restrictions:
        sealed = closing(user, at).filter(kind="sealed", person_id=OuterRef("person_id"))
        opened = opened.exclude(Exists(sealed))
    if role.manages:
        opened = opened.filter(user__team=user.team, user__agency=user.agency).exclude(user__team="")
    return opened.order_by(F("reviewed_at").asc(nulls_first=True), "from_at")


def looks(
    *,
    person_id: str = "",
    user_id: int | None = None,
    from_at: datetime.datetime | None = None,
    to_at: datetime.datetime | None = None,
    result: str = "",
    action: str = "",
) -> QuerySet[AuditEntry]:
    """Audit entries, newest first; of a child, those that opened the child and those that listed them."""
    rows = AuditEntry.objects.select_related("user").order_by("-number")
    if person_id:
        rows = rows.filter(Q(person_id=person_id) | Q(listed__contains=f" {person_id} "))
    if user_id:
        rows = rows.filter(user_id=user_id)
    if from_at:
        rows = rows.filter(at__gte=from_at)
    if to_at:
        rows = rows.filter(at__lt=to_at)
    if result:
        rows = rows.filter(result=result)
    if action:
        rows = rows.filter(action=action)
    return rows


def accounts_of(workers: Iterable[str]) -> dict[str, User]:
    """By the key of a worker: the account that it stands for, where there is one."""
    wanted = set(workers) - {""}
    numbers = wanted | {services.number_of(key) for key in wanted}
    found = User.objects.filter(staff_ref__in=numbers).order_by("pk")
    return {key: user for user in found for key in keys_of(user, user.staff_ref) & wanted}


def opened_by(workers: Iterable[str], person_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Of some workers and children, the pairs (key of the worker, person id) whose worker has opened the child."""
    accounts = {user.pk: key for key, user in accounts_of(workers).items()}
    looks = AuditEntry.objects.filter(
        user__in=list(accounts), person_id__in=set(person_ids), action="child.opened", result="allowed"
    )
    return {(accounts[user], person) for user, person in looks.values_list("user", "person_id").distinct()}
