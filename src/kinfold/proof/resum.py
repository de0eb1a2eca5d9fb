"""
The sum of every child again under other weights, over arrays: what `priority/sums.py` does with tables.

Many sums of the same children (200 draws of the weights, each marker away, each feed away) are asked for at once;
a test holds this and the run's own figures to the last quarter of a point.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

PRESSURES, NEEDS = ("pressure",), ("need", "lost")


@dataclasses.dataclass(frozen=True)
class Weighing:
    """
    What a sum is made of.

    markers, domains, directions: one per marker. multipliers: of modifiers; 1 for every other marker.
    caps: most points of a domain. needs_share: part of unmet needs in the figure.
    """

    markers: tuple[str, ...]
    domains: tuple[str, ...]
    directions: tuple[str, ...]
    multipliers: tuple[float, ...]
    caps: Mapping[str, float]
    needs_share: float


def quarters(points: np.ndarray) -> np.ndarray:
    """To the nearest quarter, halves upwards."""
    return np.floor(points * 4 + 0.5) / 4


def figures(weighing: Weighing, points: np.ndarray, true: np.ndarray, *, times: np.ndarray | None = None) -> np.ndarray:
    """
    Each child's figure.

    points: child by marker, after fading; 0 where not true. true: child by marker. times: what to multiply each
    marker's points by (1.2 for a fifth more).
    """
    lines = quarters(points if times is None else points * times)
    modifier = _of(weighing.directions, ("modifier",))
    factor = np.ones(len(points))
    if modifier.any():
        many = np.array(weighing.multipliers)[modifier]
        factor = np.maximum(1.0, np.where(true[:, modifier], many, 0).max(axis=1))
    total = np.zeros(len(points))
    for domain in sorted(set(weighing.domains)):
        here = np.array([d == domain for d in weighing.domains])
        pressures = lines[:, here & _of(weighing.directions, PRESSURES)].sum(axis=1)
        needs = lines[:, here & _of(weighing.directions, NEEDS)].sum(axis=1)
        pressures = pressures + quarters(pressures * (factor - 1))
        cap = weighing.caps.get(domain, np.inf)
        total += np.minimum(pressures, cap) + np.minimum(needs, cap) * weighing.needs_share
    return total


def of_households(figure: np.ndarray, unit: np.ndarray, *, share: float, most: float) -> np.ndarray:
    """Each child's household figure: its highest child, and `share` of the others up to `most` points more."""
    highest = np.full(unit.max() + 1 if len(unit) else 0, -np.inf)
    np.maximum.at(highest, unit, figure)
    total = np.bincount(unit, weights=figure)
    return (highest + np.minimum((total - highest) * share, most))[unit]


def _of(directions: Sequence[str], wanted: tuple[str, ...]) -> np.ndarray:
    return np.array([one in wanted for one in directions])
