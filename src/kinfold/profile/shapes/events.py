"""Things that happened on a date: once, or so many times."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.marker_shapes import CountWithin, EventBeside, EventWithin


def event_within(rows: ir.Table, shape: EventWithin, *, since: datetime.date, as_at: datetime.date) -> ir.Table:
    """
    Events of the shape's kinds on or after `since`.

    rows: one row per child and event that reaches the child, none after `as_at`. Returns those that support the
    marker, with `fact`: rows of the same kind, detail and day are one fact, however many feeds tell it.
    """
    return _happened(rows, shape, since)


def count_within(rows: ir.Table, shape: CountWithin, *, since: datetime.date, as_at: datetime.date) -> ir.Table:
    """
    Events on or after `since` of a child who has `at_least` of them, counted as the shape says.

    rows and what is returned: as `event_within`. A null detail is a detail of its own.
    """
    told = _happened(rows, shape, since)
    if shape.count_by == "day":
        told = told.mutate(fact=told.day.cast("string"))
    if shape.count_by == "week":
        told = told.mutate(fact=told.day.truncate("W").cast("date").cast("string"))
    counts = told.group_by("person_id").agg(
        counted=told.fact.nunique(), alone=told.kind.isin(shape.alone).any() if shape.alone else ibis.literal(False)
    )
    enough = counts.filter((counts.counted >= shape.at_least) | counts.alone)
    return told.semi_join(enough, "person_id")


def event_beside(rows: ir.Table, shape: EventBeside, others: ir.Table, *, since: datetime.date) -> ir.Table:
    """
    Events on or after `since` of a child of whom another marker is true too.

    rows and what is returned: as `event_within`. others: one row or more per child (person_id) with such a marker.
    """
    return _happened(rows, shape, since).semi_join(others, "person_id")


def _happened(rows: ir.Table, shape: EventWithin | CountWithin | EventBeside, since: datetime.date) -> ir.Table:
    told = rows.filter(rows.kind.isin(shape.kinds), rows.day >= since)
    for column, codes in (
        ("severity", getattr(shape, "severities", ())),
        ("place", getattr(shape, "places", ())),
        ("part_taken", shape.taking_part_as),
    ):
        if codes:
            told = told.filter(told[column].isin(codes))
    if shape.details:
        narrowed = getattr(shape, "details_of", ()) or shape.kinds
        told = told.filter(told.kind.notin(narrowed) | told.detail.isin(shape.details))
    return told.mutate(fact=as_fact(told, told.day))


def as_fact(rows: ir.Table, day: ir.DateValue) -> ir.StringValue:
    """Kind, detail and day: what makes two rows the same fact."""
    return rows.kind + "|" + rows.detail.fill_null("") + "|" + day.cast("string").fill_null("")
