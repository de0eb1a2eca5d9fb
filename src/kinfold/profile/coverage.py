"""
What is not known: children of whom no feed that would show a marker can speak.

Three statements are kept apart. Not connected: no feed that would show it has ever delivered, which is the same for
every child and so is said once, of the marker. Silent: one that would speak for this child has stopped. Not covered:
those that deliver do not speak for this child.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.marker_shapes import Combination, Infant
from kinfold.areas.markers import Marker
from kinfold.profile.children import of_age
from kinfold.profile.days import months_before
from kinfold.profile.reads import shown_by
from kinfold.profile.schema import MARKER_CONNECTION
from kinfold.profile.standing import Feed, Spoken


@dataclasses.dataclass(frozen=True)
class Voices:
    """
    Who can speak for whom.

    listed: one row per feed (source), child (person_id) and reach, where the feed lists somebody whose facts would
    reach the child. reached: one row per child and reach, where there is anybody to be asked about.
    """

    feeds: Mapping[str, Feed]
    told: Sequence[Spoken]
    listed: ir.Table
    reached: ir.Table

    def state(self, feed: str) -> str:
        """A feed that the area does not have is not connected."""
        return self.feeds[feed].state if feed in self.feeds else "not_connected"

    def alive(self, feed: str) -> bool:
        return self.state(feed) in ("live", "shrunken", "late")


def listing(markers: Sequence[Marker], told: Sequence[Spoken]) -> list[str]:
    """The feeds asked by any of the markers that speak of whom they list: whom another lists is never asked for."""
    asked = {feed for marker in markers for feed in (*marker.feeds, *getattr(marker.shape, "told_by", ()))}
    return sorted({one.source for one in told if one.people == "listed"} & asked)


def listed_of(
    person: ir.Table, link: ir.Table, children: ir.Table, ties: Mapping[str, ir.Table], *, as_at: datetime.date
) -> tuple[ir.Table, ir.Table]:
    """
    Which sources list whom, and whom there is to ask about: `Voices.listed` and `Voices.reached`.

    person: one row per person as one source knows them, of the sources in question. ties: as in `facts.reaching`;
    people living with the child on `as_at` count. A child with a known parent has known siblings, even when none.
    """
    known = person.select("source", "person_key").join(link.select("person_key", "person_id"), "person_key")
    known = known.select("source", about_id=known.person_id).distinct()
    pairs = [children.select("person_id", about_id=children.person_id, reach=ibis.literal("self"))]
    for reach, tie in ties.items():
        if reach == "household":
            begun = tie.from_on.isnull() | (tie.from_on <= as_at)
            tie = tie.filter(begun, tie.to_on.isnull() | (tie.to_on > as_at))
        pairs.append(tie.select("person_id", "about_id", reach=ibis.literal(reach)))
    reach_pairs = ibis.union(*pairs)
    listed = reach_pairs.join(known, "about_id").select("source", "person_id", "reach").distinct()
    to_ask = reach_pairs.select("person_id", "reach")
    if "sibling" in ties:
        to_ask = to_ask.union(ties["parent"].select("person_id", reach=ibis.literal("sibling")))
    return listed, to_ask.distinct()


def covering(marker: Marker, voices: Voices, *, as_at: datetime.date) -> list[Spoken]:
    """The coverage rows by which one of the marker's feeds, alive or not, speaks of what the marker turns on."""
    kinds = shown_by(marker.shape)
    since = months_before(as_at, marker.lookback_months) if marker.lookback_months else as_at
    return [
        one
        for one in voices.told
        if one.source in marker.feeds
        and one.table_name in kinds
        and (one.kind is None or one.kind in kinds[one.table_name])
        and (one.from_on is None or one.from_on <= as_at)
        and (one.to_on is None or one.to_on > since or marker.lookback_months is None)
    ]


