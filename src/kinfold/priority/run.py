"""Put every child in order, say why, and put each on the list of somebody who can act."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.area import Calendar
from kinfold.areas.markers import Marker
from kinfold.areas.pathways import Pathways
from kinfold.areas.priority import Priority
from kinfold.areas.timescales import Timescales
from kinfold.priority import (
    acute,
    bands,
    cases,
    lost_contact,
    outcomes,
    phones,
    reach,
    reweigh,
    schema,
    seen,
    step_down,
    visits,
    why,
    worklist,
)
from kinfold.priority import pathways as routing
from kinfold.priority.reweigh import joined
from kinfold.store.engine import Engine
from kinfold.store.schema import TEXT, YES_NO
from kinfold.vocabulary import working_days

LOOK_BACK_YEARS, LOOK_AHEAD_DAYS = 3, 400
"""How far the calendar reaches around the day: last visits before it, plan intervals after it."""


@dataclasses.dataclass(frozen=True)
class _Run:
    """What every step of one run needs."""

    engine: Engine
    tables: Mapping[str, ir.Table]
    previous: Mapping[str, ir.Table]
    catalogue: ir.Table
    markers: Sequence[Marker]
    settings: Priority
    timescales: Timescales
    routes: Pathways
    calendar: Calendar
    previous_at: datetime.date | None
    as_at: datetime.date
    step: Callable[[str], None]

    @property
    def is_first(self) -> bool:
        """Nothing to compare with: no last run, or one whose lines were not handed on."""
        return not {"priority_child", "priority_line"} <= self.previous.keys()

    @property
    def soon(self) -> datetime.date:
        return working_days.add(self.as_at, self.settings.due_within_working_days, self.calendar.bank_holidays)

    @property
    def lately(self) -> datetime.date:
        return self.as_at - datetime.timedelta(days=self.settings.new_within_days)


def prioritise(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    *,
    markers: Sequence[Marker],
    settings: Priority,
    timescales: Timescales,
    pathways: Pathways,
    area_calendar: Calendar,
    previous: Mapping[str, ir.Table] | None,
    as_at: datetime.date,
    previous_at: datetime.date | None = None,
    progress: Callable[[str], None] | None = None,
) -> dict[str, ir.Table]:
    """
    Pressures and needs to bands, pathways, due visits and lists.

    tables: involvement, event, participant, contact and service as known on `as_at`; link, people, occupancy,
        family; marker_state, marker_evidence, child_coverage, feed_standing; worklist_outcome when there is one;
        proof_reach (what a backtest measured, `reach.reach`) when there is one;
        marker_then (true markers at the start of the days that rising looks at, as then known) when there is a past.
    previous: priority_child, priority_line and worklist_row of the last run; None on a first run.
    previous_at: the day of the last run; without it, a row that came back after a decision may rest again.
    progress: told the name of each step as it starts.
    Returns the tables of `schema`: priority_child, priority_line, worklist_row, worklist_reach and weighing. Every
    child in child_coverage has one row of priority_child.
    Raises working_days.OutsideTheCalendar when the area's bank holidays do not reach the day.
    """
    run = _Run(
        engine=engine,
        tables=tables,
        previous=previous or {},
        catalogue=engine.take(catalogue_of(markers)),
        markers=markers,
        settings=settings,
        timescales=timescales,
        routes=pathways,
        calendar=area_calendar,
        previous_at=previous_at,
        as_at=as_at,
        step=progress or (lambda name: None),
    )
    base, parts = _children(run)
    triggered = _triggered(run, base, parts)
    said = _said(run, triggered)
    opened, held, parents = _cases(run, base)
    weighing = _weighing(run, base, triggered, held)
    weighed = _weighed(run, weighing)
    known, chosen = _routed(run, weighed.children, held)
    asked = _asked_to_step_down(run, known, opened)
    children = _explained(run, known, said)
    owned, due = _owned(opened, chosen), _due(run, opened, children)
    rows = _rows(run, children, said, _ring(run, parts, parents), owned, due)
    everything = tuple(name for name, says in run.routes.says.items() if says.everything)
    rows = step_down.said_beside(rows, asked, everything=everything)
    proof = tables.get("proof_reach")
    answer = {
        "priority_child": children,
        "priority_line": weighed.lines,
        "step_down": asked,
        "feed_alarm": run.engine.take(_alarms(run)),
        "worklist_row": rows,
        "worklist_reach": reach.reach(children, proof, settings=settings.bands, as_at=as_at),
        "weighing": joined(weighing, owned, due.mutate(has_visit_due=due.due_on.notnull())).mutate(
            has_visit_due=ibis._.has_visit_due.fill_null(False)
        ),
    }
    return {name: _shaped(run.engine, table, schema.TABLES[name]) for name, table in answer.items()}


def catalogue_of(markers: Sequence[Marker]) -> pa.Table:
    """One row per marker, with what priority needs of it."""
    columns = {
        "marker": ([m.name for m in markers], pa.string()),
        "code": ([m.code for m in markers], pa.string()),
        "domain": ([m.domain for m in markers], pa.string()),
        "direction": ([m.direction for m in markers], pa.string()),
        "points": ([float(m.points) for m in markers], pa.float64()),
        "most_points": ([float(m.points + sum(one.points for one in m.extra)) for m in markers], pa.float64()),
        "halved_by": ([m.halved_by for m in markers], pa.string()),
        "hastened_by": ([m.hastened_by for m in markers], pa.string()),
        "multiplier": ([float(m.multiplier) for m in markers], pa.float64()),
        "half_life_months": ([m.half_life_months for m in markers], pa.float64()),
        "statement": ([m.statement for m in markers], pa.string()),
    }
    return pa.table({name: pa.array(values, type_) for name, (values, type_) in columns.items()})


def _children(run: _Run) -> tuple[ir.Table, ir.Table]:
    """One row per child with home and last sighting, and what everybody took part in."""
    run.step("children and their homes")
    tables, as_at = run.tables, run.as_at
    parts = run.engine.keep(seen.took_part(tables["event"], tables["participant"], tables["link"], as_at=as_at))
    covered = tables["child_coverage"].select("person_id", "coverage_share")
    people = tables["people"].select("person_id", "birth_on")
    known = joined(covered, people, phones.at_home(tables["occupancy"], as_at=as_at), seen.last_seen(parts))
    # A child with no known home is a household of its own.
    known = known.mutate(unit_id=known.household_id.coalesce(known.person_id))
    days = ibis.literal(as_at).delta(known.last_seen_on, unit="day")
    return run.engine.keep(known.mutate(days_since_seen=days)), parts


def _triggered(run: _Run, base: ir.Table, parts: ir.Table) -> ir.Table:
    """What the area says must be decided today: one row per child and trigger."""
    run.step("what must be decided today")
    return run.engine.keep(acute.triggered(parts, base, triggers=run.settings.acute, as_at=run.as_at))


def _said(run: _Run, triggered: ir.Table) -> ir.Table:
    """Every statement about every child."""
    run.step("statements")
    said = why.statements(run.tables["marker_state"], run.catalogue)
    return run.engine.keep(ibis.union(said, why.of_triggers(triggered)))


def _cases(run: _Run, base: ir.Table) -> tuple[ir.Table, ir.Table, ir.Table]:
    run.step("who is open to what")
    tables, as_at = run.tables, run.as_at
    opened = cases.open_involvements(tables["involvement"], tables["link"], as_at=as_at)
    opened = run.engine.keep(cases.numbered(opened, tables["feed_standing"]))
    parents = run.engine.keep(cases.parents_of(tables["family"], as_at=as_at))
    held = cases.held(opened, base, parents, tables["service"], settings=run.routes)
    return opened, run.engine.keep(held), parents


def _weighing(run: _Run, base: ir.Table, triggered: ir.Table, held: ir.Table) -> ir.Table:
    """The children with everything that no weight changes (`reweigh.reweigh`)."""
    level = held.filter(~held.is_shut).group_by("person_id").agg(own_level=ibis._.level.min())
    today = _flag(triggered.select("person_id").distinct(), "is_triggered")
    before = _children_before(run).select("person_id", band_was="band")
    return run.engine.keep(_filled(joined(base, level, today, before), "is_triggered"))


def _weighed(run: _Run, weighing: ir.Table) -> reweigh.Weighed:
    """Every line of every sum, and the children with figures, flags, standing, band and pathway."""
    run.step("figures and bands")
    return reweigh.reweigh(
        run.engine,
        weighing,
        run.tables["marker_state"],
        run.tables["marker_evidence"],
        run.catalogue,
        weights=reweigh.Weights(run.settings, run.routes, run.as_at),
        marker_then=run.tables.get("marker_then"),
    )


def _routed(run: _Run, known: ir.Table, held: ir.Table) -> tuple[ir.Table, ir.Table]:
    """The children with the sentence of their pathway and their place; and the case that holds each."""
    run.step("pathways")
    chosen = run.engine.keep(routing.chosen_cases(known.select("person_id", "unit_id", "level"), held))
    feeds = run.tables["feed_standing"]
    caveats = routing.caveats(feeds.to_pyarrow().to_pylist(), settings=run.routes, as_at=run.as_at)
    sentences = routing.sentences(known, chosen, held, feeds, caveats=caveats)
    return run.engine.keep(bands.placed(joined(known, sentences))), chosen


def _explained(run: _Run, known: ir.Table, said: ir.Table) -> ir.Table:
    """The children with why each is there and what changed."""
    run.step("why, and what changed")
    before = _children_before(run).select("person_id", was_acute="is_acute")
    known = joined(known, why.strongest(said), _news(run, said), why.latest(said, as_at=run.as_at), before)
    return run.engine.keep(joined(known, why.changed(known, is_first=run.is_first)))


def _asked_to_step_down(run: _Run, known: ir.Table, opened: ir.Table) -> ir.Table:
    """Whom it is asked of whether help could be less (`schema.STEP_DOWN`)."""
    run.step("who may need less")
    tables = run.tables
    if "marker_then" not in tables:
        return run.engine.take(schema.STEP_DOWN.empty_table())
    return run.engine.keep(
        step_down.step_down(
            known,
            opened,
            tables["marker_state"],
            tables["marker_evidence"],
            run.catalogue,
            tables["marker_then"],
            settings=run.settings,
            as_at=run.as_at,
        )
    )


def _alarms(run: _Run) -> pa.Table:
    standing = run.tables["feed_standing"].to_pyarrow().to_pylist()
    return lost_contact.alarms(standing, run.markers, named=run.settings.lost_contact.markers, as_at=run.as_at)


def _news(run: _Run, said: ir.Table) -> ir.Table:
    earlier = None if run.is_first else run.previous["priority_line"].select("person_id", "marker")
    return why.news(said, earlier, since=run.lately)


def _ring(run: _Run, parts: ir.Table, parents: ir.Table) -> ir.Table:
    tables, phone = run.tables, run.routes.phone
    suspected = phones.suspects(parts, within_days=phone.not_of_a_suspect_within_days, as_at=run.as_at)
    homes = phones.at_home(tables["occupancy"], as_at=run.as_at)
    children = tables["child_coverage"]
    return phones.numbers(
        tables["contact"],
        tables["link"],
        children,
        parents,
        homes,
        tables["people"],
        suspected,
        settings=phone,
        as_at=run.as_at,
    )


def _owned(opened: ir.Table, chosen: ir.Table) -> ir.Table:
    held_by = worklist.owners(chosen, cases.workers(opened))
    return joined(held_by, chosen.select("person_id", "whose", held_as="said"))


def _due(run: _Run, opened: ir.Table, children: ir.Table) -> ir.Table:
    run.step("visits due")
    days = run.engine.take(_calendar(run))
    made = visits.due(
        opened,
        children,
        children,
        days,
        timescales=run.timescales,
        ended=cases.ended_since(run.tables["involvement"], run.tables["link"], as_at=run.as_at),
        before=_visits_before(run),
        as_at=run.as_at,
    )
    return run.engine.keep(made)


def _rows(run: _Run, children: ir.Table, said: ir.Table, numbers: ir.Table, owned: ir.Table, due: ir.Table) -> ir.Table:
    """One row per child on somebody's list."""
    run.step("lists")
    rows = worklist.listed(joined(children, owned, due)).drop("why", "changed", "new_statement", "latest_on")
    rows = run.engine.keep(joined(rows, numbers))
    sayable = run.engine.keep(worklist.may_say(said, rows, says=run.routes.says))
    rows = joined(rows, why.strongest(sayable), _news(run, sayable), why.latest(sayable, as_at=run.as_at))
    rows = joined(rows, why.changed(rows, is_first=run.is_first, otherwise=worklist.NOTHING_NEW))
    rows = worklist.filled(rows, _rows_before(run), lately=run.lately, is_first=run.is_first)
    rows = run.engine.keep(worklist.held_in_time(rows, longest=run.timescales.longest))
    rows = worklist.grouped(rows, soon=run.soon, as_at=run.as_at)
    decided = run.tables.get("worklist_outcome")
    if decided is not None:
        latest = outcomes.latest(decided, as_at=run.as_at)
        rows = outcomes.heeded(
            worklist.row_changed(rows),
            latest,
            rests=run.settings.rests,
            soon=run.soon,
            previous_at=run.previous_at,
            as_at=run.as_at,
        )
    else:
        rows = worklist.row_changed(rows)
    return worklist.with_pathway(worklist.ranked(rows))


