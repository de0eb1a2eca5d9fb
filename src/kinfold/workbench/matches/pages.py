"""A queue and a case put as a page shows them. No request; the pipeline is asked through operations alone."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

from kinfold.governance.models import User
from kinfold.operations.home import Home
from kinfold.operations.matching import cases, identities, weights
from kinfold.operations.matching.cases import Case
from kinfold.operations.matching.identities import Record
from kinfold.operations.matching.lake import NothingToShow, ref_of
from kinfold.operations.matching.weights import Compared
from kinfold.record.models import Overlay
from kinfold.workbench.matches.queries import Thread, trail

MOST_LOOKED_THROUGH = 5_000
BAR = 90  # half the width of a waterfall's drawing, in its own units
WAITING = {"": "Any time", "7": "More than a week", "30": "More than a month", "90": "More than three months"}
HARM_COLOUR = {"high": "red", "middle": "yellow", "low": "grey", "doubted": "purple"}


@dataclasses.dataclass(frozen=True)
class Waiting:
    """
    One case of the queue for one reader. is_doubted: somebody said from a child's page that it is not this child.

    third: two readers disagree and this one is to settle it. asked: whom somebody who could not tell would ask.
    """

    case: Case
    is_doubted: bool = False
    since: datetime.date | None = None
    third: Thread | None = None
    asked: str = ""


@dataclasses.dataclass(frozen=True)
class Queue:
    """Everything that waits for one reader, in order; and how much of it waits for others."""

    rows: list[Waiting]
    for_others: int

    def after(self, ref: str) -> str:
        """The case to look at next: the one below `ref`, else the first; "" when nothing else waits."""
        refs = [row.case.ref for row in self.rows]
        later = refs[refs.index(ref) + 1 :] if ref in refs else refs
        return next((other for other in (*later, *refs) if other != ref), "")


def queue(
    home: Home, threads: Sequence[Thread], doubts: Sequence[Overlay], *, user: User, sealed: Collection[str]
) -> Queue:
    """
    What waits for this reader: doubts first, then by harm. Whatever somebody decided is left out, unless it is to be
    read again: it then looks to others as if nobody had decided it.
    """
    by_ref = {thread.first.ref: thread for thread in reversed(threads)}
    rows: dict[str, Waiting] = {}
    for doubt in doubts:
        case = doubted_case(home, doubt)
        if case is not None:
            rows.setdefault(case.ref, Waiting(case, is_doubted=True, since=doubt.at.date()))
    for case in cases.queue(home):
        rows.setdefault(case.ref, Waiting(case, since=case.since))
    for thread in threads:
        if thread.waits_for(user) and thread.first.ref not in rows:
            rows[thread.first.ref] = Waiting(as_shown(home, thread), since=thread.first.at.date())
    mine = [_for(row, by_ref.get(row.case.ref), user) for row in rows.values() if not row.case.person_ids & set(sealed)]
    kept = [row for row in mine if row is not None]
    waits = sum(thread.state in ("second", "third") and not thread.waits_for(user) for thread in threads)
    return Queue(sorted(kept, key=lambda row: not row.is_doubted), waits)


def _for(row: Waiting, thread: Thread | None, user: User) -> Waiting | None:
    if thread is None or thread.state == "unsure":
        return row if thread is None else dataclasses.replace(row, asked=thread.first.ask)
    if not thread.waits_for(user):
        return None
    return dataclasses.replace(row, third=thread if thread.state == "third" else None)


def doubted_case(home: Home, doubt: Overlay) -> Case | None:
    """
    The records of a child of whom something is doubted; None when nothing of them is there any more.

    A run may have parted them before the decision that said so was taken back: then as that decision was shown them.
    """
    try:
        case = cases.people_together(home, [doubt.person_id])
    except NothingToShow:
        case = None
    if case is not None and doubt.record_ref in {ref_of(home, key) for key in case.keys}:
        return case
    for one in trail(most=MOST_LOOKED_THROUGH):
        if doubt.record_ref in {ref_of(home, key) for key in one.keys}:
            return as_shown(home, Thread(one, None, None, "counts"))
    return case


def as_shown(home: Home, thread: Thread) -> Case:
    """A case as its first reader saw it, whatever the run has made of it since."""
    shown = [tuple(sorted(person)) for person in thread.first.shown]
    now = cases.person_ids_of(home, thread.first.keys)
    return Case(
        ref=thread.first.ref,
        people=tuple((now.get(person[0], str(n)), person) for n, person in enumerate(shown)),
        harm="", score=0.0, since=None, sources=tuple(sorted({key.partition(":")[0] for key in thread.first.keys})),
        kinds=(), needs_second=cases.touches_care(home, thread.first.keys),
    )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Filters:
    """What of the queue is asked for; "" for everything. Addresses hold these, and no name."""

    source: str = ""
    other: str = ""
    kind: str = ""
    days: str = ""

    def keep(self, row: Waiting, kinds: Sequence[str], *, today: datetime.date) -> bool:
        if any(name and name not in row.case.sources for name in (self.source, self.other)):
            return False
        if self.kind and not (self.kind.isdecimal() and int(self.kind) < len(kinds)):
            return False
        if self.kind and kinds[int(self.kind)] not in row.case.kinds:
            return False
        return not self.days.isdecimal() or (row.since is not None and (today - row.since).days > int(self.days))

    @property
    def address(self) -> str:
        told = {name: value for name, value in dataclasses.asdict(self).items() if value}
        return "&".join(f"{name}={value}" for name, value in told.items())


@dataclasses.dataclass(frozen=True)
class Cell:
    """What a record says in one column. mark: differs, same, or "" when there is nothing to compare it with."""

    lines: tuple[str, ...]
    mark: str = ""


@dataclasses.dataclass(frozen=True)
class Row:
    record: Record
    cells: tuple[Cell, ...]
    is_doubted: bool


@dataclasses.dataclass(frozen=True)
class Person:
    """One person as the run has them: Person 1 first, with whom the others are compared."""

    number: int
    rows: tuple[Row, ...]


COLUMNS = ("Names", "Born", "Sex", "Numbers", "Home")


def people(case: Case, held: Mapping[str, Record], doubted: Collection[str]) -> list[Person]:
    """The case as a table: a row per record, and in each column whether it differs from the first person."""
    groups = [[held[key] for key in keys if key in held] for _, keys in case.people]
    groups = [group for group in groups if group]
    first = [record for record in (groups[0] if groups else []) if record.ref not in doubted]
    found = []
    for number, group in enumerate(groups, 1):
        rows = []
        for record in group:
            beside = [other for other in first if other.key != record.key]
            rows.append(Row(record, _cells(record, beside), record.ref in doubted))
        found.append(Person(number, tuple(rows)))
    return found


def _cells(record: Record, beside: Sequence[Record]) -> tuple[Cell, ...]:
    mine, others = _values(record), [_values(other) for other in beside]
    shown = (
        (*record.names, *(f"formerly {name}" for name in record.former)) or ("not known",),
        (record.born or "not known",),
        (record.sex or "not known",),
        tuple(f"{one.kind} {one.shown}" for one in record.identifiers) or ("none",),
        record.homes or ("not known",),
    )
    return tuple(
        Cell(lines, _mark(mine[place], set().union(*(other[place] for other in others))))
        for place, lines in enumerate(shown)
    )


def _values(record: Record) -> tuple[set[str], ...]:
    homes = {home.replace(" ", "").lower() for home in record.homes if "," in home}
    names = {name.casefold() for name in (*record.names, *record.former)}
    return (
        names,
        {record.born} - {""},
        {record.sex} - {""},
        {f"{one.kind}:{one.mark}" for one in record.identifiers},
        {home.partition(",")[0] for home in homes},
    )


def _mark(mine: set[str], others: set[str]) -> str:
    kinds = {value.partition(":")[0] for value in mine if ":" in value}
    if kinds:
        others = {value for value in others if value.partition(":")[0] in kinds}
    if not mine or not others:
        return ""
    return "same" if mine & others else "differs"


@dataclasses.dataclass(frozen=True)
class Bar:
    """One step of a waterfall: where its bar starts and how wide it is, in units of the drawing; `total` after it."""

    subject: str
    found: str
    weight: float
    start: float
    width: float
    total: float


@dataclasses.dataclass(frozen=True)
class Reasoning:
    """Why the machine links or doubts one pair. one, other: the records in words."""

    one: str
    other: str
    words: str
    veto: str
    total: float
    bars: tuple[Bar, ...]


BANDS = {
    "review": "The machine cannot tell, and leaves it to a person.",
    "no": "The machine keeps them apart.",
    "link": "The machine holds them to be one person.",
}


def reasonings(found: Iterable[Compared], held: Mapping[str, Record], case: Case) -> list[Reasoning]:
    """Pairs between two people first, the surest doubt first; of one person, the links inside."""
    place = {key: number for number, (_, keys) in enumerate(case.people, 1) for key in keys}
    across = [pair for pair in found if place.get(pair.left) != place.get(pair.right)]
    wanted = across if len(case.people) > 1 else list(found)
    return [
        Reasoning(
            one=_called(pair.left, held, place), other=_called(pair.right, held, place), words=BANDS[pair.band],
            veto=pair.veto, total=pair.weight, bars=_bars(pair.parts),
        )
        for pair in wanted
        if pair.left in held and pair.right in held
    ]  # fmt: skip


def _called(key: str, held: Mapping[str, Record], place: Mapping[str, int]) -> str:
    return f"{held[key].label} (person {place[key]})"


def _bars(parts: Sequence[weights.Part]) -> tuple[Bar, ...]:
    totals, total = [], 0.0
    for part in parts:
        totals.append((total, total + part.weight))
        total += part.weight
    widest = max((abs(end) for pair in totals for end in pair), default=1.0) or 1.0
    return tuple(
        Bar(
            part.subject, part.found, part.weight, round(BAR + min(before, after) / widest * BAR, 1),
            round(max(abs(after - before) / widest * BAR, 1), 1), after,
        )
        for part, (before, after) in zip(parts, totals, strict=True)
    )  # fmt: skip


def held_records(home: Home, case: Case, *, is_revealed: bool) -> dict[str, Record]:
    return {record.key: record for record in identities.records(home, case.keys, is_revealed=is_revealed)}
