"""
Unborn children are known by their mother, never by a name or a birth date.

Two sources that each expect one child of the same mother at about the same time expect the same child. When one child
of hers is then born about that day, it is the child that was expected, and the record of the expectation becomes his
or hers. A father is not enough: two women may expect his children in one month.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage.judge import LOCK

# Dates of expected birth are corrected after scans.
DAYS_APART = 42
# A child that lives may come seventeen weeks early, and is not left to come four weeks late.
DAYS_EARLY, DAYS_LATE = 119, 28
PARENTS = ("parent", "carer")


@dataclasses.dataclass(frozen=True)
class _Child:
    """A record tied to a mother: `on` is the expected day of an unborn child, and the birthday of one that was born."""

    number: int
    source: str
    on: datetime.date
    is_unborn: bool


def joined(
    person: np.ndarray, records: ir.Table, tables: dict[str, ir.Table], *, decisions: pa.Table | None = None
) -> np.ndarray:
    """
    `person` with the unborn children of one mother joined across sources, and each to the child that was born.

    person: for each record number, the lowest number of its person. decisions: left, right (numbers), kind. Nothing is
    joined for a mother of whom one source expects two children, of whom two were born about that day, or where a
    person decided that two of the records are two people, or locked one of them.
    """
    person = person.copy()
    apart = _kept_apart(decisions)
    for children in _by_mother(person, records, tables).values():
        together = _one_child(children, person)
        numbers = sorted({int(person[number]) for number in together})
        if len(numbers) > 1 and not any(set(pair) <= set(together) for pair in apart):
            person[np.isin(person, numbers)] = numbers[0]
    return person


def _one_child(children: Iterable[_Child], person: np.ndarray) -> list[int]:
    """Numbers of the records that are one child of this mother; none where it cannot be told."""
    expected = [child for child in children if child.is_unborn]
    if not expected or len({child.source for child in expected}) < len(expected):
        return []
    first, last = min(child.on for child in expected), max(child.on for child in expected)
    if (last - first).days > DAYS_APART:
        return []
    earliest, latest = last - datetime.timedelta(DAYS_EARLY), first + datetime.timedelta(DAYS_LATE)
    born = [child for child in children if not child.is_unborn and earliest <= child.on <= latest]
    is_one = len({int(person[child.number]) for child in born}) == 1
    return [child.number for child in (*expected, *(born if is_one else ()))]


def _by_mother(person: np.ndarray, records: ir.Table, tables: dict[str, ir.Table]) -> dict[int, set[_Child]]:
    """The children tied to each mother of an unborn child, by the lowest number of her person."""
    due = tables["person"].filter(tables["person"].expected_on.notnull())
    due = due.group_by("person_key").agg(expected_on=due.expected_on.max())
    children = records.select("number", "person_key", "source", "birth_on", is_unborn=records.role == "unborn")
    children = children.left_join(due, "person_key").drop("person_key_right")
    children = children.mutate(on=ibis.ifelse(children.is_unborn, children.expected_on, children.birth_on))
    mothers = records.select(mother_key="person_key", mother="number")
    rows = children.filter(children.on.notnull()).join(_ties(tables["relationship"]), "person_key")
    rows = rows.join(mothers, "mother_key").order_by("number", "mother")
    told = rows.select("number", "source", "on", "is_unborn", "mother").to_pyarrow()
    mother = person[told.column("mother").to_numpy()]
    expecting = mother[told.column("is_unborn").to_numpy(zero_copy_only=False)]
    wanted = np.isin(mother, expecting) & ~np.isin(mother, _men(person, records))
    found: dict[int, set[_Child]] = defaultdict(set)
    for hers, row in zip(mother[wanted].tolist(), told.filter(pa.array(wanted)).to_pylist(), strict=True):
        del row["mother"]
        found[hers].add(_Child(**row))
    return found


def _men(person: np.ndarray, records: ir.Table) -> np.ndarray:
    """People whose every record with a sex says that they are men."""
    sexed = records.filter(records.sex.notnull()).select("number", is_man=records.sex == "M").to_pyarrow()
    who, is_man = person[sexed.column("number").to_numpy()], sexed.column("is_man").to_numpy(zero_copy_only=False)
    return np.setdiff1d(who[is_man], who[~is_man])


def _ties(relationship: ir.Table) -> ir.Table:
    up = relationship.filter(relationship.kind.isin(list(PARENTS))).select("person_key", mother_key="other_key")
    down = relationship.filter(relationship.kind == "child").select(person_key="other_key", mother_key="person_key")
    return ibis.union(up, down, distinct=True)


def _kept_apart(decisions: pa.Table | None) -> list[tuple[int, int]]:
    rows = [] if decisions is None else decisions.to_pylist()
    return [(row["left"], row["right"]) for row in rows if row["kind"] in ("cannot_link", LOCK)]
