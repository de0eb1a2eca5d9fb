"""Rows that were set aside, written for their supplier to put right: CSV or XLSX, safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook

from kinfold.feeds.settled import REASON, REFERENCE, ROW, reference
from kinfold.operations.aside import PartAside, SetAside
from kinfold.vocabulary import exports
from kinfold.vocabulary.exports import safe_cell

AT_ONCE = 5_000
LONGEST_SHEET_NAME = 31


class UnableToExport(Exception):
    """Nothing was written; the message says why."""


def export(aside: SetAside, out: Path) -> list[Path]:
    """
    Write the rows that still wait, with their reason, the row they were in and what they come back by.

    out: a .xlsx takes every part, each as a sheet; a .csv holds one part, and one is written for each.
    Raises UnableToExport when nothing waits, nothing may be shown or the name is of neither kind.
    """
    if aside.closed:
        raise UnableToExport(f"{aside.closed} Nothing was written.")
    if not aside.waiting:
        raise UnableToExport("No row of this delivery waits to be put right. Nothing was written.")
    if out.suffix.lower() == ".xlsx":
        with out.open("wb") as file:
            write_xlsx(aside, file)
        return [out]
    if out.suffix.lower() != ".csv":
        raise UnableToExport("The file must end in .csv or .xlsx. Nothing was written.")
    paths = []
    for part in aside.parts:
        path = out if len(aside.parts) == 1 else out.with_name(f"{out.stem} {part.part.replace('#', ' ')}.csv")
        path.write_text("".join(csv_lines(aside, part)), encoding="utf-8-sig", newline="")
        paths.append(path)
    return paths


def csv_lines(aside: SetAside, part: PartAside) -> Iterator[str]:
    """One part as the lines of a CSV file, header first; a page can stream them."""
    rows = rows_for_supplier(aside, part)
    yield from exports.csv_lines(next(rows), rows)


def write_xlsx(aside: SetAside, file: BinaryIO, *, about: Mapping[str, str] | None = None) -> None:
    """Every part as a sheet of its own. about: what a last sheet says of the file, such as who made it and what for."""
    book = Workbook(write_only=True)
    for number, part in enumerate(aside.parts, start=1):
        title = part.part if len(part.part) <= LONGEST_SHEET_NAME else f"{part.part[:27]} {number}"
        sheet = book.create_sheet("".join(c if c not in "[]:*?/\\" else " " for c in title))
        for row in rows_for_supplier(aside, part):
            sheet.append(row)
    if about:
        last = book.create_sheet("About this file")
        for name, said in about.items():
            last.append([safe_cell(name), safe_cell(said)])
    book.save(file)


def rows_for_supplier(aside: SetAside, part: PartAside) -> Iterator[list[str]]:
    """The header, then each row that waits: the supplier's own columns, and ours after them."""
    yield [*(safe_cell(name) for name in part.columns), ROW, REASON, REFERENCE]
    for start in range(0, part.rows.num_rows, AT_ONCE):
        for row in part.page(offset=start, limit=AT_ONCE):
            cells = [safe_cell(row[name] or "") for name in part.columns]
            number = row["row_number"]
            yield [*cells, str(number), safe_cell(row["reason"]), reference(aside.delivery_id, part.part, number)]
