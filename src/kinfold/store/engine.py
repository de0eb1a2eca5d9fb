"""
The one place that names an engine: a DuckDB connection through Ibis, and Parquet in and out.

Nothing else in the product opens a connection, writes a file of the lake, or knows which engine runs. What
differs between engines and their versions is met here; `tests/unit/store` calls each thing we lean on, so an
upgrade that breaks one is seen.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.datatypes import DuckDBType

if TYPE_CHECKING:
    from kinfold.store.spark import Spark


@dataclasses.dataclass(frozen=True)
class TextFile:
    """
    A Parquet file of text and a `row_number`.

    columns: ours and what the file calls each; None where it has none. constants: text that is the same for every row.
    every: every column of the file that says something. place: the number its rows are known by.
    rows: the first and the last `row_number` to read; None for all.
    """

    path: Path
    columns: Mapping[str, str | None]
    constants: Mapping[str, str]
    every: Sequence[str]
    place: int
    rows: tuple[int, int] | None = None


class Engine:
    """
    One connection for the length of a run.

    `con` is the Ibis connection (Splink shares its `con.con`). Tables read from Parquet are views; `keep`
    works an expression out once, so that later steps do not repeat it. `spark` is the session beside it that compares
    pairs of records, where the run asked for one (`spark.beside`).
    """

    def __init__(self, con: ibis.BaseBackend, work: Path | None = None) -> None:
        self.con = con
        self.work = work
        self.spark: Spark | None = None
        self._layers: dict[str, str] = {}

    @property
    def version(self) -> str:
        """Of whatever a score could depend on."""
        return f"{self.con.version} {self.spark.version if self.spark else ''}".strip()

    def read(self, path: Path | list[Path], name: str | None = None) -> ir.Table:
        """A table over one Parquet file or several with the same columns."""
        paths = [str(p) for p in path] if isinstance(path, list) else str(path)
        return self.con.read_parquet(paths, table_name=name or f"read_{uuid.uuid4().hex[:12]}")

    def stack(self, files: Sequence[TextFile], name: str) -> ir.Table:
        """
        Files of text under each other, in columns of our names, the same in each.

        Adds `place` (of the file), its `row_number`, and `said` (a hash of everything that a row says). Stacking other
        files under a name that is there already changes what every expression over it reads.
        """
        self.con.raw_sql(f"create or replace temp view {_quoted(name)} as {_stacked(files)}").fetchall()
        texts = dict.fromkeys((*files[0].columns, *files[0].constants), "string")
        shape = ibis.schema({"place": "int64", "row_number": "int64", "said": "uint64", **texts})
        return ops.DatabaseTable(name, schema=shape, source=self.con).to_expr()

    def keep(self, table: ir.Table, name: str | None = None) -> ir.Table:
        """Work `table` out now, under `name`."""
        name = name or f"kept_{uuid.uuid4().hex[:12]}"
        if self.con.name != "duckdb" or table.op().find(ops.InMemoryTable):
            return self.con.create_table(name, table, overwrite=True)
        # What Ibis does in seven statements, three of them to ask for types that are known: most of a short step.
        self.con.raw_sql(f"create or replace table {_quoted(name)} as {self._typed(table)}").fetchall()
        return self._named(name, table.schema())

    def layer(self, table: ir.Table, name: str) -> ir.Table:
        """
        Give an expression a name without working it out, to build on; what is built is for `keep`, `asking`, `fetch`.

        Ibis makes an expression anew above whatever it rewrites, so that one of many layers costs it their number times
        over; a named layer is read as a table, and put into the statement that reads it.
        """
        if self.con.name != "duckdb":
            return table
        self._layers[name] = self._compiled(table)
        return ops.DatabaseTable(name, schema=table.schema(), source=self.con).to_expr()

    def asking(self, table: ir.Table) -> Callable[[], pa.Table]:
        """How to fetch all rows of `table` as often as is needed, over what its views stand for at the time."""
        if self.con.name != "duckdb":
            return table.to_pyarrow
        sql = self._typed(table)
        return lambda: self.con.raw_sql(sql).to_arrow_table()

    def fetch(self, table: ir.Table) -> pa.Table:
        """All rows of `table`. Ibis's own way reads pandas first, which costs more than most answers."""
        return self.asking(table)()

    def _typed(self, table: ir.Table) -> str:
        """The statement of an expression, each column of the type that Ibis knows it by."""
        return f"select {_casts(table.schema())} from ({self._compiled(table)})"

    def _compiled(self, table: ir.Table) -> str:
        """
        The statement of an expression whose rows need no order.

        Merging selects into each other is half of Ibis's work and none of DuckDB's, which sees through them.
        """
        before = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = bool(table.op().find(ops.Sort))
        try:
            sql = self.con.compile(table)
        finally:
            ibis.options.sql.fuse_selects = before
        read = {one.name for one in table.op().find(ops.DatabaseTable)} & self._layers.keys()
        if not read:
            return sql
        layers = ", ".join(f"{_quoted(name)} as not materialized ({self._layers[name]})" for name in sorted(read))
        return f"with {layers} select * from ({sql})"

    def take(self, rows: pa.Table, name: str | None = None) -> ir.Table:
        """Rows of ours as a table of this connection."""
        name = name or f"taken_{uuid.uuid4().hex[:12]}"
        shape = ibis.Schema.from_pyarrow(rows.schema)
        if self.con.name != "duckdb" or any(kind.is_null() for kind in shape.types):
            return self.con.create_table(name, rows, overwrite=True)
        # As in `keep`: a run takes dozens of small tables, and Ibis asks DuckDB six things about each.
        beside = f"{name}_rows"
        self.con.con.register(beside, rows)
        try:
            statement = f"select {_casts(shape)} from {_quoted(beside)}"
            self.con.raw_sql(f"create or replace table {_quoted(name)} as {statement}").fetchall()
        finally:
            self.con.con.unregister(beside)
        return self._named(name, shape)

    def _named(self, name: str, shape: ibis.Schema) -> ir.Table:
        """A table of this connection by name, any of whose columns may be null."""
        types = {column: kind.copy(nullable=True) for column, kind in shape.items()}
        return ops.DatabaseTable(name, schema=ibis.schema(types), source=self.con).to_expr()

    def write(self, table: ir.Table, path: Path) -> int:
        """Write `table` as Parquet, whole or not at all, and return its number of rows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.writing")
        try:
            self.con.to_parquet(table, str(beside))
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        return pq.read_metadata(path).num_rows

    def batches(self, table: ir.Table, *, rows: int) -> Iterator[pa.RecordBatch]:
        """
        `table` in batches of `rows`, so that a large one never is in Python whole.

        It is worked out first: streaming a union straight from its query, DuckDB 1.5 can wait on itself for ever.
        """
        name = f"streamed_{uuid.uuid4().hex[:12]}"
        kept = self.keep(table, name)
        try:
            yield from self.con.to_pyarrow_batches(kept, chunk_size=rows)
        finally:
            self.con.drop_table(name, force=True)

    def sql(self, statement: str) -> None:
        """Run a statement of our own for its effect (Splink's leftovers, settings)."""
        self.con.raw_sql(statement).fetchall()

    @contextlib.contextmanager
    def on_one_thread(self) -> Iterator[None]:
        """
        Work on one thread in the block: over a slice of some ten thousand rows others only get in each other's way.

        Loading a million rows of CSV took 16 seconds of CPU on two threads and 12 on one.
        """
        if self.con.name != "duckdb":
            yield
            return
        [(before,)] = self.con.raw_sql("select current_setting('threads')").fetchall()
        self.con.raw_sql("set threads = 1").fetchall()
        try:
            yield
        finally:
            self.con.raw_sql(f"set threads = {int(before)}").fetchall()

    @contextlib.contextmanager
    def comparing_lists(self) -> Iterator[None]:
        """
        Compare with each word of a list in turn.

        DuckDB joins with the words instead, which pays over many rows and one list; a mapping is few rows and dozens.
        """
        self.con.raw_sql("set disabled_optimizers = 'in_clause'").fetchall()
        try:
            yield
        finally:
            self.con.raw_sql("reset disabled_optimizers").fetchall()

    def forget(self, prefix: str) -> None:
        """Drop every table, view and layer whose name starts with `prefix`."""
        self._layers = {name: sql for name, sql in self._layers.items() if not name.startswith(prefix)}
        if self.con.name == "duckdb":
            # Ibis asks for the names one way and drops in two; a load forgets after every part.
            views = "select 'view', view_name from duckdb_views() where not internal"
            every = f"select 'table', table_name from duckdb_tables() union all {views}"
            for kind, name in self.con.raw_sql(every).fetchall():
                if name.startswith(prefix):
                    self.con.raw_sql(f"drop {kind} if exists {_quoted(name)}").fetchall()
            return
        for name in self.con.list_tables():
            if name.startswith(prefix):
                self.con.drop_table(name, force=True)


def _stacked(files: Sequence[TextFile]) -> str:
    selects = []
    for file in files:
        columns = [f"cast({file.place} as bigint) as place", "row_number"]
        columns.append(f"hash({', '.join(map(_quoted, file.every)) or '0'}) as said")
        for ours, theirs in file.columns.items():
            columns.append(f"{'cast(null as varchar)' if theirs is None else _quoted(theirs)} as {_quoted(ours)}")
        columns += [f"{_text(value)} as {_quoted(ours)}" for ours, value in file.constants.items()]
        some = "" if file.rows is None else f" where row_number between {file.rows[0]} and {file.rows[1]}"
        selects.append(f"select {', '.join(columns)} from read_parquet({_text(str(file.path))}){some}")
    return " union all ".join(selects)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _casts(shape: ibis.Schema) -> str:
    """Each column as the type that Ibis knows it by."""
    columns = ((_quoted(column), _type_name(kind.copy(nullable=True))) for column, kind in shape.items())
    return ", ".join(f"cast({column} as {kind}) as {column}" for column, kind in columns)


@functools.cache
def _type_name(kind: dt.DataType) -> str:
    return DuckDBType.to_string(kind)


def write_rows(rows: pa.Table, path: Path) -> int:
    """Write rows of ours as Parquet, whole or not at all, and return their number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        pq.write_table(rows, beside, compression="zstd")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return rows.num_rows


@contextlib.contextmanager
def duckdb(*, work: Path | None = None, memory_gb: float = 5, threads: int | None = None) -> Iterator[Engine]:
    """
    An embedded DuckDB: in memory, or on a file in `work` when a run is larger than memory.

    memory_gb: bound of DuckDB's own buffers; Python and Splink need room beside it.
    """
    path = ":memory:" if work is None else str(work / "run.duckdb")
    con = ibis.duckdb.connect(path, threads=threads or os.cpu_count(), memory_limit=f"{memory_gb}GB")
    con.raw_sql("set preserve_insertion_order = false").fetchall()
    if work is not None:
        # The file is room for work, thrown away after; tidying it after every step costs more than most steps do.
        con.raw_sql("set checkpoint_threshold = '1GB'").fetchall()
        con.raw_sql("pragma disable_checkpoint_on_shutdown").fetchall()
        # One way of packing, for trying them all on every column took a tenth of a night; none at all takes four times
        # the disk.
        con.raw_sql("set force_compression = 'dictionary'").fetchall()
        con.raw_sql(f"set temp_directory = '{work.as_posix()}'").fetchall()
    try:
        yield Engine(con, work)
    finally:
        con.disconnect()
