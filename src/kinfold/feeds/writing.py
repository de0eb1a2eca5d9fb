"""Rows of the twelve tables out of a part's worked rows, with where each came from, checked as they are given."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.areas.feeds import Feed, Row
from kinfold.feeds import cells
from kinfold.feeds.landing import Delivery, Landed
from kinfold.feeds.sheet import Field
from kinfold.store import schema

Write = Callable[[Delivery, str, pa.Table], None]
UPNS = ("upn", "former_upn", "temporary_upn")


class Mapped:
    """
    One mapping: which worked column goes into which column of its table.

    number: of the mapping in its part; what is worked out beside its values is named by it.
    """

    def __init__(self, feed: Feed, row: Row, fields: Sequence[Field], number: int) -> None:
        self.feed, self.row, self.fields, self.number = feed, row, fields, number
        self.table = schema.TABLES[row.table]
        self.take = next((field.take for field in fields), None)
        self.columns = {field.column.name: field.value for field in fields}
        self.doubted: dict[int, list[int]] = {}

    def worked_out(self, table: ir.Table) -> dict[str, ir.Value]:
        """What our tables say beside what was mapped, by the columns of the working table; kept for `give`."""
        found: dict[str, ir.Value] = {}
        if self.row.table == "identifier":
            found = self._about_identifier(table)
        if self.row.table == "person":
            found = self._about_birth(table)
        named = {f"m{self.number}_{column}": value for column, value in found.items()}
        self.columns |= dict(zip(found, named, strict=True))
        return named

    def _about_identifier(self, table: ir.Table) -> dict[str, ir.Value]:
        """Whether an identifier's check holds, which numbering a local one is in, and whether a UPN is temporary."""
        always = self.row.values["kind"].constant
        kind, value = table[self.columns["kind"]], table[self.columns["value"]]
        found: dict[str, ir.Value] = {}
        if "is_valid" not in self.columns:
            checks = [("nhs", cells.nhs_holds), *((upn, cells.upn_holds) for upn in UPNS)]
            branches = [(kind == code, holds(value)) for code, holds in checks if always in (None, code)]
            unchecked = ibis.null("boolean")
            found["is_valid"] = ibis.cases(*branches, else_=unchecked) if branches else unchecked
        if "register" not in self.columns:
            local = kind.isin(["case_number", "local"])
            found["register"] = ibis.ifelse(local, ibis.literal(self.feed.people_source), cells.no_text())
        if always in (None, "upn"):
            temporary = (kind == "upn") & value.re_search("^[A-Z][0-9]{11}[A-Z]$")
            found["kind"] = ibis.ifelse(temporary, "temporary_upn", kind)
        return found

    def _about_birth(self, table: ir.Table) -> dict[str, ir.Value]:
        born = next((field for field in self.fields if field.column.name == "birth_on" and field.only_year), None)
        if born is None or born.only_year is None or "birth_quality" in self.columns:
            return {}
        return {"birth_quality": cells.quality_of_birth_date(table[born.value], table[born.only_year])}

    def give(self, landed: Landed, place: int, rows: pa.Table, write: Write) -> None:
        """
        Give the rows that this mapping makes to `write`.

        rows: worked rows of one part that can be mapped, with `row_number`.
        """
        if self.take is not None:
            rows = rows.filter(rows.column(self.take))
        if not rows.num_rows:
            return
        if self.row.table == "identifier":
            wrong = pc.equal(rows.column(self.columns["is_valid"]), False)
            self.doubted.setdefault(place, []).extend(rows.filter(wrong).column("row_number").to_pylist())
        write(landed.delivery, self.row.table, schema.checked(self.row.table, self._whole(rows, landed)))

    def _whole(self, rows: pa.Table, landed: Landed) -> pa.Table:
        """The rows with every column of the table: provenance put in, what was not mapped null."""
        ours = {
            "source": landed.delivery.feed.name,
            "delivery_id": landed.delivery.id,
            "part": landed.name,
            "known_from": landed.delivery.delivered,
        }
        columns = []
        for column in self.table.columns:
            if column.name in ours:
                columns.append(pa.repeat(pa.scalar(ours[column.name], column.type), rows.num_rows))
            elif column.name == "row_number":
                columns.append(rows.column("row_number"))
            elif column.name in self.columns:
                columns.append(rows.column(self.columns[column.name]).cast(column.type))
            else:
                columns.append(pa.nulls(rows.num_rows, column.type))
        return pa.Table.from_arrays(columns, names=list(self.table.names))

    def doubts(self, place: int) -> tuple[str, list[int]]:
        """The column of an identifier, and the rows of this part whose check letter does not hold."""
        label = next((field.label for field in self.fields if field.column.name == "value"), "")
        return label, self.doubted.get(place, [])


def without_conditions(row: Row) -> Row:
    """The mapping of groups whose rows were already chosen."""
    return dataclasses.replace(row, when=())
