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

from kinfold.linkage.definition import WRITTEN_FOR_PEOPLE, Comparison, Degree

# A pair that weighs this much without the comparison is taken as one person when the comparison is judged.
SURE_WITHOUT = 7.0
# Figures from fewer pairs than this say too little; the hand-set share counts as so many pairs more.
FEWEST_PAIRS, HAND_SET_COUNTS = 100, 20
LEAST, MOST = 0.001, 0.995
# Namesakes this likely without their dates, and rounds in which what their dates say settles.
LIKELY_WITHOUT, ROUNDS = -4.0, 20
# Numbers prove or disprove by rule, and their weights are not for a file to move.
NOT_LEARNED = ("nhs", "upn", "numbers")
AT_HOME = " at home"


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
    sure = sure.select(word=before.name, is_home=sure.home == "same")
    times: dict[tuple[str, bool], int] = {
        (row["word"], row["is_home"]): row["times"]
        for row in sure.group_by("word", "is_home").agg(times=ibis._.count()).to_pyarrow().to_pylist()
    }
    if before.name == "birth" and sum(times.values()) < FEWEST_PAIRS:
        return _among_namesakes(before, pairs.select(word=before.name, without=without, is_named=_is_named(pairs)))
    degrees = [_degree(d, before, times) for d in before.degrees]
    return dataclasses.replace(before, degrees=tuple(degrees))


def _is_named(pairs: ir.Table) -> ir.BooleanValue:
    return pairs.forename.isin(["same", "same at home"]) & pairs.surname.isin(["same", "same at home"])


def _among_namesakes(before: Comparison, pairs: ir.Table) -> Comparison:
    """
    How the birth dates of one person agree in a file of so little else that no pair is sure without them.

    Records of one name meet whatever their dates, so those dates are a mixture: of one person's, and of namesakes',
    which agree as often as `u` says. Each pair counts for as much as it is likely to be one person, until that settles.
    """
    some = pairs.filter(pairs.is_named & (pairs.without >= LIKELY_WITHOUT)).mutate(without=pairs.without.round(1))
    counted = some.group_by("word", "without").agg(times=ibis._.count()).order_by("word", "without")
    rows = [(row["word"], row["without"], row["times"]) for row in counted.to_pyarrow().to_pylist()]
    whole = {d.word: d for d in before.degrees if d.m and d.u and not d.word.startswith("unknown") and _dated(d)}
    hand_set = sum(d.m or 0 for d in whole.values())
    share = {word: (d.m or 0) / hand_set for word, d in whole.items()}
    mine: dict[str, float] = {}
    for _ in range(ROUNDS):
        mine = dict.fromkeys(whole, 0.0)
        for word, without, times in rows:
            if word in whole:
                mine[word] += times / (1 + 2 ** -(without + math.log2(share[word] / (whole[word].u or 1))))
        total = sum(mine.values()) + HAND_SET_COUNTS
        share = {word: (mine[word] + HAND_SET_COUNTS * (d.m or 0) / hand_set) / total for word, d in whole.items()}
    if sum(mine.values()) < FEWEST_PAIRS:
        return before
    learned = {word: min(max(share[word], LEAST), MOST) for word in whole}
    degrees = (dataclasses.replace(d, m=learned[d.word]) if d.word in learned else d for d in before.degrees)
    return dataclasses.replace(before, degrees=tuple(degrees))


def _degree(d: Degree, comparison: Comparison, times: dict[tuple[str, bool], int]) -> Degree:
    """A degree with its m as counted among the pairs it can be true of; too few of those leave it as it was."""
    if d.m is None or d.word.startswith("unknown"):
        return d
    among = {"at home": [True], "elsewhere": [False], "anywhere": [True, False]}[_where(d, comparison)]
    rivals = [o for o in comparison.degrees if o.m and not o.word.startswith("unknown") and _dated(o) == _dated(d)]
    total = sum(times.get((rival.word, is_home), 0) for rival in rivals for is_home in among)
    if total < FEWEST_PAIRS:
        return d
    hand_set = sum(o.m or 0 for o in rivals if _where(o, comparison) in (_where(d, comparison), "anywhere"))
    mine = sum(times.get((d.word, is_home), 0) for is_home in among)
    share = (mine + HAND_SET_COUNTS * d.m / max(hand_set, d.m)) / (total + HAND_SET_COUNTS)
    return dataclasses.replace(d, m=min(max(share, LEAST), MOST))


def _where(d: Degree, comparison: Comparison) -> str:
    """
    Of which pairs a degree's m is a share: those of one home, of two homes, or all.

    A degree that has a twin for one home says something of the other pairs only. Counted among all, it would seem
    rare because most sure pairs share a home, and an exact name would then speak against one person.
    """
    if d.word.endswith(AT_HOME):
        return "at home"
    return "elsewhere" if any(o.word == d.word + AT_HOME for o in comparison.degrees) else "anywhere"


def _dated(d: Degree) -> bool:
    """Whether a degree compares whole dates; those that compare years are a share of the pairs without a day."""
    return "day not known" not in d.word


def _weight(m: float, u: float) -> float:
    return math.log2(m / min(u, m * 0.5) if u < m else m / u)
