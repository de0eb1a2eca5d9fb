"""
A night's lists while they are plain: in no order of points, and nobody new on them because of points.

What is worked out stays in the snapshot, so that what was wrong can be found there; what people are given is plain.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.priority.worklist import GROUPS

HELD = ("social_care", "other_service")
DUE_SOON_DAYS = 7


def plain(rows: ir.Table, before: ir.Table | None, unseen: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    The rows of the lists, made plain.

    rows: worklist_row. before: worklist_row of the last run; None on a first. unseen: person_id of
        children whom nobody has been told to have seen.
    Whoever a service holds stays listed; so does a child about whom somebody must decide today, and one whom nobody has
    seen. Any other family that nobody holds stays only where it was on a list already: points alone put nobody forward.
    A row goes by what must be decided today, then by what is due, then by who is longest unseen; one that was put off
    stays put off.
    """
    held = rows.pathway.isin(HELD) | rows.is_acute | rows.person_id.isin(unseen.person_id)
    kept = rows.filter(held) if before is None else rows.filter(held | rows.row_key.isin(before.row_key))
    soon = as_at + datetime.timedelta(days=DUE_SOON_DAYS)
    group = ibis.cases(
        # The run leaves what is due in `waiting` only where somebody deferred or contested it.
        (kept.list_group == "waiting", "waiting"),
        (kept.is_acute | (kept.due_on <= as_at).fill_null(False), "act_today"),
        ((kept.due_on <= soon).fill_null(False), "this_week"),
        else_="waiting",
    )
    grouped = kept.mutate(list_group=group)
    order = [
        grouped.list_group.cases(*GROUPS.items(), else_=9),
        grouped.is_acute.ifelse(0, 1),
        grouped.due_on.asc(nulls_first=False),
        grouped.last_seen_on.asc(nulls_first=True),
        grouped.row_key,
    ]
    return grouped.mutate(rank=(ibis.row_number().over(ibis.window(order_by=order)) + 1).cast("int64"))
