"""Spans of days. All are half-open, [start, end): a closing day equals the next opening day."""

from __future__ import annotations

import calendar
import datetime


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day some months earlier, or the month's last day where it has no such day."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def age_on(birth: datetime.date, day: datetime.date) -> int:
    """Age in whole years. Someone born on 29 February has their birthday on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def term_before(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """
    The school term before the one that `day` falls in, as first days of months.

    A school census counts attendance of the term before it: January's the autumn, May's the spring,
    October's the summer. Terms are taken as September to December, January to March, April to August.
    """
    if day.month >= 9:
        return datetime.date(day.year, 4, 1), datetime.date(day.year, 9, 1)
    if day.month >= 4:
        return datetime.date(day.year, 1, 1), datetime.date(day.year, 4, 1)
    return datetime.date(day.year - 1, 9, 1), datetime.date(day.year, 1, 1)


def overlap(
    start: datetime.date | None, end: datetime.date | None, from_on: datetime.date, to_on: datetime.date
) -> bool:
    """Whether [start, end), open where null, shares a day with [from_on, to_on)."""
    return (start is None or start < to_on) and (end is None or end > from_on)
