"""
How well an order finds events: the chance that it puts one before another child, and what its top holds.

An order of points has ties. Every figure here shares a tie equally among those in it, so that no id decides.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np
from scipy.stats import rankdata

Z = 1.959963984540054
"""Of a 95% interval."""


@dataclasses.dataclass(frozen=True)
class Interval:
    """A figure and its 95% interval; nan where nothing could be said."""

    value: float
    low: float
    high: float


def auc(event: np.ndarray, score: np.ndarray) -> float:
    """
    The chance that a child with the event stands before one without, ties counting half; nan without both kinds.

    event: true or false, one per child. score: higher stands first.
    """
    having = int(event.sum())
    lacking = len(event) - having
    if not having or not lacking:
        return math.nan
    ranks = rankdata(score)
    return float((ranks[event].sum() - having * (having + 1) / 2) / (having * lacking))


@dataclasses.dataclass(frozen=True)
class Top:
    """
    What the first so many hold.

    places: children in it. found: events in it, ties shared. recall: share of all events. precision: share of its
    places that had the event. lift: precision over the rate of everybody.
    """

    places: float
    found: float
    recall: float
    precision: float
    lift: float


def within(score: np.ndarray, places: float) -> np.ndarray:
    """How much of each child is among the first `places`: 1, 0, or for those tied at the cut an equal part."""
    if places >= len(score):
        return np.ones(len(score))
    cut = np.partition(score, len(score) - int(math.ceil(places)))[len(score) - int(math.ceil(places))]
    above, tied = score > cut, score == cut
    return above + tied * max(0.0, (places - above.sum()) / max(1, tied.sum()))


def top(event: np.ndarray, score: np.ndarray, *, share: float) -> Top:
    """share: of all children, 0 to 1."""
    places = len(event) * share
    return inside(event, within(score, places))


def inside(event: np.ndarray, taken: np.ndarray) -> Top:
    """taken: how much of each child is in it, 0 to 1."""
    places, found, events = float(taken.sum()), float(taken[event].sum()), int(event.sum())
    recall = found / events if events else math.nan
    precision = found / places if places else math.nan
    rate = events / len(event) if len(event) else math.nan
    return Top(places, found, recall, precision, precision / rate if rate else math.nan)


def wilson(hits: float, of: int) -> Interval:
    """A share and its 95% interval (Wilson 1927), which holds near 0 and 1 and for few."""
    if not of:
        return Interval(math.nan, math.nan, math.nan)
    p = hits / of
    middle = (p + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z * math.sqrt(p * (1 - p) / of + Z * Z / (4 * of * of)) / (1 + Z * Z / of)
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def bootstrap(
    unit: np.ndarray, measure: Callable[[np.ndarray], list[float]], *, draws: int, seed: int
) -> list[tuple[float, float]]:
    """
    95% intervals of several figures, whole households drawn again.

    unit: the household of each child, as whole numbers from 0. measure: given the places of the children drawn,
    the figures. Returns (low, high) of each.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(unit, kind="stable")
    starts = np.searchsorted(unit[order], np.arange(unit.max() + 2)) if len(unit) else np.zeros(1, dtype=int)
    sizes = np.diff(starts)
    drawn = []
    for _ in range(draws):
        units = rng.integers(0, len(sizes), len(sizes))
        many = sizes[units]
        first = np.repeat(starts[units] - np.r_[0, np.cumsum(many)[:-1]], many)
        drawn.append(measure(order[first + np.arange(many.sum())]))
    bounds = np.nanquantile(np.array(drawn), [0.025, 0.975], axis=0)
    return [(float(low), float(high)) for low, high in bounds.T]
