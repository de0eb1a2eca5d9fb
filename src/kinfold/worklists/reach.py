"""What a week's capacity is expected to reach and what it will miss, in sentences for those who work the list."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from kinfold.areas.roles import Role
from kinfold.governance.models import User
from kinfold.record.published import Reach
from kinfold.record.snapshot import Snapshot
from kinfold.vocabulary.dates import in_words

OF_QUEUE = {"outreach": "no_service", "front_door": "front_door"}
WORK = {
    "no_service": "{} outreach conversations a week",
    "front_door": "{} front door decisions a week",
    "other_service": "{} conversations a week by services other than social care",
    "social_care": "{} conversations a week by social workers, beside the visits that are due",
}
FEW = 100
"""Children who came to need help, under which a share is too rough to be more than a hint."""
NOT_KNOWN = (
    "What share of the families who need one that reaches is not known yet: somebody has to run `kinfold backtest`, "
    "which tries this order on a past year."
)


@dataclasses.dataclass(frozen=True)
class Reached:
    """What is said of one list: tonight's count, what it is expected to reach, and what it will miss ("" unknown)."""

    tonight: str
    expected: str
    missed: str


def of_queues(snapshot: Snapshot, role: Role) -> list[Reached]:
    """Of the queues a role works."""
    return _said(snapshot, (OF_QUEUE[queue] for queue in role.queues if queue in OF_QUEUE))


def of_team(snapshot: Snapshot, user: User) -> list[Reached]:
    """Of the lists that a manager's team works."""
    return _said(snapshot, ["social_care" if user.agency == "social_care" else "other_service"])


def _said(snapshot: Snapshot, standings: Iterable[str]) -> list[Reached]:
    wanted = sorted(set(standings)) if snapshot.plain_since is None else []  # a plain list is in no order to judge
    return [said(row) for row in snapshot.of(Reach).filter(standing__in=wanted).order_by("standing")] if wanted else []


def said(row: Reach) -> Reached:
    """The sentences of one row."""
    tonight = f"There is time for {WORK[row.standing].format(row.capacity)}. {_fits(row)}"
    if row.tested_on is None or not row.of_events or row.expected_share is None:
        return Reached(tonight, _untold(row), "")
    rough = " That is too few children to be sure of." if row.of_events < FEW else ""
    between = ""
    if row.low is not None and row.high is not None:
        between = f" (between {_in_100(row.low)} and {_in_100(row.high)})"
    share, missed = _in_100(row.expected_share), _in_100(1 - row.expected_share)
    return Reached(
        tonight,
        f"Tried on {in_words(row.tested_on)}, the first {row.tested_capacity} families of this list held {share} of "
        f"every 100 children who later came to need social care{between}; there were {row.of_events} of them.{rough}",
        f"The other {missed} of every 100 it will miss: they stand further down, or nothing in our feeds shows them. "
        "If you are worried about a family that is not here, do not wait for the list.",
    )


def _fits(row: Reach) -> str:
    reached, following, waiting = row.reached or 0, row.next_households or 0, row.waiting or 0
    more = f" and {waiting:,} have as much known of them and must wait" if waiting else ""
    return f"Tonight {reached:,} families are put first, {following:,} come next{more}."


def _untold(row: Reach) -> str:
    if row.tested_on is None:
        return NOT_KNOWN
    return "On the past day it was tried on, no child of this list came to need social care, so its reach is not known."


def _in_100(share: float) -> str:
    return f"{round(share * 100)}"
