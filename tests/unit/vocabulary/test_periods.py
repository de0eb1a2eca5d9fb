"""Spans of days are half-open, and terms are those a school census counts."""

from datetime import date

import pytest

from kinfold.vocabulary import periods


def test_months_before_keep_to_the_end_of_a_shorter_month():
    assert periods.months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
    assert periods.months_before(date(2024, 3, 31), 36) == date(2021, 3, 31)


def test_someone_born_on_29_february_has_their_birthday_on_1_march():
    assert periods.age_on(date(2016, 2, 29), date(2017, 2, 28)) == 0
    assert periods.age_on(date(2016, 2, 29), date(2017, 3, 1)) == 1


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2025, 1, 16), (date(2024, 9, 1), date(2025, 1, 1))),
        (date(2025, 5, 15), (date(2025, 1, 1), date(2025, 4, 1))),
        (date(2025, 10, 2), (date(2025, 4, 1), date(2025, 9, 1))),
    ],
)
def test_a_census_counts_the_term_before_its_own(day, term):
    assert periods.term_before(day) == term


def test_a_closing_day_is_not_part_of_the_period():
    assert not periods.overlap(date(2025, 1, 1), date(2025, 2, 1), date(2025, 2, 1), date(2025, 3, 1))
    assert periods.overlap(None, None, date(2025, 2, 1), date(2025, 3, 1))
