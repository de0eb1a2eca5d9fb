"""What a reader gives, and the bounds every reader keeps to."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

MAX_COLUMNS = 1_000
MAX_LINE_BYTES = 1 << 20
MAX_UNPACKED_BYTES = 2 << 30
MAX_RATIO = 100
MAX_ENTRIES = 1_000
MAX_TREE_BYTES = 1 << 30
PREVIEW_ROWS = 40
BATCH_ROWS = 20_000


# Control and format characters, halves of letters, letters that are private or not yet any, and what breaks a line.
UNFIT_TO_SHOW = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))


class FileRejected(Exception):
    """A file cannot be read; the message says what is wrong, where, and what the supplier should do."""


def no_records(name: str) -> FileRejected:
    """What is said of a file that can be read and tells of nobody."""
    return FileRejected(
        f"{name} has no records in it. If there was nothing to tell, leave it out; if there should be records, ask the "
        "supplier to send it again."
    )


def plain_words(text: str) -> str:
    """
    Text fit to show: what a sender chose (the name of a file, a sheet, a column) can otherwise turn a line around,
    break it, or hide in it.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(letter) in UNFIT_TO_SHOW else letter for letter in text)


@dataclasses.dataclass(frozen=True)
class RawPart:
    """
    A table inside a file, before anybody knows whose it is.

    preview: its first rows as text; one of them is the header.
    batches: given which row of the preview is the header, the rows under it: one text column per column of the
    header, named by its place ("0", "1", ...), and `row_number`, 1 = first row under the header.
    """

    file: str
    name: str
    preview: tuple[tuple[str, ...], ...]
    batches: Callable[[int], Iterator[pa.RecordBatch]]

    @property
    def where(self) -> str:
        """How to speak of it in a message."""
        return self.file if self.name == self.file else f"{self.file}, {self.name}"


def batch_of(rows: Sequence[Sequence[str]], numbers: Sequence[int], width: int) -> pa.RecordBatch:
    """Rows of text of one width as columns."""
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(width)]
    return pa.RecordBatch.from_arrays(
        [*columns, pa.array(numbers, pa.int64())], [*map(str, range(width)), "row_number"]
    )


def listed_part(file: str, name: str, columns: Sequence[str], table: pa.Table) -> RawPart:
    """A part whose columns are known and whose rows are already text in memory."""

    def batches(_: int) -> Iterator[pa.RecordBatch]:
        numbered = table.rename_columns([str(n) for n in range(len(columns))])
        numbers = pa.chunked_array([pa.array(range(1, table.num_rows + 1), pa.int64())])
        yield from numbered.append_column("row_number", numbers).to_batches(max_chunksize=BATCH_ROWS)

    return RawPart(file, name, (tuple(columns),), batches)


class RowsOfText:
    """Rows gathered in Python and packed into columns a batch at a time, so that a large file stays small."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)
        self._rows: list[Sequence[str | None]] = []
        self._packed: list[pa.RecordBatch] = []

    def add(self, row: Sequence[str | None]) -> None:
        self._rows.append(row)
        if len(self._rows) >= BATCH_ROWS:
            self._pack()

    def table(self) -> pa.Table:
        self._pack()
        return pa.Table.from_batches(self._packed, self._schema)

    @property
    def _schema(self) -> pa.Schema:
        return pa.schema([pa.field(str(n), pa.string()) for n in range(len(self.columns))])

    def _pack(self) -> None:
        if self._rows:
            places = range(len(self.columns))
            arrays = [pa.array([row[n] or "" for row in self._rows], pa.string()) for n in places]
            self._packed.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._rows = []
