"""What a figure means in events: points are no probability; some households teach the chance, others try it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

FOLDS = 5
STEPS, SMALL = 50, 1e-9


@dataclasses.dataclass(frozen=True)
class Twentieth:
    """One twentieth of the list, the highest first: children in it, events expected of it and seen in it."""

    place: int
    children: int
    least_figure: float
    expected: float
    seen: int


def folds(unit: np.ndarray, *, seed: int) -> np.ndarray:
    """A fold from 0 for each child, whole households in one."""
    return np.random.default_rng(seed).integers(0, FOLDS, unit.max() + 1 if len(unit) else 0)[unit]


def fitted(event: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    """Start and slope of the log-odds of the event along x, by maximum likelihood; (nan, nan) without both kinds."""
    if not 0 < event.sum() < len(event):
        return math.nan, math.nan
    start, slope = math.log(event.mean() / (1 - event.mean())), 0.0
    for _ in range(STEPS):
        p = _chance(start + slope * x)
        weight = np.maximum(p * (1 - p), SMALL)
        off = event - p
        h00, h01, h11 = weight.sum(), (weight * x).sum(), (weight * x * x).sum()
        g0, g1 = off.sum(), (off * x).sum()
        det = h00 * h11 - h01 * h01
        if det <= SMALL:
            break
        more, steeper = (h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det
        start, slope = start + more, slope + steeper
        if abs(more) + abs(steeper) < SMALL:
            break
    return float(start), float(slope)


def chances(event: np.ndarray, figure: np.ndarray, unit: np.ndarray, *, seed: int) -> np.ndarray:
    """
    The chance of the event that each child's figure stands for, learned from the other folds' households.

    Along the square root of the figure: the first points say more than later ones.
    """
    x, fold, p = np.sqrt(np.maximum(figure, 0)), folds(unit, seed=seed), np.full(len(event), event.mean())
    for one in range(FOLDS):
        away = fold != one
        start, slope = fitted(event[away], x[away])
        if not math.isnan(start):
            p[~away] = _chance(start + slope * x[~away])
    return p


def slope(event: np.ndarray, chance: np.ndarray) -> float:
    """
    The calibration slope: 1 where chances are right, under 1 where high ones are too high and low ones too low.

    chance: learned elsewhere than on these children.
    """
    bounded = np.clip(chance, SMALL, 1 - SMALL)
    return fitted(event, np.log(bounded / (1 - bounded)))[1]


def by_twentieth(event: np.ndarray, figure: np.ndarray, chance: np.ndarray) -> list[Twentieth]:
    """The list cut into twenty of the same size, the highest figures first; children alike fall as they stand."""
    order = np.argsort(-figure, kind="stable")
    return [
        Twentieth(n, len(part), float(figure[part].min()), float(chance[part].sum()), int(event[part].sum()))
        for n, part in enumerate(np.array_split(order, 20), start=1)
        if len(part)
    ]


def _chance(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(log_odds, -35, 35)))