def _calendar(run: _Run) -> pa.Table:
    holidays = run.calendar.bank_holidays
    first = datetime.date(run.as_at.year - LOOK_BACK_YEARS, 1, 1)
    last = run.as_at + datetime.timedelta(days=LOOK_AHEAD_DAYS)
    known_to = datetime.date(max(day.year for day in holidays), 12, 31) if holidays else last
    return working_days.calendar(first, max(run.as_at, min(last, known_to)), holidays)


def _children_before(run: _Run) -> ir.Table:
    if "priority_child" in run.previous:
        return run.previous["priority_child"].select("person_id", "band", "is_acute")
    return run.engine.take(pa.schema([("person_id", TEXT), ("band", TEXT), ("is_acute", YES_NO)]).empty_table())


def _rows_before(run: _Run) -> ir.Table:
    if "worklist_row" in run.previous:
        return run.previous["worklist_row"].select("row_key", group_was="list_group")
    return run.engine.take(pa.schema([("row_key", TEXT), ("group_was", TEXT)]).empty_table())


def _visits_before(run: _Run) -> ir.Table | None:
    """The visit each child had on the last list."""
    if "worklist_row" not in run.previous:
        return None
    visited = run.previous["worklist_row"].filter(ibis._.due_on.notnull())
    return visited.group_by("person_id").agg(due_on=ibis._.due_on.min(), interval_days=ibis._.interval_days.min())


def _flag(people: ir.Table, name: str) -> ir.Table:
    return people.select("person_id", **{name: ibis.literal(True)})


def _filled(table: ir.Table, *flags: str) -> ir.Table:
    return table.mutate(**{name: table[name].fill_null(False) for name in flags})


def _shaped(engine: Engine, table: ir.Table, columns: pa.Schema) -> ir.Table:
    types = ibis.schema(columns)
    return engine.keep(table.select(**{c: table[c].cast(types[c]) for c in columns.names}))
