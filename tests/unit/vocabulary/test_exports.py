"""A file that leaves is opened in a spreadsheet: whatever a cell says, the spreadsheet does not run it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinfold.vocabulary.exports import RUNS, csv_lines, safe_cell


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("\uff1dSUM(1)", "'\uff1dSUM(1)"),
        ("\x00=1", "'=1"),
        ("-", "'-"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (-12, "-12"),
        ("-12.5", "-12.5"),
        ("+441632960100", "+441632960100"),
        ("Zoé O'Neil", "Zoé O'Neil"),
    ],
)
def test_what_would_run_is_text_and_a_number_stays_one(said, written):
    assert safe_cell(said) == written


@given(st.text())
def test_nothing_that_could_run_leaves_and_twice_is_once(text):
    cell = safe_cell(text)
    assert not cell.startswith(RUNS) or cell.lstrip("+-").replace(",", "").replace(".", "", 1).isdecimal()
    assert safe_cell(cell) == cell
    cell.encode()


@given(st.lists(st.lists(st.text(), min_size=3, max_size=3), max_size=4))
def test_a_csv_file_holds_every_cell_header_first(rows):
    lines = csv_lines(["=a", "b", None], (row for row in rows))
    read = list(csv.reader(io.StringIO("".join(lines), newline=""), strict=True))
    assert read == [["'=a", "b", ""], *[[safe_cell(cell) for cell in row] for row in rows]]
