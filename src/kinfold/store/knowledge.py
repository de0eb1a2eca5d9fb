"""
The twelve tables as they were known on a day.

Every delivery's mapped rows are kept as they came. What stands on a day is worked out: for each fact of a
source (`source_id` in one table) the newest delivery that had been received by then wins. Which deliveries
count at all (withdrawn, or replaced by a later delivery of everything) is decided before the rows are read.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir


def as_known(rows: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    Rows of one of the twelve tables that stood on `as_at`.

    rows: one row per fact and delivery that said it.
    A row whose delivery came after `as_at` does not exist yet. Rows of one delivery that share a
    `source_id` stand together; exact repeats are one row.
    """
    told = rows.filter(rows.known_from <= as_at)
    told = told.mutate(told_order=told.known_from.cast("string") + told.delivery_id)
    of_fact = ibis.window(group_by=["source", "source_id"])
    told = told.mutate(newest=told.told_order.max().over(of_fact))
    return told.filter(told.told_order == told.newest).drop("told_order", "newest").distinct()
