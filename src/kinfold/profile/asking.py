"""
Markers put to the facts: the rows that make each true of a child, with their points.

Markers of the shapes that most have are asked together, one statement for each shape; the others one by one. The
shapes know nothing of who speaks for whom; what a silent or missing feed does to each is decided here.
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
from kinfold.profile import coverage, facts, points, questions
from kinfold.profile.days import term_days_before
from kinfold.profile.questions import Question
from kinfold.profile.shapes import derived, events, involvements, measures, sightings
from kinfold.profile.standing import Spoken
from kinfold.store.engine import Engine

WORK = "profile_"
SUPPORT = ("person_id", "about_id", "table_name", *facts.PROVENANCE, "on", "points", "fact", "fades_from")
SUPPORT_BEFORE_POINTS = tuple(column for column in SUPPORT if column != "points")
WEIGHED = ibis.schema(points.WEIGHED)
ANSWER = ("marker", *SUPPORT_BEFORE_POINTS, *WEIGHED.names)
GROUPED: dict[type, Callable[[Engine, ir.Table, Sequence[Question]], ir.Table]] = {
    s.EventWithin: events.happened,
    s.CountWithin: events.happened,
    s.InvolvementOpen: involvements.still_open,
    s.InvolvementClosed: involvements.closed,
    s.RelationHas: involvements.still_open,
    s.MeasureBeyond: measures.beyond,
}
TOLD_UNTIL = {"event": "last_delivered_on", "measure": "due_on"}  # how far a feed of sightings has told, by table
EVERY_MARKER = "*"  # of an event that was upheld as wrong of a child: it shows nothing of the child


@dataclasses.dataclass(frozen=True)
class Known:
    """
    What every marker is asked of: the children, the facts that reach them, who can speak of whom, the day.

    connected: names of the markers for which a feed could speak. directions: of the markers that may stand beside
    another (`event_beside`), by name. terms: the area's school terms. struck: what people have upheld as wrong.
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


@dataclasses.dataclass(frozen=True)
class Asked:
    """
    The questions of the markers for which a feed could speak, and the facts each of them looks at.

    rows: one row per question, child and fact (`questions.looked_at`).
    """

    markers: Sequence[Marker]
    questions: Sequence[Question]
    rows: ir.Table

    def of(self, marker: Marker) -> ir.Table:
        """The facts that a marker looks at."""
        return self.rows.filter(self.rows.marker == marker.name)


def ask(known: Known, markers: Sequence[Marker]) -> Asked:
    """Put the markers for which a connected feed could speak to the facts."""
    markers = [marker for marker in markers if marker.name in known.connected]
    asked = questions.questions_of(markers, as_at=known.as_at)
    own = [one for one in asked if one.marker.reach == ("self",)]
    of_others = [one for one in asked if one.marker.reach != ("self",)]
    looked = [
        questions.looked_at(
            known.reached,
            known.engine.take(questions.looks_of(some), f"{WORK}looks_{is_of_others}"),
            of_others=is_of_others,
        )
        for some, is_of_others in ((own, False), (of_others, True))
        if some or not asked
    ]
    return Asked(markers, asked, known.engine.keep(together(looked), f"{WORK}looked"))


def support(known: Known, asked: Asked, *, settled: ir.Table | None = None) -> ir.Table:
    """
    The rows that make each marker true, before they carry points: one row per marker, child and supporting row.

    settled: marker_evidence of markers that are not asked again, which another may stand beside.
    """
    later = s.Combination | s.EventBeside
    found = [_by_themselves(known, asked, [one for one in asked.questions if not isinstance(one.shape, later)])]
    for one in asked.questions:
        if isinstance(one.shape, s.Combination):
            children = known.children.filter(who.of_age(known.children, one.marker.ages))
            told = together(found).semi_join(children, "person_id")
            told = derived.combination(told, one.shape, since=one.since or datetime.date.min)
            found.append(kept(known, f"found_{one.number}", unchallenged(known, _answer(told, one.marker))))
    standing = [table.select("person_id", "marker") for table in (*found, settled) if table is not None]
    for one in asked.questions:
        if isinstance(one.shape, s.EventBeside):
            told = events.happened(known.engine, asked.of(one.marker), [one])
            told = told.semi_join(_others(known, one.shape, together(standing)), "person_id")
            found.append(kept(known, f"found_{one.number}", unchallenged(known, _answer(told, one.marker))))
    return together(found)


