"""
Models trained on the same facts, to see what plain points give away. For the bench alone: no run imports this.

They are given everything the points are made of, and more: which markers are true, with how many faded points, which
are not known, how much is known, and age. Whole households are held out, so that no model is asked about a brother of
a child it was trained on. scikit-learn and interpret-core are in `requirements/bench.lock.txt`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

from kinfold.proof import calibration, metrics
from kinfold.proof.baselines import COUNTED
from kinfold.proof.cohort import Cohort

LEAST_TRUE = 10
"""A marker true of fewer children is no feature: a model could only learn those children by heart."""


class NoModels(Exception):
    """The libraries of the bench are not installed; the message says how to have them."""


def facts(cohort: Cohort) -> tuple[np.ndarray, list[str]]:
    """What a challenger is given: child by fact, and the name of each."""
    enough, not_known = cohort.true.sum(axis=0) >= LEAST_TRUE, cohort.unknown.sum(axis=0) >= LEAST_TRUE
    names = cohort.weighing.markers
    columns = [cohort.true[:, enough], cohort.points[:, enough] / 10, cohort.unknown[:, not_known]]
    rest = np.column_stack([np.nan_to_num(cohort.coverage, nan=0.0), np.nan_to_num(cohort.age, nan=9.0) / 18])
    of = [n for n, is_one in zip(names, enough, strict=True) if is_one]
    named = [*of, *(f"{n}, points" for n in of), *(f"{n}, unknown" for n, u in zip(names, not_known, strict=True) if u)]
    return np.column_stack([*columns, rest]).astype(float), [*named, "coverage", "age"]


SAME_MARKERS = "same_markers"
"""A logistic regression on the very markers that carry points: what it does better, the points give away."""


def facts_with_points(cohort: Cohort) -> np.ndarray:
    """Of each child, which markers that carry points are true, and with how many faded points: nothing else."""
    counted = np.array([one in COUNTED for one in cohort.weighing.directions])
    enough = counted & (cohort.true.sum(axis=0) >= LEAST_TRUE)
    return np.column_stack([cohort.true[:, enough], cohort.points[:, enough] / 10]).astype(float)


def trained(cohort: Cohort, *, seed: int) -> dict[str, np.ndarray]:
    """
    Each challenger's chance for each child, learned from other households (five folds).

    Raises NoModels.
    """
    given, _ = facts(cohort)
    fold = calibration.folds(cohort.unit, seed=seed)
    found = {name: _held_out(make, given, cohort.event, fold) for name, make in makers(seed).items()}
    same = facts_with_points(cohort)
    if same.shape[1]:
        found[SAME_MARKERS] = _held_out(makers(seed)["logistic"], same, cohort.event, fold)
    return found


def aucs(cohort: Cohort, *, seed: int) -> dict[str, dict[str, float]]:
    return {name: {"auc": metrics.auc(cohort.event, chance)} for name, chance in trained(cohort, seed=seed).items()}


def makers(seed: int) -> dict[str, Callable[[], Any]]:
    """Each challenger, untrained. Raises NoModels."""
    if importlib.util.find_spec("sklearn") is None:
        raise NoModels("The challengers need the libraries of the bench; `make bench-proof` fetches them.")
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    found: dict[str, Callable[[], Any]] = {
        "logistic": lambda: LogisticRegression(C=0.1, max_iter=2000),
        "boosted_trees": lambda: HistGradientBoostingClassifier(
            max_iter=80, max_depth=3, learning_rate=0.06, l2_regularization=5.0, random_state=seed
        ),
    }
    if importlib.util.find_spec("interpret") is not None:
        from interpret.glassbox import ExplainableBoostingClassifier

        found["ebm"] = lambda: ExplainableBoostingClassifier(
            interactions=0, outer_bags=1, n_jobs=1, random_state=seed, max_rounds=250, learning_rate=0.05, max_bins=32
        )
    return found


def _held_out(make: Callable[[], Any], given: np.ndarray, event: np.ndarray, fold: np.ndarray) -> np.ndarray:
    from threadpoolctl import threadpool_limits

    chance = np.zeros(len(event))
    # On a machine that is shared, threads that wait on each other took ten times as long as one alone.
    with threadpool_limits(1):
        for one in np.unique(fold):
            away = fold != one
            if 0 < event[away].sum() < away.sum():
                chance[~away] = make().fit(given[away], event[away]).predict_proba(given[~away])[:, 1]
    return chance
