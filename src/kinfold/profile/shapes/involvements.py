"""Periods in which a service works with somebody: open, ended, missing, or a relative's."""

from __future__ import annotations

import datetime

import ibis.expr.types as ir

from kinfold.areas.marker_shapes import (
    InvolvementClosed,
    InvolvementMissing,
    InvolvementOpen,
    InvolvementWithout,
    RelationHas,
)
from kinfold.profile.days import months_before
from kinfold.profile.shapes.events import as_fact


def involvement_open(
    rows: ir.Table, shape: InvolvementOpen, *, since: datetime.date | None, as_at: datetime.date
) -> ir.Table:
    """
    Work that holds on `as_at`, or that ended on or after `since` when there is a `since`.

    rows: one row per child and involvement that reaches the child, begun by `as_at`; `holds` on `as_at` or not.
    """
    told = rows.filter(rows.agency == shape.agency, rows.kind.isin(shape.stages))
    if shape.details:
        told = told.filter(told.detail.isin(shape.details))
    told = told.filter(_open_or_since(told, since))
    return told.mutate(fact=as_fact(told, told.from_on))


def involvement_closed(
    rows: ir.Table, shape: InvolvementClosed, *, since: datetime.date, as_at: datetime.date
) -> ir.Table:
    """
    Work that ended on or after `since`, in one of the ways asked for.

    Nothing counts for a child with open work of a stage in `unless_open`. An ending of which the source does not
    say why is none of the `outcomes`, and none of `but_not` either.
    """
    told = rows.filter(rows.agency == shape.agency)
    ended = told.filter(told.kind.isin(shape.stages), ~told.holds, told.to_on >= since)
    if shape.outcomes:
        ended = ended.filter(ended.outcome.isin(shape.outcomes))
    if shape.but_not:
        ended = ended.filter(ended.outcome.isnull() | ended.outcome.notin(shape.but_not))
    if shape.unless_open:
        still_open = told.filter(told.kind.isin(shape.unless_open), told.holds)
        ended = ended.anti_join(still_open, "person_id")
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
    Work as `involvement_open` finds it, of children to whom nothing in `without` happened for `without_months`.

    can_say: children (person_id) of whom a live feed would tell it; of others, hearing nothing says nothing.
    """
    told = involvement_open(rows, InvolvementOpen(shape.agency, shape.stages, shape.details), since=since, as_at=as_at)
    quiet_from = months_before(as_at, shape.without_months)
    happened = rows.filter(rows.table_name == "event", rows.kind.isin(shape.without), rows.day >= quiet_from)
    if shape.places:
        happened = happened.filter(happened.place.isin(shape.places))
    return told.anti_join(happened, "person_id").semi_join(can_say, "person_id")


def relation_has(rows: ir.Table, shape: RelationHas, *, since: datetime.date | None, as_at: datetime.date) -> ir.Table:
    """Work with a relative that is open, or that ended on or after `since`. rows: as `involvement_open`."""
    told = rows.filter(rows.agency == shape.agency, rows.kind.isin(shape.stages))
    told = told.filter(_open_or_since(told, since))
    return told.mutate(fact=as_fact(told, told.from_on))


def _open_or_since(rows: ir.Table, since: datetime.date | None) -> ir.BooleanValue:
    return rows.holds if since is None else rows.holds | (rows.to_on >= since)
