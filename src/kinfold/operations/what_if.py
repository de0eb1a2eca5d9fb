"""
What would change on the live list if the rules were others: who enters and leaves each band, and whose work it is.

Nothing is written and nobody's list changes. Weights, caps and thresholds are summed again from what the live
snapshot says is true; a marker that turns on something else is put again to the snapshot's facts, it alone.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from kinfold.areas import rule_sets
from kinfold.areas.markers import Marker
from kinfold.areas.toml import AreaRejected
from kinfold.operations import assemble, challenged, run
from kinfold.operations.home import Home
from kinfold.priority import acute, rescale, reweigh, seen, worklist
from kinfold.priority.run import catalogue_of
from kinfold.profile import children as who
from kinfold.profile import run as profile
from kinfold.store import engine as engines
from kinfold.vocabulary.bands import BANDS

NEEDED = ("weighing", "priority_child", "marker_state", "marker_evidence", "child_coverage", "people")
COLUMNS = ("person_id", "band", "pathway", "figure", "is_rising", "is_acute", "is_unseen")
"""Of a child on the list: what it is about, and what says whether somebody has a row for the child."""
MEMORY_GB = 2.0
EARLIER = "The live list was made by an earlier release. Rules can be tried on it after the next run."


class NothingToTryOn(Exception):
    """No snapshot can be tried on; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """
    What would change on the list of `as_at`, in children.

    bands: one row per band: band, before, after, enters, leaves. moves: one per way between bands: was, now, children.
    work: one row per pathway and team: pathway, team (null: no team's), before, after (children on that list).
    rising: before, after (null where the snapshot does not look back so many days). asked_again: markers that were put
    to the facts again. hash: of the rules tried.
    """

    run_id: str
    as_at: datetime.date
    hash: str
    children: int
    bands: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    work: list[dict[str, Any]]
    rising: dict[str, int | None]
    asked_again: list[str]

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self) | {"as_at": self.as_at.isoformat()}


def try_out(home: Home, rules: rule_sets.RuleSet, settled: rule_sets.Settled) -> Answer:
    """
    Hold the live list against the one that `rules` would make of the same night.

    settled: the set as a run goes by it (`operations.rules.check`). Raises NothingToTryOn.
    """
    with _trial(home, settled) as trial:
        order = {band: place for place, band in enumerate(BANDS)}
        moves = _counted(trial.moved, "band_before", "band")
        return Answer(
            run_id=trial.run_id,
            as_at=trial.as_at,
            hash=rules.hash,
            children=sum(row["children"] for row in moves),
            bands=[_of_band(band, moves) for band in BANDS],
            moves=sorted(
                (
                    {"was": row["band_before"], "now": row["band"], "children": row["children"]}
                    for row in moves
                    if row["band_before"] != row["band"]
                ),
                key=lambda row: (order[row["was"]], order[row["now"]]),
            ),
            work=_work(trial.moved),
            rising={
                "before": _true_of(trial.moved, "is_rising_before"),
                "after": _true_of(trial.moved, "is_rising") if trial.knows_rising else None,
            },
            asked_again=sorted(trial.asked_again),
        )


def who_moves(
    home: Home, settled: rule_sets.Settled, *, closed: Collection[str], start: int, most: int
) -> tuple[int, list[dict[str, Any]]]:
    """
    The children whose band would change, those who would leave the highest bands first, and how many there are.

    closed: whose records are closed to the reader. They, and those whom a feed calls restricted, are in no row and not
    in the count, which less the rows would tell what is true of them. Returns rows with person_id, age (whole years,
    null when not known), band_before, band, pathway_before, pathway, figure_before, figure. Raises NothingToTryOn.
    """
    with _trial(home, settled) as trial:
        people = trial.tables["people"].select("person_id", "birth_on", "is_restricted")
        moved = trial.moved.filter(trial.moved.band_before != trial.moved.band)
        moved = moved.left_join(people, "person_id").drop("person_id_right")
        shown = moved.filter(~moved.is_restricted.fill_null(False), ~moved.person_id.isin(["", *closed]))
        total = int(shown.count().execute())
        places = [shown[c].cases(*((b, n) for n, b in enumerate(BANDS)), else_=9) for c in ("band_before", "band")]
        days = ibis.literal(trial.as_at).delta(shown.birth_on, unit="day")
        shown = shown.mutate(age=(days / 365.25).floor().cast("int64"))
        shown = shown.order_by([ibis.least(*places), *places, shown.figure.desc(), shown.person_id])
        columns = ("person_id", "age", "band_before", "band", "pathway_before", "pathway", "figure_before", "figure")
        return total, shown.select(*columns).limit(most, offset=start).to_pyarrow().to_pylist()


