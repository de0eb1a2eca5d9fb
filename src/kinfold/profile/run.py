"""
The profile of every child on a day: what is true, what is not known, and the rows that say so.

Facts are joined to people and to the children they reach once; the markers are then put to them.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.marker_shapes import EventBeside
from kinfold.areas.markers import Marker
from kinfold.profile import asking, coverage, facts, not_knowing, reads, schema, standing
from kinfold.profile import children as who
from kinfold.profile.asking import WORK
from kinfold.store.engine import Engine


def profile(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    markers: Sequence[Marker],
    *,
    feeds: pa.Table,
    as_at: datetime.date,
    terms: Sequence[tuple[datetime.date, ...]] = (),
    settled: Sequence[Marker] = (),
    evidence: ir.Table | None = None,
) -> dict[str, ir.Table]:
    """
    The tables of `profile/schema.py`, worked out.

    tables: the twelve as known on `as_at`, with link, people, occupancy and family; and `struck_statement` where
        people have upheld that a statement is wrong: marker, person_id, table_name, source and source_id of each row
        that makes the marker true of the child no more.
    feeds: one row per feed: feed, label, agency, cadence_days, silent_after_days, last_delivered_on.
    terms: the area's school terms, half-open; without them every day counts as holiday.
    settled, evidence: markers that are not asked again, and the marker_evidence of a run that asked them: a marker
        that stands only beside another looks for it there too. Those a marker builds on are always asked.
    Whatever is dated after `as_at` is ignored. Raises `reads.MarkersDoNotFit`.
    """
    reads.check(markers)
    known = _gathered(engine, tables, markers, feeds, as_at, terms)
    known = dataclasses.replace(known, directions={**_directions(settled), **known.directions})
    if evidence is not None:
        evidence = evidence.filter(evidence.marker.isin([marker.name for marker in settled] or [""]))
    asked = asking.ask(known, markers)
    support = asking.support(known, asked, settled=evidence)
    found = engine.keep(asking.as_evidence(known, markers, support), f"{WORK}evidence")
    not_known = engine.keep(not_knowing.not_known(known, asked, found), f"{WORK}not_known")
    made = {
        "marker_state": engine.keep(_states(found, not_known), "marker_state"),
        "marker_evidence": engine.keep(found.select(*schema.MARKER_EVIDENCE.names), "marker_evidence"),
        "marker_connection": engine.take(coverage.connections(markers, known.connected), "marker_connection"),
        "child_coverage": engine.keep(_covered(known, markers, not_known), "child_coverage"),
        "feed_standing": engine.take(
            standing.standing_table(dict(known.voices.feeds), known.voices.told), "feed_standing"
        ),
    }
    engine.forget(WORK)
    return made


def true_then(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    markers: Sequence[Marker],
    *,
    feeds: pa.Table,
    as_at: datetime.date,
    terms: Sequence[tuple[datetime.date, ...]] = (),
) -> dict[str, ir.Table]:
    """
    What was true of each child on an earlier day, to hold today against; what was not known then is not asked.

    tables, feeds: as for `profile`, of that day. Strengths are asked of only where another marker builds on them.
    Returns marker_state (true rows alone) and marker_connection, under names of their own.
    """
    needed = {name for marker in markers for name in marker.builds_on}
    markers = [marker for marker in markers if marker.direction != "strength" or marker.name in needed]
    known = _gathered(engine, tables, markers, feeds, as_at, terms)
    evidence = asking.as_evidence(known, markers, asking.support(known, asking.ask(known, markers)))
    made = {
        "marker_state": engine.keep(_true(evidence).select(*schema.MARKER_STATE.names), "then_marker_state"),
        "marker_connection": engine.take(coverage.connections(markers, known.connected), "then_marker_connection"),
    }
    engine.forget(WORK)
    return made


def _gathered(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    markers: Sequence[Marker],
    feeds: pa.Table,
    as_at: datetime.date,
    terms: Sequence[tuple[datetime.date, ...]],
) -> asking.Known:
    children = engine.keep(who.children_of(tables["people"], as_at=as_at), f"{WORK}children")
    kinds = reads.kinds_by_reach(markers)
    ties = {
        "parent": lambda: who.parents_of(children, tables["family"], as_at=as_at),
        "household": lambda: who.living_with(children, tables["occupancy"]),
        "sibling": lambda: who.siblings_of(children, tables["family"], as_at=as_at),
    }
    needed = set(kinds) | ({"parent"} if "sibling" in kinds else set())
    ties = {reach: engine.keep(tie(), f"{WORK}ties_{reach}") for reach, tie in ties.items() if reach in needed}
    all_facts = engine.keep(facts.facts_of(tables, reads.kinds_of(markers), as_at=as_at), f"{WORK}facts")
    reached = engine.keep(facts.reaching(all_facts, children, ties, kinds), f"{WORK}reached")
    told = standing.spoken(tables["coverage"], as_at=as_at)
    person = tables["person"].filter(tables["person"].source.isin(coverage.listing(markers, told) or [""]))
    listed, to_ask = coverage.listed_of(person, tables["link"], children, ties, as_at=as_at)
    voices = coverage.Voices(
        feeds=standing.feeds_on(feeds, as_at=as_at),
        told=told,
        listed=engine.keep(listed, f"{WORK}listed"),
        reached=engine.keep(to_ask, f"{WORK}to_ask"),
    )
    born = tables["person"].join(tables["link"].select("person_key", "person_id"), "person_key")
    born = born.mutate(about_id=born.person_id, table_name=ibis.literal("person"))
    return asking.Known(
        engine,
        children,
        reached,
        born,
        voices,
        connected=coverage.connected(markers, voices),
        struck=tables.get("struck_statement"),
        directions=_directions(markers),
        as_at=as_at,
        terms=terms,
    )


def _directions(markers: Sequence[Marker]) -> dict[str, str]:
    """By name: the direction of each marker that another may stand beside."""
    return {m.name: m.direction for m in markers if not isinstance(m.shape, EventBeside)}


def _true(evidence: ir.Table) -> ir.Table:
    """One row per child and marker that is true, in the columns of `marker_state`."""
    latest = ibis.window(
        group_by=["person_id", "marker"],
        order_by=[ibis.desc("on", nulls_first=False), "source", "source_id", "delivery_id", "part", "row_number"],
    )
    ranked = evidence.mutate(newest=ibis.row_number().over(latest) == 0)
    return ranked.group_by("person_id", "marker").agg(
        state=ibis.literal("true"),
        points=ranked.points.sum(),
        on=ranked.on.max(),
        times=ranked.fact.nunique(),
        why_unknown=ibis.null("string"),
        source_feed=ranked.source.max(where=ranked.newest),
    )


def _states(evidence: ir.Table, not_known: ir.Table) -> ir.Table:
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
    return _true(evidence).select(*schema.MARKER_STATE.names).union(unknown.select(*schema.MARKER_STATE.names))


def _covered(known: asking.Known, markers: Sequence[Marker], not_known: ir.Table) -> ir.Table:
    """
    How many of the markers asked about a child somebody can answer.

    A marker for which no feed is connected is not asked, and a modifier asks nothing.
    """
    children = known.children
    asked_of = [m for m in markers if m.direction != "modifier" and m.name in known.connected]
    by_ages = Counter(m.ages for m in asked_of)
    asked = sum(
        (ibis.ifelse(who.of_age(children, ages), count, 0) for ages, count in by_ages.items()),
        start=ibis.literal(0, "int64"),
    )
    missing = not_known.filter(not_known.marker.isin([m.name for m in asked_of] or [""]))
    missing = missing.group_by("person_id").agg(missing=missing.marker.nunique())
    rows = children.mutate(asked=asked).left_join(missing, "person_id")
    answered = rows.asked - rows.missing.fill_null(0)
    return rows.select(
        "person_id",
        coverage_share=answered.cast("float64") / rows.asked.nullif(0).cast("float64"),
        markers_asked=rows.asked,
        markers_known=answered,
    )
