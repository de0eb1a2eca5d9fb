"""What a version of an agreement lets happen on a day: worked out from its terms, approvals and end, never stored."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Literal

from django.utils import timezone

from kinfold.areas.agreements import Agreement as Terms
from kinfold.governance.agreements.models import Agreement, Approval, Purge

State = Literal["proposed", "approved", "live", "review", "ended", "replaced"]

STATE_WORDS: dict[State, str] = {
    "proposed": "Proposed",
    "approved": "Approved, not begun",
    "live": "Live",
    "review": "Due for review",
    "ended": "Ended",
    "replaced": "Replaced",
}
# How long what one person alone has ended stays, so that a mistake, or worse, can still be called off.
WAITS = datetime.timedelta(days=7)
LOADS: frozenset[State] = frozenset({"live", "review"})


@dataclasses.dataclass(frozen=True)
class Version:
    """
    One version of a feed's agreement as it stands on a day.

    missing: offices whose approval it still needs. purge: what ends it, when that is not called off.
    """

    row: Agreement
    terms: Terms
    approvals: tuple[Approval, ...]
    missing: tuple[str, ...]
    state: State
    purge: Purge | None

    @property
    def loads(self) -> bool:
        """Whether deliveries may be loaded under it."""
        return self.state in LOADS

    @property
    def last_on(self) -> datetime.date:
        """The last day on which a delivery may be received."""
        if self.purge is None:
            return self.row.to_on
        return min(self.row.to_on, self.purge.due_on - datetime.timedelta(days=1))


def missing_offices(terms: Terms, approvals: tuple[Approval, ...]) -> tuple[str, ...]:
    """Offices that have not approved; one that names none still needs an approval, by whoever answers for it."""
    given = {approval.office for approval in approvals}
    needed = terms.approved_by or ("Data protection officer",)
    return tuple(office for office in needed if office not in given)


def has_ended(purge: Purge | None, on: datetime.date) -> bool:
    """
    Whether an end has taken effect on `on`.

    One due when it was recorded, or carried out, ends the agreement for every day: a delivery that claims to be of an
    earlier day is refused too.
    """
    if purge is None:
        return False
    at_once = purge.due_on <= timezone.localtime(purge.at).date()
    return at_once or purge.carried_out_at is not None or purge.due_on <= on


def erased_from(purge: Purge) -> datetime.date:
    """
    The first day on which what a purge names is erased.

    An end that one person recorded waits a week at least; a second person may confirm it, and then it is due when the
    agreement ends. To narrow an agreement takes two people anyway: who entered it and who approved it.
    """
    if purge.confirmed_at is not None or purge.narrowed_to is not None:
        return purge.due_on
    return max(purge.due_on, timezone.localtime(purge.at).date() + WAITS)


def state_of(
    row: Agreement, missing: tuple[str, ...], purge: Purge | None, *, is_replaced: bool, on: datetime.date
) -> State:
    """
    The state of a version on a day.

    is_replaced: whether a later version was in force by then. A delivery may be loaded in the states of LOADS only.
    """
    if has_ended(purge, on) or (on > row.to_on and not is_replaced):
        return "ended"
    if is_replaced:
        return "replaced"
    if missing:
        return "proposed"
    if on < row.from_on:
        return "approved"
    return "review" if row.review_on is not None and row.review_on <= on else "live"