@dataclasses.dataclass(frozen=True)
class _Trial:
    """
    moved: one row per child with band, pathway, figure, is_rising and lists, before and after.

    knows_rising: whether the snapshot can say who would be rising.
    """

    run_id: str
    as_at: datetime.date
    tables: Mapping[str, ir.Table]
    moved: ir.Table
    asked_again: frozenset[str]
    knows_rising: bool


@contextmanager
def _trial(home: Home, settled: rule_sets.Settled) -> Iterator[_Trial]:
    folder = home.live_snapshot()
    if folder is None:
        raise NothingToTryOn("Nothing has been published yet, so there is no list to try rules on. Run `kinfold run`.")
    missing = [name for name in NEEDED if not (folder / f"{name}.parquet").exists()]
    if missing:
        raise NothingToTryOn(EARLIER)
    described = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    as_at = datetime.date.fromisoformat(described["as_at"])
    try:
        rules = run.Rules.of(folder / "rules")
    except AreaRejected as why:
        raise NothingToTryOn(EARLIER) from why
    # In memory: packing every step's table into a file cost more than half of the steps themselves.
    with (
        tempfile.TemporaryDirectory(prefix="kinfold-what-if-") as room,
        engines.duckdb(memory_gb=MEMORY_GB) as engine,
    ):
        engine.sql(f"set temp_directory = '{Path(room).as_posix()}'")
        tables = {path.stem: engine.read(path) for path in folder.glob("*.parquet")}
        if not set(COLUMNS) <= set(tables["priority_child"].columns):
            raise NothingToTryOn(EARLIER)
        tried = _Tried(home, engine, tables, rules, settled, as_at)
        again = frozenset(tried.asked_again)
        yield _Trial(described["run_id"], as_at, tables, tried.moved(), again, tried.knows_rising)


