"""
Turn a landed part into rows of the twelve tables, whole rows or none, in expressions over the whole part.

A row is mapped when every table's row that it should make can be made; else it is set aside with its reason.
A row that no mapping takes has been read and has nothing to record: it counts as mapped.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.areas.feeds import Feed, Row, Value
from kinfold.feeds import cells
from kinfold.feeds.headers import plain
from kinfold.feeds.landing import Landed
from kinfold.feeds.reports import PartCount, Problem
from kinfold.feeds.values import Cell, Columns, column_name, holds, read_value, total_name
from kinfold.store import schema
from kinfold.store.engine import Engine

Write = Callable[[str, pa.Table], None]
BATCH_ROWS = 250_000
SEPARATOR = "\t"


@dataclasses.dataclass(frozen=True)
class Delivery:
    """What is the same for every row of a delivery."""

    id: str
    feed: Feed
    delivered: datetime.date


@dataclasses.dataclass(frozen=True)
class Field:
    """A column of one of the tables, and the columns of the working table that its value and its fault are in."""

    column: schema.Column
    value: str
    fault: str | None
    label: str


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
    problems = _columns_not_there(landed)
    if not landed.part.rows or not landed.rows_kept:
        return _counted(landed, 0, is_used=bool(landed.part.rows)), problems
    prefix = "mapping_"
    try:
        base, join_problems = _base(engine, delivery, landed, others)
        work = _Work(engine, delivery, landed, base)
        bad = work.set_aside()
        for row, fields, table in work.outputs(bad):
            problems += _write_rows(engine, delivery, landed, row, fields, table, write)
        aside = 0
        if bad is not None:
            aside, found = _put_aside(engine, landed, bad, set_aside / f"{landed.name}.parquet")
            problems += found
        return _counted(landed, aside), [*problems, *join_problems, *work.warnings()]
    finally:
        engine.forget(prefix)


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


def _base(
    engine: Engine, delivery: Delivery, landed: Landed, others: Mapping[str, Sequence[Landed]]
) -> tuple[ir.Table, list[Problem]]:
    """The part's columns under working names, empty cells null, with the columns of the parts it joins."""
    needed = dict.fromkeys((*landed.part.columns, *(c for join in landed.part.join.values() for c in join.on)))
    base = _named(engine, landed, [name for name in needed if "." not in name], "c_")
    problems = []
    for alias, join in landed.part.join.items():
        parts = others.get(join.part, ())
        if not parts:
            message = f"{landed.name}: the part {join.part}, which it is read with, is not in this delivery."
            problems.append(Problem("part_missing", "warning", message, landed.name, None, None, landed.rows_kept))
            continue
        read = [c.partition(".")[2] for row in landed.part.rows for c in row.columns if c.startswith(f"{alias}.")]
        later = [c.partition(".")[2] for j in landed.part.join.values() for c in j.on if c.startswith(f"{alias}.")]
        columns = list(dict.fromkeys((*join.on.values(), *read, *later)))
        tables = [_named(engine, part, columns, f"j_{alias}_") for part in parts]
        joined = ibis.union(*tables) if len(tables) > 1 else tables[0]
        keys = [f"j_{alias}_{plain(theirs)}" for theirs in join.on.values()]
        base = _joined(base, joined, [column_name(ours) for ours in join.on], keys)
    return base, problems


def _named(engine: Engine, landed: Landed, names: Sequence[str], prefix: str) -> ir.Table:
    table = engine.read(landed.path, f"mapping_read_{landed.path.stem}_{prefix}".replace("#", "_"))
    columns: dict[str, ir.Value] = {}
    for name in names:
        column = landed.column_of(name)
        columns[prefix + plain(name)] = cells.no_text() if column is None else table[column].nullif("")
    return table.select(row_number=table.row_number, **columns)


