"""Rebuild a past day as it was known then, into a folder of its own. Never published, no ids kept."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable
from pathlib import Path

from kinfold.areas.agreements import Agreement
from kinfold.areas.rule_sets import RuleSet
from kinfold.operations import run
from kinfold.operations.home import Home
from kinfold.operations.steps import Step
from kinfold.vocabulary.dates import in_words


class NoRulesThen(Exception):
    """No run of that day or before is kept, so its rules are not known; the message says what can be done."""


def rebuild(
    home: Home,
    *,
    as_at: datetime.date,
    rules: str,
    out: Path,
    tried: RuleSet | None = None,
    say: Callable[[Step, bool], None] = lambda step, is_done: None,
) -> run.Worked:
    """
    Work out `as_at` from what had been delivered by then.

    rules: `now` for today's rules, `then` for those of the day: what its own run went by where that is kept, else the
        rule set that was live on the day, with everything else as the last run kept before it had it.
    tried: with `now`, a set that nobody has approved, in the place of today's.
    Needs Django to be set up: agreements and rule sets are in the service's database.
    A day that had a run is compared with the list that run was compared with, for as long as that is kept.
    Raises NoRulesThen, and run.RunFailed as any run does.
    """
    plan = _now(home, as_at, out, tried) if rules == "now" else _then(home, as_at, out)
    if (out / plan.run_id).exists():
        raise run.RunFailed(f"{out.name} already holds a rebuild of that day. Name another folder or remove it.")
    return run.work_out(plan, say=say)


def _plan(home: Home, as_at: datetime.date, out: Path, rules: Path) -> run.Plan:
    run_id = f"rebuilt-{as_at:%Y%m%d}"
    return run.Plan(home=home, as_at=as_at, run_id=run_id, into=out, rules=rules, keep_ids=False)


def _now(home: Home, as_at: datetime.date, out: Path, tried: RuleSet | None) -> run.Plan:
    agreed = _agreed_now(home, as_at)
    from kinfold.operations import rules  # it has models, which want Django to be set up

    plan = _plan(home, as_at, out, home.area)
    approved = rules.approved_today() if tried is None else run.Approved(tried, None)
    return dataclasses.replace(plan, agreed=agreed, approved=approved)


def _then(home: Home, as_at: datetime.date, out: Path) -> run.Plan:
    kept = _last_kept(home, as_at)
    plan = _plan(home, as_at, out, kept / "rules")
    from kinfold.operations import rules

    told = json.loads((kept / "run.json").read_text(encoding="utf-8"))
    if told["as_at"] != as_at.isoformat():
        return dataclasses.replace(plan, approved=rules.approved_on(as_at), is_plain=rules.were_plain_on(as_at))
    return dataclasses.replace(
        plan,
        approved=rules.approved_as(told.get("rule_set", {}).get("version")),
        is_plain=bool(told.get("is_plain")),
        previous=_whole(home, told.get("previous")),
    )


def _whole(home: Home, run_id: str | None) -> Path | None:
    """The folder of a run whose tables are still kept."""
    folder = home.snapshots / run_id if run_id else None
    return folder if folder and all((folder / f"{name}.parquet").exists() for name in run.CARRIED_OVER) else None


def _agreed_now(home: Home, as_at: datetime.date) -> dict[str, Agreement]:
    """The agreements as the register has them today for that day; it is in the service's database."""
    from kinfold.operations import agreements  # it has models, which want Django to be set up

    return agreements.terms_for_run(home, on=as_at)


def _last_kept(home: Home, as_at: datetime.date) -> Path:
    kept = []
    for path in home.snapshots.glob("*/run.json"):
        on = datetime.date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["as_at"])
        if on <= as_at:
            kept.append((on, path.stat().st_mtime, path.parent))
    if not kept:
        raise NoRulesThen(
            f"No run of {in_words(as_at)} or before is kept, so the rules of that day are not known. "
            "Use `--rules now` to rebuild it under today's rules."
        )
    return max(kept)[2]
