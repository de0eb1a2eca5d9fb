"""
Lists while they are plain: no order by points and no bands, because they cannot be trusted now (`governance.rules`).

What must be decided today stays first: no points are in it. Then what is due, the earliest first. A row that somebody
put off stays put off.
"""

from __future__ import annotations

import datetime

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.expressions import Combinable, OrderBy

from kinfold.record.snapshot import Snapshot

DUE_SOON = datetime.timedelta(days=7)


def group(snapshot: Snapshot) -> Combinable:
    """The group that a row is shown in."""
    if snapshot.plain_since is None:
        return F("list_group")
    today, soon = Q(due_on__lte=snapshot.as_at), Q(due_on__lte=snapshot.as_at + DUE_SOON)
    # The run leaves what is due in `waiting` only where somebody deferred or contested it.
    return Case(
        When(list_group="waiting", then=Value("waiting")),
        When(Q(is_acute=True) | today, then=Value("act_today")),
        When(soon, then=Value("this_week")),
        default=Value("waiting"),
        output_field=TextField(),
    )


def order(snapshot: Snapshot) -> tuple[str | OrderBy, ...]:
    """How rows of a group are ordered: by the run's rank, or by what is due and who is longest unseen."""
    if snapshot.plain_since is None:
        return ("rank",)
    return "-is_acute", F("due_on").asc(nulls_last=True), F("last_seen_on").asc(nulls_first=True), "name"
