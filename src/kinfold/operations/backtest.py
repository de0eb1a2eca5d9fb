"""
A past day as it was known then, beside what came after: does the order find the children who came to need help?

The day is rebuilt into a folder that is removed at the end: what stays is the report, which holds no child, in
`lake/proof/`, and the small table that worklists quote.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.areas import deprivation
from kinfold.areas import markers as marker_settings
from kinfold.areas import priority as priority_settings
from kinfold.areas.markers import Marker
from kinfold.areas.priority import Priority
from kinfold.operations import rebuild, run
from kinfold.operations.home import Home, write_whole
from kinfold.operations.steps import Step
from kinfold.proof import cohort as cohorts
from kinfold.proof import outcomes, reach, report
from kinfold.proof.cohort import Cohort
from kinfold.proof.resum import Weighing
from kinfold.store import engine as engines
from kinfold.vocabulary.dates import in_words

READ_THEN = (
    "involvement", "link", "people", "person", "measure", "marker_state", "marker_evidence", "child_coverage",
    "priority_child",
)  # fmt: skip
READ_AT_END = ("involvement", "link")
CHANCE = 5
REACH = "proof_reach.parquet"
REACHED_OUTCOME = "child_in_need_start"
"""What a conversation is useful for, where worklists say how much of it a week's capacity reaches."""


class UnableToProve(Exception):
    """The past cannot be tried on what is kept here; the message says what can."""


@dataclasses.dataclass(frozen=True)
class Later:
    """The run that knows what came of everybody: its folder and its day."""

    folder: Path
    as_at: datetime.date


REFUSALS = (UnableToProve, outcomes.NoSuchOutcome, report.NothingToProve, run.RunFailed)
"""What says in words why a day could not be tried."""


OF_THE_AREA = "Deprivation is the national fifth of the small area a child lives in."
OF_FREE_MEALS = (
    "Deprivation is here the fifth of the area's own postcode sectors by free school meals: the area keeps no "
    "deprivation.csv."
)


def folder(home: Home) -> Path:
    return home.folder / "lake" / "proof"


def backtest(
    home: Home,
    *,
    as_at: datetime.date,
    outcome: str,
    months: int,
    say: Callable[[Step, bool], None] = lambda step, is_done: None,
) -> dict[str, Any]:
    """
    Try today's rules on a past day, keep the report in the lake and return it, as `kinfold backtest --json` prints it.

    months: how long after the day the outcome counts. Raises outcomes.NoSuchOutcome, UnableToProve,
    report.NothingToProve, and run.RunFailed as any run does.
    """
    what, until = outcomes.outcome(outcome), outcomes.months_after(as_at, months)
    later = what_is_known_at(home, until)
    with rebuilt(home, as_at=as_at, say=say) as past:
        found = gathered(home, past, later, what=what, as_at=as_at, until=until)
        told = told_of(found, home=home, months=months, known_on=later.as_at, rules=run.rules_hash(past / "rules"))
        reached_by = _reach(found, priority_settings.load(past / "rules"))
        told["deprivation_from"] = OF_THE_AREA if _fifths(past / "rules") else OF_FREE_MEALS
        told["reach"] = report.cleaned([{**row, "as_at": row["as_at"].isoformat()} for row in reached_by.to_pylist()])
        if what.name == REACHED_OUTCOME:
            engines.write_rows(reached_by, folder(home) / REACH)
    keep(home, told)
    return told


def what_is_known_at(home: Home, until: datetime.date) -> Later:
    """The live run, when it is of that day or later. Raises UnableToProve."""
    live = home.live_snapshot()
    if live is None:
        raise UnableToProve("Nothing has been published yet, so nobody knows what came of anybody. Run `kinfold run`.")
    day = datetime.date.fromisoformat(json.loads((live / "run.json").read_text(encoding="utf-8"))["as_at"])
    if day < until:
        raise UnableToProve(
            f"What came of the children is asked for up to {in_words(until)}, and the live run is of {in_words(day)}. "
            "Choose an earlier day or fewer months, or run `kinfold run` first."
        )
    return Later(live, day)


