"""
Three nights of a home, the rules changed before the second and the third; each is then rebuilt under its own rules.

Before the first change it is tried out, and the answer is held against a run that goes by it.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from kinfold.operations import home, night

COMPARED = ("priority_child", "priority_line", "worklist_row", "marker_state", "weighing")
CHANGES = (
    {("marker", "arrears", "points"): 9, ("priority", "bands", "capacity", "no_service", "priority"): 2},
    {("off", "free_meals_eligible"): True, ("priority", "caps", "Trio"): 3,
     ("marker", "closed_child_in_need", "half_life_months"): 3,
     ("marker", "domestic_abuse_at_home", "lookback_months"): 6},
)  # fmt: skip


def rows(folder: Path, table: str) -> list[str]:
    return sorted(
        json.dumps(row, default=str, sort_keys=True) for row in pq.read_table(folder / f"{table}.parquet").to_pylist()
    )


def main() -> None:
    here = home.open_home(Path(os.environ["KINFOLD_HOME"]))
    night.set_up_service(here)
    told = {"nights": [_night(here, 0)], "tried": [], "rebuilt": []}
    for number, changes in enumerate(CHANGES, start=1):
        told["tried"].append(_tried(here, changes))
        _approved(changes, day=number - 1)
        told["nights"].append(_night(here, number))
        # While the list that it was compared with is still kept, and after the rules have changed.
        told["rebuilt"].append(_rebuilt(here, told["nights"][number - 1]["run_id"]))
    told["rebuilt"].append(_rebuilt(here, told["nights"][-1]["run_id"]))
    sys.stdout.write(json.dumps(told))


def _at(number: int) -> datetime.datetime:
    from django.utils import timezone

    return timezone.now() + datetime.timedelta(days=number)


def _night(here: home.Home, number: int) -> dict[str, object]:
    worked, _ = night.tonight(here, as_at=_at(number).date(), at=_at(number))
    described = json.loads((worked.folder / "run.json").read_text(encoding="utf-8"))
    return {"run_id": worked.run_id, "as_at": described["as_at"], "rule_set": described["rule_set"]}


def _approved(changes: dict, *, day: int) -> None:
    from kinfold.governance.models import RoleGrant
    from kinfold.governance.rules import actions, queries

    people = {grant.role: grant.user for grant in RoleGrant.objects.select_related("user")}
    base, on = queries.to_change().rules, _at(day).date()
    row = actions.propose(
        rules=base.changed(changes), based_on=base, from_on=on + datetime.timedelta(days=1), by=people["analyst"],
        role="analyst", at=_at(day), on=on, reason="Tried out and read by everybody.",
    )  # fmt: skip
    for role in ("practice_lead", "governance_lead"):
        actions.approve(
            version=row.version, hash=row.hash, by=people[role], role=role, at=_at(day), on=on, note="Read the what-if."
        )


def _tried(here: home.Home, changes: dict) -> dict[str, object]:
    """What a what-if says of the live list, and what a run of the same night by the same rules comes to."""
    from kinfold.governance.rules import queries
    from kinfold.operations import agreements, rules, run, what_if

    tried = queries.to_change().rules.changed(changes)
    answer = what_if.try_out(here, tried, rules.check(here, tried))
    live = here.live_snapshot()
    described = json.loads((live / "run.json").read_text(encoding="utf-8"))
    day = datetime.date.fromisoformat(described["as_at"])
    with tempfile.TemporaryDirectory() as out:
        plan = run.Plan(
            home=here, as_at=day, run_id="other", into=Path(out), rules=live / "rules",
            previous=here.snapshots / described["previous"] if described["previous"] else None,
            approved=run.Approved(tried, None), agreed=agreements.terms_for_run(here, on=day), keep_ids=False,
        )  # fmt: skip
        worked = run.work_out(plan)
        was, now = (
            {row["person_id"]: row["band"] for row in pq.read_table(folder / "priority_child.parquet").to_pylist()}
            for folder in (live, worked.folder)
        )
    moved = Counter((was[one], now[one]) for one in was if was[one] != now[one])
    return {
        "tried": sorted([row["was"], row["now"], row["children"]] for row in answer.moves),
        "ran": sorted([*way, children] for way, children in moved.items()),
        "asked_again": answer.asked_again,
    }


def _rebuilt(here: home.Home, run_id: str) -> dict[str, object]:
    from kinfold.operations import rebuild

    kept = here.snapshots / run_id
    as_at = datetime.date.fromisoformat(json.loads((kept / "run.json").read_text(encoding="utf-8"))["as_at"])
    with tempfile.TemporaryDirectory() as out:
        again = rebuild.rebuild(here, as_at=as_at, rules="then", out=Path(out))
        told = json.loads((again.folder / "run.json").read_text(encoding="utf-8"))
        return {
            "rule_set": told["rule_set"],
            "rows": {name: len(rows(kept, name)) for name in COMPARED},
            "differ": [name for name in COMPARED if rows(kept, name) != rows(again.folder, name)],
        }


if __name__ == "__main__":
    main()