def _joined(base: ir.Table, other: ir.Table, ours: Sequence[str], theirs: Sequence[str]) -> ir.Table:
    """One row of `other` at most for each of `base`: a key that is there twice gives its first row."""
    first = ibis.row_number().over(group_by=list(theirs), order_by="row_number")
    other = other.mutate(place=first).filter(lambda t: t.place == 0).drop("place", "row_number")
    pairs = [base[mine] == other[their] for mine, their in zip(ours, theirs, strict=True)]
    return base.left_join(other, pairs)


class _Work:
    """A part while it is mapped: one working table with each value once, and each row's first fault."""

    def __init__(self, engine: Engine, delivery: Delivery, landed: Landed, base: ir.Table) -> None:
        self.engine, self.delivery, self.landed, self.base = engine, delivery, landed, base
        self.rows = [row for row in landed.part.rows if not row.per]
        self.grouped = [row for row in landed.part.rows if row.per]
        self.sheet = _Sheet(Columns(base, delivered=delivery.delivered), delivery.feed, landed)
        for row in self.rows:
            self.sheet.add(row)
        for row in self.grouped:
            self.sheet.add_totals(row)
        self.sheet.others["is_header"] = self._is_header()
        columns = [base[name] for name in base.columns if name.startswith(("c_", "j_"))] if self.grouped else []
        self.table = engine.keep(
            base.select(*columns, row_number=base.row_number, **self.sheet.selected), "mapping_work"
        )
        self.groups: list[tuple[Row, _Sheet, ir.Table]] = []

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
        bad = self._faulty(self.table, [repeated, *self.sheet.faults(self.table)], "mapping_bad")
        members = [self._group(number, row, bad) for number, row in enumerate(self.grouped)]
        found = [one for one in (bad, *members) if one is not None]
        if not found:
            return None
        if len(found) == 1:
            return found[0]
        all_bad = ibis.union(*found).group_by("row_number").agg(reason=lambda t: t.reason.min())
        return self.engine.keep(all_bad, "mapping_bad_all")

    def _faulty(self, table: ir.Table, branches: list, name: str) -> ir.Table | None:
        if not branches:
            return None
        reason = ibis.cases(*branches, else_=cells.no_text())
        bad = table.select(table.row_number, reason=reason).filter(lambda t: t.reason.notnull())
        kept = self.engine.keep(bad, name)
        return kept if kept.count().to_pyarrow().as_py() else None

    def _group(self, number: int, row: Row, bad: ir.Table | None) -> ir.Table | None:
        """Gather the rows of one `per` mapping; returns the members of groups that cannot be mapped."""
        rows = self.table.filter(self.table[self.sheet.takes[row_id(row)]])
        if bad is not None:
            rows = rows.anti_join(bad, "row_number")
        per = [column_name(name) for name in row.per]
        grouped = self.engine.keep(_gathered(rows, row, per, self.sheet), f"mapping_group_{number}")
        sheet = _Sheet(Columns(grouped, delivered=self.delivery.delivered), self.delivery.feed, self.landed)
        sheet.add(dataclasses.replace(row, when=()))
        worked = self.engine.keep(
            grouped.select(*per, row_number=grouped.row_number, **sheet.selected), f"mapping_group_work_{number}"
        )
        self.groups.append((row, sheet, worked))
        bad_groups = self._faulty(worked, sheet.faults(worked), f"mapping_bad_group_{number}")
        if bad_groups is None:
            return None
        named = worked.select(*per, "row_number").inner_join(bad_groups, "row_number").drop("row_number")
        members = rows.inner_join(named, per).select("row_number", "reason")
        return self.engine.keep(members, f"mapping_bad_members_{number}")

    def outputs(self, bad: ir.Table | None) -> Iterator[tuple[Row, list[Field], ir.Table]]:
        """Each mapping with the working rows that it makes a row of its table from."""
        for row in self.rows:
            yield row, self.sheet.fields[row_id(row)], self._fine(self.table, self.sheet.takes[row_id(row)], bad)
        for row, sheet, worked in self.groups:
            alone = dataclasses.replace(row, when=())
            yield row, sheet.fields[row_id(alone)], self._fine(worked, sheet.takes[row_id(alone)], bad)

    def _fine(self, table: ir.Table, take: str, bad: ir.Table | None) -> ir.Table:
        table = table.filter(table[take])
        return table if bad is None else table.anti_join(bad, "row_number")

    def warnings(self) -> list[Problem]:
        """Values that were left out while their row was used, and rows that repeat another."""
        asked: dict[str, ir.Value] = {"rows": self.table.count()}
        for name in self.sheet.warns:
            asked[f"{name}_count"] = self.table[name].count()
            asked[f"{name}_row"] = self.table.row_number.min(where=self.table[name].notnull())
            asked[f"{name}_code"] = self.table[name].max()
        found = self.table.aggregate(**asked).to_pyarrow().to_pylist()[0]
        assert found["rows"] == self.landed.rows_kept, self.landed.name
        problems = []
        for name, label in self.sheet.warns.items():
            if found[f"{name}_count"]:
                code = found[f"{name}_code"]
                problems.append(_problem(self.landed, code, label, found[f"{name}_count"], found[f"{name}_row"]))
        return problems + self._repeats()

    def _repeats(self) -> list[Problem]:
        """Rows that say exactly what an earlier row of the part says."""
        table = self.engine.read(self.landed.path, "mapping_repeats")
        texts = [table[column].fill_null("") for column in self.landed.columns]
        whole = table.select(said=ibis.literal("\x1f").join(texts).hash())
        found = whole.aggregate(rows=whole.count(), told=whole.said.nunique()).to_pyarrow().to_pylist()[0]
        twice = found["rows"] - found["told"]
        if not twice:
            return []
        message = f"{self.landed.name}: {_rows(twice)} exactly what an earlier row says; they count as mapped."
        return [Problem("row_repeated", "warning", message, self.landed.name, None, None, twice)]


