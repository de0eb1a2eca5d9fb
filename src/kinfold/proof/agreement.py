"""
How far two people who read the same children said the same, beyond what chance alone would have them agree on.

Sources: Cohen, A coefficient of agreement for nominal scales (1960); for the interval, Fleiss, Cohen and Everitt,
Large sample standard errors of kappa and weighted kappa (1969).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

Z = 1.959963984540054
"""Of a 95% interval."""


@dataclasses.dataclass(frozen=True)
class Agreement:
    """
    children: read by both. share: of them, those of whom both said the same, 0 to 1. by_chance: the share that two
    readers with these habits would reach without looking. kappa: how much of the rest they reached, -1 to 1.

    low, high: its 95% interval. nan where nothing can be said: of nobody; where chance explains everything, because
    both said one thing of every child (kappa); where they never differed, or one of them said one thing of every child,
    which has no standard error (the interval).
    """

    children: int
    share: float
    by_chance: float
    kappa: float
    low: float
    high: float


def of_answers(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """first, second: what each said of the same children, in the same order. Raises ValueError when they are not."""
    said = sorted({*first, *second})
    counts = [[0] * len(said) for _ in said]
    for one, other in zip(first, second, strict=True):
        counts[said.index(one)][said.index(other)] += 1
    return of_table(counts)


def of_table(counts: Sequence[Sequence[int]]) -> Agreement:
    """counts: children, by what the first said (rows) and what the second said (columns), in the same order."""
    total = sum(map(sum, counts))
    if not total:
        return Agreement(0, math.nan, math.nan, math.nan, math.nan, math.nan)
    rows = [sum(row) / total for row in counts]
    columns = [sum(column) / total for column in zip(*counts, strict=True)]
    share = sum(counts[i][i] for i in range(len(counts))) / total
    by_chance = sum(row * column for row, column in zip(rows, columns, strict=True))
    if math.isclose(by_chance, 1):
        return Agreement(total, share, by_chance, math.nan, math.nan, math.nan)
    kappa = (share - by_chance) / (1 - by_chance)
    if math.isclose(share, 1) or any(math.isclose(said, 1) for said in (*rows, *columns)):
        return Agreement(total, share, by_chance, kappa, math.nan, math.nan)
    half = Z * _standard_error(counts, total, rows, columns, kappa, by_chance)
    return Agreement(total, share, by_chance, kappa, max(-1.0, kappa - half), min(1.0, kappa + half))


def _standard_error(
    counts: Sequence[Sequence[int]],
    total: int,
    rows: Sequence[float],
    columns: Sequence[float],
    kappa: float,
    by_chance: float,
) -> float:
    """Formula 13 of Fleiss, Cohen and Everitt, with every weight on the diagonal 1 and off it 0."""
    each = range(len(counts))
    same = sum(counts[i][i] / total * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in each)
    other = sum(counts[i][j] / total * (columns[i] + rows[j]) ** 2 for i in each for j in each if i != j)
    variance = same + (1 - kappa) ** 2 * other - (kappa - by_chance * (1 - kappa)) ** 2
    return math.sqrt(max(0.0, variance) / total) / (1 - by_chance)
