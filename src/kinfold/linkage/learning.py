"""
How often the records of one person agree, learned from a file without knowing the truth.

Pairs that are sure without a comparison show how that comparison behaves when two records are one person. One pass,
counted, no iteration: the same file always teaches the same.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

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
# Pairs of strangers looked at; in a file of fewer records too many of any pairs are one person.
STRANGERS, FEWEST_RECORDS = 100_000, 1_000
# A degree met less often than this among strangers is as rare as it was set by hand.
FEWEST_STRANGERS = 10
DAYS_OF_A_YEAR = 365
# A wholly other birth date is never as usual for one person as namesakes of one home would make it seem.
OTHER_BIRTH, OTHER_BIRTH_MOST = ("different", "a generation apart"), 2.0


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


def strangers(records: int) -> pa.Table:
    """Pairs (left, right) of records taken by chance, the same whenever the file is of the same size."""
    chosen = np.random.default_rng(records).integers(0, records, size=(2, STRANGERS))
    left, right = chosen.min(axis=0), chosen.max(axis=0)
    pairs = np.unique(np.stack([left, right])[:, left < right], axis=1)
    return pa.table({"left": pairs[0], "right": pairs[1]})


def by_chance(
    comparisons: Sequence[Comparison], pairs: ir.Table, years: Sequence[int], *, leave: Sequence[str] = ()
) -> list[Comparison]:
    """
    The comparisons with u no smaller than strangers in this file show it, where a degree speaks for one person.

    Where double surnames are the custom, or every second forename begins with Oluwa, or all children of a list are of
    one class, to be somewhat alike says less. Exact names are weighed by how common they are, so they stay as they are.

    pairs: of strangers, with a word for each comparison. years: of birth, of everybody. leave: comparisons that stay as
    they are.
    """
    shares = _of_years(years)
    return [c if c.name in (*NOT_LEARNED, *leave) else _by_chance(c, pairs, shares) for c in comparisons]


def _of_years(years: Sequence[int]) -> dict[str, float]:
    """How often two people are born on one day, in one year and a year apart, as the years of a file say it."""
    times = Counter(years)
    everyone = max(len(years), 1)
    same = sum((n / everyone) ** 2 for n in times.values())
    near = sum(2 * n * times[year + 1] / everyone**2 for year, n in times.items() if year + 1 in times)
    return {"same": same / DAYS_OF_A_YEAR, "same year, day not known": same, "year near, day not known": near}


def _by_chance(comparison: Comparison, pairs: ir.Table, years: dict[str, float]) -> Comparison:
    counted = pairs.group_by(word=comparison.name).agg(times=ibis._.count()).to_pyarrow().to_pylist()
    times = {row["word"]: row["times"] for row in counted}
    told = {word: n for word, n in times.items() if not word.startswith("unknown") and "not known" not in word}
    shares = {word: n / sum(told.values()) for word, n in told.items() if n >= FEWEST_STRANGERS}
    shares |= years if comparison.name == "birth" else {}
    return dataclasses.replace(comparison, degrees=tuple(_no_rarer(d, shares) for d in comparison.degrees))


def _no_rarer(d: Degree, shares: dict[str, float]) -> Degree:
    is_own = bool(d.frequency_of) or d.word in ("swapped", "same at home")
    if d.m is None or d.u is None or d.m <= d.u or is_own:
        return d
    return dataclasses.replace(d, u=max(d.u, min(shares.get(d.word.removesuffix(AT_HOME), 0.0), d.m)))


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
    if comparison.name == "birth" and d.word in OTHER_BIRTH:
        share = min(share, OTHER_BIRTH_MOST * d.m)
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
    """Whether a degree compares the whole; of years and postcodes, the share is of the pairs that give no more."""
    return "not known" not in d.word


def _weight(m: float, u: float) -> float:
    return math.log2(m / min(u, m * 0.5) if u < m else m / u)
