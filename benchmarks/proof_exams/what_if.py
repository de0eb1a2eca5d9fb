"""
A what-if on the live list: it moves nobody when nothing is changed, and it answers in five seconds for a county.

The county is the exam's own council many times over, each copy with people, homes and facts of its own, so that every
table has the rows that a county's would.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from kinfold.areas import markers as marker_settings
from kinfold.areas import rule_sets
from kinfold.operations import what_if
from kinfold.operations.home import Home, open_home
from proof_exams import Row, Sitting

TITLE = "What if"
NEEDS_COUNCIL = True
COUNTY, SECONDS = 150_000, 5.0
OF_ONE_COPY = (
    "person_id", "other_id", "about_id", "unit_id", "household_id", "person_key", "other_key", "event_key",
)  # fmt: skip
CHANGES: dict[str, Mapping[rule_sets.Place, Any]] = {
    "points, a cap and a capacity": {
        ("marker", "arrears", "points"): 5,
        ("priority", "caps", "Trio"): 12,
        ("priority", "bands", "capacity", "no_service", "priority"): 20,
    },
    "a half-life": {("marker", "closed_child_in_need", "half_life_months"): 6},
    "a marker turned off": {("off", "bereavement"): True},
    "a marker that looks back less": {("marker", "arrears", "lookback_months"): 6},
}


def exam(sitting: Sitting) -> Iterator[Row]:
    council = open_home(sitting.council)
    asked, _ = _tried(council, {})
    yield Row.most("children moved when nothing is changed", sum(row["children"] for row in asked.moves), 0, show=",d")
    county = county_of(council, sitting.folder / "county", children=COUNTY)
    for home in (council, county):
        for said, changes in CHANGES.items():
            yield _timed(home, said, changes)


def _timed(home: Home, said: str, changes: Mapping[rule_sets.Place, Any]) -> Row:
    """
    How long it takes: by the clock, or by the CPU seconds of all cores together where that is less.

    Neither is less than what it takes on a machine with nothing else to do.
    """
    began = time.process_time()
    answer, waited = _tried(home, changes)
    spent = time.process_time() - began
    moved = sum(row["children"] for row in answer.moves)
    asked = f"{said}: seconds for {answer.children:,} children"
    note = f"{moved:,} move; {waited:.1f} s waited, {spent:.1f} s CPU of all cores"
    return Row.most(asked, min(spent, waited), SECONDS, show=".1f", note=note)


def _tried(home: Home, changes: Mapping[rule_sets.Place, Any]) -> tuple[what_if.Answer, float]:
    folder = home.live_snapshot()
    assert folder is not None
    rules = rule_sets.of_folder(folder / "rules").changed(changes)
    began = time.perf_counter()
    answer = what_if.try_out(home, rules, rules.settled(feeds=marker_settings.feeds_known(folder / "rules")))
    return answer, time.perf_counter() - began


def county_of(council: Home, into: Path, *, children: int) -> Home:
    """A home whose live snapshot has the council's children so often that there are as many as asked."""
    live = council.live_snapshot()
    assert live is not None
    folder = into / "lake" / "snapshots" / live.name
    folder.mkdir(parents=True)
    for manifest in council.deliveries.glob("*/*/manifest.json"):
        place = into / manifest.relative_to(council.folder)
        place.parent.mkdir(parents=True)
        shutil.copy(manifest, place)
    shutil.copytree(live / "rules", folder / "rules")
    shutil.copy(live / "run.json", folder)
    (into / "lake" / "live.json").write_text(json.dumps({"run_id": live.name}), encoding="utf-8")
    con = duckdb.connect()
    [(held,)] = con.sql(f"select count(*) from '{live / 'weighing.parquet'}'").fetchall()
    copies = -(-children // held)
    for path in live.glob("*.parquet"):
        table = con.read_parquet(str(path))
        columns = [
            f'"{name}" || \'/\' || copy as "{name}"' if name in OF_ONE_COPY else f'"{name}"' for name in table.columns
        ]
        # What is said of the whole council is said once.
        once = not set(table.columns) & set(OF_ONE_COPY)
        con.sql(
            f"select {', '.join(columns)} from '{path}', range({1 if once else copies}) as every(copy)"
        ).write_parquet(str(folder / path.name))
    con.close()
    return Home(folder=into, area=council.area, is_demonstration=True)
