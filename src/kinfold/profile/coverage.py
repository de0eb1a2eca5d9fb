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
from kinfold.profile.children import AGES, age_limits, is_of_the_ages
from kinfold.profile.days import months_before
from kinfold.profile.reads import shown_by
from kinfold.profile.schema import MARKER_CONNECTION
from kinfold.profile.standing import Feed, Spoken
from kinfold.store.engine import Engine
from kinfold.store.schema import TEXT, WHOLE


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


@dataclasses.dataclass(frozen=True)
class Speaking:
    """
    To whom some coverage rows speak of a marker.

    ages: first and last of those of whom a feed speaks for everyone's own facts. others: reaches other than the
    child's own, through which a feed speaks for everyone. listed: each source that speaks only for those it lists.
    reach: through which a listed person's facts count.
    """

    ages: frozenset[tuple[int | None, int | None]]
    others: frozenset[str]
    listed: frozenset[str]
    reach: frozenset[str]


def speaking(marker: Marker, rows: Sequence[Spoken]) -> Speaking:
    """
    To whom these coverage rows speak of a marker.

    `everyone` speaks for children of its ages when the fact is the child's own; when it is somebody else's it
    speaks for every child of whom we know whom to ask about. `listed` speaks for a child when the feed lists the
    child or whoever the fact would be about.
    """
    everyone = [one for one in rows if one.people == "everyone"]
    listed = frozenset(one.source for one in rows if one.people == "listed")
    return Speaking(
        ages=frozenset((one.age_from, one.age_to) for one in everyone if "self" in marker.reach),
        others=frozenset(marker.reach) - {"self"} if everyone else frozenset(),
        listed=listed,
        reach=frozenset(marker.reach) if listed else frozenset(),
    )


def spoken_for(children: ir.Table, speaks: Speaking, voices: Voices) -> ir.BooleanValue:
    """Whether a child is among those spoken for."""
    said = ibis.literal(False)
    for first, last in sorted(speaks.ages, key=str):
        said = said | _of_its_ages(children, first, last)
    if speaks.others:
        known = voices.reached.filter(voices.reached.reach.isin(sorted(speaks.others)))
        said = said | children.person_id.isin(known.person_id)
    if speaks.listed:
        listed = voices.listed.filter(
            voices.listed.source.isin(sorted(speaks.listed)), voices.listed.reach.isin(sorted(speaks.reach))
        )
        said = said | children.person_id.isin(listed.person_id)
    return said


def _of_its_ages(children: ir.Table, first: int | None, last: int | None) -> ir.BooleanValue:
    if first is None and last is None:
        return ibis.literal(True)
    inside = children.years.between(first or 0, 200 if last is None else last)
    unborn_too = children.is_unborn if not first else ibis.literal(False)
    return inside.fill_null(False) | unborn_too


UNSAID = pa.schema(
    [
        pa.field("marker", TEXT),
        pa.field("spoken", WHOLE),  # which of the answers says whether a feed that is alive speaks for a child
        pa.field("silent", WHOLE),  # which says whether one that has stopped would
        pa.field("first_feed", TEXT),  # the first that would show it
        pa.field("stopped_feed", TEXT),  # the first that has stopped; as first_feed where none has
        *AGES,
    ]
)


def unknown(
    engine: Engine,
    children: ir.Table,
    markers: Sequence[Marker],
    settled: ir.Table,
    voices: Voices,
    *,
    as_at: datetime.date,
) -> ir.Table:
    """
    Children of each marker's ages of whom nobody can say whether it is true.

    settled: children (person_id) and the marker that is true of them.
    Returns person_id, marker, why_unknown and source_feed (the feed that has stopped, or the first that would show it).
    """
    numbers: dict[Speaking, int] = {}
    asked = []
    for marker in markers:
        rows = covering(marker, voices, as_at=as_at)
        alive = speaking(marker, [one for one in rows if voices.alive(one.source)])
        silent = speaking(marker, [one for one in rows if voices.state(one.source) == "silent"])
        first, stopped = _named(marker, voices)
        asked.append(
            {
                "marker": marker.name,
                "spoken": numbers.setdefault(alive, len(numbers)),
                "silent": numbers.setdefault(silent, len(numbers)),
                "first_feed": first,
                "stopped_feed": stopped,
                **age_limits(marker.ages),
            }
        )
    answers = {f"answer_{n}": spoken_for(children, speaks, voices) for speaks, n in numbers.items()}
    answered = engine.keep(children.mutate(**answers), "profile_answers")
    met = answered.cross_join(engine.take(pa.Table.from_pylist(asked, schema=UNSAID), "profile_unsaid"))
    left = met.filter(is_of_the_ages(met), ~_answer(met, met.spoken, len(numbers)))
    left = left.anti_join(settled, ["person_id", "marker"])
    return left.select(
        "person_id", "marker", *_why(_answer(left, left.silent, len(numbers)), left.first_feed, left.stopped_feed)
    )


def _answer(rows: ir.Table, number: ir.IntegerValue, count: int) -> ir.BooleanValue:
    return number.cases(*((n, rows[f"answer_{n}"]) for n in range(count)), else_=False)


def unsaid(left: ir.Table, marker: Marker, voices: Voices, *, as_at: datetime.date) -> ir.Table:
    """Why nobody can say a marker of the children `left`, as `unknown`."""
    silent = [one for one in covering(marker, voices, as_at=as_at) if voices.state(one.source) == "silent"]
    is_silent = spoken_for(left, speaking(marker, silent), voices)
    first, stopped = (ibis.literal(feed, "string") for feed in _named(marker, voices))
    return left.select("person_id", *_why(is_silent, first, stopped), marker=ibis.literal(marker.name))


def _why(is_silent: ir.BooleanValue, first: ir.StringValue, stopped: ir.StringValue) -> tuple[ir.Value, ir.Value]:
    why = ibis.ifelse(is_silent, "silent", "not_covered")
    return why.name("why_unknown"), ibis.ifelse(is_silent, stopped, first).name("source_feed")


def _named(marker: Marker, voices: Voices) -> tuple[str | None, str | None]:
    """The feed to name where those that deliver do not speak for a child, and where one has stopped."""
    delivering = [feed for feed in marker.feeds if voices.alive(feed)]
    silent = [feed for feed in marker.feeds if voices.state(feed) == "silent"]
    first = next(iter(delivering or silent or marker.feeds), None)
    return first, next(iter(silent), first)


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
