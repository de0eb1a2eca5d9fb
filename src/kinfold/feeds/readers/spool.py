"""
Rows of several parts that come mixed in one file, kept on disk until each part is asked for.

A file that is read once gives rows of every part at once; holding them all would cost memory that grows with the file.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from kinfold.feeds.readers.received import RawPart

PACK_ROWS = 2_000


class Spool:
    """
    Rows of one part, all text, packed away as they come.

    They lie in a file without a name, which the system removes with the last reader of it.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self.rows = 0
        self._schema = pa.schema([pa.field(str(n), pa.string()) for n in range(len(self.columns))])
        self._waiting: list[Sequence[str]] = []
        self._handle: BinaryIO | None = None
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def add(self, row: Sequence[str]) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= PACK_ROWS:
            self._pack()

    def part(self, file: str, name: str) -> RawPart:
        """The rows as a part whose columns are known. Nothing can be added afterwards."""
        self._pack()
        if self._writer is not None:
            self._writer.close()
        return RawPart(file, name, (self.columns,), self._batches)

    def _pack(self) -> None:
        if not self._waiting:
            return
        if self._writer is None:
            self._handle = tempfile.TemporaryFile(prefix="kinfold-read-")  # noqa: SIM115 - open as long as the spool is
            weakref.finalize(self, self._handle.close)
            options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
            self._writer = pa.ipc.new_file(pa.PythonFile(self._handle, mode="w"), self._schema, options=options)
        columns = [pa.array(column, pa.string()) for column in zip(*self._waiting, strict=True)]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self.rows += len(self._waiting)
        self._waiting = []

    def _batches(self, _: int) -> Iterator[pa.RecordBatch]:
        if self._handle is None:
            return
        kept, first = pa.ipc.open_file(pa.PythonFile(self._handle, mode="r")), 1
        for n in range(kept.num_record_batches):
            batch = kept.get_batch(n)
            numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
            yield batch.append_column("row_number", numbers)
            first += batch.num_rows
