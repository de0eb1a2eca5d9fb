"""
Numbers that a file gives as one person's and that families share: a telephone, a policy, a household's reference.

Such a number proves nobody the same. It is told from the people who bear it, not from its heading.
"""

from __future__ import annotations

import dataclasses

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.linkage.people_files import People
from kinfold.store import engine as engines

# Of the pairs that share a number, the share of two people above which it is a family's; a slip or two is not.
SHARE_OF_OTHERS = 0.05
FEWEST_PAIRS = 20
# A number on more records than this is nobody's, and says nothing of the column.
MOST_OF_A_NUMBER = 20


def apart(people: People) -> tuple[People, list[str]]:
    """
    `people` with every shared number among what merely speaks for the same person, and a sentence for each.

    Two records that share a number are of two people when forenames begin otherwise, also the other way round, and
    the years of birth are not known to be the same.
    """
    shared = [column for column in people.identifiers if _is_shared(people, column)]
    if not shared:
        return people, []
    numbers = people.tables["identifier"]
    kept = pc.invert(pc.is_in(numbers.column("register"), pa.array(shared, pa.string())))
    return dataclasses.replace(
        people,
        tables={**people.tables, "identifier": numbers.filter(kept)},
        identifiers={c: v for c, v in people.identifiers.items() if c not in shared},
        other={**people.other, **{c: v for c, v in people.identifiers.items() if c in shared}},
    ), [f"{column} is shared by several people, so that it proves nobody the same." for column in shared]


def _is_shared(people: People, column: str) -> bool:
    name, person = people.tables["name"], people.tables["person"]
    with engines.duckdb(memory_gb=1) as engine:
        columns = {"value": people.identifiers[column], "born": person.column("birth_on")}
        told = engine.take(pa.table({**columns, **{part: name.column(part) for part in ("forename", "surname")}}))
        rows = told.filter(told.value.notnull() & told.forename.notnull()).select(
            "value",
            forename=told.forename.lower().left(1),
            surname=told.surname.lower().left(1),
            year=told.born.year(),
            row=ibis.row_number(),
        )
        counts = rows.group_by("value").agg(times=ibis._.count())
        some = engine.keep(rows.semi_join(counts.filter(counts.times <= MOST_OF_A_NUMBER), "value"))
        return _others(some)


def _others(rows: ir.Table) -> bool:
    other = rows.view()
    both = rows.join(other, [rows.value == other.value, rows.row < other.row])
    is_other = (
        (both.forename != both.forename_right)
        & (both.forename != both.surname_right).fill_null(True)
        & (both.surname != both.forename_right).fill_null(True)
        & (both.year != both.year_right).fill_null(True)
    )
    counted = both.agg(others=is_other.sum(), all=both.count()).to_pyarrow().to_pylist()[0]
    return counted["all"] >= FEWEST_PAIRS and counted["others"] > SHARE_OF_OTHERS * counted["all"]
