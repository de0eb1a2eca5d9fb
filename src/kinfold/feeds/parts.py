"""Landed parts of one kind made ready for mapping: columns by working names, with those of the parts they join."""

from __future__ import annotations

import dataclasses
import functools
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.areas.feeds import Join
from kinfold.feeds import cells
from kinfold.feeds.landing import Landed
from kinfold.feeds.reports import Problem
from kinfold.feeds.values import column_name, day_name, days_of, said_name
from kinfold.store.engine import Engine, TextFile
from kinfold.vocabulary.periods import term_before

PLACE_BITS = 40
PLACES = 1 << PLACE_BITS
SLICE_ROWS = 60_000


def number_of(place: ir.IntegerValue, row_number: ir.IntegerValue) -> ir.IntegerValue:
    """One number for a row of several parts: which of them, and its row there."""
    return row_number + place * PLACES


def place_and_row(row_ids: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """The part and the row that each number stands for."""
    return pc.shift_right(row_ids, PLACE_BITS), pc.bit_wise_and(row_ids, PLACES - 1)


def numbers_of(column: pa.ChunkedArray) -> np.ndarray:
    """
    A copy of whole numbers of which none is null.

    A copy, because one column lent by the engine keeps all columns of its rows in memory; and not by `to_numpy`, which
    reads the whole of pandas first.
    """
    return np.concatenate([np.from_dlpack(chunk) for chunk in column.chunks] or [np.empty(0, np.int64)])


@dataclasses.dataclass(frozen=True)
class WorkingTable:
    """
    One row per row of parts of one kind, of one delivery or several: `row_id` (see `number_of`), `delivery_id`,
    `said` (a hash of the whole row), and the columns as `values.Columns` has them.

    problems: of each part. A part that is joined and that is not in a delivery is a problem of the part that joins it,
    unless it may be missing, and its columns are null.
    slices: called one after the other, each leaves in `rows` some of the rows only, and each row once.
    """

    rows: ir.Table
    problems: list[list[Problem]]
    slices: Sequence[Callable[[], object]]


def working_table(
    engine: Engine, parts: Sequence[Landed], others: Mapping[tuple[str, str], Sequence[Landed]]
) -> WorkingTable:
    """Make parts of one kind ready. others: landed parts by delivery and kind, for joins."""
    part = parts[0].part
    read = [column for row in part.rows for column in row.columns]
    keys = [ours for join in part.join.values() for ours in join.on]
    needed = dict.fromkeys((*part.recognise[:3], *read, *keys, *part.check_columns))
    own = {name: column_name(name) for name in needed if "." not in name or name.startswith("delivery.")}
    files = [_file(landed, own, place) for place, landed in enumerate(parts)]
    name = f"mapping_read_{uuid.uuid4().hex[:12]}"
    base = _stacked(engine, files, own, name)
    problems: list[list[Problem]] = [[] for _ in parts]
    groups = list(_sliced(files))
    for alias, join in part.join.items():
        joined = [column.partition(".")[2] for column in needed if column.startswith(f"{alias}.")]
        there = {landed.delivery.id: others.get((landed.delivery.id, join.part), ()) for landed in parts}
        for landed, found in zip(parts, problems, strict=True):
            if not there[landed.delivery.id] and not join.may_be_missing:
                found.append(_part_not_there(landed, join))
        others_of_kind = [one for found in there.values() for one in found]
        if others_of_kind:
            other = _other(engine, alias, join, joined, others_of_kind)
            if len(groups) > 1:  # which row of the other part counts is told once, not in every slice
                other = engine.keep(other, f"mapping_other_{uuid.uuid4().hex[:12]}")
            base = _joined(base, other, alias, join)
    known = [name for name in needed if column_name(name) in base.columns]
    rows = _read(engine, base, known, days_of(part))
    slices = [functools.partial(engine.stack, some, name) for some in groups]
    return WorkingTable(rows, problems, slices)


def _sliced(files: Sequence[TextFile]) -> Iterator[list[TextFile]]:
    """Files, and row groups of them, in lists of about `SLICE_ROWS` rows."""
    some: list[TextFile] = []
    rows = 0
    for file in files:
        metadata = pq.read_metadata(file.path)
        number = metadata.schema.to_arrow_schema().get_field_index("row_number")
        for n in range(metadata.num_row_groups):
            group = metadata.row_group(n)
            seen = group.column(number).statistics
            if some and rows + group.num_rows > SLICE_ROWS:
                yield some
                some, rows = [], 0
            some.append(dataclasses.replace(file, rows=(seen.min, seen.max)))
            rows += group.num_rows
    yield some


def _read(engine: Engine, base: ir.Table, names: Sequence[str], days: Set[str]) -> ir.Table:
    """Each column as text, as what it says and, for some, as the day it stands for; each layer reads the one before."""

    def layer(rows: ir.Table) -> ir.Table:
        return engine.layer(rows, f"mapping_layer_{uuid.uuid4().hex[:12]}")

    texts = layer(base.select("row_id", "delivery_id", "said", *dict.fromkeys(map(column_name, names))))
    said = layer(texts.mutate(**{said_name(name): cells.said(texts[column_name(name)]) for name in names}))
    read = [name for name in names if name in days]
    if not read:
        return said
    dated = layer(said.mutate(**{day_name(name): cells.dated(said[said_name(name)]) for name in read}))
    return layer(dated.mutate(**{day_name(name): cells.day_of(dated[day_name(name)]) for name in read}))


def _part_not_there(landed: Landed, join: Join) -> Problem:
    message = f"{landed.in_words}: the part {join.part}, which it is read with, is not in this delivery."
    return Problem("part_missing", "warn", message, landed.name, None, None, landed.rows_kept)


def _stacked(engine: Engine, files: Sequence[TextFile], names: Mapping[str, str], name: str) -> ir.Table:
    """Rows of several parts, by working names; an empty text is null."""
    table = engine.stack(files, name)
    columns = {called: table[called].nullif("") for called in dict.fromkeys(names.values())}
    return table.select("delivery_id", "said", row_id=number_of(table.place, table.row_number), **columns)


def _file(landed: Landed, names: Mapping[str, str], place: int) -> TextFile:
    start, end = term_before(landed.delivery.delivered)
    days = {"delivery.on": landed.delivery.delivered, "delivery.term_start": start, "delivery.term_end": end}
    year = landed.delivery.year or landed.delivery.delivered.year
    days["delivery.year_end"] = landed.delivery.year_end
    known = {name: day.isoformat() for name, day in days.items()} | {"delivery.year": str(year)}
    given = {called: known[name] for name, called in names.items() if name in known}
    columns = {called: landed.column_of(name) for name, called in names.items() if name not in known}
    return TextFile(landed.path, columns, {"delivery_id": landed.delivery.id, **given}, landed.columns, place)


def _other(engine: Engine, alias: str, join: Join, columns: Sequence[str], parts: Sequence[Landed]) -> ir.Table:
    """A part to join: one row at most for each delivery and key, its first; by working names."""
    names = {name: column_name(f"{alias}.{name}") for name in dict.fromkeys((*join.on.values(), *columns))}
    files = [_file(landed, names, place) for place, landed in enumerate(parts)]
    other = _stacked(engine, files, names, f"mapping_read_{uuid.uuid4().hex[:12]}")
    theirs = [names[name] for name in join.on.values()]
    first = ibis.row_number().over(group_by=["delivery_id", *theirs], order_by="row_id")
    other = other.mutate(place=first).filter(lambda t: t.place == 0).drop("place", "row_id", "said")
    return other.rename({f"delivery_of_{alias}": "delivery_id"})


def _joined(base: ir.Table, other: ir.Table, alias: str, join: Join) -> ir.Table:
    """`base` with the columns of the other part, as many rows as before."""
    pairs = [
        base[column_name(mine)] == other[column_name(f"{alias}.{their}")] for mine, their in join.on.items()
    ]  # fmt: skip
    return base.left_join(other, [base.delivery_id == other[f"delivery_of_{alias}"], *pairs])
