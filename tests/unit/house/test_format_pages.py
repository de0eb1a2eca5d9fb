"""The guide's pages on built-in formats say what becomes of every column, or why it is not read."""

import format_pages
import pytest

from kinfold.feeds import settings

WITH_REASONS = ("annex_a", "school_census", "send", "ssd", "supporting_families")


@pytest.mark.parametrize("name", settings.formats())
def test_every_part_and_column_is_on_the_page_of_its_format(name):
    one = settings.formats()[name]
    text = format_pages.page(one)
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")][: len(one.parts)] == [
        part.name for part in one.parts
    ]
    for part in one.parts:
        section = text.partition(f"\n## {part.name}\n")[2].partition("\n## ")[0]
        assert [column for column in part.columns if f"| `{column}`" not in section] == []
        assert section.count("\n| `") == len(part.columns)


@pytest.mark.parametrize("name", WITH_REASONS)
def test_no_column_is_left_without_a_reason(name):
    one = settings.formats()[name]
    assert "kept, not read" not in format_pages.page(one)
    assert all(part.about for part in one.parts)


@pytest.mark.parametrize("name", settings.formats())
def test_each_list_of_codes_that_a_column_leads_to_is_there(name):
    one = settings.formats()[name]
    used = {value.codes for part in one.parts for row in part.rows for value in row.values.values() if value.codes}
    assert used <= set(one.codes)
    assert used == set(one.codes), "a list that no column uses tells the reader nothing"


def test_the_list_of_formats_leads_to_each():
    assert all(f"({name}.md)" in format_pages.index(settings.formats().values()) for name in settings.formats())
