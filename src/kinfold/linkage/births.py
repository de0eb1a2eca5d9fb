"""
When somebody was born, as any file of people may write it.

A council's feeds say how they write dates; a file of people does not. Whether its days or its months stand first is
read from the dates that can be read in one way only, source by source; a column of small whole numbers is of ages.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import Counter

from kinfold.vocabulary import dates

# One in so many dates may be a slip before they no longer prove which part stands first.
SLIPS = 20
# A year of two figures below this is of our century.
OUR_CENTURY_BELOW = 30
# Ages are compared with each other alone, so what they are counted back from does not matter.
COUNTED_FROM = 2000
OLDEST = 120
# Of a column's values, the share that must be whole numbers up to OLDEST for it to be one of ages.
SHARE_OF_AGES = 0.95

IN_FIGURES = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ]\d{1,2}:\d{2}.*)?$")
YEAR_FIRST = re.compile(r"^((?:1[5-9]|20)\d{2})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?$")
TOGETHER = re.compile(r"^((?:1[5-9]|20)\d{2})(\d{2})(\d{2})$")
MONTH_NAMED = re.compile(
    r"^(?:(\d{1,2})(?:ST|ND|RD|TH)?[ .-]+)?([A-Z]{3})[A-Z]*[ .,-]+(?:(\d{1,2})(?:ST|ND|RD|TH)?[ ,]+)?(\d{4})$"
)
A_YEAR = re.compile(r"(?<!\d)(1[5-9]\d{2}|20\d{2})(?!\d)")
YEAR_AND_MORE = re.compile(r"^(1[5-9]\d{2}|20\d{2})\d{4}$")


@dataclasses.dataclass(frozen=True)
class Habit:
    """
    How one source writes: is_dated when it gives anything, is_month_first when its dates prove it, is_either when some
    are one way and some another, is_age when it gives ages.
    """

    is_dated: bool = True
    is_month_first: bool = False
    is_either: bool = False
    is_age: bool = False


Birth = tuple[datetime.date | None, str | None]


def habit(texts: Counter[str]) -> Habit:
    """How a source writes, from how often it gives each text."""
    day_first = month_first = ages = 0
    for text, times in texts.items():
        found = IN_FIGURES.match(text)
        if found:
            day_first += times * (int(found[1]) > 12)
            month_first += times * (int(found[2]) > 12)
        ages += times * (text.isdecimal() and int(text) <= OLDEST)
    either = SLIPS * min(day_first, month_first) > max(day_first, month_first)
    return Habit(
        is_dated=bool(texts),
        is_month_first=month_first > day_first and not either,
        is_either=either,
        is_age=ages >= SHARE_OF_AGES * sum(texts.values()) > 0,
    )


def tidy(text: str) -> str:
    """Upper case, without the `.0` that whole numbers get in a column with gaps."""
    return re.sub(r"(?<=\d)\.0\b", "", text.strip().upper())


def read(text: str, habit: Habit) -> Birth:
    """
    The date and its quality: stated, or year_only for the first day of a year of which no more is known.

    Both null when nothing can be read, and when the text says that the date is not known.
    """
    text = tidy(text)
    if habit.is_age and text.isdecimal() and int(text) <= OLDEST:
        return datetime.date(COUNTED_FROM - int(text), 1, 1), "year_only"
    if len(text) == 4 and A_YEAR.match(text):
        return datetime.date(int(text), 1, 1), "year_only"
    for reading in (_in_figures, _with_month_named, _as_feeds_do):
        try:
            day = reading(text, habit)
        except ValueError:
            continue
        if day is not None:
            return (None, None) if day in dates.MISSING_DATES else (day, "stated")
    # A date with a slip in it (19651332), and one known roughly (about 1861), still tell the year.
    years = set(A_YEAR.findall(text)) or set(YEAR_AND_MORE.findall(text))
    return (datetime.date(int(years.pop()), 1, 1), "year_only") if len(years) == 1 else (None, None)


def _in_figures(text: str, habit: Habit) -> datetime.date | None:
    found = YEAR_FIRST.match(text) or TOGETHER.match(text)
    if found:
        return datetime.date(int(found[1]), int(found[2]), int(found[3]))
    found = IN_FIGURES.match(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if len(found[3]) == 2:
        year += 2000 if year < OUR_CENTURY_BELOW else 1900
    is_month_first = habit.is_month_first or (habit.is_either and second > 12)
    return datetime.date(year, *((first, second) if is_month_first else (second, first)))


def _with_month_named(text: str, _: Habit) -> datetime.date | None:
    found = MONTH_NAMED.match(text)
    day = found and (found[1] or found[3])
    if not found or not day or found[2] not in dates.MONTHS:
        return None
    return datetime.date(int(found[4]), dates.MONTHS.index(found[2]) + 1, int(day))


def _as_feeds_do(text: str, _: Habit) -> datetime.date | None:
    return dates.read_date(text)