@contextlib.contextmanager
def rebuilt(
    home: Home, *, as_at: datetime.date, say: Callable[[Step, bool], None] = lambda step, is_done: None
) -> Iterator[Path]:
    """The day as it was known then, under today's rules, for as long as the block runs. Raises run.RunFailed."""
    place = folder(home) / f".{uuid.uuid4().hex}.work"
    place.mkdir(parents=True)
    try:
        yield rebuild.rebuild(home, as_at=as_at, rules="now", out=place, say=say).folder
    finally:
        shutil.rmtree(place, ignore_errors=True)


def gathered(
    home: Home, past: Path, later: Later, *, what: outcomes.Outcome, as_at: datetime.date, until: datetime.date
) -> Cohort:
    """The children of a rebuilt day and what came of them. past: folder of the rebuild."""
    with engines.duckdb(memory_gb=3) as engine:
        return cohorts.gather(
            engine,
            _tables(engine, past, READ_THEN),
            _tables(engine, later.folder, READ_AT_END),
            what=what,
            weighing=weighing_of(marker_settings.load(past / "rules"), priority_settings.load(past / "rules")),
            as_at=as_at,
            until=until,
            deprivation=_fifths(past / "rules"),
        )


def weighing_of(markers: Sequence[Marker], settings: Priority) -> Weighing:
    """What a sum is made of, from an area's settings."""
    return Weighing(
        markers=tuple(m.name for m in markers),
        domains=tuple(m.domain for m in markers),
        directions=tuple(m.direction for m in markers),
        multipliers=tuple(float(m.multiplier) for m in markers),
        caps={name: float(most) for name, most in settings.caps.items()},
        needs_share=settings.needs_share,
    )


def told_of(
    found: Cohort, *, home: Home, months: int, known_on: datetime.date, rules: str, draws: int = report.DRAWS
) -> dict[str, Any]:
    """The report of a cohort with what only a home knows. Raises report.NothingToProve."""
    return report.report(found, draws=draws) | {
        "months": months,
        "known_on": known_on.isoformat(),
        "rules": rules,
        "is_made_up": home.is_demonstration,
        "challengers": _challenged(found),
        # Both are tried on made-up days, where what really happened is known: see `make bench-proof`.
        "lost_contact": {"recall": None, "precision": None},
        "visits": {"over_twice": None, "acute_days": None},
    }


def _challenged(found: Cohort) -> dict[str, Any]:
    """Nothing where the libraries of the bench are not installed: a council's own machine needs none of them."""
    from kinfold.proof import challengers

    try:
        return dict(report.cleaned(challengers.aucs(found, seed=CHANCE)))
    except challengers.NoModels:
        return {}


def keep(home: Home, told: Mapping[str, Any]) -> None:
    name = f"{told['as_at']}-{told['outcome']}-{told['months']}.json"
    write_whole(folder(home) / name, json.dumps(told, indent=1))


def kept(home: Home) -> list[dict[str, Any]]:
    """Every report as it was kept, the newest day first: for machines; people read `backtest_reports`."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder(home).glob("*-*.json")]
    return sorted(found, key=lambda one: (one["as_at"], one["months"], one["outcome"]), reverse=True)


def reached(home: Home) -> pa.Table | None:
    """What a week's capacity is expected to reach (`proof.reach.PROOF_REACH`); None before the first backtest."""
    path = folder(home) / REACH
    return pq.read_table(path) if path.exists() else None


def _reach(found: Cohort, settings: Priority) -> pa.Table:
    capacity = {standing: one.priority for standing, one in settings.bands.capacity.items()}
    return reach.reach(found, capacity=capacity, share=settings.household_share, most=settings.household_most)


def _tables(engine: engines.Engine, snapshot: Path, names: Sequence[str]) -> dict[str, ir.Table]:
    return {name: engine.read(snapshot / f"{name}.parquet") for name in names}


def _fifths(rules: Path) -> dict[str, str] | None:
    table = deprivation.load(rules)
    return None if table is None else {row["lsoa"]: str(row["fifth"]) for row in table.to_pylist()}
