"""Parquet, every column as text; days as ISO dates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.feeds.readers.received import BATCH_ROWS, MAX_COLUMNS, FileRejected, RawPart

DAMAGED = (pa.ArrowException, OSError, UnicodeDecodeError)


def read(path: Path) -> list[RawPart]:
    """The one part of a Parquet file. Raises FileRejected."""
    try:
        schema = pq.read_schema(path)
    except DAMAGED as why:
        raise _damaged(path) from why
    if len(schema) > MAX_COLUMNS:
        raise FileRejected(f"{path.name} has {len(schema):,} columns; no more than {MAX_COLUMNS:,} are read.")
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested:
        raise FileRejected(f"{path.name} has {len(nested):,} columns with tables inside them. Ask for it flat.")

    def batches(_: int) -> Iterator[pa.RecordBatch]:
        read_so_far = 0
        names = [*map(str, range(len(schema))), "row_number"]
        for columns, rows in _read(path):
            numbers = pa.array(range(read_so_far + 1, read_so_far + rows + 1), pa.int64())
            read_so_far += rows
            yield pa.RecordBatch.from_arrays([*columns, numbers], names)

    return [RawPart(path.name, path.name, (tuple(schema.names),), batches)]


def _read(path: Path) -> Iterator[tuple[list[pa.Array], int]]:
    """Columns as text, and how many rows they have, a batch at a time."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                yield [_text(column) for column in batch.columns], batch.num_rows
    except DAMAGED as why:
        raise _damaged(path) from why


def _damaged(path: Path) -> FileRejected:
    return FileRejected(
        f"{path.name} is damaged, or holds what is not text, and cannot be read as Parquet. Ask for it again."
    )


def _text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column, format="%Y-%m-%d %H:%M:%S")
    return pc.fill_null(pc.cast(column, pa.string()), "")
