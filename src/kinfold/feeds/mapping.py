"""
Turn a landed part into rows of the twelve tables, whole rows or none, in expressions over the whole part.

A row is mapped when every table's row that it should make can be made; else it is set aside with its reason.
A row that no mapping takes has been read and has nothing to record: it counts as mapped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir

from kinfold.areas.feeds import Row
from kinfold.feeds import cells
from kinfold.feeds.headers import plain
from kinfold.feeds.landing import Landed
from kinfold.feeds.parts import Delivery, working_table
from kinfold.feeds.reports import PartCount, Problem, problem_of
from kinfold.feeds.sheet import SEPARATOR, Field, Sheet
from kinfold.feeds.values import Columns, column_name, holds, said_name, total_name
from kinfold.feeds.writing import Write, write_rows
from kinfold.store.engine import Engine

OURS = "mapping_"


def map_part(
    engine: Engine,
    delivery: Delivery,
    landed: Landed,
    others: Mapping[str, Sequence[Landed]],
    *,
    write: Write,
    set_aside: Path,
) -> tuple[PartCount, list[Problem]]:
    """
    Map one landed part, giving each table's rows to `write`, and its set-aside rows to a file in `set_aside`.

    others: the delivery's landed parts by the name of their kind, for joins.
    Returns the count of its rows, and its problems with the first row of each.
    """
    if not landed.part.rows or not landed.rows_kept:
        return _counted(landed, 0, is_used=bool(landed.part.rows)), []
    try:
        base, problems = working_table(engine, delivery, landed, others)
        problems += _columns_not_there(landed)
        work = _Work(engine, delivery, landed, base)
        bad = work.set_aside()
        for row, fields, table in work.outputs(bad):
            problems += write_rows(delivery, landed, row, fields, table, write)
        aside = 0
        if bad is not None:
            aside, found = _put_aside(engine, landed, bad, set_aside / f"{landed.name}.parquet")
            problems += found
        return _counted(landed, aside), [*problems, *work.warnings(), *_repeats(engine, landed)]
    finally:
        engine.forget(OURS)


def _counted(landed: Landed, aside: int, *, is_used: bool = True) -> PartCount:
    return PartCount(
        part=landed.name,
        file=landed.file,
        rows_in=landed.rows_in,
        rows_mapped=landed.rows_kept - aside,
        rows_set_aside=aside,
        rows_refused_by_agreement=landed.rows_refused,
        is_used=is_used,
    )


def _columns_not_there(landed: Landed) -> list[Problem]:
    read = dict.fromkeys(c for row in landed.part.rows for c in row.columns if "." not in c)
    problems = []
    for name in read:
        if landed.column_of(name) is None:
            refused = plain(name) in map(plain, landed.columns_refused)
            why = "is not in the agreement and was removed" if refused else "is not in the file"
            message = f"{landed.name}: {name} {why}; what would be read from it is not known."
            problems.append(Problem("column_missing", "warning", message, landed.name, None, name, landed.rows_kept))
    return problems


class _Work:
    """A part while it is mapped: one working table with each value once, and each row's first fault."""

    def __init__(self, engine: Engine, delivery: Delivery, landed: Landed, base: ir.Table) -> None:
        self.engine, self.delivery, self.landed, self.base = engine, delivery, landed, base
        self.sheet = Sheet(Columns(base, delivered=delivery.delivered), delivery.feed)
        self.rows = [(row, self.sheet.add(row)) for row in landed.part.rows if not row.per]
        self.grouped = [row for row in landed.part.rows if row.per]
        for row in self.grouped:
            self.sheet.add_totals(row)
        self.sheet.values["is_header"] = self._is_header()
        self.table = engine.keep(base.select(row_number=base.row_number, **self.sheet.values), f"{OURS}work")
        self.groups: list[tuple[Row, list[Field], ir.Table]] = []

    def _is_header(self) -> ir.BooleanValue:
        tests = []
        for name in self.landed.part.recognise[:3]:
            column = self.landed.column_of(name)
            if column is not None:
                tests.append(self.base[column_name(name)].upper() == column.upper())
        return ibis.and_(*tests).fill_null(False) if tests else ibis.literal(False)

    def set_aside(self) -> ir.Table | None:
        """`row_number` and `reason` of each row that cannot be mapped, or None when all can."""
        repeated = (self.table.is_header, ibis.literal(f"header_repeated{SEPARATOR}"))
        bad = self._faulty(self.table, [repeated, *self.sheet.faults(self.table)], f"{OURS}bad")
        members = [self._group(number, row, bad) for number, row in enumerate(self.grouped)]
        found = [one for one in (bad, *members) if one is not None]
        if len(found) < 2:
            return found[0] if found else None
        all_bad = ibis.union(*found).group_by("row_number").agg(reason=lambda t: t.reason.min())
        return self.engine.keep(all_bad, f"{OURS}bad_all")

    def _faulty(self, table: ir.Table, branches: list, name: str) -> ir.Table | None:
        if not branches:
            return None
        reason = ibis.cases(*branches, else_=cells.no_text())
        bad = table.select(table.row_number, reason=reason).filter(lambda t: t.reason.notnull())
        kept = self.engine.keep(bad, name)
        return kept if kept.count().to_pyarrow().as_py() else None

    def _group(self, number: int, row: Row, bad: ir.Table | None) -> ir.Table | None:
        """Gather the rows of one `per` mapping; returns the members of groups that cannot be mapped."""
        rows = self.base.filter(holds(row.when, Columns(self.base, delivered=self.delivery.delivered)))
        if bad is not None:
            rows = rows.anti_join(bad, "row_number")
        per = [column_name(name) for name in row.per]
        grouped = self.engine.keep(self._gathered(rows, row, per), f"{OURS}group_{number}")
        sheet = Sheet(Columns(grouped, delivered=self.delivery.delivered), self.delivery.feed)
        fields = sheet.add(dataclasses.replace(row, when=()))
        values = grouped.select(*per, row_number=grouped.row_number, **sheet.values)
        worked = self.engine.keep(values, f"{OURS}group_work_{number}")
        self.groups.append((row, fields, worked))
        bad_groups = self._faulty(worked, sheet.faults(worked), f"{OURS}bad_group_{number}")
        if bad_groups is None:
            return None
        named = worked.select(*per, "row_number").inner_join(bad_groups, "row_number").drop("row_number")
        members = rows.inner_join(named, per).select("row_number", "reason")
        return self.engine.keep(members, f"{OURS}bad_members_{number}")

    def _gathered(self, rows: ir.Table, row: Row, per: list[str]) -> ir.Table:
        """One row for each group of rows alike in `per`: its totals, and the rest as its first row says."""
        used = {name for column in row.columns for name in (column_name(column), said_name(column))} - set(per)
        kept = {name: rows[name].argmin(rows.row_number) for name in used if name in rows.columns}
        columns = Columns(rows, delivered=self.delivery.delivered)
        for value in row.values.values():
            if value.total is not None:
                number, _ = cells.as_number(columns.said(value.total))
                counted = holds(value.when, columns)
                kept[total_name(value.total, value.when)] = ibis.ifelse(counted, number, 0.0).sum()
        return rows.group_by(per).agg(row_number=rows.row_number.min(), **kept)

    def outputs(self, bad: ir.Table | None) -> Iterator[tuple[Row, list[Field], ir.Table]]:
        """Each mapping with the working rows that it makes a row of its table from."""
        for row, fields in self.rows:
            take = self.sheet.take_of(row)
            yield row, fields, self._fine(self.table if take is None else self.table.filter(self.table[take]), bad)
        for row, fields, worked in self.groups:
            yield row, fields, self._fine(worked, bad)

    def _fine(self, table: ir.Table, bad: ir.Table | None) -> ir.Table:
        return table if bad is None else table.anti_join(bad, "row_number")

    def warnings(self) -> list[Problem]:
        """Values that were left out while their row was used."""
        asked: dict[str, ir.Value] = {"rows": self.table.count()}
        for name in self.sheet.warns:
            asked[f"{name}_count"] = self.table[name].count()
            asked[f"{name}_row"] = self.table.row_number.min(where=self.table[name].notnull())
            asked[f"{name}_code"] = self.table[name].max()
        found = self.table.aggregate(**asked).to_pyarrow().to_pylist()[0]
        # A join that gave a row twice, or lost one, would show here.
        assert found["rows"] == self.landed.rows_kept, self.landed.name
        return [
            problem_of(self.landed, found[f"{name}_code"], label, found[f"{name}_count"], found[f"{name}_row"])
            for name, label in self.sheet.warns.items()
            if found[f"{name}_count"]
        ]


