"""The only code that lists decisions on matches, and says which of them count."""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone

from kinfold.governance.models import User
from kinfold.workbench.matches import policies
from kinfold.workbench.matches.models import UNDO, Decision, Verdict
from kinfold.workbench.matches.policies import Pair


@dataclasses.dataclass(frozen=True)
class Thread:
    """
    One decision with whoever read it after. Those that were undone are left out, and a first one that was is no thread.

    state: counts, second (waits for a second reader), third (two disagree), or unsure.
    """

    first: Decision
    second: Decision | None
    third: Decision | None
    state: str

    @property
    def readers(self) -> set[int]:
        return {one.by_id for one in (self.first, self.second, self.third) if one is not None}

    @property
    def counted(self) -> Decision | None:
        """Whose verdicts the next run obeys; none while two have to agree, or could not tell."""
        if self.state == "counts":
            return self.third or self.first
        # A drawn sample does not hold a decision up; a child open to social care does.
        return self.first if self.state in ("second", "third") and self.first.why_second == "sample" else None

    @property
    def last(self) -> Decision:
        return self.third or self.second or self.first

    def waits_for(self, user: User) -> bool:
        """Whether this person has yet to read it."""
        return self.state in ("second", "third") and user.pk not in self.readers


def threads(*, ref: str = "") -> list[Thread]:
    """Every decision that stands, newest first, with its readings."""
    rows = Decision.objects.select_related("by").order_by("at", "pk")
    if ref:
        rows = rows.filter(ref=ref)
    undone = set(Decision.objects.filter(kind=UNDO).values_list("undoes_id", flat=True))
    standing = [row for row in rows if row.kind != UNDO and row.pk not in undone]
    readings: dict[int, dict[int, Decision]] = defaultdict(dict)
    for row in standing:
        if row.first_id is not None:
            readings[row.first_id][row.reading] = row
    firsts = [row for row in standing if row.reading == 1]
    verdicts = _verdicts([row.pk for row in firsts if row.pk in readings] + [
        other.pk for of in readings.values() for other in of.values()
    ])  # fmt: skip
    found = [_thread(row, readings.get(row.pk, {}), verdicts) for row in firsts]
    return found[::-1]


def _verdicts(decision_ids: Iterable[int]) -> dict[int, dict[Pair, str]]:
    found: dict[int, dict[Pair, str]] = defaultdict(dict)
    rows = Verdict.objects.filter(decision_id__in=list(decision_ids))
    for decision_id, left, right, kind in rows.values_list("decision_id", "left", "right", "kind"):
        found[decision_id][(left, right)] = kind
    return found


def _thread(first: Decision, read: dict[int, Decision], verdicts: dict[int, dict[Pair, str]]) -> Thread:
    second, third = read.get(2), read.get(3)
    if first.kind == "unsure":
        return Thread(first, None, None, "unsure")
    if third is not None and third.kind != "unsure":
        return Thread(first, second, third, "counts")
    if second is not None:
        agree = second.kind != "unsure" and verdicts[first.pk] == verdicts[second.pk]
        return Thread(first, second, third, "counts" if agree else "third")
    return Thread(first, None, None, "second" if first.why_second else "counts")


def of_case(ref: str) -> Thread | None:
    """The newest decision about a case that stands, with its readings."""
    found = threads(ref=ref)
    return found[0] if found else None


def get_standing(decision_id: int) -> Thread | None:
    """The thread whose last reading is this decision; None when it was undone or another was read after it."""
    return next((thread for thread in threads() if thread.last.pk == decision_id), None)


def trail(*, keys: Iterable[str] = (), most: int = 200) -> list[Decision]:
    """Every decision ever taken and every one taken back, newest first; of some records when `keys` are given."""
    rows = Decision.objects.select_related("by", "undoes", "undoes__by").order_by("-at", "-pk")
    wanted = set(keys)
    if not wanted:
        return list(rows[:most])
    return [row for row in rows if wanted & set(row.keys)][:most]


def undone_ids() -> set[int]:
    return set(Decision.objects.filter(kind=UNDO).values_list("undoes_id", flat=True))


def agreement() -> policies.Agreement:
    """How far second readers agreed with first ones, of everything read twice that stands."""
    read = [thread for thread in threads() if thread.second is not None and thread.second.kind != "unsure"]
    said = _verdicts([one.pk for thread in read for one in (thread.first, thread.second) if one is not None])
    return policies.agreement((said[t.first.pk], said[t.second.pk]) for t in read if t.second is not None)


def locked_groups() -> list[tuple[list[str], datetime.date]]:
    """Records that stay together and apart from all others until a person says otherwise, and since when."""
    return [
        (list(person), timezone.localtime(one.at).date())
        for thread in threads()
        if (one := thread.counted) is not None and one.kind == "lock"
        for person in one.shown
    ]


def for_run() -> Iterator[dict[str, Any]]:
    """
    What was last decided of each pair of records, for the next run: rows of `match_decision`, in order of the pair.

    `on` is the day of the decision in this country's time.
    """
    last: dict[Pair, tuple[Any, int, str]] = {}
    counted = {one.pk: one.at for thread in threads() if (one := thread.counted) is not None}
    rows = Verdict.objects.filter(decision_id__in=list(counted)).values_list("decision_id", "left", "right", "kind")
    for decision_id, left, right, kind in rows.iterator(chunk_size=5_000):
        told = (counted[decision_id], decision_id, kind)
        last[(left, right)] = max(last.get((left, right), told), told)
    for (left, right), (at, _, kind) in sorted(last.items()):
        yield {"left": left, "right": right, "kind": kind, "on": timezone.localtime(at).date()}