def row_id(row: Row) -> int:
    return id(row) if not row.per else hash((row.table, row.per, tuple(row.values)))


class _Sheet:
    """The values that the rows of a part need, each once, with names in the working table."""

    def __init__(self, columns: Columns, feed: Feed, landed: Landed) -> None:
        self.columns, self.feed, self.landed = columns, feed, landed
        self.others: dict[str, ir.Value] = {}
        self.takes: dict[int, str] = {}
        self.fields: dict[int, list[Field]] = {}
        self.warns: dict[str, str] = {}
        self._known: dict[tuple, tuple[str, str | None, Cell]] = {}
        self._takes: dict[tuple, str] = {}
        self._total_faults: list[tuple[str, str, str]] = []

    @property
    def selected(self) -> dict[str, ir.Value]:
        return self.others

    def add(self, row: Row) -> None:
        """Put the values of one mapping on the sheet."""
        self.takes[row_id(row)] = self._take(row)
        table = schema.TABLES[row.table]
        fields = [
            self._field(table, column, row.values[column.name]) for column in table.columns if column.name in row.values
        ]
        if row.table == "person" and "birth_quality" not in row.values:
            fields += self._birth_quality(table, row)
        self.fields[row_id(row)] = fields

    def add_totals(self, row: Row) -> None:
        """Numbers that a `per` mapping will add up, so that a row whose number cannot be read is set aside first."""
        take = self.takes[row_id(row)] = self._take(row)
        for name in dict.fromkeys(value.total for value in row.values.values() if value.total):
            number, fault = cells.as_number(self.columns.text(name))
            self.others[f"n_{plain(name)}"] = number
            self.others[f"n_{plain(name)}_fault"] = ibis.ifelse(number.isnull() & fault.isnull(), "value_needed", fault)
            self._total_faults.append((take, f"n_{plain(name)}_fault", name))

    def faults(self, table: ir.Table) -> list[tuple[ir.BooleanValue, ir.StringValue]]:
        """When each thing is wrong with a row, and the reason to give: a code and a column."""
        found: dict[tuple, tuple] = {}
        for take, fault, label in self._total_faults:
            found[take, fault] = (table[take] & table[fault].notnull(), table[fault] + (SEPARATOR + label))
        for key, fields in self.fields.items():
            take = self.takes[key]
            for field in fields:
                if field.fault:
                    wrong = table[take] & table[field.fault].notnull()
                    found[take, field.fault] = (wrong, table[field.fault] + (SEPARATOR + field.label))
                if field.column.required:
                    empty = table[take] & table[field.value].isnull()
                    found[take, field.value] = (empty, ibis.literal(f"value_needed{SEPARATOR}{field.label}"))
            found |= self._backwards(table, take, {field.column.name: field for field in fields})
        return list(found.values())

    def _backwards(self, table: ir.Table, take: str, fields: dict[str, Field]) -> dict[tuple, tuple]:
        if "from_on" not in fields or "to_on" not in fields:
            return {}
        start, end = fields["from_on"], fields["to_on"]
        wrong = table[take] & (table[end.value] < table[start.value])
        reason = ibis.literal(f"ends_before_it_starts{SEPARATOR}{end.label}")
        return {(take, start.value, end.value): (wrong, reason)}

    def _take(self, row: Row) -> str:
        if row.when not in self._takes:
            name = f"take_{len(self._takes)}"
            self._takes[row.when] = name
            self.others[name] = holds(row.when, self.columns)
        return self._takes[row.when]

    def _field(self, table: schema.Table, column: schema.Column, value: Value) -> Field:
        key = (value, table.name if column.name in ("kind", "birth_on", "value") or column.codes else "", column.name)
        if key not in self._known:
            cell = read_value(value, self.columns, feed=self.feed, table=table.name, column=column.name)
            name = f"v{len(self._known)}"
            self.others[name] = cell.value
            fault = None if cell.fault is None else f"{name}_fault"
            if fault is not None:
                self.others[fault] = cell.fault
            if cell.warning is not None:
                self.others[f"{name}_warning"] = cell.warning
                self.warns[f"{name}_warning"] = self._label(column, value)
            self._known[key] = name, fault, cell
        name, fault, _ = self._known[key]
        return Field(column, name, fault, self._label(column, value))

    def _birth_quality(self, table: schema.Table, row: Row) -> list[Field]:
        value = row.values.get("birth_on")
        known = None if value is None else self._known[value, "person", "birth_on"]
        if known is None or known[2].quality is None:
            return []
        name = f"{known[0]}_quality"
        self.others[name] = known[2].quality
        return [Field(table.column("birth_quality"), name, None, "birth_quality")]

    def _label(self, column: schema.Column, value: Value) -> str:
        """Which columns of the file to look at."""
        return ", ".join(dict.fromkeys(value.columns)) or column.name


