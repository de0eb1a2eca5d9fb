"""
Dates as files write them: day before month, never month first, and the days that stand for "not known"; and as we
say them.

Forms read: 31/12/2024 (also with . or -, and a time behind), 2024-12-31 (also with a time), 2024-Dec-31,
31-Dec-2024, 31 December 2024, 20241231, and the serial numbers of Excel (five digits).
"""

from __future__ import annotations

import datetime
import re

MISSING_WORDS = (
    "NULL",
    "N/A",
    "#N/A",
    "-",
    "--",
    "UNKNOWN",
    "NOT KNOWN",
    "NONE RECORDED",
    "NOT RECORDED",
    "NAN",
    "NAT",
)
MISSING_DATES = (
    datetime.date(1899, 12, 30), datetime.date(1900, 1, 1), datetime.date(9999, 12, 31), datetime.date(1753, 1, 1),
    datetime.date(2999, 12, 31), datetime.date(2099, 12, 31),
)  # fmt: skip
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
YEAR_FIRST = rf"^(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}}){TIME}$"
DAY_FIRST = rf"^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){TIME}$"
YEAR_MONTH_NAME = rf"^(\d{{4}})[- ]([A-Z]{{3}})[A-Z]*[- ](\d{{1,2}}){TIME}$"
DAY_MONTH_NAME = rf"^(\d{{1,2}})[- ]([A-Z]{{3}})[A-Z]*[- ](\d{{4}}){TIME}$"
TOGETHER = r"^((?:19|20)\d{2})(\d{2})(\d{2})$"
SERIAL = r"^([1-9]\d{4})(?:\.\d+)?$"
ISO = r"^\d{4}-\d{1,2}-\d{1,2}$"
ISO_NAMED = r"^\d{4}-[A-Z]{3}-\d{1,2}$"
YEAR_ONLY = r"^(19|20)\d{2}$"
SERIAL_START = datetime.date(1899, 12, 30)
FORMS = (
    (YEAR_FIRST, "ymd"), (DAY_FIRST, "dmy"), (TOGETHER, "ymd"), (YEAR_MONTH_NAME, "ymd"), (DAY_MONTH_NAME, "dmy"),
)  # fmt: skip


def in_words(day: datetime.date) -> str:
    """A day as 3 March 2026, on every system and whatever language the machine speaks."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def read_date(text: str) -> datetime.date | None:
    """
    Read a date in any form above; null when it says that the date is not known.

    Raises ValueError when there is something that is not a date, such as 31/02/2024 or 12/31/2024.
    """
    text = text.strip().upper()
    if not text or text in MISSING_WORDS:
        return None
    day = _read(text)
    return None if day in MISSING_DATES else day


def _read(text: str) -> datetime.date:
    for shape, order in FORMS:
        found = re.match(shape, text)
        if found:
            part = dict(zip(order, found.groups(), strict=True))
            return datetime.date(int(part["y"]), _month(part["m"]), int(part["d"]))
    serial = re.match(SERIAL, text)
    if serial:
        return SERIAL_START + datetime.timedelta(days=int(serial[1]))
    raise ValueError("This is not a date that can be read.")


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text not in MONTHS:
        raise ValueError("This is not the name of a month.")
    return MONTHS.index(text) + 1
