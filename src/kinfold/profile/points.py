"""
What each supporting row carries, so that a marker's points are the sum of its rows'.

The marker's points go to its latest fact and fade from that fact's date; an extra goes to the latest fact that
earns it. The same fact told by two feeds carries points once.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.markers import Extra, Marker
from kinfold.profile.days import DAYS_IN_A_MONTH
from kinfold.store.engine import Engine
from kinfold.store.schema import NUMBER, TEXT

WORTH = pa.schema(
    [
        pa.field("marker", TEXT),
        pa.field("carries", NUMBER),  # points before fading
        pa.field("half_life", NUMBER),  # months; null where they never fade
    ]
)

WEIGHED = {"severity": "string", "detail": "string", "value": "float64", "from_on": "date", "to_on": "date"}
LATEST_FIRST = (
    ibis.desc("fades_from", nulls_first=True),
    *("source", "source_id", "delivery_id", "part", "row_number", "about_id"),
)


def weighted(
    engine: Engine,
    markers: Sequence[Marker],
    found: ir.Table,
    *,
    as_at: datetime.date,
    hastened: ir.Table | None = None,
    halved: ir.Table | None = None,
) -> ir.Table:
    """
    `found` with `points`.

    found: one row per marker, child and supporting row, with `fact` (what it counts as), on, fades_from (null: never
    fades), severity, detail, value, from_on and to_on.
    hastened, halved: a row per marker and child whose points fade at twice the speed, or count half.
    """
    worth = [{"marker": m.name, "carries": m.points, "half_life": m.half_life_months or None} for m in markers]
    rows = found.join(engine.take(pa.Table.from_pylist(worth, schema=WORTH), "profile_worth"), "marker")
    months = ibis.literal(as_at).delta(rows.fades_from, unit="day").cast("float64") / DAYS_IN_A_MONTH
    rows = rows.mutate(months=months)
    if hastened is not None:
        rows = _told_of(rows, hastened, "is_hastened")
        rows = rows.mutate(months=ibis.ifelse(rows.is_hastened, rows.months * 2, rows.months))
    left = (ibis.literal(0.5) ** (ibis.greatest(rows.months, 0.0) / rows.half_life)).fill_null(1.0)
    latest = ibis.window(group_by=["marker", "person_id"], order_by=LATEST_FIRST)
    rows = rows.mutate(left=left, is_latest=ibis.row_number().over(latest) == 0)
    rows = rows.mutate(points=ibis.ifelse(rows.is_latest, rows.carries, 0.0) * rows.left)
    rows = _with_extras(rows, markers)
    if halved is None:
        return rows
    rows = _told_of(rows, halved, "is_halved")
    return rows.mutate(points=ibis.ifelse(rows.is_halved, rows.points / 2, rows.points))


def _told_of(rows: ir.Table, named: ir.Table, name: str) -> ir.Table:
    """`rows` with whether their marker and child are among those named."""
    named = named.select("marker", "person_id", is_named=ibis.literal(True))
    met = rows.left_join(named, ["marker", "person_id"])
    return met.select(*rows.columns, met.is_named.fill_null(False).name(name))


def _with_extras(rows: ir.Table, markers: Sequence[Marker]) -> ir.Table:
    counted = [m.name for m in markers if any(extra.times_at_least for extra in m.extra)]
    if counted:
        told = rows.filter(rows.marker.isin(counted))
        times = told.group_by("marker", "person_id").agg(times=told.fact.nunique())
        rows = rows.left_join(times, ["marker", "person_id"]).select(*rows.columns, "times")
    most = max((len(m.extra) for m in markers), default=0)
    for nth in range(most):
        rows = _with_extra(rows, {m.name: m.extra[nth] for m in markers if len(m.extra) > nth})
    return rows


def _with_extra(rows: ir.Table, extras: Mapping[str, Extra]) -> ir.Table:
    """The extra's points of each marker added to the latest of a child's rows that earns them, and to no other."""
    earns = ibis.or_(*((rows.marker == name) & _earns(rows, extra) for name, extra in extras.items()))
    worth = rows.marker.cases(*((name, float(extra.points)) for name, extra in extras.items()), else_=0.0)
    rows = rows.mutate(earns=ibis.ifelse(earns, 1, 0), extra=worth)
    latest = ibis.window(group_by=["marker", "person_id", "earns"], order_by=LATEST_FIRST)
    rows = rows.mutate(nth=ibis.row_number().over(latest))
    carried = ibis.ifelse((rows.earns == 1) & (rows.nth == 0), rows.extra, 0.0)
    return rows.mutate(points=rows.points + carried * rows.left).drop("earns", "nth", "extra")


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