def _gathered(rows: ir.Table, row: Row, per: list[str], sheet: _Sheet) -> ir.Table:
    """One row for each group of rows alike in `per`: its totals, and the rest as its first row says."""
    used = {column_name(name) for name in row.columns} - set(per)
    kept = {name: rows[name].argmin(rows.row_number) for name in used if name in rows.columns}
    for value in row.values.values():
        if value.total is not None:
            number = rows[f"n_{plain(value.total)}"]
            counted = holds(value.when, Columns(rows, delivered=sheet.columns.delivered))
            kept[total_name(value.total, value.when)] = ibis.ifelse(counted, number, 0.0).sum()
    return rows.group_by(per).agg(row_number=rows.row_number.min(), **kept)


def _write_rows(
    engine: Engine, delivery: Delivery, landed: Landed, row: Row, fields: list[Field], table: ir.Table, write: Write
) -> list[Problem]:
    of = schema.TABLES[row.table]
    columns = {field.column.name: table[field.value] for field in fields}
    if row.table == "identifier":
        columns |= _about_identifier(delivery.feed, columns)
    selected = table.select(row_number=table.row_number, **columns)
    doubted = 0
    first: int | None = None
    for batch in selected.to_pyarrow_batches(chunk_size=BATCH_ROWS):
        rows = pa.Table.from_batches([batch])
        if not rows.num_rows:
            continue
        if row.table == "identifier":
            wrong = rows.filter(pc.equal(rows.column("is_valid"), False)).column("row_number")
            doubted += len(wrong)
            lowest = pc.min(wrong).as_py()
            first = lowest if first is None or (lowest is not None and lowest < first) else first
        write(row.table, schema.checked(row.table, _whole(of, rows, delivery, landed)))
    if not doubted:
        return []
    label = next(field.label for field in fields if field.column.name == "value")
    return [_problem(landed, "check_letter_wrong", label, doubted, first)]


