"""
What can be asked of several rows together: keys that are there twice, periods that overlap, chains that break.

Each is an expression over the working table of a part, where the columns it needs stand under `said_of` and `day_of`.
It is true of the later row: the one to look at first.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from kinfold.areas.checks import AtMost, Chain, Check, Periods
from kinfold.feeds.values import Columns, day_name, said_name

FOR_EVER = datetime.date(9999, 12, 31)


def said_of(name: str) -> str:
    return f"k_{said_name(name)}"


def day_of(name: str) -> str:
    return f"k_{day_name(name)}"


def keys_of(check: Check) -> tuple[str, ...]:
    """The columns that rows must share to be looked at together."""
    return check.columns if check.predicate == "unique" else tuple(check.setting.per)


def needs(check: Check, columns: Columns) -> dict[str, ir.Value]:
    """The columns that the check needs in the working table."""
    found: dict[str, ir.Value] = {said_of(name): columns.said(name) for name in keys_of(check)}
    return found | {day_of(name): columns.day(name) for name in check.days}


def wrong(check: Check, table: ir.Table, asked: ir.BooleanColumn, place: ir.IntegerColumn) -> ir.BooleanValue:
    """
    Where a row is not as the check asks of it beside the rows of its own delivery.

    asked: rows that count. place: which delivery a row is of.
    """
    return TOGETHER[check.predicate](check, table, asked, place)


def _nth(table: ir.Table, asked: ir.BooleanColumn, place: ir.IntegerColumn, keys: Sequence[str]) -> ir.IntegerColumn:
    """How many rows with the same key, of those that count, are before this one."""
    return ibis.row_number().over(group_by=[place, asked, *(table[said_of(name)] for name in keys)], order_by="row_id")


def _unique(
    check: Check, table: ir.Table, asked: ir.BooleanColumn, place: ir.IntegerColumn
) -> ir.BooleanValue:  # fmt: skip
    return _nth(table, asked, place, check.columns) > 0


def _at_most_per(
    check: Check, table: ir.Table, asked: ir.BooleanColumn, place: ir.IntegerColumn
) -> ir.BooleanValue:  # fmt: skip
    setting: AtMost = check.setting
    return _nth(table, asked, place, setting.per) >= setting.rows


def _no_overlap(
    check: Check, table: ir.Table, asked: ir.BooleanColumn, place: ir.IntegerColumn
) -> ir.BooleanValue:  # fmt: skip
    setting: Periods = check.setting
    start, end = table[day_of(setting.start)], table[day_of(setting.end)].coalesce(ibis.literal(FOR_EVER))
    earlier = ibis.window(
        group_by=[place, asked, start.isnull(), *(table[said_of(name)] for name in setting.per)],
        order_by=[start, table.row_id],
        rows=(None, -1),
    )
    return end.max().over(earlier) > start


def _chain(
    check: Check, table: ir.Table, asked: ir.BooleanColumn, place: ir.IntegerColumn
) -> ir.BooleanValue:  # fmt: skip
    setting: Chain = check.setting
    start, end = table[day_of(setting.start)], table[day_of(setting.end)]
    order = ibis.window(
        group_by=[place, start.isnull(), *(table[said_of(name)] for name in setting.per)],
        order_by=[start, table.row_id],
    )
    if setting.side == "next":
        following = start.lead().over(order)
        return following.isnull() | (following != end).fill_null(False)
    before = end.lag().over(order)
    return before.isnull() | (before != start).fill_null(False)


TOGETHER: dict[
    str, Callable[[Check, ir.Table, ir.BooleanColumn, ir.IntegerColumn], ir.BooleanValue]
] = {"unique": _unique, "at_most_per": _at_most_per, "no_overlap": _no_overlap, "chain": _chain}  # fmt: skip
