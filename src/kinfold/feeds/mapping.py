"""
Turn a landed part into rows of the twelve tables, whole rows or none, in expressions over the whole part.

A row is mapped when every table's row that it should make can be made; else it is set aside with its reason.
A row that no mapping takes has been read and has nothing to record: it counts as mapped.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.areas.feeds import Row
from kinfold.feeds import cells
from kinfold.feeds.checks.asking import Asking, Others
from kinfold.feeds.headers import plain
from kinfold.feeds.landing import Landed
from kinfold.feeds.parts import WorkingTable, place_and_row, working_table
from kinfold.feeds.passing import Passing
from kinfold.feeds.reports import PartCount, Problem
from kinfold.feeds.sheet import SEPARATOR, Sheet
from kinfold.feeds.values import Columns, column_name, day_name, holds, said_name, total_name
from kinfold.feeds.writing import Mapped, Write, without_conditions
from kinfold.store.engine import Engine, write_rows

BATCH_ROWS = 50_000
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
    filled = [landed for landed in parts if (landed.part.rows or landed.part.checks) and landed.rows_kept]
    if not filled:
        return [(_counted(landed, 0), []) for landed in parts]
    try:
        with engine.comparing_lists():
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
    work = _Work(engine, parts, working_table(engine, parts, others), others)
    passing = [Passing(landed, work.sheet.warns, work.asking.noted) for landed in parts]
    for place, rows in work.batches():
        _give(work.mapped, parts[place], place, passing[place].see(rows), write)
    for mapped, worked in work.groups:
        for place, rows in _in_batches(worked):
            _give([mapped], parts[place], place, rows, write)
    every = [*work.mapped, *(mapped for mapped, _ in work.groups)]
    outcomes = []
    for place, (landed, seen) in enumerate(zip(parts, passing, strict=True)):
        # A join that gave a row twice, or lost one, would show here.
        assert seen.rows == landed.rows_kept, landed.name
        doubted = [mapped.doubts(place) for mapped in every]
        found = [*work.problems[place], *seen.reasons(), *_columns_not_there(landed), *seen.warnings(doubted)]
        _put_warned(seen, doubted, set_aside(landed))
        outcomes.append((_counted(landed, _put_aside(engine, landed, seen.aside(), set_aside)), found))
    return outcomes


def _give(mapped: Sequence[Mapped], landed: Landed, place: int, rows: pa.Table, write: Write) -> None:
    for one in mapped:
        one.give(landed, place, rows, write)


def _in_batches(table: ir.Table) -> Iterator[tuple[int, pa.Table]]:
    """The rows of a worked table, those of each part apart, with their row number in it."""
    for batch in table.to_pyarrow_batches(chunk_size=BATCH_ROWS):
        yield from _apart(pa.Table.from_batches([batch]))


def _apart(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    places, numbers = place_and_row(rows.column("row_id"))
    rows = rows.append_column("row_number", numbers)
    found = sorted(pc.unique(places).to_pylist())
    for place in found:
        yield place, rows if len(found) == 1 else rows.filter(pc.equal(places, place))


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
        if landed.column_of(name) is None and name not in spared and name not in landed.part.may_be_missing:
            refused = plain(name) in map(plain, landed.columns_refused)
            why = "is not in the agreement and was removed" if refused else "is not in the file"
            message = f"{landed.in_words}: {name} {why}; what would be read from it is not known."
            problems.append(Problem("column_missing", "warn", message, landed.name, None, name, landed.rows_kept))
    return problems


class _Work:
    """
    Parts of one kind while they are mapped: one working table with each value once, and each row's first fault.

    mapped: the mappings of single rows. groups: those of groups of rows, with the worked groups that can be mapped.
    """

    def __init__(self, engine: Engine, parts: Sequence[Landed], given: WorkingTable, others: Others) -> None:
        self.engine, self.problems, self.slices = engine, given.problems, given.slices
        self.feed, self.part = parts[0].delivery.feed, parts[0].part
        grouped = [row for row in self.part.rows if row.per]
        # What is read once need not be kept.
        self.base = engine.keep(given.rows, f"{OURS}base") if grouped else given.rows
        self.sheet = Sheet(Columns(self.base), self.feed)
        rows = [row for row in self.part.rows if not row.per]
        self.mapped = [Mapped(self.feed, row, self.sheet.add(row), number) for number, row in enumerate(rows)]
        for row in grouped:
            self.sheet.add_totals(row)
        self.asking = Asking(parts, self.sheet.columns, others)
        self.table = self._worked()
        self.groups: list[tuple[Mapped, ir.Table]] = []
        if grouped:
            self.table = engine.keep(self.table, f"{OURS}work")
            self._gather(grouped)

    def batches(self) -> Iterator[tuple[int, pa.Table]]:
        """Every row, those of each part apart. Without groups, a slice is worked out when its turn comes."""
        if any(row.per for row in self.part.rows):
            yield from _in_batches(self.table)
            return
        ask = self.engine.asking(self.table)
        for turn_to_slice in self.slices:
            turn_to_slice()
            yield from _apart(ask())
            pa.default_memory_pool().release_unused()  # the allocator keeps a slice's memory for itself otherwise

    def _worked(self) -> ir.Table:
        """Each value, and over those what is wrong with the row and what is worked out beside them."""
        asking = self.asking
        values = self.base.select("row_id", "said", **self.sheet.values, **asking.values, is_header=self._is_header())
        values = self.engine.layer(values, f"{OURS}values_{uuid.uuid4().hex[:12]}")
        repeated = (values.is_header, ibis.literal(f"header_repeated{SEPARATOR}"))
        reason = ibis.cases(repeated, *asking.faults(values), *self.sheet.faults(values), else_=cells.no_text())
        wrong = ibis.ifelse(values.is_header, 0, asking.wrong(values))
        beside = {name: value for mapped in self.mapped for name, value in mapped.worked_out(values).items()}
        worked = values.mutate(reason=reason, wrong=wrong, **beside).drop(*asking.values)
        return self._with_others(worked)

    def _with_others(self, table: ir.Table) -> ir.Table:
        """The table with what is wrong with its rows beside each other, worked out over all of them."""
        asked = self.asking.of_rows_together(self._is_header())
        if asked is None:
            return table
        rows = self.engine.fetch(asked)
        if not rows.num_rows:
            return table
        found = self.engine.take(rows, f"{OURS}together_{uuid.uuid4().hex[:12]}")
        joined = table.left_join(found, "row_id").drop("row_id_right")
        reason, wrong = joined.reason.coalesce(joined.also_reason), joined.wrong + joined.also_wrong.coalesce(0)
        return joined.mutate(reason=reason, wrong=wrong).drop("also_reason", "also_wrong")

    def _is_header(self) -> ir.BooleanValue:
        tests = []
        for name in self.part.recognise[:3]:
            text = self.base[column_name(name)].re_replace(r"[\W_]", "").lower()
            tests.append(text == plain(name))
        return ibis.and_(*tests).fill_null(False)

    def _gather(self, rows: Sequence[Row]) -> None:
        """Work out the groups; the members of one that cannot be mapped are set aside with it."""
        bad = self._faulty(self.table, f"{OURS}bad")
        worked = [self._group(number, row, bad) for number, row in enumerate(rows)]
        members = [found for _, _, found in worked if found is not None]
        if members:
            also = ibis.union(*members).group_by("row_id").agg(also=lambda t: t.reason.min())
            table = self.table.left_join(also, "row_id").drop("row_id_right")
            table = table.mutate(reason=table.reason.coalesce(table.also)).drop("also")
            self.table = self.engine.keep(table, f"{OURS}work_and_groups")
        bad = self._faulty(self.table, f"{OURS}bad_all")
        self.groups = [
            (mapped, table if bad is None else table.anti_join(bad, "row_id")) for mapped, table, _ in worked
        ]

    def _is_filled(self, table: ir.Table) -> bool:
        return self.engine.fetch(table.select("row_id").limit(1)).num_rows > 0

    def _faulty(self, table: ir.Table, name: str) -> ir.Table | None:
        """`row_id` and `reason` of each row that cannot be mapped, or None when all can."""
        kept = self.engine.keep(table.filter(table.reason.notnull()).select("row_id", "reason"), name)
        return kept if self._is_filled(kept) else None

    def _group(self, number: int, row: Row, bad: ir.Table | None) -> tuple[Mapped, ir.Table, ir.Table | None]:
        """Gather the rows of one `per` mapping; returns also the members of groups that cannot be mapped."""
        rows = self.base.filter(holds(row.when, Columns(self.base)))
        if bad is not None:
            rows = rows.anti_join(bad, "row_id")
        per = ["delivery_id", *(column_name(name) for name in row.per)]
        grouped = self.engine.keep(self._gathered(rows, row, per), f"{OURS}group_{number}")
        sheet = Sheet(Columns(grouped), self.feed)
        mapped = Mapped(self.feed, row, sheet.add(without_conditions(row)), len(self.mapped) + number)
        values = grouped.select(*per, row_id=grouped.row_id, **sheet.values)
        faults = sheet.faults(values)
        reason = ibis.cases(*faults, else_=cells.no_text()) if faults else cells.no_text()
        values = values.mutate(reason=reason, **mapped.worked_out(values))
        worked = self.engine.keep(values, f"{OURS}group_work_{number}")
        bad_groups = self._faulty(worked, f"{OURS}bad_group_{number}")
        if bad_groups is None:
            return mapped, worked, None
        named = worked.select(*per, "row_id").inner_join(bad_groups, "row_id").drop("row_id")
        members = rows.inner_join(named, per).select("row_id", "reason")
        return mapped, worked, self.engine.keep(members, f"{OURS}bad_members_{number}")

    def _gathered(self, rows: ir.Table, row: Row, per: list[str]) -> ir.Table:
        """One row for each group of rows alike in `per`: its totals, and the rest as its first row says."""
        named = (column_name, said_name, day_name)
        used = {name(column) for column in row.columns for name in named} - set(per)
        kept = {name: rows[name].argmin(rows.row_id) for name in used if name in rows.columns}
        columns = Columns(rows)
        for value in row.values.values():
            if value.total is not None:
                number, _ = cells.as_number(columns.said(value.total))
                counted = holds(value.when, columns)
                kept[total_name(value.total, value.when)] = ibis.ifelse(counted, number, 0.0).sum()
        return rows.group_by(per).agg(row_id=rows.row_id.min(), **kept)


def _put_aside(engine: Engine, landed: Landed, aside: pa.Table | None, set_aside: Callable[[Landed], Path]) -> int:
    """Write the rows of a part that were set aside with their reason; returns how many."""
    if aside is None:
        return 0
    rows = engine.read(landed.path).inner_join(engine.take(aside, f"{OURS}aside"), "row_number")
    reason = rows.reason.split(SEPARATOR)
    year = ibis.literal(landed.delivery.year, "int64")
    whole = rows.mutate(reason_code=reason[0], reason_column=reason[1], reason_year=year).drop("reason")
    return engine.write(whole, set_aside(landed))


def _put_warned(seen: Passing, doubted: Sequence[tuple[str, Sequence[int]]], set_aside: Path) -> None:
    """Write which rows of a part were warned about, in a folder beside that of those set aside."""
    warned = seen.warned(doubted)
    if warned.num_rows:
        write_rows(warned, set_aside.parent.parent / "warned" / set_aside.name)
