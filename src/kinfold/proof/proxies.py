"""
Does a marker stand in for what no marker may ask? Whoever approves rules has to know, and to sign for it.

A marker is told of when it goes with one ethnic group, one sex or a disability more closely than `STRONG`, or when
taking it away would change a group's miss rate by more than `SHIFT`. Source: the governance of rules, section 6.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from kinfold.proof import fairness, metrics, resum
from kinfold.proof.cohort import NOT_KNOWN, Cohort

TRAITS = ("ethnicity", "sex", "disability")
STRONG, SHIFT = 0.3, 0.05
LEAST_CHILDREN = 20
"""With the marker, and of the group: under that a correlation is chance."""


@dataclasses.dataclass(frozen=True)
class Proxy:
    """
    A marker beside one group that it may stand in for.

    children: of whom it is true. correlation: with being of the group, -1 to 1 (nan: not a trait, or too few).
    miss_changes: the group's miss rate without the marker less its miss rate with it (nan: too few came to it).
    """

    marker: str
    by: str
    group: str
    children: int
    correlation: float
    miss_changes: float


def proxies(cohort: Cohort, *, share: float) -> list[Proxy]:
    """Each marker and group that somebody has to sign for, the closest first. share: of the list that is reached."""
    here = _groups(cohort)
    before = 1 - metrics.within(cohort.figure, len(cohort) * share)
    found = []
    for n, marker in enumerate(cohort.weighing.markers):
        counts = cohort.weighing.directions[n] != "strength" and int(cohort.true[:, n].sum()) >= LEAST_CHILDREN
        if counts:
            after = 1 - metrics.within(_without(cohort, n), len(cohort) * share)
            found += [_beside(cohort, n, marker, by, group, who, before, after) for (by, group), who in here.items()]
    told = [one for one in found if abs(one.correlation) > STRONG or abs(one.miss_changes) > SHIFT]
    return sorted(told, key=lambda one: (-np.nan_to_num(abs(one.correlation)), -np.nan_to_num(abs(one.miss_changes))))


def _groups(cohort: Cohort) -> dict[tuple[str, str], np.ndarray]:
    """Who is of each group; of how much is known, and of those not known, nobody is asked."""
    return {
        (by, name): of == name
        for by, of in cohort.groups.items()
        if by != "coverage"
        for name in sorted(set(of) - {NOT_KNOWN})
    }


def _without(cohort: Cohort, n: int) -> np.ndarray:
    times, true = np.ones(len(cohort.weighing.markers)), cohort.true.copy()
    times[n], true[:, n] = 0, False
    return resum.figures(cohort.weighing, cohort.points, true, times=times)


def _beside(
    cohort: Cohort, n: int, marker: str, by: str, group: str, who: np.ndarray, before: np.ndarray, after: np.ndarray
) -> Proxy:
    true, known = cohort.true[:, n], cohort.groups[by] != NOT_KNOWN
    had = who & cohort.event
    changes = float((after[had] - before[had]).mean()) if int(had.sum()) >= fairness.ENOUGH_EVENTS else math.nan
    related = _correlation(true[known], who[known]) if by in TRAITS else math.nan
    return Proxy(marker, by, group, int(true.sum()), related, changes)


def _correlation(true: np.ndarray, who: np.ndarray) -> float:
    """Of two questions with a yes or no each; nan where either is yes, or no, of too few."""
    counts = [int(true.sum()), int((~true).sum()), int(who.sum()), int((~who).sum())]
    return float(np.corrcoef(true, who)[0, 1]) if min(counts) >= LEAST_CHILDREN else math.nan
