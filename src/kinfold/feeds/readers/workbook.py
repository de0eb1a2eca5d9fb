"""Excel workbooks, each sheet a part, every cell as text; opened only when the zip inside is what it says it is."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine

from kinfold.feeds.readers.received import (
    BATCH_ROWS,
    MAX_COLUMNS,
    MAX_ENTRIES,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    PREVIEW_ROWS,
    FileRejected,
    RawPart,
    batch_of,
)

NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}


def read(path: Path) -> list[RawPart]:
    """The sheets of a workbook that have anything on them. Raises FileRejected."""
    _check_zip(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        names = list(book.sheet_names)
        sheets = [(name, book.get_sheet_by_name(name)) for name in names]
    except (python_calamine.CalamineError, OSError, ValueError) as why:
        raise FileRejected(f"{path.name} is damaged and cannot be read as a workbook. Ask for it again.") from why
    return [_part(path, name, sheet) for name, sheet in sheets if sheet.height and sheet.width]


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as why:
        raise FileRejected(f"{path.name} begins like an Excel workbook but is not whole. Ask for it again.") from why
    if not {entry.filename for entry in entries} >= NEEDED:
        raise FileRejected(f"{path.name} is a zip file, not an Excel workbook. Send the files inside it.")
    unpacked, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(packed, 1):
        raise FileRejected(f"{path.name} unpacks to far more than a workbook should, so it was not opened.")


def _part(path: Path, name: str, sheet: Any) -> RawPart:
    if sheet.width > MAX_COLUMNS:
        raise FileRejected(f"{path.name}, {name}: {sheet.width:,} columns; no more than {MAX_COLUMNS:,} are read.")
    above = sheet.start[0] if sheet.start else 0
    preview = [tuple(map(text_of, row)) for _, row in zip(range(above + PREVIEW_ROWS), sheet.iter_rows(), strict=False)]

    def batches(header_at: int) -> Iterator[pa.RecordBatch]:
        return _batches(sheet, header_at)

    return RawPart(path.name, name, tuple(preview), batches)


def _batches(sheet: Any, header_at: int) -> Iterator[pa.RecordBatch]:
    rows: list[list[str]] = []
    numbers: list[int] = []
    width = 0
    for place, cells in enumerate(sheet.iter_rows()):
        if place == header_at:
            width = len(cells)
        if place <= header_at:
            continue
        rows.append([text_of(cell) for cell in cells])
        numbers.append(place - header_at)
        if len(rows) == BATCH_ROWS:
            yield batch_of(rows, numbers, width)
            rows, numbers = [], []
    if rows:
        yield batch_of(rows, numbers, width)


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without a point, days as ISO dates, an error of Excel's as empty."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    text = str(cell).strip()
    return "" if text in ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!") else text
