"""Take a delivery back, and put it back when its bytes come again. Nothing that was written before is edited."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

from kinfold.feeds import deliveries, withdrawals
from kinfold.feeds.withdrawals import Withdrawal
from kinfold.operations.home import Home
from kinfold.operations.receipts import write_flushed

if TYPE_CHECKING:
    from kinfold.governance.models import User

LONGEST_REASON = 1000


class UnableToWithdraw(Exception):
    """The delivery cannot be taken back; the message says why."""


def withdraw(
    home: Home,
    delivery_id: str,
    *,
    by: str,
    at: datetime.datetime,
    reason: str,
    user: User | None = None,
    role: str = "",
) -> Withdrawal:
    """
    Take a delivery back from the day of `at` on: the next run leaves it out, and what it had superseded counts again.

    Its corrections go with it. A run of an earlier day still has it. Doing it twice changes nothing.
    by: who, in words for a screen. user, role: for the audit trail, when somebody is signed in.
    Raises UnableToWithdraw when there is no such delivery or no reason. Needs Django to be set up.
    """
    from django.db import transaction

    from kinfold.governance import audit

    folder = deliveries.find_folder(home.folder, delivery_id)
    if folder is None:
        raise UnableToWithdraw("There is no delivery of that number here. Nothing was changed.")
    if not reason.strip():
        raise UnableToWithdraw("Say why the delivery is withdrawn. Nothing was changed.")
    if len(reason) > LONGEST_REASON:
        raise UnableToWithdraw(f"Say why in {LONGEST_REASON:,} characters or fewer. Nothing was changed.")
    before = withdrawals.now_of(folder)
    if before is not None:
        return before
    made = Withdrawal(on=at.astimezone().date(), by=by, reason=reason.strip())
    with transaction.atomic():
        audit.record(
            action="delivery.withdrawn", at=at, user=user, role=role, purpose="data_quality",
            detail={"delivery": delivery_id},
        )  # fmt: skip
        write_flushed(folder / withdrawals.FILE, withdrawals.as_text((*withdrawals.of(folder), made)))
    return made


def put_back(home: Home, delivery_id: str, *, on: datetime.date) -> Withdrawal | None:
    """A withdrawn delivery counts again from `on`, because its bytes came again. Null when it was not withdrawn."""
    folder = deliveries.find_folder(home.folder, delivery_id)
    stands = withdrawals.now_of(folder) if folder else None
    if folder is None or stands is None:
        return None
    ended = dataclasses.replace(stands, again_on=max(on, stands.on))
    times = tuple(ended if one == stands else one for one in withdrawals.of(folder))
    write_flushed(folder / withdrawals.FILE, withdrawals.as_text(times))
    return ended
