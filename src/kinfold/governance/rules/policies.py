"""What a version of the rules is on a day: worked out from its approvals, withdrawal and base, never stored."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Literal

from django.utils import timezone

from kinfold.areas.roles import RULES_OFFICES
from kinfold.governance.rules.models import RuleApproval, RuleSet, RuleWithdrawal

State = Literal["proposed", "out_of_date", "approved", "live", "replaced", "withdrawn"]

STATE_WORDS: dict[State, str] = {
    "proposed": "Waiting for approval",
    "out_of_date": "No longer fits",
    "approved": "Approved",
    "live": "Live",
    "replaced": "Replaced",
    "withdrawn": "Withdrawn",
}
OFFICE_WORDS = {"practice": "the practice lead", "governance": "the information governance lead"}
REVIEW_AFTER = datetime.timedelta(days=365)


@dataclasses.dataclass(frozen=True)
class Version:
    """
    One version of the rules as it stands on a day.

    missing: offices whose approval it still needs. starts_on: the first day it counts; null until it is approved.
    """

    row: RuleSet
    approvals: tuple[RuleApproval, ...]
    withdrawal: RuleWithdrawal | None
    missing: tuple[str, ...]
    starts_on: datetime.date | None
    state: State

    @property
    def review_on(self) -> datetime.date | None:
        """The day by which somebody asks whether it still serves."""
        return self.starts_on + REVIEW_AFTER if self.starts_on else None


def missing_offices(approvals: Iterable[RuleApproval]) -> tuple[str, ...]:
    given = {approval.office for approval in approvals}
    return tuple(office for office in RULES_OFFICES if office not in given)


def may_be_approved(found: Version, *, by_id: int, office: str) -> bool:
    """Whether a person who speaks for an office can approve it: two offices, two people, neither its author."""
    waits = found.state == "proposed" and office in found.missing
    return waits and by_id not in {found.row.proposed_by_id, *(approval.by_id for approval in found.approvals)}


def may_be_withdrawn(found: Version, *, by_id: int, office: str) -> bool:
    """Its author or an office takes it back, as long as it has never been live."""
    return found.state in ("proposed", "out_of_date", "approved") and (
        bool(office) or found.row.proposed_by_id == by_id
    )


def starts_on(row: RuleSet, approvals: Iterable[RuleApproval], *, after: datetime.date | None) -> datetime.date:
    """
    The first day an approved version counts: the day it asks for, and no day that has begun when it is approved.

    after: when the version it was changed from starts; it never starts before that.
    """
    approved_on = max(timezone.localtime(approval.at).date() for approval in approvals)
    return max(row.from_on, approved_on + datetime.timedelta(days=1), after or row.from_on)
