"""
Which records are in doubt, and in what order a person should look at them.

What orders the queue (open to social care, restricted, withheld) stays here: only a place and a word come out.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis

from kinfold.operations.home import Home
from kinfold.operations.matching.lake import NothingToShow, case_ref, is_kept, live_folder
from kinfold.operations.matching.weights import KEPT_APART, veto_of
from kinfold.store import engine as engines

MOST_PEOPLE = 6  # a case with more is parted into its pairs: nobody can hold more side by side
CARE_STAGES = ("allocation", "assessment", "section47", "child_in_need", "child_protection", "looked_after")
# What a wrong answer would do: the weight of facts that one side alone has, of a child's record, of anybody's.
ONE_SIDED, IN_CARE, A_CHILD, ANYBODY = 4.0, 3.0, 2.0, 1.0
HIGH, MIDDLE = 1.5, 0.6
LEAST_DOUBT, DOUBT_OF_A_VETO = 0.15, 0.6


@dataclasses.dataclass(frozen=True)
class Case:
    """
    Records to look at together. ref: a keyed hash of them, so that the same records are the same case in every run.

    people: person id and its records' keys, as the run has them. harm: high, middle or low; "" for one made by hand.
    since: the day the younger of the records came to us. kinds: why the machine doubts, in words. needs_second: two
    must agree before it counts.
    """

    ref: str
    people: tuple[tuple[str, tuple[str, ...]], ...]
    harm: str
    score: float
    since: datetime.date | None
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    needs_second: bool

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(sorted(key for _, keys in self.people for key in keys))

    @property
    def person_ids(self) -> frozenset[str]:
        return frozenset(person_id for person_id, _ in self.people)


def queue(home: Home) -> list[Case]:
    """Everything the live run leaves to a person, the gravest first; empty before the first run."""
    folder = home.live_snapshot()
    return list(_queue(home, folder)) if is_kept(folder) else []


@functools.lru_cache(maxsize=2)
def _queue(home: Home, folder: Path) -> tuple[Case, ...]:
    """A finished run never changes, so that its queue is worked out once."""
    with engines.duckdb(memory_gb=1) as engine:
        pairs, placed, known = _doubtful(engine, folder)
        facts = _facts(engine, folder, {row["one"] for row in pairs} | {row["other"] for row in pairs})
    cases = [_case(home, group, placed, known, facts) for group in _groups(pairs)]
    return tuple(sorted(cases, key=lambda case: (-case.score, case.ref)))


def _doubtful(
    engine: engines.Engine, folder: Path
) -> tuple[list[dict[str, Any]], dict[str, tuple[str, ...]], dict[str, datetime.date]]:
    """Pairs for a person to look at, with the person of each end; records by person; the day each record came."""
    pairs, link = engine.read(folder / "pairs.parquet"), engine.read(folder / "link.parquet")
    review = pairs.filter(pairs.band == "review")
    one = link.select(left="person_key", one="person_id", left_source="source")
    other = link.select(right="person_key", other="person_id", right_source="source")
    ends = review.join(one, "left").join(other, "right").filter(lambda t: t.one != t.other)
    rows = engine.keep(ends)
    people = ibis.union(rows.select(person_id="one"), rows.select(person_id="other"), distinct=True)
    theirs = engine.keep(link.semi_join(people, "person_id").select("person_key", "person_id"))
    person = engine.read(folder / "person.parquet")
    came = person.semi_join(theirs, "person_key").group_by("person_key").agg(on=lambda t: t.known_from.min())
    placed: dict[str, list[str]] = defaultdict(list)
    for row in theirs.to_pyarrow().to_pylist():
        placed[row["person_id"]].append(row["person_key"])
    known = {row["person_key"]: row["on"] for row in came.to_pyarrow().to_pylist()}
    return rows.to_pyarrow().to_pylist(), {p: tuple(sorted(k)) for p, k in placed.items()}, known


@dataclasses.dataclass(frozen=True)
class _Facts:
    """What a wrong answer would touch, by person. Never leaves this file."""

    in_care: frozenset[str]
    guarded: frozenset[str]
    children: frozenset[str]


def _facts(engine: engines.Engine, folder: Path, person_ids: Collection[str]) -> _Facts:
    if not person_ids:
        return _Facts(frozenset(), frozenset(), frozenset())
    people = engine.read(folder / "people.parquet").filter(lambda t: t.person_id.isin(list(person_ids)))
    held, link = engine.read(folder / "involvement.parquet"), engine.read(folder / "link.parquet")
    care = held.filter((held.agency == "social_care") & held.to_on.isnull() & held.stage.isin(CARE_STAGES))
    in_care = care.join(link, "person_key").select("person_id").distinct()
    rows = people.select("person_id", "role", "is_restricted", "is_address_withheld").to_pyarrow().to_pylist()
    return _Facts(
        in_care=frozenset(in_care.to_pyarrow().column(0).to_pylist()) & set(person_ids),
        guarded=frozenset(r["person_id"] for r in rows if r["is_restricted"] or r["is_address_withheld"]),
        children=frozenset(r["person_id"] for r in rows if r["role"] != "adult"),
    )


def _groups(pairs: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Pairs of people in one connected group together, unless the group is larger than a person can look at."""
    root: dict[str, str] = {}

    def top(person_id: str) -> str:
        while root.setdefault(person_id, person_id) != person_id:
            root[person_id] = person_id = root[root[person_id]]
        return person_id

    for row in pairs:
        one, other = sorted((top(row["one"]), top(row["other"])))
        root[other] = one
    together: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in pairs:
        together[top(row["one"])].append(row)
    found: list[list[Mapping[str, Any]]] = []
    for rows in together.values():
        if len({row[end] for row in rows for end in ("one", "other")}) <= MOST_PEOPLE:
            found.append(rows)
            continue
        apart: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            apart[tuple(sorted((row["one"], row["other"])))].append(row)
        found += apart.values()
    return found