def spoken_for(children: ir.Table, marker: Marker, rows: Sequence[Spoken], voices: Voices) -> ir.BooleanValue:
    """
    Whether any of these coverage rows speaks for a child.

    `everyone` speaks for children of its ages when the fact is the child's own; when it is somebody else's it
    speaks for every child of whom we know whom to ask about. `listed` speaks for a child when the feed lists the
    child or whoever the fact would be about.
    """
    others = [reach for reach in marker.reach if reach != "self"]
    speaks = ibis.literal(False)
    for one in rows:
        if one.people == "everyone" and "self" in marker.reach:
            speaks = speaks | _of_its_ages(children, one)
    if others and any(one.people == "everyone" for one in rows):
        known = voices.reached.filter(voices.reached.reach.isin(others))
        speaks = speaks | children.person_id.isin(known.person_id)
    sources = sorted({one.source for one in rows if one.people == "listed"})
    if sources:
        listed = voices.listed.filter(voices.listed.source.isin(sources), voices.listed.reach.isin(marker.reach))
        speaks = speaks | children.person_id.isin(listed.person_id)
    return speaks


def _of_its_ages(children: ir.Table, one: Spoken) -> ir.BooleanValue:
    if one.age_from is None and one.age_to is None:
        return ibis.literal(True)
    inside = children.years.between(one.age_from or 0, 200 if one.age_to is None else one.age_to)
    unborn_too = children.is_unborn if not one.age_from else ibis.literal(False)
    return inside.fill_null(False) | unborn_too


def unknown(children: ir.Table, marker: Marker, settled: ir.Table, voices: Voices, *, as_at: datetime.date) -> ir.Table:
    """
    Children of the marker's ages of whom nobody can say whether it is true.

    settled: children (person_id) of whom it is true. Returns person_id, why_unknown and source_feed (the feed
    that has stopped, or the first that would show it).
    """
    rows = covering(marker, voices, as_at=as_at)
    asked = children.filter(of_age(children, marker.ages)).anti_join(settled, "person_id")
    alive = [one for one in rows if voices.alive(one.source)]
    return unsaid(asked.filter(~spoken_for(asked, marker, alive, voices)), marker, rows, voices)


def unsaid(left: ir.Table, marker: Marker, rows: Sequence[Spoken], voices: Voices) -> ir.Table:
    """Why nobody can say it of the children `left`, as `unknown`."""
    is_silent = spoken_for(left, marker, [one for one in rows if voices.state(one.source) == "silent"], voices)
    delivering = [feed for feed in marker.feeds if voices.alive(feed)]
    stopped = [feed for feed in marker.feeds if voices.state(feed) == "silent"]
    first = next(iter(delivering or stopped or marker.feeds), None)
    return left.select(
        "person_id",
        why_unknown=ibis.ifelse(is_silent, "silent", "not_covered"),
        source_feed=ibis.ifelse(is_silent, _named(stopped[0] if stopped else first), _named(first)),
    )


def _named(feed: str | None) -> ir.StringValue:
    return ibis.null("string") if feed is None else ibis.literal(feed)


def connected(markers: Sequence[Marker], voices: Voices) -> frozenset[str]:
    """
    Names of the markers for which a feed that has ever come could speak; no other is said of anybody.

    Of a combination, as many parts as it needs. A child's age needs no feed.
    """
    by_feed = {m.name for m in markers if any(voices.state(feed) != "not_connected" for feed in m.feeds)}
    found = set()
    for marker in markers:
        shape = marker.shape
        if isinstance(shape, Combination):
            is_connected = sum(part in by_feed for part in shape.markers) >= shape.at_least
        else:
            is_connected = isinstance(shape, Infant) or marker.name in by_feed
        if is_connected:
            found.add(marker.name)
    return frozenset(found)


def connections(markers: Sequence[Marker], named: frozenset[str]) -> pa.Table:
    """
    One row per marker (`schema.MARKER_CONNECTION`): whether any feed of the area could speak of it.

    named: names of the markers that are `connected`.
    """
    rows = [
        {
            "marker": marker.name,
            "is_connected": marker.name in named,
            "awaits": None if marker.name in named else "; ".join(marker.awaits) or None,
            "age_from": marker.ages.from_,
            "age_to": marker.ages.to,
            "is_of_unborn": marker.ages.unborn,
        }
        for marker in markers
    ]
    return pa.Table.from_pylist(rows, schema=MARKER_CONNECTION)
