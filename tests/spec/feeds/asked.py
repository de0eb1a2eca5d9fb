"""Ask one check of readable rows, as the mapping does of the rows of a delivery."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from kinfold.areas import checks as area_checks
from kinfold.areas import feeds as area_feeds
from kinfold.areas.feeds import Feed, Part
from kinfold.feeds.checks.asking import Asking
from kinfold.feeds.checks.binding import with_checks
from kinfold.feeds.landing import Delivery, Landed
from kinfold.feeds.values import Columns, column_name, day_name, said_name

ON = datetime.date(2025, 6, 2)


def asked(
    rows: ir.Table,
    *,
    year: int = 2025,
    years: dict[int, dict[str, Any]] | None = None,
    came: tuple[str, ...] = ("header",),
    **check: Any,
) -> ir.Table:
    """
    For each row, whether the check is wrong of it.

    rows: `row`, and the columns of the file; `header.X` is what the row of the header with the same CHILD says.
    year: the return year of the delivery. years: code lists by return year. came: other parts that are in the delivery.
    """
    own = [name for name in rows.columns if name != "row" and "." not in name]
    parts = (Part("rows", tuple(own)), Part("header", ("CHILD", "DOB")))
    settings = {"code": "TST-RO-001", "kind": "sense", "severity": "warn", "message": "wrong", "part": "rows", **check}
    beside = {"rows": {"header": {"CHILD": "CHILD"}}}
    found = area_checks.check_set({"check": [settings], "beside": beside, "year": {}}, file="spec.toml")
    found = area_checks.with_years(found, years or {}, folder="spec")
    parts = with_checks(parts, found, file="spec.toml")
    landed = [_landed(part, year, _feed(parts, found)) for part in parts]
    others = {(one.delivery.id, one.part.name): [one] for one in landed if one.part.name in ("rows", *came)}
    others |= {(landed[0].delivery.id, "rows before"): [landed[0]]}
    base = _base(rows, year)
    asking = Asking(landed[:1], Columns(base), others)
    table = base.select("row_id", **asking.values)
    table = table.mutate(wrong=asking.wrong(table))
    together = asking.of_rows_together(ibis.literal(False))
    if together is not None:
        table = table.left_join(together, "row_id").mutate(wrong=lambda t: t.wrong + t.also_wrong.coalesce(0))
    return table.select(row="row_id", wrong=table.wrong > 0).order_by("row")


def _base(rows: ir.Table, year: int) -> ir.Table:
    columns: dict[str, ir.Value] = {
        "row_id": rows.row,
        "delivery_id": ibis.literal("police-1"),
        column_name("delivery.year"): ibis.literal(str(year)),
        day_name("delivery.on"): ibis.literal(ON),
        day_name("delivery.year_end"): ibis.literal(datetime.date(year, 3, 31)),
    }
    for name in rows.columns:
        if name != "row":
            text = rows[name].cast("string")
            columns |= {column_name(name): text, said_name(name): text}
            columns |= {day_name(name): rows[name]} if rows[name].type().is_date() else {}
    return rows.select(**columns)


def _landed(part: Part, year: int, feed: Feed) -> Landed:
    delivery = Delivery("police-1", feed, ON, year)
    return Landed(delivery, part.name, f"{part.name}.csv", part, Path(), part.columns, (), 0, 0)


def _feed(parts: tuple[Part, ...], found: area_checks.CheckSet) -> Feed:
    supplier = area_feeds.Supplier("Saltmarsh Police")
    return Feed("police", "Police", "police", supplier, "", 7, 21, "changes", None, parts=parts, checks=found)
