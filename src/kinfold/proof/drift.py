"""
Has what we see changed since the last run? The population stability index of figures, coverage and each marker.

Under 0.1 little has changed, from 0.25 something has and somebody should look: a usual rule of thumb of credit scoring.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

LITTLE, MUCH = 0.1, 0.25
UNCHANGED, CHANGED, MUCH_CHANGED = "little changed", "some change", "much changed"
FIGURE_CUTS = (0.0, 2.0, 4.0, 8.0, 12.0, 20.0)
COVERAGE_CUTS = (0.25, 0.5, 0.6, 0.7, 0.8, 0.9)
LEAST_SHARE = 1e-4
"""An empty class counts as this much: its logarithm would be without end."""


@dataclasses.dataclass(frozen=True)
class Drift:
    """
    One thing between two runs.

    index: the population stability index. before, now: its share (of a marker: of children with it) or mean. new: not
    in the earlier run at all, or no longer in the later one; then the index says nothing.
    """

    kind: str
    name: str
    index: float
    before: float
    now: float

    @property
    def verdict(self) -> str:
        if math.isnan(self.index):
            return "not in both runs"
        return MUCH_CHANGED if self.index >= MUCH else CHANGED if self.index >= LITTLE else UNCHANGED


def index(before: np.ndarray, now: np.ndarray) -> float:
    """before, now: how many children of each class; nan where either run has none."""
    if not before.sum() or not now.sum():
        return math.nan
    was, is_now = (np.maximum(one / one.sum(), LEAST_SHARE) for one in (before, now))
    return float(((is_now - was) * np.log(is_now / was)).sum())


def of_values(kind: str, name: str, before: np.ndarray, now: np.ndarray, cuts: tuple[float, ...]) -> Drift:
    """Of a figure: classes end at `cuts`, each included in the class it ends."""
    counts = [np.bincount(np.searchsorted(cuts, one[~np.isnan(one)]), minlength=len(cuts) + 1) for one in (before, now)]
    means = [float(np.nanmean(one)) if (~np.isnan(one)).any() else math.nan for one in (before, now)]
    return Drift(kind, name, index(*counts), *means)


def of_states(name: str, before: dict[str, int], now: dict[str, int], *, children: tuple[int, int]) -> Drift:
    """Of a marker: children for whom it is true, not known, or neither. Given: how many are true and unknown."""
    counts = [
        np.array([one.get("true", 0), one.get("unknown", 0), many - sum(one.values())])
        for one, many in zip((before, now), children, strict=True)
    ]
    shares = [
        one.get("true", 0) / many if many else math.nan for one, many in zip((before, now), children, strict=True)
    ]
    return Drift("marker", name, index(*counts), *shares)
