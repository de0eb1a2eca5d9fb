"""Words of the mapping language that the built-in formats need: other names, one row for each, and small documents."""

import datetime
from pathlib import Path

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.feeds.conftest import COLUMNS, GOOD, feed_of, notices

from kinfold.areas.toml import AreaRejected
from kinfold.feeds import cells, settings
from kinfold.feeds.headers import named

EXAMPLES = Path(__file__).resolve().parents[3] / "areas" / "saltmarsh" / "feeds-examples"
CALLED = {"Child ID": ("Identifier", r"~\bchild.*\bid\b"), "Day": (r"~\bdate\b",)}
NAMES = ["Child ID", "Identifier", "Child's  unique\nID", "Date of contact", "Date", "Day", "", "Notes"]


def changed(**part):
    settings = notices()
    settings["part"][0] |= part
    return settings


@pytest.mark.parametrize(
    ("header", "is_read_as"),
    [
        (["Child's  unique\nID", "Date of contact"], ("Child ID", "Day")),
        (["Identifier", "Child ID", "Day"], ("Identifier", "Child ID", "Day")),  # its own name goes first
        (["Child unique ID", "Identifier"], ("Child unique ID", "Child ID")),  # a name before a pattern
        (["Date of contact", "Date of visit"], ("Day", "Date of visit")),  # a column is found once
        (["Childhood idea"], ("Childhood idea",)),
    ],
)
def test_a_header_is_read_by_its_other_names(header, is_read_as):
    assert named(header, CALLED) == is_read_as


@given(st.lists(st.sampled_from(NAMES), max_size=8))
def test_whatever_the_header_no_cell_is_lost_and_no_column_is_given_twice(header):
    made = named(header, CALLED)
    assert len(made) == len(header)
    for column in CALLED:
        assert list(made).count(column) <= max(1, header.count(column))


def test_a_row_for_each_word_reads_its_own_column(write, place):
    rows = [
        {
            "table": "event",
            "each": [{"kind": "missing", "column": "ROLE"}, {"kind": "arrest", "column": "GRADE"}],
            "when": {"column": "{each.column}", "is": ["High", "C"]},
            "source_id": "{REF}/{each.kind}",
            "event_key": "{REF}/{each.kind}",
            "kind": {"constant": "{each.kind}"},
            "on": {"column": "DAY"},
        }
    ]
    place.load(write(f"{COLUMNS}\n{GOOD}\nN2,01/05/2025,S,,,,,High\n"), feeds=feed_of("police", changed(row=rows)))
    assert [(row["source_id"], row["kind"]) for row in place.table("event")] == [
        ("N1/missing", "missing"), ("N1/arrest", "arrest"), ("N2/arrest", "arrest"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"called": {"REF": ["~(unclosed"]}}, 'called."REF" has a pattern that cannot be read'),
        ({"row": [{"table": "event", "each": "AB"}]}, "each must be a list of texts"),
        (
            {"row": [{"table": "event", "kind": {"column": "GRADE", "warn": True}}]},
            "warn needs codes",
        ),
        ({"row": [{"table": "event", "kind": {"column": "GRADE", "as": "jsonKEY"}}]}, "as must be one of"),
    ],
)
def test_a_word_that_is_used_wrongly_is_refused_by_name(part, says):
    with pytest.raises(AreaRejected, match="police.toml") as why:
        feed_of("police", changed(**part))
    assert says in str(why.value)


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ('{"A": "x", "FLAG": "Y"}', "Y"), ('{"FLAG":12.5}', "12.5"), ('{"FLAG": true}', "true"),
        ('{"FLAG": null}', None), ('{"FLAG": ""}', None), ('{"FLAG": "say \\"so\\""}', 'say "so"'),
        ('{"FLAG": "cut', None), ('{"NOFLAG": "Y"}', None), ("not a document", None), (None, None),
    ],
)  # fmt: skip
def test_a_small_document_is_read_by_its_key_and_one_cut_short_is_not_known(document, value):
    table = ibis.memtable({"text": [document]}, schema={"text": "string"})
    assert table.select(found=cells.in_json(table.text, "FLAG")).to_pyarrow().to_pylist() == [{"found": value}]


def test_the_example_feeds_of_the_demonstration_area_can_be_used():
    found = settings.load(EXAMPLES)
    assert {"social_care_report", "youth_justice_cases"} <= set(found)


def test_a_youth_justice_case_is_read_by_other_names_and_no_score_of_another_tool_is(write, place):
    lines = [
        "YP ID,Forename,Surname,DOB,Order ID,Order type,Start,End,Worker,Safety & wellbeing,Likelihood of reoffending",
        "Y1,Amira,Okafor,03/04/2010,O1,Youth Rehabilitation Order,06/01/2025,,A Worker,Very High,High",
    ]
    found = {"youth_justice_cases": settings.load(EXAMPLES)["youth_justice_cases"]}
    [report] = place.load(write("\n".join(lines) + "\n"), feeds=found, on=datetime.date(2026, 6, 2))
    assert report.state == "loaded", report.message
    assert "Likelihood of reoffending" in report.columns_refused
    rows = [(row["stage"], row["detail"], row["worker_rating"]) for row in place.table("involvement")]
    assert rows == [("supervision", "rehabilitation_order", None), ("allocation", None, "high")]
