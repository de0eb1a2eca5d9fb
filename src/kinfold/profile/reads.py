"""Which facts each shape turns on, so that they are read once and so that silence about them can be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kinfold.areas import marker_shapes as s
from kinfold.areas import never_used
from kinfold.areas.feeds import Feed
from kinfold.areas.markers import Marker
from kinfold.areas.toml import AreaRejected
from kinfold.store.schema import EVENT_KINDS, MEASURE_KINDS, TABLES

Kinds = dict[str, tuple[str, ...]]


class MarkersDoNotFit(AreaRejected):
    """A marker turns on a code that the tables do not have; the message names file, key, code and what is allowed."""


def shown_by(shape: object) -> Kinds:
    """The kinds of fact that make the marker true: what a feed must speak for, for its silence to mean no."""
    match shape:
        case s.EventWithin() | s.CountWithin() | s.EventBeside():
            return {"event": shape.kinds}
        case s.Either():
            return _together(shown_by(one) for one in shape.of)
        case s.InvolvementOpen() | s.InvolvementClosed() | s.InvolvementWithout() | s.RelationHas():
            return {"involvement": shape.stages}
        case s.InvolvementMissing():
            return {"involvement": (shape.stage,)}
        case s.MeasureBeyond():
            return {"measure": shape.kinds}
        case s.MeasureShort():
            return {"measure": tuple(kind for pair in shape.pairs for kind in pair)}
        case s.MeasureChanged():
            return {"measure": (shape.kind,)}
        case s.NotSeenSince():
            return {"event": ("visit", *shape.seen_at), "measure": shape.attended}
        case _:
            return {}


def reads(shape: object) -> Kinds:
    """Every kind of fact the shape looks at."""
    if isinstance(shape, s.Either):
        return _together(reads(one) for one in shape.of)
    kinds = shown_by(shape)
    if isinstance(shape, s.InvolvementWithout):
        return kinds | {"event": shape.without}
    if isinstance(shape, s.InvolvementClosed):
        kinds = {"involvement": (*shape.stages, *shape.unless_open)}
    if isinstance(shape, s.NotSeenSince):
        kinds = kinds | {"involvement": shape.expected_in}
    return kinds


def kinds_of(markers: Iterable[Marker]) -> Kinds:
    """By table, the codes that any of the markers looks at."""
    return _together(reads(marker.shape) for marker in markers)


def _together(several: Iterable[Kinds]) -> Kinds:
    found: dict[str, set[str]] = {}
    for one in several:
        for table, kinds in one.items():
            found.setdefault(table, set()).update(kinds)
    return {table: tuple(sorted(kinds)) for table, kinds in found.items()}


def kinds_by_reach(markers: Iterable[Marker]) -> Kinds:
    """By reach, the codes that any of the markers looks at through it."""
    found: dict[str, set[str]] = {}
    for marker in markers:
        for reach in marker.reach:
            found.setdefault(reach, set()).update(k for kinds in reads(marker.shape).values() for k in kinds)
    return {reach: tuple(sorted(kinds)) for reach, kinds in found.items()}


def check(markers: Iterable[Marker], feeds: Mapping[str, Feed] | None = None) -> None:
    """
    Refuse markers that do not fit the tables, and feeds that make a marker's fact of what is never used.

    feeds: those of the area, by name; None where only the markers are to be looked at.
    Raises MarkersDoNotFit at the first code that is not one of the table's, and AreaRejected at the first mapping.
    """
    markers = tuple(markers)
    for marker in markers:
        for shape in s.parts(marker.shape):
            _fits(marker, shape)
    if feeds is not None:
        wanted = {kind for kinds in kinds_of(markers).values() for kind in kinds}
        never_used.check_fields(feeds, dict.fromkeys(feeds, wanted))


def _fits(marker: Marker, shape: object) -> None:
    involvement = TABLES["involvement"]
    codes: Mapping[str, frozenset[str] | None] = {
        "event": EVENT_KINDS,
        "measure": MEASURE_KINDS,
        "involvement": involvement.column("stage").codes,
    }
    for table, kinds in reads(shape).items():
        _all_of(marker, f"{table} kinds", kinds, codes[table])
    _all_of(marker, "agencies", filter(None, [getattr(shape, "agency", "")]), involvement.column("agency").codes)
    outcomes = [*getattr(shape, "outcomes", ()), *getattr(shape, "but_not", ()), *getattr(shape, "ended_as", ())]
    _all_of(marker, "outcomes", outcomes, involvement.column("outcome").codes)
    parts = TABLES["participant"].column("involved_as").codes
    _all_of(marker, "parts taken", getattr(shape, "taking_part_as", ()), parts)


def _all_of(marker: Marker, what: str, given: Iterable[str], codes: frozenset[str] | None) -> None:
    unknown = sorted(set(given) - (codes or frozenset()))
    if unknown:
        raise MarkersDoNotFit(
            f"{marker.where or marker.code}.shape names {what} the tables do not have: {', '.join(unknown)}. "
            f"Allowed: {', '.join(sorted(codes or ()))}."
        )