class _Tried:
    """One trial: the snapshot's tables under the rules of the run and under others."""

    def __init__(
        self,
        home: Home,
        engine: engines.Engine,
        tables: Mapping[str, ir.Table],
        rules: run.Rules,
        settled: rule_sets.Settled,
        as_at: datetime.date,
    ) -> None:
        self.home, self.engine, self.tables, self.rules, self.as_at = home, engine, tables, rules, as_at
        self.markers, self.settings = settled.markers, settled.priority
        self.was = {marker.name: marker for marker in rules.markers}
        self.asked_again = self._to_ask_again()

    @property
    def knows_rising(self) -> bool:
        is_as_far_back = self.settings.rising.within_days == self.rules.priority.rising.within_days
        return "marker_then" in self.tables and is_as_far_back

    def moved(self) -> ir.Table:
        """Every child with the list as it is and as it would be."""
        state, evidence, coverage = self._known()
        children = self._children(coverage)
        weighed = reweigh.reweigh(
            self.engine,
            children,
            state,
            evidence,
            self.engine.take(catalogue_of(self.markers)),
            weights=reweigh.Weights(self.settings, self.rules.pathways, self.as_at),
            marker_then=self._then(),
            with_range=False,
        )
        after = self._listed(weighed.children.select(*COLUMNS))
        before = self._listed(self.tables["priority_child"].select(*COLUMNS))
        before = before.rename({f"{c}_before": c for c in before.columns if c not in ("person_id", "team")})
        both = after.join(before.drop("team"), "person_id")
        return self.engine.keep(both)

    def _to_ask_again(self) -> set[str]:
        """Names of the markers that have to be put to the facts again, with all that they build on."""
        now = {marker.name: marker for marker in self.markers}
        again = {name for name, m in now.items() if name not in self.was or not rescale.can_rescale(self.was[name], m)}
        other = {name for name, m in now.items() if name in self.was and m.direction != self.was[name].direction}
        truth = {
            name for name in again if name not in self.was or not rescale.turns_on_the_same(self.was[name], now[name])
        }
        truth |= {name for name in self.was if name not in now}
        for name, marker in now.items():
            stands_beside = bool(getattr(marker.shape, "beside", ()))
            if set(marker.builds_on) & truth or (stands_beside and (truth | other)):
                again.add(name)
        while more := {part for name in again for part in now[name].builds_on} - again:
            again |= more
        return again

    def _known(self) -> tuple[ir.Table, ir.Table, ir.Table]:
        """marker_state (true rows alone), marker_evidence and child_coverage under the rules tried."""
        names = [m.name for m in self.markers if m.name not in self.asked_again] or [""]
        state, evidence = self.tables["marker_state"], self.tables["marker_evidence"]
        # Without the range that figures could have, what is not known adds nothing: most rows are of that.
        true = state.filter(state.state == "true", state.marker.isin(names))
        state = rescale.rescaled(true, self._weights())
        evidence = evidence.filter(evidence.marker.isin(names))
        gone = [m for m in self.rules.markers if m.name not in set(names)]
        asked = [m for m in self.markers if m.name in self.asked_again]
        fresh = self._asked(asked) if asked else None
        if fresh is not None:
            state = state.select(*fresh["marker_state"].columns).union(fresh["marker_state"])
            evidence = evidence.select(*fresh["marker_evidence"].columns).union(fresh["marker_evidence"])
        coverage = self._coverage(gone, fresh["child_coverage"] if fresh is not None else None)
        return self.engine.keep(state), evidence, coverage

    def _weights(self) -> dict[str, tuple[rescale.Weight, rescale.Weight]]:
        def of(marker: Marker) -> rescale.Weight:
            return rescale.Weight(marker.points, marker.half_life_months)

        kept = (m for m in self.markers if m.name in self.was and m.name not in self.asked_again)
        return {m.name: (of(self.was[m.name]), of(m)) for m in kept}

    def _asked(self, markers: Sequence[Marker]) -> dict[str, ir.Table]:
        """What profile says of these markers alone."""
        known = {name for name, feed in self.rules.feeds.items() if feed.agreement is not None}
        deliveries = [one for one in assemble.deliveries_of(self.home) if one.feed in known]
        struck = challenged.struck_statements(self.engine, self.tables, challenged.upheld(self.home, as_at=self.as_at))
        return profile.profile(
            self.engine,
            self.tables if struck is None else {**self.tables, "struck_statement": struck},
            markers,
            feeds=assemble.feed_facts(deliveries, self.rules.feeds, as_at=self.as_at),
            as_at=self.as_at,
            terms=self.rules.calendar.terms,
            settled=[m for m in self.markers if m.name not in self.asked_again],
            evidence=self.tables["marker_evidence"],
        )

    def _coverage(self, gone: Sequence[Marker], fresh: ir.Table | None) -> ir.Table:
        """child_coverage without what `gone` markers asked and with what those asked again ask."""
        covered = self.tables["child_coverage"]
        if not gone and fresh is None:
            return covered
        children = who.children_of(self.tables["people"], as_at=self.as_at)
        asked_of = [m for m in gone if m.direction != "modifier" and m.name in self._connected()]
        asked = sum((ibis.ifelse(who.of_age(children, m.ages), 1, 0) for m in asked_of), start=ibis.literal(0, "int64"))
        state = self.tables["marker_state"]
        missing = state.filter(state.state == "unknown", state.marker.isin([m.name for m in asked_of] or [""]))
        missing = missing.group_by("person_id").agg(missing=missing.marker.nunique())
        less = children.select("person_id", less=asked).left_join(missing, "person_id").drop("person_id_right")
        rows = covered.left_join(less, "person_id").drop("person_id_right")
        asked_now = rows.markers_asked - rows.less.fill_null(0)
        known_now = rows.markers_known - (rows.less.fill_null(0) - rows.missing.fill_null(0))
        rows = rows.select("person_id", markers_asked=asked_now, markers_known=known_now)
        if fresh is not None:
            more = fresh.select("person_id", more_asked="markers_asked", more_known="markers_known")
            rows = rows.left_join(more, "person_id").drop("person_id_right")
            rows = rows.select(
                "person_id",
                markers_asked=rows.markers_asked + rows.more_asked.fill_null(0),
                markers_known=rows.markers_known + rows.more_known.fill_null(0),
            )
        share = rows.markers_known.cast("float64") / rows.markers_asked.nullif(0).cast("float64")
        return self.engine.keep(rows.mutate(coverage_share=share))

    def _connected(self) -> frozenset[str]:
        told = self.tables["marker_connection"]
        return frozenset(told.filter(told.is_connected).marker.to_pyarrow().to_pylist())

    def _children(self, coverage: ir.Table) -> ir.Table:
        """The snapshot's `weighing` with the coverage and the triggers of the rules tried."""
        children = self.tables["weighing"].select(*reweigh.OF_CHILDREN)
        shares = coverage.select("person_id", "coverage_share")
        children = children.drop("coverage_share").left_join(shares, "person_id").drop("person_id_right")
        if self.settings.acute != self.rules.priority.acute:
            tables = self.tables
            parts = seen.took_part(tables["event"], tables["participant"], tables["link"], as_at=self.as_at)
            people = tables["people"].select("person_id", "birth_on")
            found = acute.triggered(parts, people, triggers=self.settings.acute, as_at=self.as_at)
            today = found.select("person_id").distinct().mutate(is_triggered=ibis.literal(True))
            children = children.drop("is_triggered").left_join(today, "person_id").drop("person_id_right")
            children = children.mutate(is_triggered=children.is_triggered.fill_null(False))
        return self.engine.keep(children)

    def _then(self) -> ir.Table | None:
        """
        What was true when rising begins to look, at the weights tried; what is asked again stays as it was then.

        None where the snapshot does not look back, or not by as many days as the rules tried do.
        """
        if not self.knows_rising:
            return None
        return self.engine.keep(rescale.rescaled(self.tables["marker_then"], self._weights()))

    def _listed(self, children: ir.Table) -> ir.Table:
        """The children with `is_listed`: whether somebody has a row for the child before anything is decided."""
        known = self.tables["weighing"].select("person_id", "whose", "team", "has_visit_due")
        known = children.join(known, "person_id")
        known = known.mutate(due_on=known.has_visit_due.ifelse(ibis.literal(self.as_at), ibis.null("date")))
        rows = worklist.listed(known).select("person_id", is_listed=ibis.literal(True))
        known = known.drop("whose", "has_visit_due", "due_on", "is_acute", "is_unseen")
        known = known.left_join(rows, "person_id").drop("person_id_right")
        return known.mutate(is_listed=known.is_listed.fill_null(False))


