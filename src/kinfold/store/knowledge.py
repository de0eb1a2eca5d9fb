"""
The twelve tables as they were known on a day.

Every delivery's mapped rows are kept as they came. What stands on a day is worked out: for each fact of a
source (`source_id` in one table) the newest delivery that had been received by then wins. Which deliveries
count at all (withdrawn, or replaced by a later delivery of everything) is decided before the rows are read.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from kinfold.store import schema

TOLD_BY = frozenset(column.name for column in schema.PROVENANCE)


def order_of(delivered: datetime.date, delivery_id: str) -> str:
    """What deliveries are ordered by: the day, and of one day the id."""
    return f"{delivered.isoformat()}{delivery_id}"


def as_known(rows: ir.Table, *, as_at: datetime.date, corrections: Mapping[str, str] | None = None) -> ir.Table:
    """
    Rows of one of the twelve tables that stood on `as_at`.

    rows: one row per fact and delivery that said it.
    corrections: for the id of each delivery that puts right rows of an earlier one, the `order_of` that one. Its rows
    stand as if they had been in it; what it only repeats of it is left out.
    A row whose delivery came after `as_at` does not exist yet. Rows of one delivery that share a
    `source_id` stand together; exact repeats are one row.
    """
    told = rows.filter(rows.known_from <= as_at)
    order = told.known_from.cast("string") + told.delivery_id
    if corrections:
        order = ibis.cases(*((told.delivery_id == one, of) for one, of in sorted(corrections.items())), else_=order)
    told = told.mutate(told_order=order)
    of_fact = ibis.window(group_by=["source", "source_id"])
    told = told.mutate(newest=told.told_order.max().over(of_fact))
    standing = told.filter(told.told_order == told.newest)
    if corrections:
        standing = _without_repeats(standing, sorted(corrections))
    return standing.drop("told_order", "newest").distinct()


def _without_repeats(standing: ir.Table, corrections: list[str]) -> ir.Table:
    """Rows without those of corrections that say what the delivery, or an earlier correction of it, says already."""
    told_at = standing.known_from.cast("string") + standing.delivery_id
    turn = ibis.ifelse(standing.delivery_id.isin(corrections), told_at, "")
    said = ["source", "source_id", *(name for name in standing.columns if name not in TOLD_BY)]
    ranked = standing.mutate(turn=turn)
    ranked = ranked.mutate(first_turn=ranked.turn.min().over(ibis.window(group_by=said)))
    return ranked.filter(ranked.turn == ranked.first_turn).drop("turn", "first_turn")
