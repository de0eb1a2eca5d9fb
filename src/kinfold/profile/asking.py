"""
One marker put to the facts: the rows that make it true of a child, and the children of whom nobody can say.

The shapes know nothing of who speaks for whom; what a silent or missing feed does to each is decided here.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from kinfold.areas import marker_shapes as s
from kinfold.areas.markers import Marker
from kinfold.profile import children as who
from kinfold.profile import coverage, facts, points, reads
from kinfold.profile.days import months_before, term_days_before
from kinfold.profile.shapes import derived, events, involvements, measures, sightings
from kinfold.store.engine import Engine

PLAIN: dict[type, Callable[..., ir.Table]] = {
    s.EventWithin: events.event_within,
    s.CountWithin: events.count_within,
    s.InvolvementOpen: involvements.involvement_open,
    s.InvolvementClosed: involvements.involvement_closed,
    s.RelationHas: involvements.relation_has,
    s.MeasureBeyond: measures.measure_beyond,
    s.MeasureShort: measures.measure_short,
    s.MeasureChanged: measures.measure_changed,
}
SUPPORT = ("person_id", "about_id", "table_name", *facts.PROVENANCE, "on", "points", "fact", "fades_from")
EVERY_MARKER = "*"  # of an event that was upheld as wrong of a child: it shows nothing of the child
SUPPORT_BEFORE_POINTS = tuple(column for column in SUPPORT if column != "points")


@dataclasses.dataclass(frozen=True)
class Known:
    """
    What every marker is asked of: the children, the facts that reach them, who can speak of whom, the day.

    connected: names of the markers for which a feed could speak. directions: of the markers that may stand beside
    another (`event_beside`), by name. terms: the area's school terms.
    """

    engine: Engine
    children: ir.Table
    reached: ir.Table
    born: ir.Table
    voices: coverage.Voices
    connected: frozenset[str]
    directions: Mapping[str, str]
    as_at: datetime.date
    terms: Sequence[tuple[datetime.date, ...]] = ()
    struck: ir.Table | None = None


def support(known: Known, marker: Marker, found: Mapping[str, ir.Table]) -> ir.Table:
    """The rows that make the marker true, before they carry points; none where no connected feed could speak."""
    rows = _support(known, marker, found)
    return rows if marker.name in known.connected else rows.filter(ibis.literal(False))


def unchallenged(known: Known, marker: Marker, rows: ir.Table) -> ir.Table:
    """`rows` without those on which people have upheld that the statement is wrong of the child."""
    if known.struck is None:
        return rows
    struck = known.struck.filter(known.struck.marker.isin([marker.name, EVERY_MARKER])).drop("marker").distinct()
    return rows.anti_join(struck, ["person_id", "table_name", "source", "source_id"])


def _support(known: Known, marker: Marker, found: Mapping[str, ir.Table]) -> ir.Table:
    since = months_before(known.as_at, marker.lookback_months) if marker.lookback_months else None
    asked = known.children.filter(who.of_age(known.children, marker.ages))
    rows = _rows(known, marker, asked)
    shape = marker.shape
    if type(shape) in PLAIN:
        return PLAIN[type(shape)](rows, shape, since=since, as_at=known.as_at)
    if isinstance(shape, s.InvolvementMissing):
        return _missing(known, marker, rows, asked, since)
    if isinstance(shape, s.InvolvementWithout):
        can_say = _would_tell(known, marker, shape, asked)
        return involvements.involvement_without(rows, shape, can_say, since=since, as_at=known.as_at)
    if isinstance(shape, s.NotSeenSince):
        return _not_seen(known, marker, rows, asked)
    if isinstance(shape, s.Either):
        answers = [PLAIN[type(one)](rows, one, since=since, as_at=known.as_at) for one in shape.of]
        columns = [*SUPPORT_BEFORE_POINTS, *(c for c in points.WEIGHED if c not in SUPPORT_BEFORE_POINTS)]
        return together(answer.select(*columns) for answer in answers).distinct()
    if isinstance(shape, s.EventBeside):
        others = _others(known, shape, found)
        return events.event_beside(rows, shape, others, since=since or datetime.date.min)
    if isinstance(shape, s.Infant):
        return derived.infant(asked, known.born)
    told = together(found[name] for name in shape.markers).semi_join(asked, "person_id")
    return derived.combination(told, shape, since=since or datetime.date.min)


def _others(known: Known, shape: s.EventBeside, found: Mapping[str, ir.Table]) -> ir.Table:
    """Children (person_id) of whom a marker of the directions asked for is true."""
    beside = [found[name] for name, direction in known.directions.items() if direction in shape.beside]
    nobody = known.children.filter(ibis.literal(False)).select("person_id")
    return together([nobody, *(table.select("person_id") for table in beside)]).distinct()


def _would_tell(known: Known, marker: Marker, shape: s.InvolvementWithout, asked: ir.Table) -> ir.Table:
    """Children of whom a live feed of `told_by` would have told what did not happen."""
    happening = s.EventWithin(kinds=shape.without)
    instead = dataclasses.replace(marker, shape=happening, feeds=shape.told_by, lookback_months=shape.without_months)
    told = coverage.covering(instead, known.voices, as_at=known.as_at)
    alive = [one for one in told if known.voices.alive(one.source)]
    return asked.filter(coverage.spoken_for(asked, instead, alive, known.voices))


def _rows(known: Known, marker: Marker, asked: ir.Table) -> ir.Table:
    """Facts the marker looks at, one row per child and source row; the child's own before anybody else's."""
    kinds = [(table, list(codes)) for table, codes in reads.reads(marker.shape).items() if codes]
    rows = known.reached
    wanted = ibis.or_(*((rows.table_name == table) & rows.kind.isin(codes) for table, codes in kinds))
    rows = rows.filter(wanted, rows.reach.isin(marker.reach)).semi_join(asked, "person_id")
    if marker.reach == ("self",):
        return rows
    taking = list(dict.fromkeys(p for one in s.parts(marker.shape) for p in getattr(one, "taking_part_as", ())))
    if taking:
        rows = rows.filter((rows.table_name != "event") | rows.part_taken.isin(taking))
        part = ibis.cases(*((rows.part_taken == part, n) for n, part in enumerate(taking)), else_=len(taking))
    else:
        part = ibis.literal(0)
    rows = rows.mutate(whose=ibis.ifelse(rows.about_id == rows.person_id, 0, 1), as_what=part)
    first = ibis.window(
        group_by=["person_id", "table_name", "source", "source_id", "delivery_id", "part", "row_number", "kind"],
        order_by=["whose", "as_what", "about_id"],
    )
    return rows.mutate(nth=ibis.row_number().over(first)).filter(lambda t: t.nth == 0).drop("nth", "whose", "as_what")


def _missing(known: Known, marker: Marker, rows: ir.Table, asked: ir.Table, since: datetime.date | None) -> ir.Table:
    """Ended work, and for a child with none at all the coverage row of the feed that would have it."""
    speaking = [
        one
        for one in coverage.covering(marker, known.voices, as_at=known.as_at)
        if one.people == "everyone" and known.voices.alive(one.source)
    ]
    speaks = coverage.spoken_for(asked, marker, speaking, known.voices)
    asked = asked.mutate(speaks=speaks)
    ended = involvements.involvement_missing(rows, marker.shape, asked, since=since, as_at=known.as_at)
    ended = ended.select(*SUPPORT_BEFORE_POINTS)
    if not speaking:
        return ended
    by = speaking[0]
    never = asked.filter(asked.speaks).anti_join(rows, "person_id")
    if marker.shape.for_days:
        long_ago = known.as_at - datetime.timedelta(days=marker.shape.for_days)
        never = never.semi_join(known.born.filter(known.born.birth_on <= long_ago), "person_id")
    told = never.select(
        "person_id",
        about_id=never.person_id,
        table_name=ibis.literal("coverage"),
        source=ibis.literal(by.source),
        source_id=ibis.literal(by.source_id),
        delivery_id=ibis.literal(by.delivery_id),
        part=ibis.literal(by.part),
        row_number=ibis.literal(by.row_number, "int64"),
        known_from=ibis.literal(by.known_from),
        on=ibis.null("date"),
        fact=ibis.literal("never"),
        fades_from=ibis.literal(known.as_at),
    )
    return ended.union(told.select(*SUPPORT_BEFORE_POINTS))


def _not_seen(known: Known, marker: Marker, rows: ir.Table, asked: ir.Table) -> ir.Table:
    return sightings.not_seen_since(
        rows,
        marker.shape,
        _alive(known),
        _cannot_say(known, marker, asked),
        since=_seen_since(known, marker),
        as_at=known.as_at,
    )


def _seen_since(known: Known, marker: Marker) -> datetime.date:
    """
    A child seen on this day has been seen lately enough.

    Counted back from the last day that every feed of sightings has told of: of the days since nobody has said anything,
    and a feed that has died is not known to be dead for a while.
    """
    told = coverage.covering(marker, known.voices, as_at=known.as_at)
    speaking = [known.voices.feeds[one.source] for one in told if one.table_name == "event"]
    days = [one.last_delivered_on for one in speaking if one.is_alive and one.last_delivered_on]
    shape = marker.shape
    return term_days_before(
        min([*days, known.as_at]), shape.days, in_all=shape.days_in_all or shape.days, terms=known.terms
    )


def _cannot_say(known: Known, marker: Marker, asked: ir.Table) -> ir.Table:
    """Children of whom a silent feed would speak."""
    told = coverage.covering(marker, known.voices, as_at=known.as_at)
    silent = [one for one in told if known.voices.state(one.source) == "silent"]
    return asked.filter(coverage.spoken_for(asked, marker, silent, known.voices))


def _alive(known: Known) -> list[str]:
    return [name for name, feed in known.voices.feeds.items() if feed.is_alive]


def as_evidence(known: Known, marker: Marker, rows: ir.Table, found: Mapping[str, ir.Table]) -> ir.Table:
    needed = (*SUPPORT_BEFORE_POINTS, *(points.WEIGHED if marker.extra else ()))
    hastened = found[marker.hastened_by].select("person_id").distinct() if marker.hastened_by else None
    rows = rows.select(c for c in rows.columns if c in needed)
    rows = points.weighted(marker, rows, as_at=known.as_at, hastened=hastened)
    if marker.halved_by:
        better = found[marker.halved_by].select("person_id").distinct()
        rows = rows.mutate(points=ibis.ifelse(rows.person_id.isin(better.person_id), rows.points / 2, rows.points))
    return rows.select(*SUPPORT).mutate(marker=ibis.literal(marker.name))


def not_known(known: Known, marker: Marker, true: Mapping[str, ir.Table], unknown: Mapping[str, ir.Table]) -> ir.Table:
    """
    Children of whom nobody can say whether the marker is true, though a feed is connected that could say it of others.

    true, unknown: by marker, of this one and those before it, the supporting rows and what this returned.
    Returns person_id, why_unknown, source_feed and marker. That no feed is connected is not said child by child: it
    is the same for all of them (`coverage.connections`).
    """
    shape, true_of = marker.shape, true[marker.name].select("person_id").distinct()
    if isinstance(shape, s.Infant) or marker.name not in known.connected:
        nobody = known.children.filter(ibis.literal(False))
        return nobody.select(
            "person_id", why_unknown=ibis.null("string"), source_feed=ibis.null("string"), marker=ibis.null("string")
        )
    if isinstance(shape, s.Combination):
        return _open_still(known, marker, true_of, true, unknown)
    if isinstance(shape, s.NotSeenSince):
        return _nobody_due(known, marker, true_of)
    told = coverage.unknown(known.children, marker, true_of, known.voices, as_at=known.as_at)
    return told.mutate(marker=ibis.literal(marker.name))


def _open_still(
    known: Known,
    marker: Marker,
    true_of: ir.Table,
    true: Mapping[str, ir.Table],
    unknown: Mapping[str, ir.Table],
) -> ir.Table:
    """A combination is not known where enough of its parts are true or not known to make it."""
    parts = together(unknown[name] for name in marker.shape.markers).anti_join(true_of, "person_id")
    told = together(true[name].select("person_id", "marker") for name in marker.shape.markers).distinct()
    told = told.group_by("person_id").agg(are_true=told.marker.nunique())
    open_still = parts.group_by("person_id").agg(
        why_unknown=parts.why_unknown.max(), source_feed=parts.source_feed.min(), are_open=parts.marker.nunique()
    )
    open_still = open_still.left_join(told, "person_id").drop("person_id_right")
    enough = open_still.filter(open_still.are_open + open_still.are_true.fill_null(0) >= marker.shape.at_least)
    asked = known.children.filter(who.of_age(known.children, marker.ages))
    rows = enough.semi_join(asked, "person_id").select("person_id", "why_unknown", "source_feed")
    return rows.mutate(marker=ibis.literal(marker.name))


def _nobody_due(known: Known, marker: Marker, true_of: ir.Table) -> ir.Table:
    """Neither out of sight nor seen: nobody is due to see the child, or a silent feed might know of a sighting."""
    asked = known.children.filter(who.of_age(known.children, marker.ages))
    rows, alive = _rows(known, marker, asked), _alive(known)
    since = _seen_since(known, marker)
    seen = sightings.last_seen(rows, marker.shape, alive, as_at=known.as_at)
    seen = seen.filter(seen.seen_on >= since).select("person_id")
    due = rows.filter(rows.kind.isin(marker.shape.expected_in), rows.holds, rows.source.isin(alive or [""]))
    due = due.select("person_id").anti_join(_cannot_say(known, marker, asked), "person_id")
    left = asked.anti_join(seen.union(due).union(true_of).distinct(), "person_id")
    spoken = coverage.covering(marker, known.voices, as_at=known.as_at)
    return coverage.unsaid(left, marker, spoken, known.voices).mutate(marker=ibis.literal(marker.name))


def together(tables: Iterable[ir.Table]) -> ir.Table:
    parts = list(tables)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
