"""Days and months, worked out once in Python so that no engine's own arithmetic decides anything."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence

DAYS_IN_A_MONTH = 365.25 / 12


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month, `months` earlier, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def birthday(day: datetime.date, years: int) -> datetime.date:
    """The latest date of birth of somebody who is `years` old on `day`."""
    return months_before(day, 12 * years)


def term_days_before(
    day: datetime.date, days: int, *, in_all: int, terms: Sequence[tuple[datetime.date, ...]]
) -> datetime.date:
    """
    The day `days` days of school term before `day`; days of holiday do not count, but `in_all` days are enough.

    terms: half-open [first day, first day of the holiday). Where no term is known there is none, so that the longer
    wait is what an area without a calendar gets.
    """
    counted, back = 0, 0
    while back < in_all and counted < days:
        gone = day - datetime.timedelta(days=back)
        counted += any(first <= gone < holiday for first, holiday in terms)
        back += 1
    return day - datetime.timedelta(days=back)
