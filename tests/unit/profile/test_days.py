"""Months are calendar months, and birthdays are the law's."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from kinfold.profile.days import birthday, months_before

DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 12, 31))


def test_a_month_before_a_longer_month_s_end_is_the_shorter_month_s_end():
    assert months_before(datetime.date(2026, 3, 31), 1) == datetime.date(2026, 2, 28)
    assert months_before(datetime.date(2024, 3, 31), 1) == datetime.date(2024, 2, 29)
    assert months_before(datetime.date(2026, 1, 15), 13) == datetime.date(2024, 12, 15)


def test_somebody_born_on_29_february_is_a_year_older_on_1_march_where_there_is_no_29th():
    leap_day = datetime.date(2024, 2, 29)
    assert birthday(datetime.date(2025, 2, 28), 1) < leap_day <= birthday(datetime.date(2025, 3, 1), 1)


@given(DAYS, st.integers(0, 240), st.integers(0, 240))
def test_whatever_the_day_going_back_further_is_never_later(day, fewer, more):
    assert months_before(day, fewer + more) <= months_before(day, fewer) <= day
