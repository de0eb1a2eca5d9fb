"""
Whom does it miss? Of the children who came to the outcome, how many of each group stood too low to be reached.

Groups are read here to check the order and nowhere to make it. A group's miss rate is set beside that of all other
children of the same grouping. Where a gap closes once children of whom as much is known are compared, what the
feeds cover is its cause, and a feed, not a weight, is what mends it. A group found more often than others is as much a
gap: it is everybody else who is missed.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from kinfold.proof import metrics
from kinfold.proof.cohort import AGE_BANDS, NOT_KNOWN, THIRDS, Cohort

ENOUGH_EVENTS = 100
LEAST, MOST = 0.8, 1.25
TOO_FEW, ALIKE, MISSED_MORE, FOUND_MORE, COVERAGE = (
    "too few to tell", "alike", "missed more often", "found more often", "what the feeds cover explains it",
)  # fmt: skip


IN_ORDER = {name: place for place, name in enumerate([*(name for _, _, name in AGE_BANDS), *THIRDS])}
"""Groups that have an order of their own; all others stand by their name, and those not known come last."""


@dataclasses.dataclass(frozen=True)
class Group:
    """
    One group of one grouping.

    missed: events below the cut, those tied at it shared. miss_rate, low, high: with its 95% interval. others: the
    miss rate of all other children of the grouping. ratio: one over the other. ratio_alike: the same among children of
    whom as much is known. others_events: how many of those others came to it. coverage, others_coverage: mean share
    known of the group, and of those others. auc: within the group.
    """

    by: str
    group: str
    children: int
    events: int
    missed: float
    miss_rate: float
    low: float
    high: float
    others: float
    others_events: int
    ratio: float
    ratio_alike: float
    coverage: float
    others_coverage: float
    auc: float
    verdict: str


def groups(cohort: Cohort, *, share: float) -> list[Group]:
    """share: how much of the list is reached, 0 to 1."""
    missed = 1 - metrics.within(cohort.figure, len(cohort) * share)
    return [
        _group(cohort, by, name, missed) for by, of in cohort.groups.items() for name in sorted(set(of), key=_place)
    ]


def _place(name: str) -> tuple[bool, int, str]:
    return name == NOT_KNOWN, IN_ORDER.get(name, len(IN_ORDER)), name


def _group(cohort: Cohort, by: str, name: str, missed: np.ndarray) -> Group:
    of = cohort.groups[by]
    here, had = of == name, cohort.event
    others = (of != name) & (of != NOT_KNOWN)
    events, lost = int((here & had).sum()), float(missed[here & had].sum())
    rate, rest = metrics.wilson(lost, events), _rate(missed, others & had)
    ratio = _over(rate.value, rest)
    alike = math.nan if by == "coverage" else _ratio_alike(cohort, here, others, missed)
    return Group(
        by=by, group=name, children=int(here.sum()), events=events, missed=lost,
        miss_rate=rate.value, low=rate.low, high=rate.high, others=rest,
        others_events=int((others & had).sum()), ratio=ratio, ratio_alike=alike,
        coverage=_known_of(cohort, here), others_coverage=_known_of(cohort, others),
        auc=metrics.auc(had[here], cohort.figure[here]), verdict=verdict(by, events, ratio, alike),
    )  # fmt: skip


def verdict(by: str, events: int, ratio: float, ratio_alike: float) -> str:
    """
    In words. Coverage explains a gap that closes among children of whom as much is known: inside what is taken as
    alike, and by half of it or more. Where children are grouped by coverage, nothing else could.
    """
    if events < ENOUGH_EVENTS or math.isnan(ratio):
        return TOO_FEW
    if LEAST <= ratio <= MOST:
        return ALIKE
    if by == "coverage" or (LEAST <= ratio_alike <= MOST and _gap(ratio_alike) <= _gap(ratio) / 2):
        return COVERAGE
    return MISSED_MORE if ratio > 1 else FOUND_MORE


def _gap(ratio: float) -> float:
    """How far from alike, twice as often and half as often being as far."""
    return abs(math.log(ratio)) if ratio else math.inf


def _known_of(cohort: Cohort, who: np.ndarray) -> float:
    known = cohort.coverage[who]
    return float(np.nanmean(known)) if (~np.isnan(known)).any() else math.nan


def _ratio_alike(cohort: Cohort, here: np.ndarray, others: np.ndarray, missed: np.ndarray) -> float:
    """Its miss rate over what others' would be, had they the group's own mix of coverage thirds."""
    of = cohort.groups["coverage"]
    expected, counted, lost = 0.0, 0, 0.0
    for third in THIRDS:
        mine, theirs = here & cohort.event & (of == third), others & cohort.event & (of == third)
        if mine.any() and theirs.any():
            expected += mine.sum() * _rate(missed, theirs)
            counted += int(mine.sum())
            lost += float(missed[mine].sum())
    return _over(lost, expected) if counted else math.nan


def _rate(missed: np.ndarray, who: np.ndarray) -> float:
    return float(missed[who].mean()) if who.any() else math.nan


def _over(one: float, other: float) -> float:
    return one / other if other else math.nan
