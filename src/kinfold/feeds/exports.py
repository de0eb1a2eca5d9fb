"""What leaves in a file that a spreadsheet opens: no cell of it is ever run as a formula."""

from __future__ import annotations

import re

# A spreadsheet runs what begins with these; tab and line ends are taken off by some before they look.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no workbook can hold these
PLAIN_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")


def safe_cell(text: str) -> str:
    """
    The text, with an apostrophe before what a spreadsheet would run. A plain number stays as it is.

    Characters that no workbook can hold are left out.
    """
    cleaned = NOT_TEXT.sub("", text)
    if cleaned.startswith(RUNS) and not PLAIN_NUMBER.fullmatch(cleaned):
        return f"'{cleaned}"
    return cleaned
