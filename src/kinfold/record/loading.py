"""
Load a run's snapshot apart from everything people read, then let `actions.go_live` move the pointer.

    with loading.begin(run_id) as load:
        load.load(Child, table_or_batches)
        ...
        counts = load.finish()
    actions.go_live(run_id=run_id, as_at=as_at, counts=counts, at=now)

Nothing of it is visible before `go_live`; leaving the block by an error takes the half-loaded tables away again.
"""

from __future__ import annotations

import contextlib
import io
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from django.db import DEFAULT_DB_ALIAS, connections, models

from kinfold.record import snapshot, tables
from kinfold.record.models import Publication
from kinfold.record.published import PUBLISHED, Published

Rows: TypeAlias = pa.Table | pa.RecordBatchReader | Iterable[pa.RecordBatch | pa.Table | Mapping[str, Any]]

BATCH_ROWS = 50_000


class UnableToPublish(Exception):
    """A snapshot cannot be loaded; the message says which table and why. What is live stays live."""


def begin(run_id: str) -> Loading:
    """Start loading a run's snapshot. Raises UnableToPublish when that run has been published already."""
    if Publication.objects.filter(run_id=run_id).exists():
        raise UnableToPublish("This run is published already; a published snapshot is never loaded again.")
    return _File(run_id) if snapshot.is_apart() else _Partitions(run_id)


