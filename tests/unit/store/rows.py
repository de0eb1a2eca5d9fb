"""A right row of each of the twelve tables, for tests to spoil one thing of."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa

from kinfold.store import schema

DAY = datetime.date(2026, 3, 1)


def right(name: str, **other: Any) -> dict[str, Any]:
    """One row of the table `name`: the needed columns filled, the rest null, then `other`."""
    row = {column.name: _value(name, column) if column.required else None for column in schema.TABLES[name].columns}
    return row | other


def table(name: str, *rows: dict[str, Any]) -> pa.Table:
    """The rows as Arrow, with the table's types and nulls allowed, as a mapper hands them over."""
    return pa.Table.from_pylist(list(rows), pa.schema([(c.name, c.type) for c in schema.TABLES[name].columns]))


def _value(name: str, column: schema.Column) -> Any:
    if (name, column.name) == ("event", "kind"):
        return "missing"
    if (name, column.name) == ("measure", "kind"):
        return "attendance"
    if column.codes:
        return min(column.codes)
    return {schema.TEXT: "x", schema.DATE: DAY, schema.WHOLE: 1, schema.NUMBER: 1.0}[column.type]
