"""
Working days: Monday to Friday less the bank holidays a council keeps.

A limit of N working days from a day ends at the end of the Nth working day after it, so something done on the
due day is in time. The plain functions are for one date; `calendar` is the same arithmetic as a table to join.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection

import pyarrow as pa

DAY = datetime.timedelta(days=1)


class OutsideTheCalendar(ValueError):
    """The bank holidays known do not reach the dates asked about."""


def is_working(day: datetime.date, bank_holidays: Collection[datetime.date]) -> bool:
    return day.weekday() < 5 and day not in bank_holidays


def add(day: datetime.date, working_days: int, bank_holidays: Collection[datetime.date]) -> datetime.date:
    """The last day on which something due `working_days` after `day` is in time; `day` itself counts as 0."""
    if working_days < 0:
        raise ValueError("Working days are counted forwards.")
    for _ in range(working_days):
        day += DAY
        while not is_working(day, bank_holidays):
            day += DAY
    return day


def between(start: datetime.date, end: datetime.date, bank_holidays: Collection[datetime.date]) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is before `start`."""
    if end < start:
        return -between(end, start, bank_holidays)
    days = (start + DAY * n for n in range(1, (end - start).days + 1))
    return sum(is_working(day, bank_holidays) for day in days)


def calendar(first: datetime.date, last: datetime.date, bank_holidays: Collection[datetime.date]) -> pa.Table:
    """
    One row per day from `first` to `last`: `day`, `is_working`, `day_number`, `working_number`.

    `day_number` counts days and `working_number` the working days up to and including the day, so the due day of N
    working days after D is the working day whose number is that of D plus N.
    Raises OutsideTheCalendar when no bank holiday is known in the years of `first` or of `last`.
    """
    _known_for(first, last, bank_holidays)
    holidays = frozenset(bank_holidays)
    days = [first + DAY * n for n in range((last - first).days + 1)]
    working = [is_working(day, holidays) for day in days]
    return pa.table(
        {
            "day": pa.array(days, pa.date32()),
            "is_working": pa.array(working, pa.bool_()),
            "day_number": pa.array(range(len(days)), pa.int64()),
            "working_number": pa.array(list(itertools.accumulate(map(int, working))), pa.int64()),
        }
    )


def _known_for(first: datetime.date, last: datetime.date, bank_holidays: Collection[datetime.date]) -> None:
    years = {holiday.year for holiday in bank_holidays}
    unknown = sorted({first.year, last.year} - years)
    if unknown:
        raise OutsideTheCalendar(
            f"No bank holidays are known for {', '.join(map(str, unknown))}. Add them to [calendar] in area.toml."
        )
