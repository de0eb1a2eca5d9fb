"""Rows of the twelve tables out of a part's working table, with where each came from, checked as they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.areas.feeds import Feed, Row
from kinfold.feeds import cells
from kinfold.feeds.landing import Delivery, Landed
from kinfold.feeds.parts import place_and_row
from kinfold.feeds.reports import Problem, problem_of
from kinfold.feeds.sheet import Field
from kinfold.store import schema

Write = Callable[[Delivery, str, pa.Table], None]
BATCH_ROWS = 250_000


def write_rows(
    parts: Sequence[Landed], row: Row, fields: list[Field], table: ir.Table, write: Write
) -> list[list[Problem]]:
    """Give the rows of one mapping to `write`; returns for each part the warning about check letters."""
    feed = parts[0].delivery.feed
    columns = {field.column.name: table[field.value] for field in fields}
    if row.table == "identifier":
        columns |= _about_identifier(feed, columns)
    if row.table == "person":
        columns |= _about_birth(table, fields, columns)
    doubted: list[list[int]] = [[] for _ in parts]
    selected = table.select(row_id=table.row_id, **columns)
    for batch in selected.to_pyarrow_batches(chunk_size=BATCH_ROWS):
        for place, rows in _by_part(pa.Table.from_batches([batch])):
            landed = parts[place]
            if row.table == "identifier":
                wrong = pc.equal(rows.column("is_valid"), False)
                doubted[place] += rows.filter(wrong).column("row_number").to_pylist()
            whole = _whole(schema.TABLES[row.table], rows, landed)
            write(landed.delivery, row.table, schema.checked(row.table, whole))
    label = next((field.label for field in fields if field.column.name == "value"), None)
    return [
        [problem_of(landed, "check_letter_wrong", label, len(wrong), min(wrong))] if wrong else []
        for landed, wrong in zip(parts, doubted, strict=True)
    ]


def _by_part(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each part apart, with their row number in it."""
    places, numbers = place_and_row(rows.column("row_id").to_numpy())
    rows = rows.drop_columns("row_id").append_column("row_number", pa.array(numbers, pa.int64()))
    for place in np.unique(places).tolist():
        yield place, rows.filter(pa.array(places == place))


def _about_identifier(feed: Feed, columns: dict[str, ir.Value]) -> dict[str, ir.Value]:
    """Whether an identifier's check holds, which numbering a local one is in, and whether a UPN is temporary."""
    kind, value = columns["kind"], columns["value"]
    found: dict[str, ir.Value] = {}
    if "is_valid" not in columns:
        upns = kind.isin(["upn", "former_upn", "temporary_upn"])
        found["is_valid"] = ibis.cases(
            (kind == "nhs", cells.nhs_holds(value)), (upns, cells.upn_holds(value)), else_=ibis.null("boolean")
        )
    if "register" not in columns:
        local = kind.isin(["case_number", "local"])
        found["register"] = ibis.ifelse(local, ibis.literal(feed.people_source), cells.no_text())
    temporary = (kind == "upn") & value.re_search("^[A-Z][0-9]{11}[A-Z]$")
    found["kind"] = ibis.ifelse(temporary, "temporary_upn", kind)
    return found


def _about_birth(table: ir.Table, fields: list[Field], columns: dict[str, ir.Value]) -> dict[str, ir.Value]:
    born = next((field for field in fields if field.column.name == "birth_on" and field.only_year), None)
    if born is None or "birth_quality" in columns:
        return {}
    return {"birth_quality": cells.quality_of_birth_date(table[born.value], table[born.only_year])}


def _whole(of: schema.Table, rows: pa.Table, landed: Landed) -> pa.Table:
    """The rows with every column of the table: provenance put in, what was not mapped null."""
    ours = {
        "source": landed.delivery.feed.name,
        "delivery_id": landed.delivery.id,
        "part": landed.name,
        "known_from": landed.delivery.delivered,
    }
    columns = []
    for column in of.columns:
        if column.name in ours:
            columns.append(pa.repeat(pa.scalar(ours[column.name], column.type), rows.num_rows))
        elif column.name in rows.column_names:
            columns.append(rows.column(column.name).cast(column.type))
        else:
            columns.append(pa.nulls(rows.num_rows, column.type))
    return pa.Table.from_arrays(columns, names=list(of.names))
