"""Reports of past days as they are read: in sections of words, with small numbers hidden; and drift between runs."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from kinfold.areas import feeds as feed_settings
from kinfold.areas import markers as marker_settings
from kinfold.areas.toml import AreaRejected
from kinfold.operations import backtest
from kinfold.operations.home import Home, write_whole
from kinfold.proof import disclosure, drift, sections, verdicts
from kinfold.proof.outcomes import OUTCOMES, months_after
from kinfold.proof.sections import Section
from kinfold.vocabulary.dates import in_words

KEY = re.compile(r"\d{4}-\d{2}-\d{2}-[a-z_]+-\d{1,2}")
__all__ = ["OUTCOMES", "Section", "months_after"]


class NoReport(Exception):
    """There is no such report."""


@dataclasses.dataclass(frozen=True)
class Report:
    """
    A report for people. told: its figures, small counts hidden. summary, failures, limits: sentences. made_up: what is
    said of it where the children are made up, else "". made_of: of what day, what was known and by which rules.
    """

    key: str
    told: dict[str, Any]
    summary: tuple[str, ...]
    failures: tuple[str, ...]
    limits: tuple[str, ...]
    sections: tuple[Section, ...]
    made_up: str

    @property
    def made_of(self) -> str:
        known = in_words(datetime.date.fromisoformat(self.told["known_on"]))
        return (
            f"The list of {in_words(self.as_at)}, rebuilt as it was known then under rules {self.told['rules'][:12]}. "
            f"What came of the children is as known on {known}. Counts from 1 to 4 read “hidden”, and so does what "
            "would tell them."
        )

    @property
    def as_at(self) -> datetime.date:
        return datetime.date.fromisoformat(self.told["as_at"])

    def section(self, name: str) -> Section:
        """Raises NoReport."""
        found = next((one for one in self.sections if one.name == name), None)
        if found is None:
            raise NoReport
        return found


@dataclasses.dataclass(frozen=True)
class Asked:
    """A backtest that somebody asked for and that is not done. why: what stopped it; "" while it waits."""

    key: str
    as_at: datetime.date
    outcome: str
    months: int
    why: str = ""


def key_of(as_at: datetime.date, outcome: str, months: int) -> str:
    return f"{as_at.isoformat()}-{outcome}-{months}"


def read(home: Home, key: str) -> Report:
    """Raises NoReport."""
    path = backtest.folder(home) / f"{key}.json"
    if not KEY.fullmatch(key) or not path.is_file():
        raise NoReport
    return _report(home, key, json.loads(path.read_text(encoding="utf-8")))


def every(home: Home) -> list[Report]:
    """Every report kept, the newest day first."""
    kept = backtest.kept(home)
    return [_report(home, key_of(datetime.date.fromisoformat(t["as_at"]), t["outcome"], t["months"]), t) for t in kept]


def _report(home: Home, key: str, told: dict[str, Any]) -> Report:
    safe = disclosure.shown(told)
    return Report(
        key, safe, tuple(verdicts.summary(safe)), tuple(verdicts.failures(safe)), tuple(verdicts.limits()),
        sections.sections(told, labels=_labels(home)), verdicts.MADE_UP if told["is_made_up"] else "",
    )  # fmt: skip


def _labels(home: Home) -> dict[str, str]:
    """What markers and feeds are called; nothing where the area's files do not hold together today."""
    try:
        feeds, markers = feed_settings.load(home.area), marker_settings.load(home.area)
    except AreaRejected:
        return {}
    return {name: feed.label for name, feed in feeds.items()} | {one.name: one.label for one in markers}


def ask(home: Home, as_at: datetime.date, outcome: str, months: int) -> Asked:
    """Write down that a backtest is wanted, so that a page can say so until it is done."""
    asked = Asked(key_of(as_at, outcome, months), as_at, outcome, months)
    _note(home, asked)
    return asked


def done(home: Home, asked: Asked) -> None:
    _path(home, asked).unlink(missing_ok=True)


def stopped(home: Home, asked: Asked, why: str) -> None:
    """why: fit to show."""
    _note(home, dataclasses.replace(asked, why=why))