def _case(
    home: Home,
    rows: Sequence[Mapping[str, Any]],
    placed: Mapping[str, tuple[str, ...]],
    known: Mapping[str, datetime.date],
    facts: _Facts,
) -> Case:
    people = _largest_first({row[end] for row in rows for end in ("one", "other")}, placed)
    score = max(_doubt(row) * _stakes(row["one"], row["other"], facts) for row in rows)
    days = [min((known[row[end]] for row in rows if row[end] in known), default=None) for end in ("left", "right")]
    return Case(
        ref=case_ref(home, (key for person_id in people for key in placed[person_id])),
        people=tuple((person_id, placed[person_id]) for person_id in people),
        harm="high" if score >= HIGH else "middle" if score >= MIDDLE else "low",
        score=score,
        since=max((day for day in days if day is not None), default=None),
        sources=tuple(sorted({row[f"{end}_source"] for row in rows for end in ("left", "right")})),
        kinds=tuple(sorted({kind_of(row["reasons"]) for row in rows})),
        needs_second=not facts.in_care.isdisjoint(people),
    )


def _largest_first(people: Iterable[str], placed: Mapping[str, Sequence[str]]) -> list[str]:
    """Person 1, with whom the others are compared, is the one we know most records of."""
    return sorted(people, key=lambda person_id: (-len(placed[person_id]), person_id))


def _doubt(row: Mapping[str, Any]) -> float:
    """0 when the machine is all but sure, 1 when it might as well toss a coin."""
    if KEPT_APART in row["reasons"]:
        return DOUBT_OF_A_VETO
    return max(LEAST_DOUBT, 1 - abs(2 * row["probability"] - 1))


def _stakes(one: str, other: str, facts: _Facts) -> float:
    if (one in facts.in_care) != (other in facts.in_care) or (one in facts.guarded) != (other in facts.guarded):
        return ONE_SIDED
    if one in facts.in_care:
        return IN_CARE
    return A_CHILD if one in facts.children or other in facts.children else ANYBODY


