"""Does the list stand when its weights are a little wrong, when a marker goes, or when a feed stops?"""

from __future__ import annotations

import dataclasses

import numpy as np

from kinfold.proof import metrics, resum
from kinfold.proof.cohort import Cohort

DRAWS, SWING, SHARE = 200, 0.2, 0.01


@dataclasses.dataclass(frozen=True)
class Swung:
    """How much of the top hundredth stays when every weight is drawn anew within a fifth: mean, and 1 draw in 20."""

    mean: float
    worst_twentieth: float
    draws: int
    places: int


@dataclasses.dataclass(frozen=True)
class Without:
    """
    The order without one marker or one feed.

    children: those who had points of it. stays: share of the top hundredth that stays. auc_falls: by how much.
    """

    name: str
    children: int
    auc_falls: float
    stays: float


def swung(cohort: Cohort, *, seed: int, draws: int = DRAWS, share: float = SHARE) -> Swung:
    """share: of all children, 0 to 1."""
    rng, places = np.random.default_rng(seed), max(1, round(len(cohort) * share))
    first, kept = _first(cohort, cohort.figure, places), []
    for _ in range(draws):
        times = rng.uniform(1 - SWING, 1 + SWING, len(cohort.weighing.markers))
        figure = resum.figures(cohort.weighing, cohort.points, cohort.true, times=times)
        kept.append(len(first & _first(cohort, figure, places)) / places)
    return Swung(float(np.mean(kept)), float(np.quantile(kept, 0.05)), draws, places)


def without_markers(cohort: Cohort, *, share: float = SHARE) -> list[Without]:
    """Each marker away in turn, that which costs most first. What others build on it stays as it was."""
    found = []
    for n, name in enumerate(cohort.weighing.markers):
        if cohort.true[:, n].any():
            times, true = np.ones(len(cohort.weighing.markers)), cohort.true.copy()
            times[n], true[:, n] = 0, False
            figure = resum.figures(cohort.weighing, cohort.points, true, times=times)
            found.append(_compared(cohort, name, int(cohort.true[:, n].sum()), figure, share))
    return sorted(found, key=lambda one: (-one.auc_falls, one.name))


def without_feeds(cohort: Cohort, *, share: float = SHARE) -> list[Without]:
    """Each feed away in turn: the points that its rows carry are gone, and nothing is put in their place."""
    found = []
    for feed, told in cohort.by_feed.items():
        left = np.maximum(cohort.points - told, 0)
        figure = resum.figures(cohort.weighing, left, cohort.true & ((left > 0) | (told == 0)))
        found.append(_compared(cohort, feed, int((told > 0).any(axis=1).sum()), figure, share))
    return sorted(found, key=lambda one: (-one.auc_falls, one.name))


def _compared(cohort: Cohort, name: str, children: int, figure: np.ndarray, share: float) -> Without:
    places = max(1, round(len(cohort) * share))
    stays = len(_first(cohort, cohort.figure, places) & _first(cohort, figure, places)) / places
    falls = metrics.auc(cohort.event, cohort.figure) - metrics.auc(cohort.event, figure)
    return Without(name, children, falls, stays)


def _first(cohort: Cohort, figure: np.ndarray, places: int) -> set[int]:
    """The first so many; those alike stand as they did on the day's list."""
    return set(np.lexsort((cohort.rank, -figure))[:places].tolist())
