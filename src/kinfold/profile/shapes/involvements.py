"""Periods in which a service works with somebody: open, ended, missing, or a relative's."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.marker_shapes import InvolvementMissing, InvolvementWithout
from kinfold.profile.days import months_before
from kinfold.profile.questions import Question
from kinfold.profile.shapes.events import as_fact
from kinfold.store.engine import Engine
from kinfold.store.schema import TEXT, WHOLE

RULED_OUT = pa.schema([pa.field("question", WHOLE), pa.field("outcome", TEXT)])


def still_open(engine: Engine, rows: ir.Table, asked: Sequence[Question]) -> ir.Table:
    """
    Work that holds on the day, or that ended in the lookback where there is one; the child's own or a relative's.

    rows: one row per question, child and involvement that is so.
    """
    return rows.mutate(fact=as_fact(rows, rows.from_on))


def closed(engine: Engine, rows: ir.Table, asked: Sequence[Question]) -> ir.Table:
    """
    Work that ended in the lookback, in one of the ways asked for.

    rows: one row per question, child and involvement that `says` it ended or speaks against it. Nothing counts for a
    child of whom anything speaks against. An ending of which the source does not say why is not ruled out.
    """
    ended = rows.filter(rows.says == "ended")
    ruled_out = [{"question": one.number, "outcome": outcome} for one in asked for outcome in one.shape.but_not]
    if ruled_out:
        named = engine.take(pa.Table.from_pylist(ruled_out, schema=RULED_OUT), "profile_ruled_out")
        ended = ended.anti_join(named, ["question", "outcome"])
    if any(one.shape.unless_open for one in asked):
        ended = ended.anti_join(rows.filter(rows.says == "speaks against"), ["question", "person_id"])
    return ended.mutate(fact=as_fact(ended, ended.to_on))


def involvement_missing(
    rows: ir.Table, shape: InvolvementMissing, asked: ir.Table, *, since: datetime.date | None, as_at: datetime.date
) -> ir.Table:
    """
    The last ended work of each child of whom it is known that none is open.

    asked: one row per child (person_id) and whether a live feed `speaks` for every child like this one. Where it
    does not, only an ending in `ended_as` on or after `since` says so. An ending fewer than `for_days` before `as_at`
    says nothing yet.
    """
    told = rows.filter(rows.agency == shape.agency, rows.kind == shape.stage)
    ended = told.filter(~told.holds).anti_join(told.filter(told.holds), "person_id")
    latest = ended.group_by("person_id").agg(last_on=ended.to_on.max())
    ended = ended.join(latest, "person_id").filter(lambda t: t.to_on == t.last_on).drop("last_on")
    ended = ended.join(asked.select("person_id", "speaks"), "person_id")
    enough = ended.speaks
    if shape.ended_as:
        in_time = ended.to_on >= since if since else True
        enough = enough | (ended.outcome.isin(shape.ended_as).fill_null(False) & in_time)
    ended = ended.filter(enough, ended.to_on <= as_at - datetime.timedelta(days=shape.for_days)).drop("speaks")
    return ended.mutate(fact=as_fact(ended, ended.to_on))


def involvement_without(
    rows: ir.Table, shape: InvolvementWithout, can_say: ir.Table, *, since: datetime.date | None, as_at: datetime.date
) -> ir.Table:
    """
    Work that is open, or that ended on or after `since`, of children to whom nothing in `without` happened for
    `without_months`.

    rows: one row per child and fact of the stages or of what is not to have happened.
    can_say: children (person_id) of whom a live feed would tell it; of others, hearing nothing says nothing.
    """
    told = rows.filter(rows.agency == shape.agency, rows.kind.isin(shape.stages))
    if shape.details:
        told = told.filter(told.detail.isin(shape.details))
    told = told.filter(told.holds if since is None else told.holds | (told.to_on >= since))
    told = told.mutate(fact=as_fact(told, told.from_on))
    quiet_from = months_before(as_at, shape.without_months)
    happened = rows.filter(rows.table_name == "event", rows.kind.isin(shape.without), rows.day >= quiet_from)
    if shape.places:
        happened = happened.filter(happened.place.isin(shape.places))
    return told.anti_join(happened, "person_id").semi_join(can_say, "person_id")
