"""
What markers ask, as rows: joined to the facts, they say which facts each marker looks at.

Many markers ask the same question with other codes and limits. As rows they are put together in one statement, whose
length does not grow with the catalogue.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas import marker_shapes as s
from kinfold.areas.markers import Marker
from kinfold.profile import children as who
from kinfold.profile import reads
from kinfold.profile.days import months_before
from kinfold.store.schema import DATE, TEXT, WHOLE, YES_NO

CODES = ("agency", "detail", "severity", "place", "part_taken", "outcome")
LOOKS = pa.schema(
    [
        pa.field("question", WHOLE),
        pa.field("marker", TEXT),
        pa.field("says", TEXT),  # what the fact is to the question: see `_in_time`
        pa.field("table_name", TEXT),
        pa.field("kind", TEXT),
        pa.field("reach", TEXT),
        *(pa.field(f"wanted_{code}", TEXT) for code in CODES),  # null takes every code, and none
        pa.field("turn", WHOLE),  # place of part_taken in the marker's list, which the first of several rows goes by
        pa.field("is_enough_alone", YES_NO),
        pa.field("since", DATE),
        *who.AGES,
    ]
)


@dataclasses.dataclass(frozen=True)
class Question:
    """
    One question of a marker: its shape, or one part of an `either`.

    number: its place among those that are asked together. as_at: the day it is asked of.
    """

    number: int
    marker: Marker
    shape: Any
    as_at: datetime.date

    @property
    def since(self) -> datetime.date | None:
        """The start of the lookback; None where what is asked must hold on the day."""
        back = self.marker.lookback_months
        return months_before(self.as_at, back) if back else None


def questions_of(markers: Iterable[Marker], *, as_at: datetime.date) -> list[Question]:
    shapes = ((marker, shape) for marker in markers for shape in s.parts(marker.shape))
    return [Question(n, marker, shape, as_at) for n, (marker, shape) in enumerate(shapes)]


def looks_of(questions: Iterable[Question]) -> pa.Table:
    """One row per question, kind of fact, reach and codes it takes (`LOOKS`)."""
    rows = [
        {
            "question": question.number,
            "marker": question.marker.name,
            "since": question.since,
            "reach": reach,
            **look,
            **who.age_limits(question.marker.ages),
        }
        for question in questions
        for look in _looks(question.shape)
        for reach in question.marker.reach
    ]
    return pa.Table.from_pylist(rows, schema=LOOKS)


def _looks(shape: Any) -> Iterator[dict[str, Any]]:
    match shape:
        case s.EventWithin() | s.CountWithin() | s.EventBeside():
            for kind in shape.kinds:
                is_narrowed = kind in (getattr(shape, "details_of", ()) or shape.kinds)
                codes = {
                    "detail": shape.details if is_narrowed else (),
                    "severity": getattr(shape, "severities", ()),
                    "place": getattr(shape, "places", ()),
                    "part_taken": shape.taking_part_as,
                }
                for look in _each("happened", "event", [kind], codes):
                    yield look | {"is_enough_alone": kind in getattr(shape, "alone", ())}
        case s.InvolvementOpen():
            yield from _each("open", "involvement", shape.stages, {"agency": [shape.agency], "detail": shape.details})
        case s.RelationHas():
            yield from _each("open", "involvement", shape.stages, {"agency": [shape.agency]})
        case s.InvolvementClosed():
            ended = {"agency": [shape.agency], "outcome": shape.outcomes}
            yield from _each("ended", "involvement", shape.stages, ended)
            yield from _each("speaks against", "involvement", shape.unless_open, {"agency": [shape.agency]})
        case s.MeasureBeyond() | s.MeasureShort() | s.MeasureChanged():
            yield from _each("value", "measure", reads.reads(shape)["measure"], {})
        case _:
            for table, kinds in reads.reads(shape).items():
                taken_part = getattr(shape, "taking_part_as", ()) if table == "event" else ()
                yield from _each("told", table, kinds, {"part_taken": taken_part})


def _each(
    says: str, table_name: str, kinds: Iterable[str], codes: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, Any]]:
    """A row for each combination of codes; a list that is empty takes every code."""
    some: dict[str, list[str | None]] = {code: [*dict.fromkeys(given)] or [None] for code, given in codes.items()}
    parts = some.get("part_taken", [None])
    for kind, taken in itertools.product(dict.fromkeys(kinds), itertools.product(*some.values())):
        wanted = dict(zip(some, taken, strict=True))
        yield {
            "says": says,
            "table_name": table_name,
            "kind": kind,
            "turn": parts.index(wanted.get("part_taken")),
            "is_enough_alone": False,
            **{f"wanted_{code}": value for code, value in wanted.items()},
        }


def looked_at(reached: ir.Table, looks: ir.Table, *, of_others: bool) -> ir.Table:
    """
    The facts that each question looks at: the columns of `reached`, question, marker, says, since and is_enough_alone.

    reached: `facts.reaching`. looks: `LOOKS`. of_others: whether the facts may be somebody else's than the child's;
    then one row per child and source row, the child's own before anybody else's.
    """
    met = reached.join(looks, ["table_name", "kind", "reach"])
    wanted = [met[f"wanted_{code}"].isnull() | (met[f"wanted_{code}"] == met[code]) for code in CODES]
    met = met.filter(who.is_of_the_ages(met), _in_time(met), *wanted)
    found = [*reached.columns, "question", "marker", "says", "since", "is_enough_alone"]
    if not of_others:
        return met.select(*found)
    row = ["table_name", "source", "source_id", "delivery_id", "part", "row_number", "kind"]
    first = ibis.window(
        group_by=["question", "says", "person_id", *row],
        order_by=[ibis.ifelse(met.about_id == met.person_id, 0, 1), "turn", "about_id"],
    )
    return met.mutate(nth=ibis.row_number().over(first)).filter(lambda t: t.nth == 0).select(*found)


def _in_time(rows: ir.Table) -> ir.BooleanValue:
    """Whether a fact is of the time that the question is about; where there is no `since` it has to hold today."""
    return ibis.cases(
        (rows.says == "happened", rows.day >= rows.since),
        (rows.says == "open", rows.holds | (rows.to_on >= rows.since).fill_null(False)),
        (rows.says == "ended", ~rows.holds & (rows.to_on >= rows.since)),
        (rows.says == "speaks against", rows.holds),
        (rows.says == "value", rows.value.notnull() & (rows.holds | (rows.to_on > rows.since).fill_null(False))),
        else_=True,
    )
