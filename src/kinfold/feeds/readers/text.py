"""Delimited text: its encoding, its delimiter and its rows, every column as text. Nothing about types is guessed."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from kinfold.feeds.readers.received import MAX_COLUMNS, MAX_LINE_BYTES, PREVIEW_ROWS, FileRejected, RawPart

DELIMITERS = ",;\t|"
CHUNK = 1 << 20
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def read(path: Path) -> list[RawPart]:
    """The one part of a text file. Raises FileRejected."""
    encoding = _encoding(path)
    delimiter = _delimiter(path, encoding)
    preview = _preview(path, encoding, delimiter)

    def batches(header_at: int) -> Iterator[pa.RecordBatch]:
        return _batches(path, encoding, delimiter, header_at)

    return [RawPart(path.name, path.name, preview, batches)]


def _encoding(path: Path) -> str:
    """Which encoding reads the whole file, having refused what is not lines of text; memory stays at one chunk."""
    with path.open("rb") as handle:
        start = handle.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            if not _walk(path, "utf-16", nul_allowed=True):
                raise FileRejected(f"{path.name} begins as text in UTF-16 and is not. Ask for it as CSV in UTF-8.")
            return "utf-16"
    if _walk(path, "utf-8"):
        return "utf-8-sig"
    if _walk(path, "cp1252"):
        return "cp1252"
    raise FileRejected(f"{path.name} is not text in UTF-8, Windows-1252 or UTF-16. Ask for it as CSV in UTF-8.")


def _walk(path: Path, encoding: str, *, nul_allowed: bool = False) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    at = line_start = 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            ends = [end for end in (chunk.find(b"\n"), chunk.find(b"\r")) if end >= 0]
            if (at + min(ends) if ends else at + len(chunk)) - line_start > MAX_LINE_BYTES:
                raise FileRejected(
                    f"{path.name} has a line longer than {MAX_LINE_BYTES // 1024:,} KB, so it is not lines of a table. "
                    "Ask the supplier to export it again with a line for each row."
                )
            if ends:
                line_start = at + max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
            if not nul_allowed and b"\x00" in chunk:
                raise FileRejected(f"{path.name} has NUL bytes in it, so it is not text. Ask for it as CSV in UTF-8.")
            at += len(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter that splits most of the first lines into the same number of columns, and more than one."""
    with path.open(encoding=encoding, newline="") as handle:
        lines = [line for _, line in zip(range(PREVIEW_ROWS), handle, strict=False)]
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        width, times = max(widths.items(), key=lambda one: (one[0] > 1, one[1], one[0]), default=(1, 0))
        score = (times / max(1, sum(widths.values())), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _preview(path: Path, encoding: str, delimiter: str) -> tuple[tuple[str, ...], ...]:
    with path.open(encoding=encoding, newline="") as handle:
        reader = csv.reader(handle, delimiter=delimiter)
        try:
            return tuple(
                tuple(cell.strip() for cell in row) for _, row in zip(range(PREVIEW_ROWS), reader, strict=False)
            )
        except csv.Error as why:
            raise FileRejected(f"{path.name} cannot be read as a table: a field is too long or never ends.") from why


class _Rest(io.RawIOBase):
    """What is left of a text file, as UTF-8 bytes."""

    def __init__(self, handle: io.TextIOBase) -> None:
        super().__init__()
        self._handle, self._held = handle, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._held:
            self._held = self._handle.read(CHUNK).encode()
        given, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)


def _batches(path: Path, encoding: str, delimiter: str, header_at: int) -> Iterator[pa.RecordBatch]:
    with path.open(encoding=encoding, newline="") as handle:
        reader = csv.reader(iter(lambda: handle.readline(), ""), delimiter=delimiter)
        header = [next(reader) for _ in range(header_at + 1)][-1]
        width = len(header)
        if width > MAX_COLUMNS:
            raise FileRejected(f"{path.name} has {width:,} columns; no more than {MAX_COLUMNS:,} are read.")
        yield from _rows_under(path, handle, delimiter, width)


def _rows_under(path: Path, handle: io.TextIOBase, delimiter: str, width: int) -> Iterator[pa.RecordBatch]:
    names = [str(n) for n in range(width)]
    ragged: list[tuple[int, int]] = []
    read = 0

    def not_as_wide(row: Any) -> str:
        ragged.append((row.number or 0, row.actual_columns))
        return "skip"

    rest = io.BufferedReader(_Rest(handle), CHUNK)
    try:
        stream = pyarrow.csv.open_csv(
            rest,
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=CHUNK),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=not_as_wide
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        for batch in stream:
            if not ragged:
                numbers = pa.array(range(read + 1, read + batch.num_rows + 1), pa.int64())
                yield pa.RecordBatch.from_arrays([*batch.columns, numbers], [*names, "row_number"])
            read += batch.num_rows
    except pa.ArrowInvalid as why:
        if "Empty CSV file" in str(why):
            return
        # Arrow's own message quotes the row, so it is never passed on.
        raise FileRejected(
            f"{path.name} stops being a table after row {read:,}: a quotation mark may be left open. "
            "Ask the supplier to correct and resend it."
        ) from why
    if ragged:
        raise FileRejected(_ragged_message(path, ragged, width))


def _ragged_message(path: Path, ragged: list[tuple[int, int]], width: int) -> str:
    first, found = ragged[0]
    rows = "1 row has" if len(ragged) == 1 else f"{len(ragged):,} rows have"
    where = f" (first: row {first:,})" if first else ""
    return (
        f"{path.name} was not read: {rows} another number of columns than the {width:,} of the header{where}; "
        f"the first has {found:,}. A delimiter may change half-way, or a text with the delimiter in it is not in "
        "quotation marks. Ask the supplier to correct and resend it."
    )
