"""Rebuild a past day as it was known then, into a folder of its own. Never published, no ids kept."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

from kinfold.areas.agreements import Agreement
from kinfold.operations import run
from kinfold.operations.home import Home
from kinfold.operations.steps import Step


class NoRulesThen(Exception):
    """No run of that day or before is kept, so its rules are not known; the message says what can be done."""


def rebuild(
    home: Home,
    *,
    as_at: datetime.date,
    rules: str,
    out: Path,
    say: Callable[[Step, bool], None] = lambda step, is_done: None,
) -> run.Worked:
    """
    Work out `as_at` from what had been delivered by then.

    rules: `now` for today's rules, `then` for those of the last run kept on or before the day.
    Raises NoRulesThen, and run.RunFailed as any run does.
    """
    folder = home.area if rules == "now" else rules_then(home, as_at)
    plan = run.Plan(
        home=home,
        as_at=as_at,
        run_id=f"rebuilt-{as_at:%Y%m%d}",
        into=out,
        rules=folder,
        agreed=_agreed_now(home, as_at) if rules == "now" else None,
        keep_ids=False,
    )
    if (out / plan.run_id).exists():
        raise run.RunFailed(f"{out.name} already holds a rebuild of that day. Name another folder or remove it.")
    return run.work_out(plan, say=say)


def _agreed_now(home: Home, as_at: datetime.date) -> dict[str, Agreement]:
    """The agreements as the register has them today for that day; it is in the service's database."""
    from kinfold.operations import night

    night.set_up_service(home)
    from kinfold.operations import agreements  # it has models, which want Django to be set up

    return agreements.terms_for_run(home, on=as_at)


def rules_then(home: Home, as_at: datetime.date) -> Path:
    """The rules of the newest kept run on or before a day."""
    kept = []
    for path in home.snapshots.glob("*/run.json"):
        on = datetime.date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["as_at"])
        if on <= as_at:
            kept.append((on, path.stat().st_mtime, path.parent / "rules"))
    if not kept:
        raise NoRulesThen(
            f"No run of {as_at.day} {as_at:%B %Y} or before is kept, so the rules of that day are not known. "
            "Use `--rules now` to rebuild it under today's rules."
        )
    return max(kept)[2]
