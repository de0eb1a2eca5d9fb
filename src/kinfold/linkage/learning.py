"""
How often the records of one person agree, learned from a file without knowing the truth.

Pairs that are sure without a comparison show how that comparison behaves when two records are one person. One pass,
counted, no iteration: the same file always teaches the same.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from kinfold.linkage.definition import WRITTEN_FOR_PEOPLE, Comparison

# A pair that weighs this much without the comparison is taken as one person when the comparison is judged.
SURE_WITHOUT = 7.0
# Figures from fewer pairs than this say too little; the hand-set share counts as so many pairs more.
FEWEST_PAIRS, HAND_SET_COUNTS = 100, 20
LEAST, MOST = 0.001, 0.995
# Numbers prove or disprove by rule, and their weights are not for a file to move.
NOT_LEARNED = ("nhs", "upn", "numbers")


def learned(comparisons: Sequence[Comparison], pairs: ir.Table, *, people: int) -> list[Comparison]:
    """
    The comparisons with m as `pairs` show it.

    pairs: scored with these comparisons; people: records in the file. A comparison that too few sure pairs know
    stays as it was.
    """
    return [c if c.name in NOT_LEARNED else _learned(c, pairs, people=people) for c in comparisons]


def _learned(before: Comparison, pairs: ir.Table, *, people: int) -> Comparison:
    scale = WRITTEN_FOR_PEOPLE / max(people, 512)
    own = {d.word: _weight(d.m, d.u * (scale if d.scales_with_people else 1)) for d in before.degrees if d.m and d.u}
    word = pairs[before.name]
    without = pairs.weight - ibis.cases(*((word == w, weight) for w, weight in own.items()), else_=0.0)
    sure = pairs.filter((without >= SURE_WITHOUT) & pairs.veto.isnull() & word.isin(list(own)))
    counted = sure.group_by(before.name).agg(times=ibis._.count()).to_pyarrow().to_pylist()
    times = {row[before.name]: row["times"] for row in counted}
    total = sum(times.values())
    if total < FEWEST_PAIRS:
        return before
    hand_set = sum(d.m for d in before.degrees if d.m)
    degrees = []
    for d in before.degrees:
        if d.m is not None:
            share = (times.get(d.word, 0) + HAND_SET_COUNTS * d.m / hand_set) / (total + HAND_SET_COUNTS)
            d = dataclasses.replace(d, m=min(max(share, LEAST), MOST))
        degrees.append(d)
    return dataclasses.replace(before, degrees=tuple(degrees))


def _weight(m: float, u: float) -> float:
    return math.log2(m / min(u, m * 0.5) if u < m else m / u)
