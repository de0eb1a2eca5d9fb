"""The report of one past day: all that is said of how well the order did, as plain values without a child in it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from kinfold.proof import baselines, calibration, decisions, fairness, metrics, proxies, stability
from kinfold.proof.cohort import Cohort
from kinfold.vocabulary.bands import BANDS

TOP, WIDE = 0.05, 0.20
DRAWS, SEED = 200, 5
STEPS = 20
AT_SHARES = (0.01, 0.02, 0.05, 0.10, 0.20, 0.30, 0.50)


class NothingToProve(Exception):
    """Nobody came to the outcome, or everybody did; the message says so."""


def report(cohort: Cohort, *, draws: int = DRAWS, seed: int = SEED) -> dict[str, Any]:
    """
    The report of a cohort, in the shape of `kinfold backtest --json`; figures that cannot be said are null.

    draws: of whole households, for intervals. Raises NothingToProve.
    """
    event, figure = cohort.event, cohort.figure
    if not 0 < event.sum() < len(event):
        raise NothingToProve(
            f"Of {len(cohort):,} children who could have, {int(event.sum()):,} {cohort.outcome.said}: with none on one "
            "side there is nothing to compare. Choose another outcome, day or number of months."
        )
    scores = {"history_only": baselines.history_only(cohort), "flat_count": baselines.flat_count(cohort)}
    chance = calibration.chances(event, figure, cohort.unit, seed=seed)
    by_history = calibration.chances(event, scores["history_only"], cohort.unit, seed=seed)
    first = metrics.top(event, figure, share=TOP)
    told = {
        "outcome": cohort.outcome.name,
        "outcome_label": cohort.outcome.label,
        "outcome_said": cohort.outcome.said,
        "as_at": cohort.as_at.isoformat(),
        "until": cohort.until.isoformat(),
        "children": len(cohort),
        "events": int(event.sum()),
        "base_rate": float(event.mean()),
        "unseen_events": cohort.unseen_events,
        "auc": metrics.auc(event, figure),
        "lift_top_5": first.lift,
        "recall_top_5": first.recall,
        "precision_top_5": first.precision,
        "calibration_slope": calibration.slope(event, chance),
        "intervals": _intervals(cohort, draws, seed),
        "tops": [
            {"share": share, **dataclasses.asdict(metrics.top(event, figure, share=share))} for share in AT_SHARES
        ],
        "gains": _gains(event, figure, scores["history_only"]),
        "bands": _bands(cohort),
        "calibration": [dataclasses.asdict(one) for one in calibration.by_twentieth(event, figure, chance)],
        "decisions": [dataclasses.asdict(one) for one in decisions.curve(event, chance, by_history)],
        "baselines": {name: _baseline(event, score) for name, score in scores.items()},
        "fairness": _fairness(cohort),
        "proxies": [dataclasses.asdict(one) for one in proxies.proxies(cohort, share=TOP)],
        "points": _points(cohort),
        **_stability(cohort, seed),
    }
    return cleaned(told)


def _intervals(cohort: Cohort, draws: int, seed: int) -> dict[str, list[float]]:
    history = baselines.history_only(cohort)

    def measure(drawn: np.ndarray) -> list[float]:
        event, figure = cohort.event[drawn], cohort.figure[drawn]
        first, auc = metrics.top(event, figure, share=TOP), metrics.auc(event, figure)
        return [auc, first.lift, first.recall, first.precision, auc - metrics.auc(event, history[drawn])]

    names = ("auc", "lift_top_5", "recall_top_5", "precision_top_5", "auc_above_history")
    found = metrics.bootstrap(cohort.unit, measure, draws=draws, seed=seed)
    return {name: list(bounds) for name, bounds in zip(names, found, strict=True)}


def _gains(event: np.ndarray, figure: np.ndarray, history: np.ndarray) -> list[dict[str, float]]:
    """The share of events met along the list, and along one by history alone."""
    shares = [step / STEPS for step in range(STEPS + 1)]
    return [
        {"share": share, "order": metrics.top(event, figure, share=share).recall if share else 0.0,
         "history": metrics.top(event, history, share=share).recall if share else 0.0}
        for share in shares
    ]  # fmt: skip


def _baseline(event: np.ndarray, score: np.ndarray) -> dict[str, float]:
    first = metrics.top(event, score, share=TOP)
    return {"auc": metrics.auc(event, score), "lift_top_5": first.lift, "recall_top_5": first.recall}


def _bands(cohort: Cohort) -> list[dict[str, Any]]:
    events = int(cohort.event.sum())
    found = []
    for band in BANDS:
        here = cohort.band == band
        many, came = int(here.sum()), int((here & cohort.event).sum())
        rate = metrics.wilson(came, many)
        found.append({"band": band, "children": many, "events": came, "rate": rate.value, "low": rate.low,
                      "high": rate.high, "share_of_events": came / events})  # fmt: skip
    return found


def _fairness(cohort: Cohort) -> list[dict[str, Any]]:
    narrow, wide = fairness.groups(cohort, share=TOP), fairness.groups(cohort, share=WIDE)
    return [
        {**dataclasses.asdict(one), "miss_rate_top_20": other.miss_rate, "ratio_top_20": other.ratio,
         "ratio_alike_top_20": other.ratio_alike, "verdict_top_20": other.verdict}
        for one, other in zip(narrow, wide, strict=True)
    ]  # fmt: skip


def _stability(cohort: Cohort, seed: int) -> dict[str, Any]:
    swung = stability.swung(cohort, seed=seed)
    return {
        "stability_top_1": swung.mean,
        "stability": dataclasses.asdict(swung),
        "without_marker": [dataclasses.asdict(one) for one in stability.without_markers(cohort)],
        "without_feed": [dataclasses.asdict(one) for one in stability.without_feeds(cohort)],
    }


def _points(cohort: Cohort) -> list[dict[str, Any]]:
    """Each marker beside what came of the children it was true of: where points and events disagree, somebody looks."""
    found = []
    for n, name in enumerate(cohort.weighing.markers):
        true = cohort.true[:, n]
        if true.any():
            rate, rest = cohort.event[true].mean(), cohort.event[~true].mean()
            mean = float(cohort.points[true, n].mean())
            found.append({"marker": name, "direction": cohort.weighing.directions[n], "children": int(true.sum()),
                          "events": int((true & cohort.event).sum()), "rate": float(rate),
                          "times_others": float(rate / rest) if rest else math.nan, "mean_points": mean})  # fmt: skip
    return found


def cleaned(value: Any) -> Any:
    """The same with null for what is not a number, as JSON has no nan."""
    if isinstance(value, Mapping):
        return {key: cleaned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
