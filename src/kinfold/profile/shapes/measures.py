"""Values that held over a period: beyond a limit, short of what was due, or changed from one period to the next."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.marker_shapes import MeasureBeyond, MeasureChanged, MeasureShort
from kinfold.profile.days import months_before

ROUNDING = 1e-9  # shares are quotients: 0.30 - 0.15 must count as 0.15
PERIOD = ("person_id", "about_id", "kind", "from_on", "to_on")


def measure_beyond(
    rows: ir.Table, shape: MeasureBeyond, *, since: datetime.date | None, as_at: datetime.date
) -> ir.Table:
    """
    Values beyond the shape's limits: those that hold on `as_at`, or that held after `since` when there is one.

    rows: one row per child and value that reaches the child. A null value was asked and is not known: it is
    neither beyond nor within. Of values that hold, a source's newest about a person is the one that stands.
    """
    told = rows.filter(rows.kind.isin(shape.kinds), rows.value.notnull())
    told = _standing(told) if since is None else told.filter(told.holds | (told.to_on > since))
    told = told.mutate(fact=_as_fact(told))
    return _share_beyond(told, shape) if shape.share else _value_beyond(told, shape, as_at)


def _value_beyond(told: ir.Table, shape: MeasureBeyond, as_at: datetime.date) -> ir.Table:
    told = told.mutate(is_beyond=_beyond(told.value, shape))
    if shape.held_months:
        held = told.holds & (told.from_on <= months_before(as_at, shape.held_months))
        told = told.mutate(is_beyond=told.is_beyond & held.fill_null(False))
    found = told.filter(told.is_beyond)
    if shape.every_row:
        found = found.anti_join(told.filter(~told.is_beyond), "person_id")
    needed = found.group_by("person_id").agg(kinds=found.kind.nunique(), periods=found.fact.nunique())
    enough = needed.filter(
        needed.kinds >= (len(shape.kinds) if shape.every_kind else 1), needed.periods >= shape.periods
    )
    return found.semi_join(enough, "person_id").drop("is_beyond")


def _share_beyond(told: ir.Table, shape: MeasureBeyond) -> ir.Table:
    told = told.filter(told.possible > 0)
    totals = (
        _each_once(told)
        .group_by("person_id")
        .agg(
            share=lambda t: t.value.sum() / t.possible.sum(),
            possible=lambda t: t.possible.sum(),
            periods=lambda t: t.from_on.nunique(),
        )
    )
    enough = totals.filter(
        _beyond(totals.share, shape), totals.possible >= shape.least_possible, totals.periods >= shape.periods
    )
    return told.semi_join(enough, "person_id")


def measure_changed(rows: ir.Table, shape: MeasureChanged, *, since: datetime.date, as_at: datetime.date) -> ir.Table:
    """
    The two newest periods of a child whose share missed rose by the shape's `by` from the one to the other.

    Periods that ended on or before `since`, and those with fewer possible sessions than asked, are left out.
    """
    told = rows.filter(rows.kind == shape.kind, rows.value.notnull(), rows.possible > 0)
    told = told.filter(told.holds | (told.to_on > since))
    told = told.mutate(fact=_as_fact(told))
    periods = (
        _each_once(told)
        .group_by("person_id", "from_on")
        .agg(share=lambda t: t.value.sum() / t.possible.sum(), possible=lambda t: t.possible.sum())
    )
    periods = periods.filter(periods.possible >= shape.least_possible)
    in_order = ibis.window(group_by="person_id", order_by=ibis.desc("from_on"))
    periods = periods.mutate(back=ibis.row_number().over(in_order), before=periods.share.lead().over(in_order))
    fell = periods.filter(periods.back == 0, periods.share - periods.before >= shape.by - ROUNDING)
    both = periods.filter(periods.back <= 1).semi_join(fell, "person_id")
    return told.semi_join(both, ["person_id", "from_on"])


def measure_short(
    rows: ir.Table, shape: MeasureShort, *, since: datetime.date | None, as_at: datetime.date
) -> ir.Table:
    """
    What was due and what was done, of a child for whom a pair falls short (or, with `none_short`, for whom every
    pair is known and none does).

    A pair of which one side is not told says nothing, nor does one told for less than `held_months`. since: not used;
    counts so far hold until told otherwise.
    """
    told = _standing(rows.filter(rows.kind.isin([k for pair in shape.pairs for k in pair]), rows.value.notnull()))
    told = told.mutate(fact=_as_fact(told))
    if shape.held_months:
        held_from = months_before(as_at, shape.held_months)
        told = told.filter(told.from_on <= held_from)
    sums = []
    for due, done in shape.pairs:
        is_due, is_done = told.kind == due, told.kind == done
        pair = told.group_by("person_id").agg(
            short=told.value.max(where=is_due) - told.value.max(where=is_done),
        )
        sums.append(pair.mutate(pair=ibis.literal(due), done=ibis.literal(done)))
    pairs = ibis.union(*sums).filter(lambda t: t.short.notnull()) if len(sums) > 1 else sums[0]
    short = pairs.filter(pairs.short >= shape.by_at_least)
    if shape.none_short:
        known = pairs.group_by("person_id").agg(told=pairs.pair.nunique())
        complete = known.filter(known.told == len(shape.pairs)).anti_join(short, "person_id")
        return told.semi_join(complete, "person_id")
    either = short.select("person_id", kind=short.pair).union(short.select("person_id", kind=short.done))
    return told.semi_join(either, ["person_id", "kind"])


def _standing(rows: ir.Table) -> ir.Table:
    """Values that hold, of each source only the newest of a kind about a person."""
    newest = ibis.window(
        group_by=["person_id", "about_id", "kind", "source"],
        order_by=[
            ibis.desc("from_on", nulls_first=False),
            ibis.desc("known_from"),
            ibis.desc("delivery_id"),
            ibis.desc("row_number"),
        ],
    )
    told = rows.filter(rows.holds)
    return told.mutate(back=ibis.row_number().over(newest)).filter(lambda t: t.back == 0).drop("back")


def _each_once(rows: ir.Table) -> ir.Table:
    """The same value of the same period told by two feeds is one value."""
    return rows.select(*PERIOD, "value", "possible").distinct()


def _as_fact(rows: ir.Table) -> ir.StringValue:
    return rows.kind + "|" + rows.from_on.cast("string").fill_null("")


def _beyond(value: ir.NumericValue, shape: MeasureBeyond) -> ir.BooleanValue:
    beyond = ibis.literal(True)
    if shape.at_least is not None:
        beyond &= value >= shape.at_least
    if shape.at_most is not None:
        beyond &= value <= shape.at_most
    if shape.over is not None:
        beyond &= value > shape.over
    if shape.below is not None:
        beyond &= value < shape.below
    return beyond
