"""What leaves in a file that a spreadsheet opens: no cell of it is ever run as a formula."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator

# A spreadsheet runs what begins with these, the wide ones where letters are wide; tab and line ends are taken off by
# some before they look.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no workbook can hold these
PLAIN_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?", re.ASCII)


def safe_cell(value: object) -> str:
    """
    A value as text, with an apostrophe before what a spreadsheet would run; null is empty.

    A plain number stays as it is. Characters that no workbook can hold are left out.
    """
    cleaned = NOT_TEXT.sub("", "" if value is None else str(value))
    if cleaned.startswith(RUNS) and not PLAIN_NUMBER.fullmatch(cleaned):
        return f"'{cleaned}"
    return cleaned


def csv_lines(columns: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A CSV file line by line, header first, every cell safe; a page can stream it, a file be written from it."""
    writer = csv.writer(_Line())
    for row in itertools.chain([columns], rows):
        yield writer.writerow([safe_cell(cell) for cell in row])


class _Line:
    """What a CSV writer writes to, giving each line back."""

    def write(self, line: str) -> str:
        return line