class Loading:
    """One snapshot being loaded. `counts` holds rows by table so far."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.counts = {model._meta.db_table.removeprefix("snapshot_"): 0 for model in PUBLISHED}
        self.is_finished = False

    def load(self, model: type[Published], rows: Rows) -> int:
        """
        Add rows to a table and return how many.

        rows: an Arrow table, batches of one, or mappings; by column name, any order, without `id` and `run_id`.
        A column that is left out is not known. Raises UnableToPublish when a column is not one of the table's.
        """
        name = model._meta.db_table.removeprefix("snapshot_")
        shape = arrow_schema(model)
        added = 0
        for batch in _batches(rows, shape):
            self._write(model, _completed(batch, shape, name, self.run_id, self.counts[name]))
            self.counts[name] += batch.num_rows
            added += batch.num_rows
        return added

    def finish(self) -> dict[str, int]:
        """Index what was loaded and make it ready to be pointed at. Returns rows by table."""
        self._settle()
        self.is_finished = True
        return self.counts

    def abandon(self) -> None:
        """Take everything loaded away again. Safe to call twice."""
        raise NotImplementedError

    def _write(self, model: type[Published], batch: pa.Table) -> None:
        raise NotImplementedError

    def _settle(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Loading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.is_finished:
            self.abandon()


class _File(Loading):
    """A SQLite file written beside its place without a journal: if the plug is pulled it is simply not there."""

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id)
        self.path = snapshot.file_of(run_id)
        self.beside = self.path.with_suffix(".loading")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.beside.unlink(missing_ok=True)
        self.db = sqlite3.connect(self.beside, isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -200000"):
            self.db.execute(f"PRAGMA {pragma}")
        connection = connections[DEFAULT_DB_ALIAS]
        self.db.execute("BEGIN")
        for model in PUBLISHED:
            ddl = tables.columns(model, connection).replace('"id" bigint', '"id" integer PRIMARY KEY')
            self.db.execute(f'CREATE TABLE "{model._meta.db_table}" ({ddl})')

    def _write(self, model: type[Published], batch: pa.Table) -> None:
        marks = ", ".join("?" * batch.num_columns)
        columns = [_as_sqlite(column) for column in batch.columns]
        self.db.executemany(
            f'INSERT INTO "{model._meta.db_table}" ({tables.listed(batch.column_names)}) VALUES ({marks})',
            zip(*columns, strict=True),
        )

    def _settle(self) -> None:
        for model in PUBLISHED:
            for statement in tables.index_statements(model, model._meta.db_table):
                self.db.execute(statement)
        self.db.execute("COMMIT")
        self.db.execute("PRAGMA optimize")
        self.db.close()
        with self.beside.open("rb+") as file:
            _to_disk(file)
        self.beside.replace(self.path)

    def abandon(self) -> None:
        self.db.close()
        self.beside.unlink(missing_ok=True)
        if not self.is_finished:
            return
        snapshot.let_go(self.run_id)
        self.path.unlink(missing_ok=True)


class _Partitions(Loading):
    """Tables of their own in PostgreSQL, filled by COPY and attached when whole. No parent is locked meanwhile."""

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id)
        self.connection = connections[DEFAULT_DB_ALIAS]
        with self.connection.cursor() as cursor:
            for model in PUBLISHED:
                table = tables.partition_of(model, run_id)
                cursor.execute(f'DROP TABLE IF EXISTS "{table}"')
                cursor.execute(f'CREATE TABLE "{table}" (LIKE "{model._meta.db_table}" INCLUDING DEFAULTS)')

    def _write(self, model: type[Published], batch: pa.Table) -> None:
        table, names = tables.partition_of(model, self.run_id), tables.listed(batch.column_names)
        text = io.BytesIO()
        # Valid values are quoted and nulls are not, which is how COPY tells an empty text from a null.
        plain = pa.csv.WriteOptions(include_header=False, quoting_style="all_valid")
        pa.csv.write_csv(batch, text, plain)
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f'COPY "{table}" ({names}) FROM STDIN WITH (FORMAT csv)') as copy,
        ):
            copy.write(text.getbuffer())

    def _settle(self) -> None:
        with self.connection.cursor() as cursor:
            for model in PUBLISHED:
                table = tables.partition_of(model, self.run_id)
                for statement in tables.index_statements(model, table):
                    cursor.execute(statement)
                cursor.execute(f'ANALYZE "{table}"')
                self._attach(cursor, model._meta.db_table, table)

    def _attach(self, cursor: Any, parent: str, table: str) -> None:
        # The check lets ATTACH skip reading every row to see that it belongs.
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_run" CHECK (run_id = %s)', [self.run_id])
        cursor.execute(f'ALTER TABLE "{parent}" ATTACH PARTITION "{table}" FOR VALUES IN (%s)', [self.run_id])
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_run"')

    def abandon(self) -> None:
        with self.connection.cursor() as cursor:
            for model in PUBLISHED:
                cursor.execute(f'DROP TABLE IF EXISTS "{tables.partition_of(model, self.run_id)}"')


def arrow_schema(model: type[models.Model]) -> pa.Schema:
    """Columns a load gives for a table, with their Arrow types: everything but `id` and `run_id`."""
    kinds: tuple[tuple[type[models.Field], pa.DataType], ...] = (
        (models.DateField, pa.date32()),
        (models.BooleanField, pa.bool_()),
        (models.FloatField, pa.float64()),
        (models.IntegerField, pa.int64()),
    )
    fields = []
    for field in model._meta.local_concrete_fields:
        if field.column in ("id", "run_id"):
            continue
        kind = next((arrow for django, arrow in kinds if isinstance(field, django)), pa.string())
        fields.append(pa.field(field.column, kind, nullable=field.null))
    return pa.schema(fields)


def _batches(rows: Rows, shape: pa.Schema) -> Iterator[pa.Table]:
    if isinstance(rows, pa.Table):
        rows = rows.to_batches(max_chunksize=BATCH_ROWS)
    waiting: list[Mapping[str, Any]] = []
    for piece in rows:
        if isinstance(piece, Mapping):
            waiting.append(piece)
            if len(waiting) == BATCH_ROWS:
                yield _from_mappings(waiting, shape)
                waiting = []
        elif isinstance(piece, pa.Table):
            yield piece
        else:
            yield pa.Table.from_batches([piece])
    if waiting:
        yield _from_mappings(waiting, shape)


def _from_mappings(rows: list[Mapping[str, Any]], shape: pa.Schema) -> pa.Table:
    given = dict.fromkeys(name for row in rows for name in row)
    kinds = {field.name: field.type for field in shape}
    return pa.table({name: pa.array([row.get(name) for row in rows], kinds.get(name)) for name in given})


def _completed(batch: pa.Table, shape: pa.Schema, name: str, run_id: str, before: int) -> pa.Table:
    """The batch with every column of the table, in order, with its row numbers and its run."""
    extra = sorted(set(batch.column_names) - set(shape.names))
    if extra:
        raise UnableToPublish(f"The table {name} has no column {', '.join(extra)}. What is live stays live.")
    rows = batch.num_rows
    columns: dict[str, Any] = {
        "id": pa.array(range(before + 1, before + rows + 1), pa.int64()),
        "run_id": pa.repeat(pa.scalar(run_id), rows),
    }
    for field in shape:
        given = batch.column(field.name) if field.name in batch.column_names else pa.nulls(rows, field.type)
        try:
            columns[field.name] = _filled(given.cast(field.type), field)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as why:
            raise UnableToPublish(f"{name}.{field.name} has values of another type. What is live stays live.") from why
    return pa.table(columns)


def _filled(values: Any, field: pa.Field) -> Any:
    """Nulls of a column that has none in the database: no text, or no."""
    if field.nullable or not values.null_count:
        return values
    return pc.fill_null(values, pa.scalar("" if pa.types.is_string(field.type) else False, field.type))


def _as_sqlite(values: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_date(values.type):
        values = values.cast(pa.string())
    return values.to_pylist()


def _to_disk(file: io.BufferedRandom) -> None:
    file.flush()
    os.fsync(file.fileno())


def forget(run_id: str) -> None:
    """Take a published snapshot that nobody is pointed at away for good."""
    if snapshot.is_apart():
        snapshot.let_go(run_id)
        with contextlib.suppress(PermissionError):  # on Windows a reader may still hold it; the next run tries again
            snapshot.file_of(run_id).unlink(missing_ok=True)
        return
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        for model in PUBLISHED:
            table = tables.partition_of(model, run_id)
            # Concurrently, so that pages do not wait; PostgreSQL forbids that inside a transaction.
            how = "" if connection.in_atomic_block else " CONCURRENTLY"
            if _is_attached(cursor, model._meta.db_table, table):
                cursor.execute(f'ALTER TABLE "{model._meta.db_table}" DETACH PARTITION "{table}"{how}')
            cursor.execute(f'DROP TABLE IF EXISTS "{table}"')


def _is_attached(cursor: Any, parent: str, table: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM pg_inherits WHERE inhparent = to_regclass(%s) AND inhrelid = to_regclass(%s)", [parent, table]
    )
    return cursor.fetchone() is not None


def leftovers() -> list[Path]:
    """Files of loads that were cut off (SQLite only)."""
    return sorted(snapshot.folder().glob("*.loading")) if snapshot.folder().exists() else []
