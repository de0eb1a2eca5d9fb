"""A landed part made ready for mapping: its columns by working names, with those of the parts it joins."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from kinfold.areas.feeds import Feed, Join
from kinfold.feeds import cells
from kinfold.feeds.landing import Landed
from kinfold.feeds.reports import Problem
from kinfold.feeds.values import column_name, said_name
from kinfold.store.engine import Engine


@dataclasses.dataclass(frozen=True)
class Delivery:
    """What is the same for every row of a delivery."""

    id: str
    feed: Feed
    delivered: datetime.date


def working_table(
    engine: Engine, delivery: Delivery, landed: Landed, others: Mapping[str, Sequence[Landed]]
) -> tuple[ir.Table, list[Problem]]:
    """
    One row per row of the part: `row_number`, and each column twice (see `values.Columns`).

    A part that it joins and that is not in the delivery is a problem, and its columns are not there.
    """
    part = landed.part
    read = [column for row in part.rows for column in row.columns]
    keys = [ours for join in part.join.values() for ours in join.on]
    needed = dict.fromkeys((*part.recognise[:3], *read, *keys))
    base = _named(engine, landed, {name: column_name(name) for name in needed if "." not in name})
    problems = []
    for alias, join in part.join.items():
        joined = [column.partition(".")[2] for column in needed if column.startswith(f"{alias}.")]
        if not others.get(join.part):
            problems.append(_part_not_there(landed, join))
            continue
        base = _joined(engine, base, alias, join, joined, others[join.part])
    texts = [column_name(name) for name in needed if column_name(name) in base.columns]
    said = {said_name(name): cells.said(base[column_name(name)]) for name in needed if column_name(name) in texts}
    return engine.keep(base.select("row_number", *dict.fromkeys(texts), **said), "mapping_base"), problems


def _part_not_there(landed: Landed, join: Join) -> Problem:
    message = f"{landed.name}: the part {join.part}, which it is read with, is not in this delivery."
    return Problem("part_missing", "warning", message, landed.name, None, None, landed.rows_kept)


def _named(engine: Engine, landed: Landed, names: Mapping[str, str]) -> ir.Table:
    table = engine.read(landed.path)
    columns: dict[str, ir.Value] = {}
    for name, called in names.items():
        column = landed.column_of(name)
        columns[called] = cells.no_text() if column is None else table[column].nullif("")
    return table.select(row_number=table.row_number, **columns)


def _joined(
    engine: Engine, base: ir.Table, alias: str, join: Join, columns: Sequence[str], parts: Sequence[Landed]
) -> ir.Table:
    """One row of the other part at most for each of `base`: a key that is there twice gives its first row."""
    names = {name: column_name(f"{alias}.{name}") for name in dict.fromkeys((*join.on.values(), *columns))}
    tables = [_named(engine, part, names) for part in parts]
    other = ibis.union(*tables) if len(tables) > 1 else tables[0]
    theirs = [names[name] for name in join.on.values()]
    first = ibis.row_number().over(group_by=theirs, order_by="row_number")
    other = other.mutate(place=first).filter(lambda t: t.place == 0).drop("place", "row_number")
    ours = [column_name(name) for name in join.on]
    return base.left_join(other, [base[mine] == other[their] for mine, their in zip(ours, theirs, strict=True)])
