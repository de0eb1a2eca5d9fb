"""Days and months, worked out once in Python so that no engine's own arithmetic decides anything."""

from __future__ import annotations

import calendar
import datetime

DAYS_IN_A_MONTH = 365.25 / 12


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month, `months` earlier, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def birthday(day: datetime.date, years: int) -> datetime.date:
    """The latest date of birth of somebody who is `years` old on `day`."""
    return months_before(day, 12 * years)
