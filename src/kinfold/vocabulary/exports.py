"""What leaves in a file that a spreadsheet opens: no cell of it is ever run as a formula."""

from __future__ import annotations

import csv
import datetime
import itertools
import re
import unicodedata
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


def file_name(what: str, *, by: str, at: datetime.datetime, purpose: str, form: str) -> str:
    """
    A name that says who made the file, when and what for: `gaps-for-the-school-by-leila-2026-03-02-0915.csv`.

    It is the name's place and not the file's: a line before the header is one that no other program can read.
    what: kept as it is but for what a file system forbids. by: a user name. at: the local moment. form: the suffix.
    """
    words = [_plain(what, 120), _plain(purpose, 40), f"by-{_plain(by, 40)}", f"{at:%Y-%m-%d-%H%M}"]
    return f"{'-'.join(word for word in words if word)}.{form}"


def _plain(words: str, longest: int) -> str:
    ascii_ = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_]+", "-", ascii_)[:longest].strip("-").lower()


class _Line:
    """What a CSV writer writes to, giving each line back."""

    def write(self, line: str) -> str:
        return line
