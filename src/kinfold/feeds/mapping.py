"""
Turn a landed part into rows of the twelve tables, whole rows or none, in expressions over the whole part.

A row is mapped when every table's row that it should make can be made; else it is set aside with its reason.
A row that no mapping takes has been read and has nothing to record: it counts as mapped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir

from kinfold.areas.feeds import Row
from kinfold.feeds import cells
from kinfold.feeds.headers import plain
from kinfold.feeds.landing import Landed
from kinfold.feeds.parts import PLACES, working_table
from kinfold.feeds.reports import PartCount, Problem, problem_of
from kinfold.feeds.sheet import SEPARATOR, Field, Sheet
from kinfold.feeds.values import Columns, column_name, holds, said_name, total_name
from kinfold.feeds.writing import Write, write_rows
from kinfold.store.engine import Engine

OURS = "mapping_"


def map_parts(
    engine: Engine,
    parts: Sequence[Landed],
    others: Mapping[tuple[str, str], Sequence[Landed]],
    *,
    write: Write,
    set_aside: Callable[[Landed], Path],
) -> list[tuple[PartCount, list[Problem]]]:
    """
    Map landed parts of one kind, of one delivery or of several, in one pass.

    others: landed parts by delivery and kind, for joins. write: given each table's rows of a delivery.
    set_aside: where a part's set-aside rows go.
    Returns, for each part, the count of its rows and its problems with the first row of each.
    """
    filled = [landed for landed in parts if landed.part.rows and landed.rows_kept]
    if not filled:
        return [(_counted(landed, 0), []) for landed in parts]
    try:
        done = _map_filled(engine, filled, others, write, set_aside)
    finally:
        engine.forget(OURS)
    found = {id(landed): one for landed, one in zip(filled, done, strict=True)}
    return [found.get(id(landed)) or (_counted(landed, 0), []) for landed in parts]


def _map_filled(
    engine: Engine,
    parts: Sequence[Landed],
    others: Mapping[tuple[str, str], Sequence[Landed]],
    write: Write,
    set_aside: Callable[[Landed], Path],
) -> list[tuple[PartCount, list[Problem]]]:
    base, problems = working_table(engine, parts, others)
    work = _Work(engine, parts, base)
    bad = work.set_aside()
    aside = [0 for _ in parts] if bad is None else _put_aside(engine, parts, bad, set_aside, problems)
    further = [work.warnings(), _repeats(engine, parts)]
    further += [write_rows(parts, row, fields, table, write) for row, fields, table in work.outputs(bad)]
    return [
        (
            _counted(landed, aside[place]),
            [*problems[place], *_columns_not_there(landed), *(one for found in further for one in found[place])],
        )
        for place, landed in enumerate(parts)
    ]


def _counted(landed: Landed, aside: int) -> PartCount:
    return PartCount(
        part=landed.name,
        file=landed.file,
        rows_in=landed.rows_in,
        rows_mapped=landed.rows_kept - aside,
        rows_set_aside=aside,
        rows_refused_by_agreement=landed.rows_refused,
        is_used=bool(landed.part.rows),
    )


def _columns_not_there(landed: Landed) -> list[Problem]:
    read = dict.fromkeys(c for row in landed.part.rows for c in row.columns if "." not in c)
    either = [value.first_of for row in landed.part.rows for value in row.values.values() if value.first_of]
    spared = {name for names in either if any(map(landed.column_of, names)) for name in names}
    problems = []
    for name in read:
        if landed.column_of(name) is None and name not in spared:
            refused = plain(name) in map(plain, landed.columns_refused)
            why = "is not in the agreement and was removed" if refused else "is not in the file"
            message = f"{landed.name}: {name} {why}; what would be read from it is not known."
            problems.append(Problem("column_missing", "warning", message, landed.name, None, name, landed.rows_kept))
    return problems


class _Work:
    """Parts of one kind while they are mapped: one working table with each value once, and each row's first fault."""

    def __init__(self, engine: Engine, parts: Sequence[Landed], base: ir.Table) -> None:
        self.engine, self.parts, self.base = engine, parts, base
        self.feed, self.part = parts[0].delivery.feed, parts[0].part
        self.sheet = Sheet(Columns(base), self.feed)
        self.rows = [(row, self.sheet.add(row)) for row in self.part.rows if not row.per]
        self.grouped = [row for row in self.part.rows if row.per]
        for row in self.grouped:
            self.sheet.add_totals(row)
        self.sheet.values["is_header"] = self._is_header()
        self.table = engine.keep(base.select(row_id=base.row_id, **self.sheet.values), f"{OURS}work")
        self.groups: list[tuple[Row, list[Field], ir.Table]] = []

    def _is_header(self) -> ir.BooleanValue:
        tests = []
        for name in self.part.recognise[:3]:
            text = self.base[column_name(name)].re_replace(r"[\W_]", "").lower()
            tests.append(text == plain(name))
        return ibis.and_(*tests).fill_null(False)

    def set_aside(self) -> ir.Table | None:
        """`row_id` and `reason` of each row that cannot be mapped, or None when all can."""
        repeated = (self.table.is_header, ibis.literal(f"header_repeated{SEPARATOR}"))
        bad = self._faulty(self.table, [repeated, *self.sheet.faults(self.table)], f"{OURS}bad")
        members = [self._group(number, row, bad) for number, row in enumerate(self.grouped)]
        found = [one for one in (bad, *members) if one is not None]
        if len(found) < 2:
            return found[0] if found else None
        all_bad = ibis.union(*found).group_by("row_id").agg(reason=lambda t: t.reason.min())
        return self.engine.keep(all_bad, f"{OURS}bad_all")

    def _faulty(self, table: ir.Table, branches: list, name: str) -> ir.Table | None:
        if not branches:
            return None
        reason = ibis.cases(*branches, else_=cells.no_text())
        bad = table.select(table.row_id, reason=reason).filter(lambda t: t.reason.notnull())
        kept = self.engine.keep(bad, name)
        return kept if kept.count().to_pyarrow().as_py() else None

    def _group(self, number: int, row: Row, bad: ir.Table | None) -> ir.Table | None:
        """Gather the rows of one `per` mapping; returns the members of groups that cannot be mapped."""
        rows = self.base.filter(holds(row.when, Columns(self.base)))
        if bad is not None:
            rows = rows.anti_join(bad, "row_id")
        per = ["delivery_id", *(column_name(name) for name in row.per)]
        grouped = self.engine.keep(self._gathered(rows, row, per), f"{OURS}group_{number}")
        sheet = Sheet(Columns(grouped), self.feed)
        fields = sheet.add(dataclasses.replace(row, when=()))
        values = grouped.select(*per, row_id=grouped.row_id, **sheet.values)
        worked = self.engine.keep(values, f"{OURS}group_work_{number}")
        self.groups.append((row, fields, worked))
        bad_groups = self._faulty(worked, sheet.faults(worked), f"{OURS}bad_group_{number}")
        if bad_groups is None:
            return None
        named = worked.select(*per, "row_id").inner_join(bad_groups, "row_id").drop("row_id")
        members = rows.inner_join(named, per).select("row_id", "reason")
        return self.engine.keep(members, f"{OURS}bad_members_{number}")

    def _gathered(self, rows: ir.Table, row: Row, per: list[str]) -> ir.Table:
        """One row for each group of rows alike in `per`: its totals, and the rest as its first row says."""
        used = {name for column in row.columns for name in (column_name(column), said_name(column))} - set(per)
        kept = {name: rows[name].argmin(rows.row_id) for name in used if name in rows.columns}
        columns = Columns(rows)
        for value in row.values.values():
            if value.total is not None:
                number, _ = cells.as_number(columns.said(value.total))
                counted = holds(value.when, columns)
                kept[total_name(value.total, value.when)] = ibis.ifelse(counted, number, 0.0).sum()
        return rows.group_by(per).agg(row_id=rows.row_id.min(), **kept)

    def outputs(self, bad: ir.Table | None) -> Iterator[tuple[Row, list[Field], ir.Table]]:
        """Each mapping with the working rows that it makes a row of its table from."""
        for row, fields in self.rows:
            take = self.sheet.take_of(row)
            yield row, fields, self._fine(self.table if take is None else self.table.filter(self.table[take]), bad)
        for row, fields, worked in self.groups:
            yield row, fields, self._fine(worked, bad)

    def _fine(self, table: ir.Table, bad: ir.Table | None) -> ir.Table:
        return table if bad is None else table.anti_join(bad, "row_id")

    def warnings(self) -> list[list[Problem]]:
        """Values that were left out while their row was used, for each part."""
        asked: dict[str, ir.Value] = {"rows": self.table.count()}
        for name in self.sheet.warns:
            asked[f"{name}_count"] = self.table[name].count()
            asked[f"{name}_row"] = self.table.row_id.min(where=self.table[name].notnull())
            asked[f"{name}_code"] = self.table[name].max()
        counted = self.table.group_by(place=_place(self.table)).agg(**asked).to_pyarrow().to_pylist()
        problems: list[list[Problem]] = [[] for _ in self.parts]
        for found in counted:
            landed = self.parts[found["place"]]
            # A join that gave a row twice, or lost one, would show here.
            assert found["rows"] == landed.rows_kept, landed.name
            problems[found["place"]] = [
                problem_of(landed, found[f"{name}_code"], label, found[f"{name}_count"], found[f"{name}_row"] % PLACES)
                for name, label in self.sheet.warns.items()
                if found[f"{name}_count"]
            ]
        return problems


