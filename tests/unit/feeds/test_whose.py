"""Whom a row names that was never mapped."""

from pathlib import Path

import pyarrow as pa
import pytest

from kinfold.areas.feeds import Part, Row, Value
from kinfold.feeds import whose
from kinfold.feeds.settings import load

SALTMARSH = Path(__file__).parents[3] / "areas" / "saltmarsh"


@pytest.fixture(scope="module")
def feed():
    return load(SALTMARSH)["emergency_department"]


def test_people_and_numbers_are_found_however_they_are_written(feed):
    [part] = [one for one in feed.parts if any(row.table == "identifier" for row in one.rows)]
    rows = pa.table({"HOSPITAL_NO": [" H1 ", "", None], "nhs no": ["999 000 0018", "Unknown", "9990000026"]})

    assert [(one.keys, one.numbers) for one in whose.named(feed, part, rows)] == [
        ({"emergency_department:H1"}, {("nhs", "9990000018")}),
        (frozenset(), frozenset()),
        (frozenset(), {("nhs", "9990000026")}),
    ]


def test_a_key_made_of_what_is_not_there_is_nobody(feed):
    keys = {
        "person_key": Value(first_of=("Child", "{School}/{Pupil}")),
        "other_key": Value(template="{home.Tenant}"),
    }
    part = Part("ties", (), (Row("relationship", keys),))
    rows = pa.table({"Child": [None, "C1"], "School": ["S", "S"], "Pupil": ["7", None], "Tenant": ["T", "T"]})

    found = [set(one.keys) for one in whose.named(feed, part, rows)]

    assert found == [{f"{feed.people_source}:S/7"}, {f"{feed.people_source}:C1"}]
