"""Things that happened on a date: once, or so many times."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.marker_shapes import CountWithin
from kinfold.profile.questions import Question
from kinfold.store.engine import Engine
from kinfold.store.schema import TEXT, WHOLE

COUNTS = pa.schema(
    [
        pa.field("question", WHOLE),
        pa.field("at_least", WHOLE),
        pa.field("count_by", TEXT),  # fact, day, week
    ]
)


def happened(engine: Engine, rows: ir.Table, asked: Sequence[Question]) -> ir.Table:
    """
    Events of a child who has as many of them as the question needs, or one of a kind that is enough alone.

    rows: one row per question, child and event in the lookback. Returns those that support the marker, with `fact`:
    rows of the same kind, detail and day are one fact, however many feeds tell it, unless the question counts days or
    weeks. A null detail is a detail of its own.
    """
    counting = [one for one in asked if isinstance(one.shape, CountWithin)]
    if not counting:
        return rows.mutate(fact=as_fact(rows, rows.day))
    needed = [
        {"question": one.number, "at_least": one.shape.at_least, "count_by": one.shape.count_by} for one in counting
    ]
    told = rows.left_join(engine.take(pa.Table.from_pylist(needed, schema=COUNTS), "profile_counts"), "question").drop(
        "question_right"
    )
    told = told.mutate(
        fact=ibis.cases(
            (told.count_by == "day", told.day.cast("string")),
            (told.count_by == "week", told.day.truncate("W").cast("date").cast("string")),
            else_=as_fact(told, told.day),
        )
    )
    counts = told.group_by("question", "person_id").agg(
        counted=told.fact.nunique(), at_least=told.at_least.max(), is_enough=told.is_enough_alone.any()
    )
    enough = counts.filter((counts.counted >= counts.at_least.fill_null(1)) | counts.is_enough)
    return told.semi_join(enough, ["question", "person_id"]).drop("at_least", "count_by")


def as_fact(rows: ir.Table, day: ir.DateValue) -> ir.StringValue:
    """Kind, detail and day: what makes two rows the same fact."""
    return rows.kind + "|" + rows.detail.fill_null("") + "|" + day.cast("string").fill_null("")
