"""Working days are Monday to Friday less bank holidays; a limit met on the day counts as in time."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinfold.vocabulary import working_days

HOLIDAYS = (date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1))
TABLE = working_days.calendar(date(2026, 1, 1), date(2027, 12, 31), HOLIDAYS).to_pylist()


def test_easter_is_not_counted():
    assert working_days.add(date(2026, 4, 1), 2, HOLIDAYS) == date(2026, 4, 7)


def test_something_told_on_a_saturday_is_due_from_monday():
    assert working_days.add(date(2026, 3, 7), 1, HOLIDAYS) == date(2026, 3, 9)


def test_between_counts_the_last_day_and_not_the_first():
    assert working_days.between(date(2026, 4, 2), date(2026, 4, 7), HOLIDAYS) == 1
    assert working_days.between(date(2026, 4, 7), date(2026, 4, 2), HOLIDAYS) == -1


@settings(deadline=None, max_examples=50)
@given(st.dates(date(2026, 1, 1), date(2027, 6, 1)), st.integers(1, 60))
def test_the_table_and_the_plain_functions_agree(day, days):
    number = next(row["working_number"] for row in TABLE if row["day"] == day)
    due = next(row["day"] for row in TABLE if row["is_working"] and row["working_number"] == number + days)

    assert due == working_days.add(day, days, HOLIDAYS)
    assert working_days.between(day, due, HOLIDAYS) == days


def test_a_year_without_bank_holidays_is_refused():
    with pytest.raises(working_days.OutsideTheCalendar, match="2031"):
        working_days.calendar(date(2026, 1, 1), date(2031, 1, 1), HOLIDAYS)
