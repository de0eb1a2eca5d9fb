"""Dates of birth as other countries' files write them."""

from __future__ import annotations

from collections import Counter

import pytest

from kinfold.linkage import births

US = births.habit(Counter({"03/20/1961": 30, "01/02/1960": 5}))
UK = births.habit(Counter({"20/03/1961": 30, "01/02/1960": 5}))


@pytest.mark.parametrize(
    ("text", "habit", "on", "quality"),
    [
        ("03/04/1961", UK, "1961-04-03", "stated"),
        ("03/04/1961", US, "1961-03-04", "stated"),
        ("4.3.1961", UK, "1961-03-04", "stated"),
        ("March 4th, 1961", UK, "1961-03-04", "stated"),
        ("4 Mar 1861", UK, "1861-03-04", "stated"),
        ("18610304", UK, "1861-03-04", "stated"),
        ("1961 3 4", UK, "1961-03-04", "stated"),
        ("04/03/61", UK, "1961-03-04", "stated"),
        ("1961-03-04 00:00:00", US, "1961-03-04", "stated"),
        ("1961.0", UK, "1961-01-01", "year_only"),
        ("about 1861", UK, "1861-01-01", "year_only"),
        ("19611332", UK, "1961-01-01", "year_only"),
        ("31/02/1961", UK, "1961-01-01", "year_only"),
        ("1861-1863", UK, "None", None),
        ("1900-01-01", UK, "None", None),
        ("61", UK, "None", None),
    ],
)
def test_a_date_is_read_as_its_source_writes_dates(
    text: str, habit: births.Habit, on: str, quality: str | None
) -> None:
    read = births.read(text, habit)
    assert (str(read[0]), read[1]) == (on, quality)


def test_what_stands_first_is_proved_by_dates_that_can_be_read_in_one_way_only() -> None:
    assert (US.is_month_first, UK.is_month_first) == (True, False)
    assert not births.habit(Counter({"03/04/1961": 500})).is_month_first
    mixed = births.habit(Counter({"20/03/1961": 30, "03/20/1961": 20}))
    assert mixed.is_either
    assert str(births.read("03/20/1961", mixed)[0]) == str(births.read("20/03/1961", mixed)[0]) == "1961-03-20"


def test_a_column_of_small_whole_numbers_is_of_ages_and_tells_who_is_older() -> None:
    ages = births.habit(Counter({"7": 3, "45": 9, "88": 1}))
    assert ages.is_age
    assert births.read("7", ages)[0].year - births.read("45", ages)[0].year == 38  # type: ignore[union-attr]
    assert not births.habit(Counter({"7": 3, "1961": 9})).is_age
