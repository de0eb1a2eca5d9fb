"""
The shapes a marker can have, and what each of them is asked.

A shape is a question with blanks: this file holds the blanks, `kinfold.profile.shapes` the answers. Words in
`kinds`, `stages`, `details` and the like are codes of the twelve tables (`store/schema.py`).
"""

from __future__ import annotations

import dataclasses
from typing import Any, Literal


@dataclasses.dataclass(frozen=True)
class EventWithin:
    """
    Something of one of these kinds happened in the lookback.

    taking_part_as: the part played by the person whose fact it is. Empty lists take every code.
    details_of: the kinds that `details` narrow, where it is not all of them.
    """

    kinds: tuple[str, ...]
    details: tuple[str, ...] = ()
    details_of: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    taking_part_as: tuple[str, ...] = ("subject",)


@dataclasses.dataclass(frozen=True)
class CountWithin:
    """
    It happened `at_least` times in the lookback.

    count_by: `fact` counts distinct kind, detail and day, so that two feeds telling one fact count once; `day` and
        `week` count distinct days and weeks. alone: kinds, of `kinds`, of which one is enough.
    """

    kinds: tuple[str, ...]
    at_least: int
    count_by: Literal["fact", "day", "week"] = "fact"
    details: tuple[str, ...] = ()
    details_of: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    taking_part_as: tuple[str, ...] = ("subject",)
    alone: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class InvolvementOpen:
    """A service works with the person now, or stopped within the lookback when the marker has one."""

    agency: str
    stages: tuple[str, ...]
    details: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class InvolvementClosed:
    """
    Work of these stages ended in the lookback.

    outcomes: only these endings. but_not: never these. unless_open: nothing counts while one of these is open.
    """

    agency: str
    stages: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    unless_open: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class InvolvementMissing:
    """
    The child has no open involvement of this stage, though a live feed speaks for every child of that age.

    ended_as: an ending that is itself enough, whatever the feed speaks for.
    for_days: it has been so for as long, counted from the ending, or from birth where there never was one.
    """

    agency: str
    stage: str
    ended_as: tuple[str, ...] = ()
    for_days: int = 0


@dataclasses.dataclass(frozen=True)
class InvolvementWithout:
    """
    Work as `involvement_open` asks, and nothing of these kinds happened in `without_months`.

    That nothing was told is believed only where a feed of `told_by` is alive and speaks of the child.
    """

    agency: str
    stages: tuple[str, ...]
    without: tuple[str, ...]
    without_months: int
    told_by: tuple[str, ...]
    details: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    taking_part_as: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class MeasureBeyond:
    """
    A measure is `at_least`, `at_most`, `over` or `below` something (any of them together), in its own unit.

    share: compare the sum of values over the sum of `possible` in the lookback, 0 to 1, rather than one value.
    least_possible: sum of `possible` needed before a share is said. periods: distinct periods needed.
    held_months: the value must have held for so long.
    every_row: every value must be beyond, not any: no adult in work. every_kind: each of `kinds` must be beyond.
    """

    kinds: tuple[str, ...]
    at_least: float | None = None
    at_most: float | None = None
    over: float | None = None
    below: float | None = None
    share: bool = False
    least_possible: float = 0
    periods: int = 1
    held_months: int = 0
    every_row: bool = False
    every_kind: bool = False


@dataclasses.dataclass(frozen=True)
class MeasureShort:
    """
    What was done falls short of what was due, in any of these pairs of measures (`none_short`: in none).

    held_months: both counts, as last told, have stood for so long.
    """

    pairs: tuple[tuple[str, ...], ...]
    by_at_least: float = 1
    held_months: int = 0
    none_short: bool = False


@dataclasses.dataclass(frozen=True)
class MeasureChanged:
    """The share missed rose by `by` or more (0 to 1) from one period to the next: attendance fell."""

    kind: str
    by: float
    least_possible: float = 0


@dataclasses.dataclass(frozen=True)
class RelationHas:
    """Somebody related to the child, by a stated tie, has or had work of these stages in the lookback."""

    agency: str
    stages: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class NotSeenSince:
    """
    Somebody should be seeing the child, and nobody has been told to have in `days`.

    days: of school term; days of holiday do not count. days_in_all: enough whatever they are days of; 0 counts every
        day alike.
    expected_in: open stages in which a child is seen. seen_at: kinds of event at which a child is always seen;
        other events count when their row says that the child was. attended: measures of sessions; a period in
        which the child came to half of them or more is a sighting.
    """

    days: int
    expected_in: tuple[str, ...]
    days_in_all: int = 0
    seen_at: tuple[str, ...] = ()
    attended: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Combination:
    """Several of these markers, by name, are true of the child with facts inside the lookback."""

    markers: tuple[str, ...]
    at_least: int


@dataclasses.dataclass(frozen=True)
class EventBeside:
    """
    Something of one of these kinds happened in the lookback, beside another marker of one of these directions.

    By itself it is never said and counts nothing.
    """

    kinds: tuple[str, ...]
    beside: tuple[Literal["pressure", "need", "lost", "acute"], ...]
    details: tuple[str, ...] = ()
    taking_part_as: tuple[str, ...] = ("subject",)


@dataclasses.dataclass(frozen=True)
class Either:
    """Any of several questions (`of`), each a shape of its own, is answered yes."""

    of: tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class Infant:
    """The child is under one year old."""


SHAPES: dict[str, type] = {
    "event_within": EventWithin,
    "count_within": CountWithin,
    "involvement_open": InvolvementOpen,
    "involvement_closed": InvolvementClosed,
    "involvement_missing": InvolvementMissing,
    "involvement_without": InvolvementWithout,
    "measure_beyond": MeasureBeyond,
    "measure_short": MeasureShort,
    "measure_changed": MeasureChanged,
    "relation_has": RelationHas,
    "not_seen_since": NotSeenSince,
    "combination": Combination,
    "event_beside": EventBeside,
    "either": Either,
    "infant": Infant,
}
# Questions about something dated: they need a lookback, or anything that ever happened would count.
DATED = (EventWithin, CountWithin, EventBeside, InvolvementClosed, MeasureChanged, Combination)
# What `either` may ask: questions about facts alone, that need no other marker and nobody's silence.
PLAIN = (EventWithin, CountWithin, InvolvementOpen, InvolvementClosed, MeasureBeyond, MeasureShort, RelationHas)


def parts(shape: Any) -> tuple[Any, ...]:
    """The questions of an `either`, or the one that any other shape is."""
    return shape.of if isinstance(shape, Either) else (shape,)
