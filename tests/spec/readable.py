"""
Tables that a practitioner can read, turned into Arrow and back.

    person_id | on         | value | was_seen
    ----------+------------+-------+---------
    P1        | 2026-01-05 | 0.5   | yes
    P2        |            |       | no

The type of a column is seen from its values: date, whole number, number, yes or no, else text. An empty cell is
null. A column of the twelve tables, or of a table named in `KNOWN`, always has the type it has there, and those of
its columns that a spec does not care to show are filled in: provenance with something, the rest with null.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from kinfold.store.schema import DATE, NUMBER, TABLES, TEXT, WHOLE, YES_NO

KNOWN: dict[str, pa.Schema] = {name: table.arrow for name, table in TABLES.items()} | {
    "link": pa.schema(
        [("person_key", TEXT), ("source", TEXT), ("person_id", TEXT), ("rule", TEXT)]
        + [("weight", NUMBER), ("probability", NUMBER), ("reasons", TEXT)]
    ),
    "people": pa.schema(
        [("person_id", TEXT), ("role", TEXT), ("birth_on", DATE), ("expected_on", DATE), ("died_on", DATE)]
        + [("sex", TEXT), ("ethnicity", TEXT), ("certainty", TEXT)]
    ),
    "occupancy": pa.schema([("person_id", TEXT), ("household_id", TEXT), ("from_on", DATE), ("to_on", DATE)]),
    "family": pa.schema(
        [("person_id", TEXT), ("other_id", TEXT), ("kind", TEXT), ("source", TEXT), ("source_id", TEXT)]
        + [("delivery_id", TEXT), ("part", TEXT), ("row_number", WHOLE), ("from_on", DATE), ("to_on", DATE)]
    ),
    "feeds": pa.schema(
        [("feed", TEXT), ("label", TEXT), ("agency", TEXT), ("cadence_days", WHOLE), ("silent_after_days", WHOLE)]
        + [("last_delivered_on", DATE), ("last_rows", WHOLE), ("usual_rows", NUMBER)]
    ),
}
WORDS = {"yes": True, "true": True, "no": False, "false": False}
SHOWN_AS_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_table(value: object) -> bool:
    """Text over several lines, the second of which is a ruled line."""
    return isinstance(value, str) and any(re.fullmatch(r"\s*-[-+]+\s*", line) for line in value.splitlines())


def cells(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """Column names and rows of a readable table, every cell still as it was typed."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines if not set(line) <= set("-+| ")]
    for row in body:
        if len(row) != len(head):
            raise ValueError(f"A row of the table has {len(row)} cells under {len(head)} headings: {' | '.join(row)}")
    return head, [dict(zip(head, row, strict=True)) for row in body]


def table(text: str, *, name: str = "", types: Mapping[str, pa.DataType] | None = None) -> pa.Table:
    """The table as Arrow; `name` is one of the twelve tables or of `KNOWN`, when it is one of them."""
    head, rows = cells(text)
    known = KNOWN.get(name)
    wanted = dict(types or {})
    columns = {c: _column([row[c] for row in rows], wanted.get(c) or _type_of(known, c)) for c in head}
    made = pa.table(columns) if columns else pa.table({})
    return filled(made, name) if known is not None else made


def filled(rows: pa.Table, name: str) -> pa.Table:
    """`rows` with every column of the table `name`, those not given filled in."""
    extra = [c for c in rows.column_names if c not in KNOWN[name].names]
    if extra and name in TABLES:
        raise ValueError(f"{', '.join(extra)}: not a column of {name}.")
    for field in KNOWN[name]:
        if field.name not in rows.column_names:
            rows = rows.append_column(pa.field(field.name, field.type), _filling(field, rows))
    return rows.select([*KNOWN[name].names, *extra])


def empty(name: str) -> pa.Table:
    return pa.schema([pa.field(f.name, f.type) for f in KNOWN[name]]).empty_table()


def _filling(field: pa.Field, rows: pa.Table) -> pa.Array:
    numbers = range(1, rows.num_rows + 1)
    fillings: dict[str, Callable[[int], Any]] = {
        "source": lambda n: "social_care",
        "source_id": str,
        "delivery_id": lambda n: "social_care-1",
        "part": lambda n: "rows",
        "row_number": int,
        "known_from": lambda n: datetime.date(2000, 1, 1),
        "event_key": lambda n: f"social_care:{n}",
        "role": lambda n: "child",
    }
    filling = fillings.get(field.name, lambda n: None)
    return pa.array([filling(n) for n in numbers], field.type)


def _type_of(known: pa.Schema | None, column: str) -> pa.DataType | None:
    return known.field(column).type if known is not None and column in known.names else None


def _column(values: list[str], type_: pa.DataType | None) -> pa.Array:
    if type_ is None:
        type_ = _seen_type([v for v in values if v], values)
    return pa.array([_value(v, type_) for v in values], type_)


def _seen_type(present: list[str], values: list[str]) -> pa.DataType:
    if present and all(SHOWN_AS_DATE.fullmatch(v) for v in present):
        return DATE
    if present and all(v.lower() in WORDS for v in present):
        return YES_NO
    if present and all(re.fullmatch(r"-?\d+", v) for v in present):
        return WHOLE
    if present and all(re.fullmatch(r"-?\d+(\.\d+)?", v) for v in present):
        return NUMBER
    return TEXT


def _value(text: str, type_: pa.DataType) -> Any:
    if not text:
        return None
    if type_ == DATE:
        return datetime.date.fromisoformat(text)
    if type_ == YES_NO:
        return WORDS[text.lower()]
    if type_ == WHOLE:
        return int(text)
    return float(text) if type_ == NUMBER else text