def _counted(table: ir.Table, *columns: str) -> list[dict[str, Any]]:
    return table.group_by(list(columns)).agg(children=ibis._.count()).to_pyarrow().to_pylist()


def _true_of(table: ir.Table, column: str) -> int:
    return int(table.filter(table[column]).count().execute())


def _of_band(band: str, moves: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    def children(was: bool, now: bool) -> int:
        rows = (row for row in moves if (row["band_before"] == band) == was and (row["band"] == band) == now)
        return sum(row["children"] for row in rows)

    stays, leaves, enters = children(True, True), children(True, False), children(False, True)
    return {"band": band, "before": stays + leaves, "after": stays + enters, "enters": enters, "leaves": leaves}


def _work(moved: ir.Table) -> list[dict[str, Any]]:
    counts: dict[tuple[str, str | None], list[int]] = {}
    for place, suffix in enumerate(("_before", "")):
        listed = moved.filter(moved[f"is_listed{suffix}"])
        for row in _counted(listed, f"pathway{suffix}", "team"):
            # Outreach and the front door hold no case: what team a parent's case has is not whose list it is.
            team = row["team"] if row[f"pathway{suffix}"] in ("social_care", "other_service") else None
            counts.setdefault((row[f"pathway{suffix}"], team), [0, 0])[place] += row["children"]
    return [
        {"pathway": pathway, "team": team, "before": before, "after": after}
        for (pathway, team), (before, after) in sorted(counts.items(), key=lambda one: (one[0][0], one[0][1] or ""))
    ]
