"""Dates are read day first in every form that files have, and nothing that is not a date becomes one."""

from datetime import date

import pyarrow as pa
import pytest

from kinfold.feeds import cells
from kinfold.store import engine
from kinfold.vocabulary import dates

READ = {
    "31/12/2024": date(2024, 12, 31),
    "1/2/2024": date(2024, 2, 1),
    "31.12.2024": date(2024, 12, 31),
    "31-12-2024": date(2024, 12, 31),
    "31/12/2024 13:45": date(2024, 12, 31),
    "2024-12-31": date(2024, 12, 31),
    "2024-12-31T09:30:00Z": date(2024, 12, 31),
    "2024-12-10 00:00:00.000": date(2024, 12, 10),
    "2025-Feb-14 00:00:00": date(2025, 2, 14),
    "14-Feb-2025": date(2025, 2, 14),
    "14 February 2025": date(2025, 2, 14),
    "20241231": date(2024, 12, 31),
    "45657": date(2024, 12, 31),
    "45657.5": date(2024, 12, 31),
    "29/02/2024": date(2024, 2, 29),
}
NOT_KNOWN = ["NULL", "n/a", "-", "Unknown", "01/01/1900", "1900-01-01 00:00:00.000", "31/12/9999"]
NOT_A_DATE = ["31/02/2024", "12/31/2024", "2024-13-01", "29/02/2023", "soon", "14-Foo-2025", "1/2/24", "123", "31/12"]


@pytest.mark.parametrize(("text", "day"), READ.items())
def test_each_form_is_read_day_first(text, day):
    assert dates.read_date(text) == day


@pytest.mark.parametrize("text", NOT_KNOWN)
def test_what_stands_for_not_known_is_null(text):
    assert dates.read_date(text) is None


@pytest.mark.parametrize("text", NOT_A_DATE)
def test_what_is_not_a_date_is_refused(text):
    with pytest.raises(ValueError, match="."):
        dates.read_date(text)


def test_whole_columns_are_read_as_single_dates_are():
    texts = [*READ, *NOT_KNOWN, *NOT_A_DATE]
    with engine.duckdb() as one:
        table = one.take(pa.table({"text": texts}))
        day, fault = cells.as_date(cells.said(table.text))
        found = table.select("text", day=day, fault=fault).to_pyarrow().to_pylist()
    assert {row["text"]: row["day"] for row in found} == READ | dict.fromkeys(NOT_KNOWN) | dict.fromkeys(NOT_A_DATE)
    assert {row["text"] for row in found if row["fault"]} == set(NOT_A_DATE)


def test_a_day_is_said_without_a_leading_nought():
    assert dates.in_words(date(2026, 3, 3)) == "3 March 2026"
