"""
How other rules would have done on the past, beside those of now: does the order find whom it should, and for whom?

A past day is rebuilt twice, as it was known then, into a folder that is removed again; what stays holds no child.
"""

from __future__ import annotations

import datetime
import json
import tempfile
from pathlib import Path
from typing import Any

from kinfold.areas.rule_sets import RuleSet
from kinfold.operations import backtest, rebuild
from kinfold.operations.home import Home
from kinfold.operations.run import RunFailed
from kinfold.proof import disclosure, outcomes, report, verdicts

OUTCOME, MONTHS = "child_in_need_start", 12
FIGURES = ("auc", "lift_top_5", "recall_top_5", "precision_top_5")


class NothingToCompare(Exception):
    """The past cannot be tried on what is kept here; the message says what can."""


def compare(home: Home, *, before: RuleSet, after: RuleSet, on: datetime.date) -> dict[str, Any]:
    """
    The backtest of both sets on the day a year before the live run's.

    Returns as_at, outcome, months, is_made_up, figures (name, before, after) and fairness (by, group, events,
    miss_rate_before, miss_rate_after, verdict_before, verdict; null rates where counts are held back). Needs Django to
    be set up. Raises NothingToCompare.
    """
    live = home.live_snapshot()
    if live is None:
        raise NothingToCompare("Nothing has been published yet, so nobody knows what came of anybody.")
    told = json.loads((live / "run.json").read_text(encoding="utf-8"))
    until = datetime.date.fromisoformat(told["as_at"])
    as_at = _year_before(until)
    what = outcomes.outcome(OUTCOME)
    later = backtest.Later(live, until)
    found = []
    try:
        for rules in (before, after):
            with tempfile.TemporaryDirectory(prefix="kinfold-what-if-") as work:
                past = rebuild.rebuild(home, as_at=as_at, rules="now", out=Path(work), tried=rules).folder
                cohort = backtest.gathered(home, past, later, what=what, as_at=as_at, until=until)
                found.append(disclosure.shown(report.report(cohort)))
    except (RunFailed, report.NothingToProve, backtest.UnableToProve) as why:
        raise NothingToCompare(str(why)) from why
    return {
        "as_at": as_at.isoformat(),
        "on": on.isoformat(),
        "outcome": OUTCOME,
        "months": MONTHS,
        "is_made_up": home.is_demonstration,
        "figures": [{"name": name, "before": found[0][name], "after": found[1][name]} for name in FIGURES],
        "fairness": _fairness(found[0]["fairness"], found[1]["fairness"]),
    }


def _year_before(day: datetime.date) -> datetime.date:
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _fairness(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    now = {(row["by"], row["group"]): row for row in after}
    return [
        {
            "by": row["by"],
            "group": verdicts.group_name(row["by"], row["group"]),
            "events": row["events"],
            "miss_rate_before": row["miss_rate"],
            "miss_rate_after": now[row["by"], row["group"]]["miss_rate"],
            "verdict_before": verdicts.of_group(row),
            "verdict": verdicts.of_group(now[row["by"], row["group"]]),
        }
        for row in before
        if (row["by"], row["group"]) in now
    ]
