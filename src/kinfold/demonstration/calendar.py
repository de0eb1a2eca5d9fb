"""Days as whole numbers since 1970, so that whole columns of dates can be worked out and written at once."""

from __future__ import annotations

import datetime
import functools

import numpy as np
import pyarrow as pa

EPOCH = datetime.date(1970, 1, 1)
NEVER = -1_000_000
_FIRST, _LAST = (datetime.date(1899, 12, 1) - EPOCH).days, (datetime.date(2060, 1, 1) - EPOCH).days
DAYS_A_MONTH = 30.4375

ISO, SLASHED, SCHOOL = "%Y-%m-%d", "%d/%m/%Y", "%Y-%b-%d 00:00:00"
DATABASE, DOTTED, NAMED, COMPACT = "%Y-%m-%d 00:00:00.000", "%d.%m.%Y", "%d-%b-%Y", "%Y%m%d"


def number(day: datetime.date) -> int:
    return (day - EPOCH).days


def day(whole: int) -> datetime.date:
    return EPOCH + datetime.timedelta(days=int(whole))


@functools.cache
def _texts(style: str) -> pa.Array:
    return pa.array([day(n).strftime(style) for n in range(_FIRST, _LAST)])


def written(days: np.ndarray, style: str) -> pa.Array:
    """Dates as text in `style`; NEVER becomes null."""
    days = np.asarray(days, dtype=np.int64)
    known = (days >= _FIRST) & (days < _LAST)
    return _texts(style).take(pa.array(np.where(known, days - _FIRST, 0), mask=~known))


def parts(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Year, month and day of the month."""
    stamps = np.asarray(days, dtype="datetime64[D]")
    years = stamps.astype("datetime64[Y]").astype(np.int64) + 1970
    months = stamps.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return years, months, (stamps - stamps.astype("datetime64[M]")).astype(np.int64) + 1


def from_parts(years: np.ndarray, months: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Day numbers; a day past the end of its month runs into the next."""
    first = np.asarray(years, dtype="datetime64[Y]").astype(np.int64)
    stamps = (first * 0 + (np.asarray(years) - 1970) * 12 + np.asarray(months) - 1).astype("datetime64[M]")
    return stamps.astype("datetime64[D]").astype(np.int64) + np.asarray(days) - 1


def ages(birth: np.ndarray, on: np.ndarray | int) -> np.ndarray:
    """Age in years with a fraction; below 0 before birth."""
    return (on - birth) / 365.25


def back(of: datetime.date, *, months: int) -> datetime.date:
    """The same day of the month so many months before, or the 28th where that month is shorter."""
    whole = of.year * 12 + of.month - 1 - months
    return datetime.date(whole // 12, whole % 12 + 1, min(of.day, 28))


def terms(first_year: int, last_year: int) -> list[tuple[datetime.date, datetime.date]]:
    """School terms as the demonstration council sets them, half-open, oldest first."""
    return [
        term
        for year in range(first_year, last_year + 1)
        for term in (
            (datetime.date(year, 1, 6), datetime.date(year, 4, 1)),
            (datetime.date(year, 4, 20), datetime.date(year, 7, 22)),
            (datetime.date(year, 9, 5), datetime.date(year, 12, 20)),
        )
    ]