def asked_for(home: Home) -> list[Asked]:
    paths = sorted((backtest.folder(home) / "asked").glob("*.json"))
    rows = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [Asked(**{**row, "as_at": datetime.date.fromisoformat(row["as_at"])}) for row in rows]


def _path(home: Home, asked: Asked) -> Path:
    return backtest.folder(home) / "asked" / f"{asked.key}.json"


def _note(home: Home, asked: Asked) -> None:
    write_whole(_path(home, asked), json.dumps({**dataclasses.asdict(asked), "as_at": asked.as_at.isoformat()}))


def days_that_can_be_tried(home: Home) -> tuple[datetime.date, datetime.date] | None:
    """
    The first day with a delivery a year old, and the day of the live run; None before the first run.

    A day on which little had been delivered is no fair trial of what the feeds can show.
    """
    live = home.live_snapshot()
    if live is None:
        return None
    told = json.loads((live / "run.json").read_text(encoding="utf-8"))
    days = [_delivered(path) for path in home.deliveries.glob("*/*/manifest.json")]
    first = min((day for day in days if day), default=None)
    return None if first is None else (months_after(first, 3), datetime.date.fromisoformat(told["as_at"]))


def _delivered(manifest: Path) -> datetime.date | None:
    day = json.loads(manifest.read_text(encoding="utf-8")).get("delivered")
    return datetime.date.fromisoformat(day) if day else None


def drifted(home: Home) -> tuple[datetime.date, datetime.date, Section] | None:
    """
    What changed between the newest two kept runs: their days, and the section that says it; None with fewer than two.

    Worked out once for each pair and kept.
    """
    runs = _newest_two(home)
    if runs is None:
        return None
    (before_on, before), (now_on, now) = runs
    path = backtest.folder(home) / "drift" / f"{before.name}-{now.name}.json"
    if not path.is_file():
        write_whole(path, json.dumps([_plain(one) for one in _drifts(before, now)]))
    return before_on, now_on, sections.drifted(json.loads(path.read_text(encoding="utf-8")), labels=_labels(home))


def _newest_two(home: Home) -> tuple[tuple[datetime.date, Path], tuple[datetime.date, Path]] | None:
    kept = []
    for path in home.snapshots.glob("*/run.json"):
        if (path.parent / "priority_child.parquet").exists():
            on = datetime.date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["as_at"])
            kept.append((on, path.stat().st_mtime, path.parent))
    kept.sort()
    return None if len(kept) < 2 else ((kept[-2][0], kept[-2][2]), (kept[-1][0], kept[-1][2]))


def _drifts(before: Path, now: Path) -> list[drift.Drift]:
    (figures, coverage, states, many), (figures_now, coverage_now, states_now, many_now) = _seen(before), _seen(now)
    found = [
        drift.of_values("figure", "figure", figures, figures_now, drift.FIGURE_CUTS),
        drift.of_values("coverage", "coverage", coverage, coverage_now, drift.COVERAGE_CUTS),
    ]
    for marker in sorted(states.keys() | states_now.keys()):
        was, is_now = states.get(marker, {}), states_now.get(marker, {})
        found.append(drift.of_states(marker, was, is_now, children=(many, many_now)))
    return found


def _seen(snapshot: Path) -> tuple[np.ndarray, np.ndarray, dict[str, dict[str, int]], int]:
    children = pq.read_table(snapshot / "priority_child.parquet", columns=["figure", "coverage_share"])
    state = pq.read_table(snapshot / "marker_state.parquet", columns=["marker", "state"])
    counted = Counter(zip(state["marker"].to_pylist(), state["state"].to_pylist(), strict=True))
    states: dict[str, dict[str, int]] = {}
    for (marker, name), many in counted.items():
        states.setdefault(marker, {})[name] = many
    figures, coverage = (np.array(children[name].to_pylist(), dtype=float) for name in ("figure", "coverage_share"))
    return figures, coverage, states, len(figures)


def _plain(one: drift.Drift) -> dict[str, Any]:
    shown = {name: value if value == value else None for name, value in dataclasses.asdict(one).items()}
    return {**shown, "verdict": one.verdict}
