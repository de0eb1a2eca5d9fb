"""What is asked of a list before anybody relies on it, set beside what it did."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from kinfold.proof import fairness

AUC, LIFT, ABOVE_HISTORY, OF_BEST, STEADY = 0.80, 6.0, 0.08, 0.98, 0.90
MET, NOT_MET, UNTOLD = "met", "not met", "cannot be told"


@dataclasses.dataclass(frozen=True)
class Asked:
    """One thing that is asked, as it reads. wanted, found: in words. verdict: MET, NOT_MET or UNTOLD."""

    said: str
    wanted: str
    found: str
    verdict: str


def asked(told: Mapping[str, Any]) -> tuple[Asked, ...]:
    """Everything that is asked, in the order of a report's own summary."""
    history = told["baselines"]["history_only"]["auc"]
    trained = [one["auc"] for one in told["challengers"].values() if one["auc"] is not None]
    auc = told["auc"]
    above = None if auc is None or history is None else auc - history
    of_best = auc / max(trained) if trained and auc is not None else None
    return (
        _least("The right one of two children comes first", auc, AUC, ".0%"),
        _least("A child in the first twentieth is this many times as likely as any", told["lift_top_5"], LIFT, ".1f"),
        _least("Better than history alone, in points of a hundred", _times(above, 100), ABOVE_HISTORY * 100, ".0f"),
        _least("Beside the best trained model", of_best, OF_BEST, ".1%"),
        _least("Stays in the top hundredth when weights move", told["stability_top_1"], STEADY, ".0%"),
        _alike(told["fairness"]),
    )


def _least(said: str, value: float | None, wanted: float, show: str) -> Asked:
    if value is None:
        return Asked(said, f"{wanted:{show}} or more", "not known", UNTOLD)
    return Asked(said, f"{wanted:{show}} or more", f"{value:{show}}", MET if value >= wanted else NOT_MET)


def _times(value: float | None, by: float) -> float | None:
    return None if value is None else value * by


def _alike(groups: list[Mapping[str, Any]]) -> Asked:
    """Every group large enough to tell is missed about as often as others."""
    told = [one for one in groups if one["verdict"] != fairness.TOO_FEW and not one.get("hidden")]
    said, wanted = "Groups large enough to tell are missed about as often as others", "every one"
    if not told:
        return Asked(said, wanted, "none is large enough", UNTOLD)
    alike = sum(one["verdict"] == fairness.ALIKE for one in told)
    return Asked(said, wanted, f"{alike} of {len(told)}", MET if alike == len(told) else NOT_MET)