def _by_themselves(known: Known, asked: Asked, alone: Sequence[Question]) -> ir.Table:
    """Support of the questions that need no other marker."""
    together_asked: dict[Callable[..., ir.Table], list[Question]] = {}
    answers = []
    for one in alone:
        shape = type(one.shape)
        if shape in GROUPED:
            together_asked.setdefault(GROUPED[shape], []).append(one)
        else:
            answers.append(_answer(_of_one(known, asked, one), one.marker))
    for answer, some in together_asked.items():
        rows = asked.rows.filter(asked.rows.question.isin([one.number for one in some]))
        answers.append(_answer(answer(known.engine, rows, some)))
    nothing = asked.rows.filter(ibis.literal(False)).mutate(fact=ibis.null("string"))
    rows = together(kept(known, f"answer_{n}", answer) for n, answer in enumerate(answers or [_answer(nothing)]))
    either = [marker.name for marker in asked.markers if isinstance(marker.shape, s.Either)]
    if either:
        once = rows.filter(rows.marker.isin(either)).distinct()
        rows = rows.filter(rows.marker.notin(either)).union(once)
    return kept(known, "found", unchallenged(known, rows))


def _of_one(known: Known, asked: Asked, one: Question) -> ir.Table:
    """Support of a question of a shape that few markers have."""
    rows = asked.rows.filter(asked.rows.question == one.number)
    shape, marker = one.shape, one.marker
    children = known.children.filter(who.of_age(known.children, marker.ages))
    match shape:
        case s.MeasureShort():
            return measures.measure_short(rows, shape, since=one.since, as_at=known.as_at)
        case s.MeasureChanged():
            return measures.measure_changed(rows, shape, since=one.since or datetime.date.min, as_at=known.as_at)
        case s.InvolvementMissing():
            return _missing(known, one, rows, children)
        case s.InvolvementWithout():
            can_say = _would_tell(known, marker, shape, children)
            return involvements.involvement_without(rows, shape, can_say, since=one.since, as_at=known.as_at)
        case s.NotSeenSince():
            silent, since = cannot_say(known, marker, children), seen_since(known, marker)
            return sightings.not_seen_since(rows, shape, alive(known), silent, since=since, as_at=known.as_at)
        case _:
            return derived.infant(children, known.born)


def _answer(rows: ir.Table, marker: Marker | None = None) -> ir.Table:
    """Support in the columns that points are given by, whatever else the rows have. marker: where rows name none."""
    if marker is not None:
        rows = rows.mutate(marker=ibis.literal(marker.name))
    absent = {name: ibis.null(kind) for name, kind in WEIGHED.items() if name not in rows.columns}
    return rows.mutate(**absent).select(*ANSWER)


def unchallenged(known: Known, rows: ir.Table) -> ir.Table:
    """`rows` without those on which people have upheld that the marker's statement is wrong of the child."""
    if known.struck is None:
        return rows
    row = ["person_id", "table_name", "source", "source_id"]
    of_all = known.struck.filter(known.struck.marker == EVERY_MARKER)
    return rows.anti_join(known.struck, ["marker", *row]).anti_join(of_all, row)


def _others(known: Known, shape: s.EventBeside, standing: ir.Table) -> ir.Table:
    """Of `standing`, a row per child and marker that is true: those of the directions asked for."""
    beside = [name for name, direction in known.directions.items() if direction in shape.beside]
    return standing.filter(standing.marker.isin(beside or [""]))


def _would_tell(known: Known, marker: Marker, shape: s.InvolvementWithout, asked: ir.Table) -> ir.Table:
    """Children of whom a live feed of `told_by` would have told what did not happen."""
    happening = s.EventWithin(kinds=shape.without)
    instead = dataclasses.replace(marker, shape=happening, feeds=shape.told_by, lookback_months=shape.without_months)
    told = coverage.covering(instead, known.voices, as_at=known.as_at)
    live = [one for one in told if known.voices.alive(one.source)]
    return asked.filter(_spoken_for(known, instead, live, asked))


