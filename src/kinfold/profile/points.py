"""
What each supporting row carries, so that a marker's points are the sum of its rows'.

The marker's points go to its latest fact and fade from that fact's date; an extra goes to the latest fact that
earns it. The same fact told by two feeds carries points once.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.markers import Extra, Marker
from kinfold.profile.days import DAYS_IN_A_MONTH

WEIGHED = ("severity", "detail", "value", "from_on", "to_on")
LATEST_FIRST = (
    ibis.desc("fades_from", nulls_first=True),
    *("source", "source_id", "delivery_id", "part", "row_number", "about_id"),
)


def weighted(marker: Marker, found: ir.Table, *, as_at: datetime.date, hastened: ir.Table | None = None) -> ir.Table:
    """
    `found` with `points`.

    hastened: children (person_id) whose points fade at twice the speed.

    found: one row per child and supporting row, with `fact` (what it counts as), on, fades_from (null: never
    fades), severity, detail, value, from_on and to_on.
    """
    months = ibis.literal(as_at).delta(found.fades_from, unit="day").cast("float64") / DAYS_IN_A_MONTH
    if hastened is not None:
        months = ibis.ifelse(found.person_id.isin(hastened.person_id), months * 2, months)
    left = ibis.literal(1.0)
    if marker.half_life_months:
        left = (ibis.literal(0.5) ** (ibis.greatest(months, 0.0) / marker.half_life_months)).fill_null(1.0)
    rows = found.mutate(left=left)
    if any(extra.times_at_least for extra in marker.extra):
        rows = rows.join(found.group_by("person_id").agg(times=found.fact.nunique()), "person_id")
    latest = ibis.window(group_by="person_id", order_by=LATEST_FIRST)
    carried = ibis.ifelse(ibis.row_number().over(latest) == 0, float(marker.points), 0.0)
    rows = rows.mutate(points=carried * rows.left)
    for extra in marker.extra:
        rows = _with_extra(rows, extra)
    return rows


def _with_extra(rows: ir.Table, extra: Extra) -> ir.Table:
    """The extra's points added to the latest of a child's rows that earns them, and to no other."""
    rows = rows.mutate(earns=ibis.ifelse(_earns(rows, extra), 1, 0))
    latest = ibis.window(group_by=["person_id", "earns"], order_by=LATEST_FIRST)
    rows = rows.mutate(nth=ibis.row_number().over(latest))
    carried = ibis.ifelse((rows.earns == 1) & (rows.nth == 0), float(extra.points), 0.0)
    return rows.mutate(points=rows.points + carried * rows.left).drop("earns", "nth")


def _earns(rows: ir.Table, extra: Extra) -> ir.BooleanValue:
    said = []
    if extra.severities:
        said.append(rows.severity.isin(extra.severities))
    if extra.details:
        said.append(rows.detail.isin(extra.details))
    if extra.times_at_least:
        said.append(rows.times >= extra.times_at_least)
    if extra.value_at_least is not None:
        said.append(rows.value >= extra.value_at_least)
    if extra.lasting_days:
        said.append(rows.to_on.delta(rows.from_on, unit="day") >= extra.lasting_days)
    if extra.detail_at_least is not None:
        said.append(_as_number(rows.detail) >= extra.detail_at_least)
    earns = [one.fill_null(False) for one in said] or [ibis.literal(True)]
    return ibis.or_(*earns) if extra.any else ibis.and_(*earns)


def _as_number(detail: ir.StringValue) -> ir.FloatingValue:
    """The detail where it is a number, else null; no engine is asked to read a word as one."""
    is_number = detail.re_search(r"^[0-9]{1,9}([.][0-9]{1,3})?$")
    return ibis.ifelse(is_number, detail, ibis.null("string")).cast("float64")
