"""Searching the audit trail: a look like any other, written before it is answered."""

from __future__ import annotations

import dataclasses
import datetime

from django.db.models import QuerySet
from django.utils import timezone

from kinfold.governance import audit, permissions, queries
from kinfold.governance.gate import PERSON_ID, NotForYou
from kinfold.governance.models import AuditEntry, AuditHead, User


@dataclasses.dataclass(frozen=True)
class ChainState:
    """How long the trail is, and what the last whole check of it said; `said` is empty when it was never checked."""

    entries: int
    checked_at: datetime.datetime | None
    said: str


def audit_search(
    *,
    user: User,
    role: str,
    at: datetime.datetime,
    person_id: str = "",
    username: str = "",
    from_on: datetime.date | None = None,
    to_on: datetime.date | None = None,
    result: str = "",
) -> QuerySet[AuditEntry]:
    """
    Entries of the audit trail, newest first, both days included; the search is recorded first.

    Raises NotForYou when the role may not read the trail.
    """
    held = permissions.roles().find(role)
    may = held is not None and held.may_see_looks and permissions.may_use(user, role, at)
    person = person_id if PERSON_ID.fullmatch(person_id) else ""
    audit.record(
        action="audit.searched",
        at=at,
        user=user,
        role=role,
        person_id=person,
        purpose=held.purpose if held else "",
        result="allowed" if may else "refused",
    )
    if not may:
        raise NotForYou
    if (person_id and not person) or (username and not User.objects.filter(username=username).exists()):
        return AuditEntry.objects.none()
    return queries.looks(
        person_id=person,
        user_id=User.objects.get(username=username).pk if username else None,
        from_at=_midnight(from_on) if from_on else None,
        to_at=_midnight(to_on + datetime.timedelta(days=1)) if to_on else None,
        result=result,
    )


def looks_at(person_id: str) -> QuerySet[AuditEntry]:
    """Who opened a child, newest first, for the child's own page. The page's own look is already recorded."""
    return AuditEntry.objects.filter(person_id=person_id).select_related("user").order_by("-number")


def check_chain(*, at: datetime.datetime) -> audit.Report:
    """Check the whole trail, write down what was found, and leave an anchor outside the database."""
    report = audit.verify()
    audit.record(action="audit.checked", at=at, detail={"holds": int(report.holds), "said": report.message})
    audit.anchor(at=at)
    return report


def chain_state() -> ChainState:
    head = AuditHead.objects.filter(pk=1).first()
    last = AuditEntry.objects.filter(action="audit.checked").order_by("-number").first()
    return ChainState(
        entries=head.number if head else 0,
        checked_at=last.at if last else None,
        said=last.detail["said"] if last else "",
    )


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
