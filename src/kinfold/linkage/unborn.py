"""
Unborn children are known by their mother, never by a name or a birth date.

Two sources that each expect one child of the same mother at about the same time expect the same child.
"""

from __future__ import annotations

from collections import defaultdict

import ibis
import ibis.expr.types as ir
import numpy as np

# Dates of expected birth are corrected after scans.
DAYS_APART = 42
MOTHERS = ("parent", "carer")


def joined(person: np.ndarray, records: ir.Table, tables: dict[str, ir.Table]) -> np.ndarray:
    """
    `person` with the unborn children of one mother joined across sources.

    person: for each record number, the lowest number of its person. Two unborn children that one source lists for
    the same mother are two children, and then nothing is joined for her.
    """
    unborn = records.filter(records.role == "unborn").select("number", "person_key", "source")
    due = tables["person"].filter(tables["person"].expected_on.notnull())
    due = due.group_by("person_key").agg(expected_on=due.expected_on.max())
    ties = tables["relationship"]
    ties = ties.filter(ties.kind.isin(list(MOTHERS))).select("person_key", mother_key="other_key")
    back = tables["relationship"].filter(tables["relationship"].kind == "child")
    ties = ibis.union(ties, back.select(person_key="other_key", mother_key="person_key"), distinct=True)
    mothers = records.select(mother_key="person_key", mother="number")
    rows = unborn.join(due, "person_key").join(ties, "person_key").join(mothers, "mother_key")
    expected = defaultdict(set)
    for row in rows.select("number", "source", "expected_on", "mother").order_by("number").to_pyarrow().to_pylist():
        expected[int(person[row["mother"]])].add((row["expected_on"], row["number"], row["source"]))
    person = person.copy()
    for children in expected.values():
        days = [on for on, _, _ in children]
        sources = [source for _, _, source in children]
        if len(set(sources)) == len(sources) and (max(days) - min(days)).days <= DAYS_APART:
            numbers = [number for _, number, _ in children]
            person[numbers] = min(numbers)
    return person