def _repeats(engine: Engine, landed: Landed) -> list[Problem]:
    """Rows that say exactly what an earlier row of the part says."""
    if not landed.columns:
        return []
    table = engine.read(landed.path, f"{OURS}repeats")
    whole = table.select(said=ibis.literal("\x1f").join([table[column] for column in landed.columns]).hash())
    found = whole.aggregate(rows=whole.count(), told=whole.said.nunique()).to_pyarrow().to_pylist()[0]
    twice = found["rows"] - found["told"]
    if not twice:
        return []
    say = "1 row says" if twice == 1 else f"{twice:,} rows say"
    message = f"{landed.name}: {say} exactly what an earlier row says; repeats count as mapped."
    return [Problem("row_repeated", "warning", message, landed.name, None, None, twice)]


def _put_aside(engine: Engine, landed: Landed, bad: ir.Table, path: Path) -> tuple[int, list[Problem]]:
    """Write the rows that were set aside with their reason, and say each reason once."""
    reasons = bad.group_by("reason").agg(count=bad.count(), row=bad.row_number.min())
    problems = []
    for found in sorted(reasons.to_pyarrow().to_pylist(), key=lambda one: (-one["count"], one["reason"])):
        code, _, label = found["reason"].partition(SEPARATOR)
        problems.append(problem_of(landed, code, label or None, found["count"], found["row"], severity="error"))
    rows = engine.read(landed.path, f"{OURS}aside").inner_join(bad, "row_number")
    reason = rows.reason.split(SEPARATOR)
    engine.write(rows.mutate(reason_code=reason[0], reason_column=reason[1]).drop("reason"), path)
    return sum(problem.count for problem in problems), problems
