"""Values that held over a period: beyond a limit, short of what was due, or changed from one period to the next."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.marker_shapes import MeasureChanged, MeasureShort
from kinfold.profile.days import months_before
from kinfold.profile.questions import Question
from kinfold.store.engine import Engine
from kinfold.store.schema import DATE, NUMBER, WHOLE, YES_NO

ROUNDING = 1e-9  # shares are quotients: 0.30 - 0.15 must count as 0.15
PERIOD = ("person_id", "about_id", "kind", "from_on", "to_on")
LIMITS = pa.schema(
    [
        pa.field("question", WHOLE),
        *(pa.field(limit, NUMBER) for limit in ("at_least", "at_most", "over", "below")),  # null where there is none
        pa.field("is_share", YES_NO),
        pa.field("least_possible", NUMBER),
        pa.field("periods_needed", WHOLE),
        pa.field("kinds_needed", WHOLE),
        pa.field("is_of_every_row", YES_NO),
        pa.field("held_from", DATE),  # null where it does not matter how long the value has held
    ]
)


def beyond(engine: Engine, rows: ir.Table, asked: Sequence[Question]) -> ir.Table:
    """
    Values beyond their question's limits: those that hold on the day, or that held in the lookback where there is one.

    rows: one row per question, child and value that is so; no value is null: what was asked and is not known is
    neither beyond nor within. Of values that hold, a source's newest about a person is the one that stands.
    """
    limits = engine.take(pa.Table.from_pylist([_limits(one) for one in asked], schema=LIMITS), "profile_limits")
    lately = rows.filter(rows.since.notnull())
    if any(one.since is None for one in asked):
        lately = lately.union(_standing(rows.filter(rows.since.isnull())))
    told = lately.mutate(fact=_as_fact(lately)).join(limits, "question")
    found = []
    if any(one.shape.share for one in asked):
        found.append(_shares_beyond(told.filter(told.is_share, told.possible > 0), limits))
    if any(not one.shape.share for one in asked):
        found.append(_values_beyond(told.filter(~told.is_share)))
    return ibis.union(*found) if len(found) > 1 else found[0]


def _limits(asked: Question) -> dict[str, object]:
    shape = asked.shape
    return {
        "question": asked.number,
        "at_least": shape.at_least,
        "at_most": shape.at_most,
        "over": shape.over,
        "below": shape.below,
        "is_share": shape.share,
        "least_possible": shape.least_possible,
        "periods_needed": shape.periods,
        "kinds_needed": len(shape.kinds) if shape.every_kind else 1,
        "is_of_every_row": shape.every_row,
        "held_from": months_before(asked.as_at, shape.held_months) if shape.held_months else None,
    }


def _values_beyond(told: ir.Table) -> ir.Table:
    held = told.held_from.isnull() | (told.holds & (told.from_on <= told.held_from)).fill_null(False)
    told = told.mutate(is_beyond=_is_beyond(told.value, told) & held)
    found = told.filter(told.is_beyond)
    needed = told.group_by("question", "person_id").agg(
        kinds=told.kind.nunique(where=told.is_beyond),
        periods=told.fact.nunique(where=told.is_beyond),
        is_any_within=(told.is_of_every_row & ~told.is_beyond).any(),
        kinds_needed=told.kinds_needed.max(),
        periods_needed=told.periods_needed.max(),
    )
    enough = needed.filter(
        needed.kinds >= needed.kinds_needed, needed.periods >= needed.periods_needed, ~needed.is_any_within
    )
    return found.semi_join(enough, ["question", "person_id"]).drop("is_beyond")


def _shares_beyond(told: ir.Table, limits: ir.Table) -> ir.Table:
    each_once = _each_once(told, "question")
    totals = each_once.group_by("question", "person_id").agg(
        share=each_once.value.sum() / each_once.possible.sum(),
        possible=each_once.possible.sum(),
        periods=each_once.from_on.nunique(),
    )
    totals = totals.join(limits, "question")
    enough = totals.filter(
        _is_beyond(totals.share, totals),
        totals.possible >= totals.least_possible,
        totals.periods >= totals.periods_needed,
    )
    return told.semi_join(enough, ["question", "person_id"])


def _is_beyond(value: ir.NumericValue, limits: ir.Table) -> ir.BooleanValue:
    return ibis.and_(
        limits.at_least.isnull() | (value >= limits.at_least),
        limits.at_most.isnull() | (value <= limits.at_most),
        limits.over.isnull() | (value > limits.over),
        limits.below.isnull() | (value < limits.below),
    )


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
        group_by=["question", "person_id", "about_id", "kind", "source"],
        order_by=[
            ibis.desc("from_on", nulls_first=False),
            ibis.desc("known_from"),
            ibis.desc("delivery_id"),
            ibis.desc("row_number"),
        ],
    )
    told = rows.filter(rows.holds)
    return told.mutate(back=ibis.row_number().over(newest)).filter(lambda t: t.back == 0).drop("back")


def _each_once(rows: ir.Table, *beside: str) -> ir.Table:
    """The same value of the same period told by two feeds is one value."""
    return rows.select(*beside, *PERIOD, "value", "possible").distinct()


def _as_fact(rows: ir.Table) -> ir.StringValue:
    return rows.kind + "|" + rows.from_on.cast("string").fill_null("")