def _about_identifier(feed: Feed, columns: dict[str, ir.Value]) -> dict[str, ir.Value]:
    """Whether an identifier's check holds, which numbering a local one is in, and whether a UPN is temporary."""
    kind, value = columns["kind"], columns["value"]
    found: dict[str, ir.Value] = {}
    upns = kind.isin(["upn", "former_upn", "temporary_upn"])
    if "is_valid" not in columns:
        found["is_valid"] = ibis.cases(
            (kind == "nhs", cells.nhs_holds(value)), (upns, cells.upn_holds(value)), else_=ibis.null("boolean")
        )
    if "register" not in columns:
        local = kind.isin(["case_number", "local"])
        found["register"] = ibis.ifelse(local, ibis.literal(feed.people_source), cells.no_text())
    temporary = (kind == "upn") & value.re_search("^[A-Z][0-9]{11}[A-Z]$")
    found["kind"] = ibis.ifelse(temporary, "temporary_upn", kind)
    return found


def _whole(of: schema.Table, rows: pa.Table, delivery: Delivery, landed: Landed) -> pa.Table:
    """The rows with every column of the table: provenance put in, what was not mapped null."""
    ours = {
        "source": delivery.feed.name,
        "delivery_id": delivery.id,
        "part": landed.name,
        "known_from": delivery.delivered,
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


def _put_aside(engine: Engine, landed: Landed, bad: ir.Table, path: Path) -> tuple[int, list[Problem]]:
    """Write the rows that were set aside with their reason, and say each reason once."""
    reasons = bad.group_by("reason").agg(count=bad.count(), row=bad.row_number.min())
    problems = []
    for found in sorted(reasons.to_pyarrow().to_pylist(), key=lambda one: (-one["count"], one["reason"])):
        code, _, label = found["reason"].partition(SEPARATOR)
        problems.append(_problem(landed, code, label or None, found["count"], found["row"], severity="error"))
    rows = engine.read(landed.path, "mapping_aside").inner_join(bad, "row_number")
    code = rows.reason.split(SEPARATOR)
    engine.write(rows.mutate(reason_code=code[0], reason_column=code[1]).drop("reason"), path)
    return sum(problem.count for problem in problems), problems


def _problem(
    landed: Landed, code: str, label: str | None, count: int, row: int | None, *, severity: str = "warning"
) -> Problem:
    column = None if label is None else ", ".join(landed.column_of(name) or name for name in label.split(", "))
    where = f" (first: row {row:,})" if row is not None else ""
    subject = f"{column} {cells.FAULTS[code]}" if column else f"the row {cells.FAULTS[code]}"
    message = f"{landed.name}: {subject}, in {count:,} {'row' if count == 1 else 'rows'}{where}."
    return Problem(code, severity, message, landed.name, row, column, count)  # type: ignore[arg-type]


def _rows(count: int) -> str:
    return "1 row says" if count == 1 else f"{count:,} rows say"
