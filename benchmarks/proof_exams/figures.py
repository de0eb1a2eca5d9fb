"""Does the order find the children who later came to need help, on a council that nobody tuned on?"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from proof_exams import Row, Sitting

TITLE = "Figures: who became a child in need within 12 months"
NEEDS_COUNCIL = True
OUTCOME, MONTHS = "child_in_need_start", 12
AUC, RATE, LIFT, ABOVE_HISTORY, OF_BEST, STAYS = 0.80, 0.03, 6.0, 0.08, 0.98, 0.90


def exam(sitting: Sitting) -> Iterator[Row]:
    """Try the day a year before the council's own, as `kinfold backtest` does; the day is kept for other exams."""
    told = of_council(sitting)
    above = told["auc"] - told["baselines"]["history_only"]["auc"]
    best, name = max((one["auc"], name) for name, one in told["challengers"].items())
    low, high = told["intervals"]["auc"]
    yield Row("children to whom it could come, and to how many it came", f"{told['children']:,}; {told['events']:,}")
    yield Row("how often it came", f"{told['base_rate']:.1%}", f"about {RATE:.0%}")
    yield Row.least("AUC", told["auc"], AUC, note=f"95% interval {low:.3f} to {high:.3f}; {_ceiling(sitting, told)}")
    yield Row.least("lift of the first twentieth", told["lift_top_5"], LIFT, show=".1f")
    yield Row.least("AUC above history alone", above, ABOVE_HISTORY)
    yield Row.least("AUC over that of the best challenger", told["auc"] / best, OF_BEST, note=_challenged(told, name))
    yield Row.least("top hundredth that stays when weights move by a fifth", told["stability_top_1"], STAYS, show=".1%")
    slope = told["calibration_slope"]
    yield Row("calibration slope", f"{slope:.2f}", "1 is right")
    flat = told["baselines"]["flat_count"]["auc"]
    yield Row("AUC of counting what is true, without points", f"{flat:.3f}")


def of_council(sitting: Sitting) -> dict:
    """The report of the council's past year, worked out once for every exam that asks."""
    from kinfold.operations import backtest
    from kinfold.operations import home as homes

    home = homes.open_home(sitting.council)
    day = past_day(sitting.council)
    path = backtest.folder(home) / f"{day.isoformat()}-{OUTCOME}-{MONTHS}.json"
    if not path.exists():
        from kinfold.operations import night

        night.set_up_service(home)
        backtest.backtest(home, as_at=day, outcome=OUTCOME, months=MONTHS)
    return dict(json.loads(path.read_text(encoding="utf-8")))


def past_day(home: Path) -> datetime.date:
    """A year before the day the council was made to stand at."""
    made = json.loads((home / "demonstration.json").read_text(encoding="utf-8"))
    day = datetime.date.fromisoformat(made["as_at"])
    return day.replace(year=day.year - 1)


def _challenged(told: dict, best: str) -> str:
    tried = ", ".join(f"{name.replace('_', ' ')} {one['auc']:.3f}" for name, one in told["challengers"].items())
    return f"best: {best.replace('_', ' ')}; tried: {tried}"


def _ceiling(sitting: Sitting, told: dict) -> str:
    """What an order by the made-up truth itself would reach: chance decides the rest, and no list can do better."""
    import tempfile

    from kinfold.demonstration import troubles, world
    from kinfold.proof import metrics

    made = json.loads((sitting.council / "demonstration.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        day = datetime.date.fromisoformat(made["as_at"])
        town = world.make(Path(place), children=made["children"], seed=made["seed"], as_at=day)
    past, careers, people = town.as_at - 365, town.careers, town.town.people
    kids = people.children
    living = (people.birth[:kids] <= past) & (people.birth[:kids] > past - 18 * 365.25)
    is_open = (careers.referred <= past) & (careers.closed > past)
    able = living & ~np.isin(np.arange(kids), careers.child[is_open])
    came = np.zeros(kids, dtype=bool)
    for name in ("plan", "cp", "cla", "after"):
        which, start, _ = careers.period(name)
        came[careers.child[which[(start > past) & (start <= town.as_at)]]] = True
    month = troubles.MONTHS_BACK - 12
    now, year = town.troubles.chance[:, month - 1], town.troubles.chance[:, month : month + 12].mean(axis=1)
    knows_now, knows_all = (metrics.auc(came[able], score[able]) for score in (now, year))
    return (
        f"who knew every family's trouble on the day would reach {knows_now:.3f}, "
        f"who knew the year to come too, {knows_all:.3f}"
    )