def _place(table: ir.Table) -> ir.IntegerValue:
    return (table.row_id // PLACES).cast("int64")


def _repeats(engine: Engine, parts: Sequence[Landed]) -> list[list[Problem]]:
    """Rows that say exactly what an earlier row of the part says."""
    tables = []
    for place, landed in enumerate(parts):
        table = engine.read(landed.path)
        whole = ibis.literal("\x1f").join([table[column] for column in landed.columns]).hash()
        tables.append(table.select(place=ibis.literal(place), said=whole))
    stacked = ibis.union(*tables) if len(tables) > 1 else tables[0]
    counted = stacked.group_by("place").agg(twice=stacked.count() - stacked.said.nunique()).to_pyarrow().to_pylist()
    problems: list[list[Problem]] = [[] for _ in parts]
    for found in counted:
        twice, name = found["twice"], parts[found["place"]].name
        if twice:
            say = "1 row says" if twice == 1 else f"{twice:,} rows say"
            message = f"{name}: {say} exactly what an earlier row says; repeats count as mapped."
            problems[found["place"]] = [Problem("row_repeated", "warning", message, name, None, None, twice)]
    return problems


def _put_aside(
    engine: Engine,
    parts: Sequence[Landed],
    bad: ir.Table,
    set_aside: Callable[[Landed], Path],
    problems: list[list[Problem]],
) -> list[int]:
    """Write the rows that were set aside with their reason, say each reason once, and count them for each part."""
    counted = bad.group_by(place=_place(bad), reason=bad.reason).agg(count=bad.count(), row=bad.row_id.min())
    aside = [0 for _ in parts]
    for found in sorted(counted.to_pyarrow().to_pylist(), key=lambda one: (-one["count"], one["reason"])):
        code, _, label = found["reason"].partition(SEPARATOR)
        place, row = found["place"], found["row"] % PLACES
        problems[place].append(problem_of(parts[place], code, label or None, found["count"], row, severity="error"))
        aside[place] += found["count"]
    for place, landed in enumerate(parts):
        if aside[place]:
            reasons = bad.filter(_place(bad) == place).select(row_number=bad.row_id % PLACES, reason=bad.reason)
            rows = engine.read(landed.path).inner_join(reasons, "row_number")
            reason = rows.reason.split(SEPARATOR)
            engine.write(rows.mutate(reason_code=reason[0], reason_column=reason[1]).drop("reason"), set_aside(landed))
    return aside