def _missing(known: Known, one: Question, rows: ir.Table, asked: ir.Table) -> ir.Table:
    """Ended work, and for a child with none at all the coverage row of the feed that would have it."""
    told = coverage.covering(one.marker, known.voices, as_at=known.as_at)
    speaking = [row for row in told if row.people == "everyone" and known.voices.alive(row.source)]
    asked = asked.mutate(speaks=_spoken_for(known, one.marker, speaking, asked))
    ended = involvements.involvement_missing(rows, one.shape, asked, since=one.since, as_at=known.as_at)
    ended = ended.select(*SUPPORT_BEFORE_POINTS)
    if not speaking:
        return ended
    by = speaking[0]
    never = asked.filter(asked.speaks).anti_join(rows, "person_id")
    if one.shape.for_days:
        long_ago = known.as_at - datetime.timedelta(days=one.shape.for_days)
        never = never.semi_join(known.born.filter(known.born.birth_on <= long_ago), "person_id")
    unheard = never.select(
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
    return ended.union(unheard.select(*SUPPORT_BEFORE_POINTS))


def seen_since(known: Known, marker: Marker) -> datetime.date:
    """
    A child seen on this day has been seen lately enough.

    Counted back from the last day that every feed of sightings has told of: of the days since nobody has said anything,
    and a feed that has died is not known to be dead for a while. One that tells of sessions tells of them afterwards,
    so that it is waited for from the day its next word was due.
    """
    told = coverage.covering(marker, known.voices, as_at=known.as_at)
    speaking = [(TOLD_UNTIL.get(one.table_name, ""), known.voices.feeds[one.source]) for one in told]
    days = [day for until, feed in speaking if until and feed.is_alive and (day := getattr(feed, until))]
    shape = marker.shape
    return term_days_before(
        min([*days, known.as_at]), shape.days, in_all=shape.days_in_all or shape.days, terms=known.terms
    )


def cannot_say(known: Known, marker: Marker, asked: ir.Table) -> ir.Table:
    """Children of whom a silent feed would speak."""
    told = coverage.covering(marker, known.voices, as_at=known.as_at)
    silent = [one for one in told if known.voices.state(one.source) == "silent"]
    return asked.filter(_spoken_for(known, marker, silent, asked))


def _spoken_for(known: Known, marker: Marker, rows: Sequence[Spoken], asked: ir.Table) -> ir.BooleanValue:
    return coverage.spoken_for(asked, coverage.speaking(marker, rows), known.voices)


def alive(known: Known) -> list[str]:
    return [name for name, feed in known.voices.feeds.items() if feed.is_alive]


def as_evidence(known: Known, markers: Sequence[Marker], support: ir.Table) -> ir.Table:
    """`support` with points, which another marker may hasten the fading of or halve: `SUPPORT` and marker."""
    rows = points.weighted(
        known.engine,
        markers,
        support,
        as_at=known.as_at,
        hastened=_eased(support, {m.name: m.hastened_by for m in markers if m.hastened_by}),
        halved=_eased(support, {m.name: m.halved_by for m in markers if m.halved_by}),
    )
    return rows.select(*SUPPORT, "marker")


def _eased(support: ir.Table, by: Mapping[str, str]) -> ir.Table | None:
    """A row per child and marker for which the marker that eases it is true. by: by name, the one that eases it."""
    eased = [
        support.filter(support.marker == other).select("person_id", marker=ibis.literal(name)).distinct()
        for name, other in by.items()
    ]
    return together(eased) if eased else None


def kept(known: Known, name: str, rows: ir.Table) -> ir.Table:
    return known.engine.keep(rows, f"{WORK}{name}")


def together(tables: Iterable[ir.Table]) -> ir.Table:
    parts = list(tables)
    return ibis.union(*parts) if len(parts) > 1 else parts[0]
