"""The values that the rows of a part need, each worked out once, with what can be wrong with each."""

from __future__ import annotations

import dataclasses

import ibis
import ibis.expr.types as ir

from kinfold.areas.feeds import Condition, Feed, Row, Value
from kinfold.feeds import cells
from kinfold.feeds.headers import plain
from kinfold.feeds.values import Columns, holds, read_value
from kinfold.store import schema

SEPARATOR = "\t"
Fault = tuple[ir.BooleanValue, ir.StringValue]


@dataclasses.dataclass(frozen=True)
class Field:
    """
    A column of one of the tables, and where in the working table its value is.

    take: column that says which rows it is needed of; None for all. fault: column of its fault, if it can have one.
    label: which columns of the file to look at.
    """

    column: schema.Column
    value: str
    take: str | None
    fault: str | None
    only_year: str | None
    label: str


class Sheet:
    """Columns of the working table by name (`values`), and of those, the ones that warn (`warns`, with a label)."""

    def __init__(self, columns: Columns, feed: Feed) -> None:
        self.columns, self.feed = columns, feed
        self.values: dict[str, ir.Value] = {}
        self.warns: dict[str, str] = {}
        self._known: dict[tuple, tuple[str, str | None, str | None]] = {}
        self._takes: dict[tuple[Condition, ...], str] = {}
        self._made: list[list[Field]] = []
        self._totals: list[tuple[str | None, str, str]] = []

    def add(self, row: Row) -> list[Field]:
        """Put the values of one mapping on the sheet; returns the columns of its table."""
        table, take = schema.TABLES[row.table], self._take(row.when)
        fields = [
            self._field(table, column, row.values[column.name], take)
            for column in table.columns
            if column.name in row.values
        ]
        self._made.append(fields)
        return fields

    def add_totals(self, row: Row) -> None:
        """Numbers that a `per` mapping will add up, so that a row whose number cannot be read is set aside first."""
        take = self._take(row.when)
        for name in dict.fromkeys(value.total for value in row.values.values() if value.total):
            number, fault = cells.as_number(self.columns.said(name))
            called = f"total_{plain(name)}_fault"
            assert fault is not None
            self.values[called] = ibis.ifelse(number.isnull() & fault.isnull(), "value_needed", fault)
            self._totals.append((take, called, name))

    def take_of(self, row: Row) -> str | None:
        return self._takes.get(row.when)

    def faults(self, table: ir.Table) -> list[Fault]:
        """When each thing is wrong with a row of the working table, and the reason to give: a code and a column."""
        found: dict[tuple, Fault] = {}
        for take, fault, label in self._totals:
            found[take, fault] = _when(table, take, table[fault].notnull()), table[fault] + (SEPARATOR + label)
        for fields in self._made:
            for field in fields:
                reason = SEPARATOR + field.label
                if field.fault:
                    wrong = _when(table, field.take, table[field.fault].notnull())
                    found[field.take, field.fault] = wrong, table[field.fault] + reason
                if field.column.required:
                    empty = _when(table, field.take, table[field.value].isnull())
                    found[field.take, field.value] = empty, ibis.literal(f"value_needed{reason}")
            found |= _backwards(table, {field.column.name: field for field in fields})
        return list(found.values())

    def _take(self, when: tuple[Condition, ...]) -> str | None:
        if not when:
            return None
        if when not in self._takes:
            self._takes[when] = f"take_{len(self._takes)}"
            self.values[self._takes[when]] = holds(when, self.columns)
        return self._takes[when]

    def _field(self, table: schema.Table, column: schema.Column, value: Value, take: str | None) -> Field:
        label = ", ".join(dict.fromkeys(value.columns)) or column.name
        key: tuple = (
            (value, table.name, column.name) if column.type != schema.DATE else (value, column.name == "birth_on")
        )
        if column.name.endswith("_key"):
            key = (value, column.name)
        if key not in self._known:
            self._known[key] = self._read(value, table, column, label)
        called, fault, only_year = self._known[key]
        return Field(column, called, take, fault, only_year, label)

    def _read(
        self, value: Value, table: schema.Table, column: schema.Column, label: str
    ) -> tuple[str, str | None, str | None]:
        cell = read_value(value, self.columns, feed=self.feed, table=table.name, column=column.name)
        called = f"v{len(self._known)}"
        self.values[called] = cell.value
        named: dict[str, str | None] = {"fault": None, "only_year": None}
        for what, found in (("fault", cell.fault), ("only_year", cell.only_year)):
            if found is not None:
                named[what] = f"{called}_{what}"
                self.values[f"{called}_{what}"] = found
        if cell.warning is not None:
            self.values[f"{called}_warning"] = cell.warning
            self.warns[f"{called}_warning"] = label
        return called, named["fault"], named["only_year"]


def _when(table: ir.Table, take: str | None, wrong: ir.BooleanValue) -> ir.BooleanValue:
    return wrong if take is None else table[take] & wrong


def _backwards(table: ir.Table, fields: dict[str, Field]) -> dict[tuple, Fault]:
    """An end before its start."""
    if "from_on" not in fields or "to_on" not in fields:
        return {}
    start, end = fields["from_on"], fields["to_on"]
    wrong = _when(table, start.take, table[end.value] < table[start.value])
    return {(start.take, start.value, end.value): (wrong, ibis.literal(f"ends_before_it_starts{SEPARATOR}{end.label}"))}
