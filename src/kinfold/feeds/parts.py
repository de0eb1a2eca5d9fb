"""Landed parts of one kind made ready for mapping: columns by working names, with those of the parts they join."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np

from kinfold.areas.feeds import Join
from kinfold.feeds import cells
from kinfold.feeds.landing import Landed
from kinfold.feeds.reports import Problem
from kinfold.feeds.values import column_name, said_name
from kinfold.store.engine import Engine
from kinfold.vocabulary.periods import term_before

PLACES = 1 << 40


def number_of(place: int, row_number: ir.IntegerValue) -> ir.IntegerValue:
    """One number for a row of several parts: which of them, and its row there."""
    return row_number + place * PLACES


def place_and_row(row_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The part and the row that each number stands for."""
    return row_ids // PLACES, row_ids % PLACES


def working_table(
    engine: Engine, parts: Sequence[Landed], others: Mapping[tuple[str, str], Sequence[Landed]]
) -> tuple[ir.Table, list[list[Problem]]]:
    """
    One row per row of parts of one kind, of one delivery or several: `row_id` (see `number_of`), `delivery_id`, and
    each column twice (see `values.Columns`).

    others: landed parts by delivery and kind. A part that is joined and that is not in a delivery is a problem of
    the part that joins it, unless it may be missing, and its columns are null.
    """
    part = parts[0].part
    read = [column for row in part.rows for column in row.columns]
    keys = [ours for join in part.join.values() for ours in join.on]
    needed = dict.fromkeys((*part.recognise[:3], *read, *keys))
    own = {name: column_name(name) for name in needed if "." not in name or name.startswith("delivery.")}
    base = _stacked([_named(engine, landed, own, place) for place, landed in enumerate(parts)])
    problems: list[list[Problem]] = [[] for _ in parts]
    for alias, join in part.join.items():
        joined = [column.partition(".")[2] for column in needed if column.startswith(f"{alias}.")]
        there = {landed.delivery.id: others.get((landed.delivery.id, join.part), ()) for landed in parts}
        for landed, found in zip(parts, problems, strict=True):
            if not there[landed.delivery.id] and not join.may_be_missing:
                found.append(_part_not_there(landed, join))
        others_of_kind = [one for found in there.values() for one in found]
        if others_of_kind:
            base = _joined(engine, base, alias, join, joined, others_of_kind)
    texts = [column_name(name) for name in needed if column_name(name) in base.columns]
    said = {said_name(name): cells.said(base[column_name(name)]) for name in needed if column_name(name) in texts}
    return engine.keep(base.select("row_id", "delivery_id", *dict.fromkeys(texts), **said), "mapping_base"), problems


def _stacked(tables: Sequence[ir.Table]) -> ir.Table:
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def _part_not_there(landed: Landed, join: Join) -> Problem:
    message = f"{landed.name}: the part {join.part}, which it is read with, is not in this delivery."
    return Problem("part_missing", "warning", message, landed.name, None, None, landed.rows_kept)


def _named(engine: Engine, landed: Landed, names: Mapping[str, str], place: int) -> ir.Table:
    table = engine.read(landed.path, f"mapping_read_{uuid.uuid4().hex[:12]}")
    start, end = term_before(landed.delivery.delivered)
    ours = {"delivery.on": landed.delivery.delivered, "delivery.term_start": start, "delivery.term_end": end}
    columns: dict[str, ir.Value] = {}
    for name, called in names.items():
        column = landed.column_of(name)
        if name in ours:
            columns[called] = ibis.literal(ours[name].isoformat())
        else:
            columns[called] = cells.no_text() if column is None else table[column].nullif("")
    delivery_id = ibis.literal(landed.delivery.id)
    return table.select(row_id=number_of(place, table.row_number), delivery_id=delivery_id, **columns)


def _joined(
    engine: Engine, base: ir.Table, alias: str, join: Join, columns: Sequence[str], parts: Sequence[Landed]
) -> ir.Table:
    """One row of the other part at most for each of `base`: a key that is there twice gives its first row."""
    names = {name: column_name(f"{alias}.{name}") for name in dict.fromkeys((*join.on.values(), *columns))}
    other = _stacked([_named(engine, part, names, place) for place, part in enumerate(parts)])
    theirs = [names[name] for name in join.on.values()]
    first = ibis.row_number().over(group_by=["delivery_id", *theirs], order_by="row_id")
    other = other.mutate(place=first).filter(lambda t: t.place == 0).drop("place", "row_id")
    other = other.rename({f"delivery_of_{alias}": "delivery_id"})
    ours = [column_name(name) for name in join.on]
    pairs = [base[mine] == other[their] for mine, their in zip(ours, theirs, strict=True)]
    return base.left_join(other, [base.delivery_id == other[f"delivery_of_{alias}"], *pairs])