def kind_of(reasons: str) -> str:
    """Why a pair is left to a person, as one line of a filter."""
    veto = veto_of(reasons)
    if veto:
        return veto
    if "birth date" not in reasons and "number" not in reasons.lower() and "UPN" not in reasons:
        return "names agree, and nothing else is known that could settle it"
    return "some of it agrees and some does not"


def people_together(home: Home, person_ids: Sequence[str]) -> Case:
    """A case made by hand of one person or several. Raises NothingToShow."""
    folder = live_folder(home)
    with engines.duckdb(memory_gb=1) as engine:
        link = engine.read(folder / "link.parquet").filter(lambda t: t.person_id.isin(list(person_ids)))
        placed: dict[str, list[str]] = defaultdict(list)
        for row in link.select("person_id", "person_key").to_pyarrow().to_pylist():
            placed[row["person_id"]].append(row["person_key"])
        facts = _facts(engine, folder, list(person_ids))
    if set(placed) != set(person_ids):
        raise NothingToShow("There is no such person in the live run. Search again.")
    people = tuple((person_id, tuple(sorted(placed[person_id]))) for person_id in _largest_first(placed, placed))
    keys = [key for _, theirs in people for key in theirs]
    return Case(
        ref=case_ref(home, keys), people=people, harm="", score=0.0, since=None,
        sources=tuple(sorted({key.partition(":")[0] for key in keys})), kinds=(),
        needs_second=not facts.in_care.isdisjoint(placed),
    )  # fmt: skip


def touches_care(home: Home, keys: Iterable[str]) -> bool:
    """Whether any of some records is of a child open to social care in the live run."""
    folder = home.live_snapshot()
    if not is_kept(folder) or folder is None:
        return False
    with engines.duckdb(memory_gb=1) as engine:
        link = engine.read(folder / "link.parquet").filter(lambda t: t.person_key.isin(list(keys)))
        people = link.select("person_id").distinct().to_pyarrow().column(0).to_pylist()
        return bool(_facts(engine, folder, people).in_care)


def person_ids_of(home: Home, keys: Iterable[str]) -> dict[str, str]:
    """By record, whose it is in the live run; a record that is not there is left out."""
    folder = home.live_snapshot()
    wanted = list(keys)
    if not wanted or folder is None or not is_kept(folder):
        return {}
    with engines.duckdb(memory_gb=1) as engine:
        link = engine.read(folder / "link.parquet").filter(lambda t: t.person_key.isin(wanted))
        rows = link.select("person_key", "person_id").to_pyarrow().to_pylist()
    return {row["person_key"]: row["person_id"] for row in rows}


def near_locked(home: Home, locked: Mapping[str, datetime.date]) -> list[tuple[str, str]]:
    """
    Pairs that the live run compared and did not refuse, of a locked record and one that was there when it was locked.

    locked: since when, by record. What came later nobody has seen, and is asked about.
    """
    folder = home.live_snapshot()
    if not locked or folder is None or not is_kept(folder):
        return []
    with engines.duckdb(memory_gb=1) as engine:
        pairs = engine.read(folder / "pairs.parquet")
        held = list(locked)
        near = pairs.filter((pairs.left.isin(held) | pairs.right.isin(held)) & (pairs.band != "no"))
        rows = near.select("left", "right").to_pyarrow().to_pylist()
        person = engine.read(folder / "person.parquet")
        others = person.filter(person.person_key.isin([row[end] for row in rows for end in ("left", "right")]))
        came = others.group_by("person_key").agg(on=others.known_from.min()).to_pyarrow().to_pylist()
    came_on = {row["person_key"]: row["on"] for row in came}
    found = [(row["left"], row["right"]) for row in rows]
    return [
        (one, other)
        for one, other in found
        if all(came_on[key] < since for key, since in ((one, locked.get(other)), (other, locked.get(one))) if since)
    ]
