"""
People from pairs: connected records, and inside each group average linkage that keeps vetoed records apart.

Joining whatever is connected is right where every pair agrees, and that is most groups. Where it is not, one false
link would join two people's whole records, so such groups are built up again from their surest pairs: two parts are
joined while their records agree on average and none of them may not be together.
"""

from __future__ import annotations

import dataclasses
import heapq
from collections import defaultdict

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

# A weight beyond these says no more when averaged, and a pair that was not compared speaks mildly against.
MOST_FOR, MOST_AGAINST, NOT_COMPARED = 12.0, -4.0, -1.0
# A part that is like two others to within this weight is like both.
TORN_WITHIN = 0.25


@dataclasses.dataclass(frozen=True)
class Pairs:
    """
    Compared pairs as arrays of one length.

    weight: above the link threshold is positive. sure: a rule or a person links them. apart: a veto holds.
    """

    left: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    is_link: np.ndarray
    is_sure: np.ndarray
    is_apart: np.ndarray


def components(count: int, pairs: Pairs) -> np.ndarray:
    """For each of `count` records, the lowest number among the records it is connected to by links."""
    left, right = pairs.left[pairs.is_link], pairs.right[pairs.is_link]
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    lowest = np.full(labels.max(initial=-1) + 1, count, dtype=np.int64)
    np.minimum.at(lowest, labels, np.arange(count))
    return lowest[labels]


def in_doubt(group: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Groups (their lowest numbers) in which some pair was not compared or is not a link."""
    sizes = np.bincount(group, minlength=len(group)).astype(np.int64)
    inside = pairs.is_link & (group[pairs.left] == group[pairs.right])
    agreed = np.bincount(group[pairs.left[inside]], minlength=len(group))
    return np.flatnonzero((sizes > 1) & (agreed < sizes * (sizes - 1) // 2))


def people(count: int, pairs: Pairs, *, once_in: np.ndarray | None = None) -> np.ndarray:
    """
    For each of `count` records, the lowest number among the records of the same person.

    once_in: for each record, the number of the file that holds a person once; null when files may repeat people.
    """
    group = components(count, pairs)
    doubtful = in_doubt(group, pairs)
    if not len(doubtful):
        return group
    is_doubtful = np.zeros(count, dtype=bool)
    is_doubtful[doubtful] = True
    looked_at = is_doubtful[group[pairs.left]] & (group[pairs.left] == group[pairs.right])
    chosen = np.flatnonzero(looked_at)
    chosen = chosen[np.argsort(group[pairs.left[chosen]], kind="stable")]
    person = group.copy()
    members = np.flatnonzero(is_doubtful[group])
    person[members] = members
    starts = np.flatnonzero(np.diff(group[pairs.left[chosen]], prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(chosen)], strict=True):
        for low, part in _average_linkage(pairs, chosen[start:end], once_in):
            person[part] = low
    return person


def _average_linkage(pairs: Pairs, rows: np.ndarray, once_in: np.ndarray | None) -> list[tuple[int, list[int]]]:
    """Parts of one group: (lowest number, its records)."""
    parts = _Parts(once_in)
    order = np.lexsort((pairs.right[rows], pairs.left[rows]))
    for row in rows[order]:
        left, right = int(pairs.left[row]), int(pairs.right[row])
        score = MOST_FOR if pairs.is_sure[row] else float(np.clip(pairs.weight[row], MOST_AGAINST, MOST_FOR))
        parts.compare(left, right, score, is_apart=bool(pairs.is_apart[row]))
    sure = [row for row in rows[order] if pairs.is_sure[row] and not pairs.is_apart[row]]
    for row in sorted(sure, key=lambda r: -pairs.weight[r]):
        parts.join_if_allowed(int(pairs.left[row]), int(pairs.right[row]))
    parts.join_while_agreed()
    return [(min(members), members) for members in parts.members.values()]


class _Parts:
    """Parts of one group as they grow: who is in each, how each pair of parts agrees, and which may not meet."""

    def __init__(self, once_in: np.ndarray | None = None) -> None:
        self.once_in = once_in
        self.members: dict[int, list[int]] = {}
        self.part_of: dict[int, int] = {}
        self.agreement: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)
        self.apart: dict[int, set[int]] = defaultdict(set)

    def compare(self, left: int, right: int, score: float, *, is_apart: bool) -> None:
        for record in (left, right):
            self.members.setdefault(record, [record])
            self.part_of.setdefault(record, record)
        self.agreement[left][right] = self.agreement[right][left] = (score, 1)
        if is_apart:
            self.apart[left].add(right)
            self.apart[right].add(left)

    def join_if_allowed(self, left: int, right: int) -> None:
        one, other = self.part_of[left], self.part_of[right]
        if one != other and self._may_join(one, other):
            self._join(min(one, other), max(one, other))

    def join_while_agreed(self) -> None:
        waiting = [self._entry(a, b) for a in self.members for b in self.agreement[a] if a < b]
        while self._join_surest(waiting):
            # Parts that were torn between two others may not be, now that those have grown.
            waiting = [self._entry(a, b) for a in self.members for b in self.agreement[a] if a < b]

    def _join_surest(self, heap: list[tuple[float, int, int]]) -> bool:
        """Join parts from the surest on; says whether any was."""
        heapq.heapify(heap)
        has_joined = False
        while heap:
            average, a, b = heapq.heappop(heap)
            if average >= 0:
                break
            is_stale = a not in self.members or b not in self.members or self._entry(a, b)[0] != average
            if is_stale or not self._may_join(a, b) or self._is_torn(a, b) or self._is_torn(b, a):
                continue
            self._join(a, b)
            has_joined = True
            for other in self.agreement[a]:
                heapq.heappush(heap, self._entry(min(a, other), max(a, other)))
        return has_joined

    def _is_torn(self, one: int, other: int) -> bool:
        """
        Whether a part is as much like a third, that may not be one with the other.

        A father's record without a birth date is as like his namesake son's; to choose by chance would be wrong as
        often as right, so it stays by itself and a person is asked.
        """
        mine = self._average(one, other)
        rivals = self.apart[other].intersection(self.agreement[one]) - self.apart[one]
        return any(self._average(one, rival) > max(mine - TORN_WITHIN, 0) for rival in rivals)

    def _may_join(self, one: int, other: int) -> bool:
        if other in self.apart[one]:
            return False
        if self.once_in is None:
            return True
        files = {self.once_in[record] for record in self.members[one]}
        return not any(self.once_in[record] in files for record in self.members[other])

    def _entry(self, a: int, b: int) -> tuple[float, int, int]:
        """Sorts the surest pair of parts first, and of equals the one with the lowest records."""
        return (-round(self._average(a, b), 9), a, b)

    def _average(self, a: int, b: int) -> float:
        total, compared = self.agreement[a][b]
        possible = len(self.members[a]) * len(self.members[b])
        return (total + NOT_COMPARED * (possible - compared)) / possible

    def _join(self, into: int, gone: int) -> None:
        for record in self.members[gone]:
            self.part_of[record] = into
        self.members[into] += self.members.pop(gone)
        for other, (total, compared) in self.agreement.pop(gone).items():
            del self.agreement[other][gone]
            if other == into:
                continue
            before, had = self.agreement[into].get(other, (0.0, 0))
            self.agreement[into][other] = self.agreement[other][into] = (before + total, had + compared)
        for other in self.apart.pop(gone, set()):
            self.apart[other].discard(gone)
            self.apart[other].add(into)
            self.apart[into].add(other)
