"""
What all markers of every child of a county cost, on a past day as it was known then.

Linking is not in it (`make bench-linkage` measures that): who is who is the live run's. What was known then is put
together again from the deliveries, profiled, held against the past as it was known then, and put in order. The council
is as large as the one that is given: `--home` with 150,000 children answers for a county.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
import time
from collections.abc import Iterator

from kinfold.operations import assemble, past
from kinfold.operations.home import open_home
from kinfold.operations.run import Rules
from kinfold.priority.run import prioritise
from kinfold.profile.run import profile
from kinfold.store import engine as engines
from proof_exams import Row, Sitting

TITLE = "A county on any day"
NEEDS_COUNCIL = True
COUNTY, SECONDS, MEMORY_GB, DAYS_BACK = 150_000, 120, 4, 60
WHO_IS_WHO = ("link", "people", "occupancy", "family")


def exam(sitting: Sitting) -> Iterator[Row]:
    home = open_home(sitting.council)
    live = home.live_snapshot()
    assert live is not None
    rules = Rules.of(home.area)
    run_on = datetime.date.fromisoformat(json.loads((live / "run.json").read_text(encoding="utf-8"))["as_at"])
    day = run_on - datetime.timedelta(days=DAYS_BACK)
    deliveries = [one for one in assemble.deliveries_of(home) if one.feed in rules.feeds]
    spent: dict[str, tuple[float, float]] = {}
    with engines.duckdb(work=sitting.folder, memory_gb=2) as engine:
        clock = _Clock(spent)
        counted = assemble.counting(deliveries, rules.feeds, as_at=day)
        tables = assemble.assemble(engine, home, counted, rules.feeds, as_at=day)
        tables |= {name: engine.read(live / f"{name}.parquet") for name in WHO_IS_WHO}
        clock.next("what was known put together")
        facts = assemble.feed_facts(deliveries, rules.feeds, as_at=day)
        terms = rules.calendar.terms
        tables |= profile(engine, tables, rules.markers, feeds=facts, as_at=day, terms=terms)
        clock.next("all markers")
        tables["marker_then"] = past.markers_then(
            engine, home, deliveries, rules.feeds, tables, rules.markers,
            back_days={rules.priority.rising.within_days}, calendar=rules.calendar, settle=lambda then: then, as_at=day,
        )  # fmt: skip
        clock.next("held against the past")
        made = prioritise(
            engine, tables, markers=rules.markers, settings=rules.priority, timescales=rules.timescales,
            pathways=rules.pathways, area_calendar=rules.calendar, previous=None, as_at=day,
        )  # fmt: skip
        clock.next("put in order")
        children = made["priority_child"].count().execute()
        states = tables["marker_state"].count().execute()
    scale = "" if children >= COUNTY else f"{children:,} children only; a county is {COUNTY:,}"
    for name, (wall, cpu) in spent.items():
        yield Row(f"{name}: wall", f"{wall:.0f} s", note=f"{cpu:.0f} s CPU")
    wall, cpu = (sum(one[n] for one in spent.values()) for n in (0, 1))
    is_met = wall <= SECONDS if children >= COUNTY else None
    yield Row(f"{children:,} children, {len(rules.markers)} markers: whole", f"{wall:.0f} s", f"{SECONDS} s", is_met,
              f"{cpu:.0f} s CPU; {states:,} rows of markers. {scale}".strip())  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    yield Row.most("most memory held", peak, MEMORY_GB, show=".1f", note="GB")


class _Clock:
    def __init__(self, spent: dict[str, tuple[float, float]]) -> None:
        self.spent, self.at = spent, (time.perf_counter(), time.process_time())

    def next(self, name: str) -> None:
        now = (time.perf_counter(), time.process_time())
        self.spent[name] = (now[0] - self.at[0], now[1] - self.at[1])
        self.at = now
