"""
The profile of every child on a day: what is true, what is not known, and the rows that say so.

Facts are joined to people and to the children they reach once; each marker is then one question put to them.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas import marker_shapes as s
from kinfold.areas.markers import Marker
from kinfold.profile import children as who
from kinfold.profile import coverage, facts, points, reads, schema, standing
from kinfold.profile.days import months_before
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
WORK = "profile_"


@dataclasses.dataclass(frozen=True)
class Known:
    """What every marker is asked of: the children, the facts that reach them, who can speak of whom, the day."""

    engine: Engine
    children: ir.Table
    reached: ir.Table
    born: ir.Table
    voices: coverage.Voices
    as_at: datetime.date


def profile(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    markers: Sequence[Marker],
    *,
    feeds: pa.Table,
    as_at: datetime.date,
    progress: Callable[[str], None] | None = None,
) -> dict[str, ir.Table]:
    """
    The four tables of `profile/schema.py`, worked out.

    tables: the twelve as known on `as_at`, with link, people, occupancy and family.
    feeds: one row per feed: feed, label, agency, cadence_days, silent_after_days, last_delivered_on.
    progress: told the name of each marker before it is worked out.
    Whatever is dated after `as_at` is ignored. Raises `reads.MarkersDoNotFit`.
    """
    reads.check(markers)
    known = _gathered(engine, tables, markers, feeds, as_at)
    found: dict[str, ir.Table] = {}
    unknown: dict[str, ir.Table] = {}
    for marker in sorted(markers, key=lambda m: isinstance(m.shape, s.Combination)):
        if progress is not None:
            progress(marker.name)
        support = _support(known, marker, found)
        found[marker.name] = engine.keep(_as_evidence(known, marker, support, found), f"{WORK}found_{marker.name}")
        unknown[marker.name] = engine.keep(
            _not_known(known, marker, found[marker.name], unknown), f"{WORK}unknown_{marker.name}"
        )
    evidence = _together(found.values())
    not_known = _together(unknown.values())
    made = {
        "marker_state": engine.keep(_states(evidence, not_known), "marker_state"),
        "marker_evidence": engine.keep(evidence.select(*schema.MARKER_EVIDENCE.names), "marker_evidence"),
        "child_coverage": engine.keep(_covered(known.children, markers, not_known), "child_coverage"),
        "feed_standing": engine.take(
            standing.standing_table(dict(known.voices.feeds), known.voices.told), "feed_standing"
        ),
    }
    engine.forget(WORK)
    return made


def _gathered(
    engine: Engine, tables: Mapping[str, ir.Table], markers: Sequence[Marker], feeds: pa.Table, as_at: datetime.date
) -> Known:
    children = engine.keep(who.children_of(tables["people"], as_at=as_at), f"{WORK}children")
    ties = {
        "parent": who.parents_of(children, tables["family"], as_at=as_at),
        "household": who.living_with(children, tables["occupancy"]),
        "sibling": who.siblings_of(children, tables["family"], as_at=as_at),
    }
    ties = {reach: engine.keep(tie, f"{WORK}ties_{reach}") for reach, tie in ties.items()}
    all_facts = engine.keep(facts.facts_of(tables, reads.kinds_of(markers), as_at=as_at), f"{WORK}facts")
    reached = engine.keep(facts.reaching(all_facts, children, ties, reads.kinds_by_reach(markers)), f"{WORK}reached")
    listed, to_ask = coverage.listed_of(tables["person"], tables["link"], children, ties, as_at=as_at)
    voices = coverage.Voices(
        feeds=standing.feeds_on(feeds, as_at=as_at),
        told=standing.spoken(tables["coverage"], as_at=as_at),
        listed=engine.keep(listed, f"{WORK}listed"),
        reached=engine.keep(to_ask, f"{WORK}to_ask"),
    )
    born = tables["person"].join(tables["link"].select("person_key", "person_id"), "person_key")
    born = born.mutate(about_id=born.person_id, table_name=ibis.literal("person"))
    return Known(engine, children, reached, born, voices, as_at)


def _support(known: Known, marker: Marker, found: Mapping[str, ir.Table]) -> ir.Table:
    """The rows that make the marker true, before they carry points."""
    since = months_before(known.as_at, marker.lookback_months) if marker.lookback_months else None
    asked = known.children.filter(who.of_age(known.children, marker.ages))
    rows = _rows(known, marker, asked)
    shape = marker.shape
    if type(shape) in PLAIN:
        return PLAIN[type(shape)](rows, shape, since=since, as_at=known.as_at)
    if isinstance(shape, s.InvolvementMissing):
        return _missing(known, marker, rows, asked, since)
    if isinstance(shape, s.NotSeenSince):
        return _not_seen(known, marker, rows, asked)
    if isinstance(shape, s.Infant):
        return derived.infant(asked, known.born)
    told = _together(found[name] for name in shape.markers).semi_join(asked, "person_id")
    return derived.combination(told, shape, since=since or datetime.date.min)


def _rows(known: Known, marker: Marker, asked: ir.Table) -> ir.Table:
    """Facts the marker looks at, one row per child and source row; the child's own before anybody else's."""
    kinds = [(table, list(codes)) for table, codes in reads.reads(marker.shape).items() if codes]
    rows = known.reached
    wanted = ibis.or_(*((rows.table_name == table) & rows.kind.isin(codes) for table, codes in kinds))
    rows = rows.filter(wanted, rows.reach.isin(marker.reach)).semi_join(asked, "person_id")
    if marker.reach == ("self",):
        return rows
    taking = list(getattr(marker.shape, "taking_part_as", ()))
    if taking:
        rows = rows.filter(rows.part_taken.isin(taking))
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
    ended = involvements.involvement_missing(rows, marker.shape, asked, since=since).select(*SUPPORT_BEFORE_POINTS)
    if not speaking:
        return ended
    by = speaking[0]
    never = asked.filter(asked.speaks).anti_join(rows, "person_id")
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


SUPPORT_BEFORE_POINTS = tuple(column for column in SUPPORT if column != "points")


def _not_seen(known: Known, marker: Marker, rows: ir.Table, asked: ir.Table) -> ir.Table:
    return sightings.not_seen_since(
        rows, marker.shape, _alive(known), _cannot_say(known, marker, asked), as_at=known.as_at
    )


def _cannot_say(known: Known, marker: Marker, asked: ir.Table) -> ir.Table:
    """Children of whom a silent feed would speak."""
    told = coverage.covering(marker, known.voices, as_at=known.as_at)
    silent = [one for one in told if known.voices.state(one.source) == "silent"]
    return asked.filter(coverage.spoken_for(asked, marker, silent, known.voices))


def _alive(known: Known) -> list[str]:
    return [name for name, feed in known.voices.feeds.items() if feed.is_alive]


def _as_evidence(known: Known, marker: Marker, support: ir.Table, found: Mapping[str, ir.Table]) -> ir.Table:
    rows = points.weighted(marker, support, as_at=known.as_at)
    if marker.halved_by:
        better = found[marker.halved_by].select("person_id").distinct()
        rows = rows.mutate(points=ibis.ifelse(rows.person_id.isin(better.person_id), rows.points / 2, rows.points))
    return rows.select(*SUPPORT).mutate(marker=ibis.literal(marker.name))


def _not_known(known: Known, marker: Marker, found: ir.Table, unknown: Mapping[str, ir.Table]) -> ir.Table:
    shape, true_of = marker.shape, found.select("person_id").distinct()
    if isinstance(shape, s.Infant):
        nobody = known.children.filter(ibis.literal(False))
        return nobody.select(
            "person_id", why_unknown=ibis.null("string"), source_feed=ibis.null("string"), marker=ibis.null("string")
        )
    if isinstance(shape, s.Combination):
        parts = _together(unknown[name] for name in shape.markers).anti_join(true_of, "person_id")
        told = parts.group_by("person_id").agg(why_unknown=parts.why_unknown.min(), source_feed=parts.source_feed.min())
        asked = known.children.filter(who.of_age(known.children, marker.ages))
        return told.semi_join(asked, "person_id").mutate(marker=ibis.literal(marker.name))
    if isinstance(shape, s.NotSeenSince):
        return _nobody_due(known, marker, true_of)
    told = coverage.unknown(known.children, marker, true_of, known.voices, as_at=known.as_at)
    return told.mutate(marker=ibis.literal(marker.name))


def _nobody_due(known: Known, marker: Marker, true_of: ir.Table) -> ir.Table:
    """Neither out of sight nor seen: nobody is due to see the child, or a silent feed might know of a sighting."""
    asked = known.children.filter(who.of_age(known.children, marker.ages))
    rows, alive = _rows(known, marker, asked), _alive(known)
    since = known.as_at - datetime.timedelta(days=marker.shape.days)
    seen = sightings.last_seen(rows, marker.shape, alive, as_at=known.as_at)
    seen = seen.filter(seen.seen_on >= since).select("person_id")
    due = rows.filter(rows.kind.isin(marker.shape.expected_in), rows.holds, rows.source.isin(alive or [""]))
    due = due.select("person_id").anti_join(_cannot_say(known, marker, asked), "person_id")
    left = asked.anti_join(seen.union(due).union(true_of).distinct(), "person_id")
    spoken = coverage.covering(marker, known.voices, as_at=known.as_at)
    return coverage.unsaid(left, marker, spoken, known.voices).mutate(marker=ibis.literal(marker.name))


def _together(tables: object) -> ir.Table:
    parts = list(tables)  # type: ignore[call-overload]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _states(evidence: ir.Table, not_known: ir.Table) -> ir.Table:
    latest = ibis.window(
        group_by=["person_id", "marker"],
        order_by=[ibis.desc("on", nulls_first=False), "source", "source_id", "delivery_id", "part", "row_number"],
    )
    ranked = evidence.mutate(newest=ibis.row_number().over(latest) == 0)
    true = ranked.group_by("person_id", "marker").agg(
        state=ibis.literal("true"),
        points=ranked.points.sum(),
        on=ranked.on.max(),
        times=ranked.fact.nunique(),
        why_unknown=ibis.null("string"),
        source_feed=ranked.source.max(where=ranked.newest),
    )
    unknown = not_known.select(
        "person_id",
        "marker",
        state=ibis.literal("unknown"),
        points=ibis.null("float64"),
        on=ibis.null("date"),
        times=ibis.null("int64"),
        why_unknown=not_known.why_unknown,
        source_feed=not_known.source_feed,
    )
    return true.select(*schema.MARKER_STATE.names).union(unknown.select(*schema.MARKER_STATE.names))


def _covered(children: ir.Table, markers: Sequence[Marker], not_known: ir.Table) -> ir.Table:
    """How many of the markers asked about a child somebody can answer. A modifier asks nothing."""
    asking = [marker for marker in markers if marker.direction != "modifier"]
    asked = sum((ibis.ifelse(who.of_age(children, m.ages), 1, 0) for m in asking), start=ibis.literal(0, "int64"))
    missing = not_known.filter(not_known.marker.isin([m.name for m in asking]))
    missing = missing.group_by("person_id").agg(missing=missing.marker.nunique())
    rows = children.mutate(asked=asked).left_join(missing, "person_id")
    known = rows.asked - rows.missing.fill_null(0)
    return rows.select(
        "person_id",
        coverage_share=known.cast("float64") / rows.asked.nullif(0).cast("float64"),
        markers_asked=rows.asked,
        markers_known=known,
    )
