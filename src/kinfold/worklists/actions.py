"""The only code that records what was done about a row of a list, or takes it back."""

from __future__ import annotations

import datetime

from django.db import transaction

from kinfold.governance import audit
from kinfold.governance.models import User
from kinfold.record.published import WorklistRow
from kinfold.worklists import policies
from kinfold.worklists.models import Outcome


class UnableToRecord(Exception):
    """Nothing was recorded; the message is fit to show to the person."""


@transaction.atomic
def record_outcome(
    *,
    row: WorklistRow,
    kind: str,
    reason: str,
    until_on: datetime.date | None,
    by: User,
    role: str,
    at: datetime.datetime,
    on: datetime.date,
) -> Outcome:
    """
    Record what was done about a row. on: the day it is here, against which a deferral is checked.

    The newest outcome of a row is the one that counts. Raises UnableToRecord.
    """
    if why_not := policies.why_not(kind=kind, reason=reason, until_on=until_on, on=on):
        raise UnableToRecord(why_not)
    outcome = Outcome.objects.create(
        row_key=row.row_key,
        person_id=row.person_id,
        kind=kind,
        reason=reason.strip(),
        until_on=until_on if kind == "deferred" else None,
        by=by,
        role=role,
        at=at,
    )
    audit.record(
        action=f"row.{kind}", at=at, user=by, role=role, person_id=row.person_id, detail={"outcome": outcome.pk}
    )
    return outcome


@transaction.atomic
def undo_outcome(*, row_key: str, by: User, role: str, at: datetime.datetime) -> Outcome:
    """Take back the last thing recorded about a row, by the person who recorded it. Raises UnableToRecord."""
    standing = Outcome.objects.select_for_update().filter(row_key=row_key, undone_at=None)
    outcome = standing.order_by("-at", "-pk").first()
    if outcome is None:
        raise UnableToRecord("There is nothing to take back: nothing is recorded about this row.")
    if outcome.by_id != by.pk:
        raise UnableToRecord("Somebody else recorded this last. Only they can take it back.")
    outcome.undone_at = at
    outcome.save(update_fields=["undone_at"])
    audit.record(
        action="row.undone", at=at, user=by, role=role, person_id=outcome.person_id, detail={"outcome": outcome.pk}
    )
    return outcome
