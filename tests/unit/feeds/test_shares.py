"""Two processes share the feeds of a first day, and nothing of what is kept shows it."""

import duckdb
import pytest
from tests.unit.feeds.conftest import AT, COLUMNS, GOOD, ON, Place, feed_of, notices

from kinfold.feeds.load import load_many

pytestmark = pytest.mark.slow


def _visits(pattern):
    row = {
        "table": "event",
        "when": {"column": "KEPT", "matches": pattern},
        "source_id": "{VISIT}",
        "event_key": "{VISIT}",
        "kind": {"constant": "domestic_abuse"},
        "on": {"column": "DAY"},
    }
    part = {"name": "visits", "recognise": ["VISIT", "KEPT"], "row": [row]}
    return feed_of("visits", notices(part=[part], codes=None, agreement_fields=["VISIT", "KEPT", "DAY"]))


def _files(write):
    return [
        write(f"{COLUMNS}\n{GOOD}\n{GOOD.replace('N1', 'N2')}\n", "notices.csv"),
        write("VISIT,DAY,KEPT\nV1,01/05/2025,yes\n", "visits.csv"),
    ]


def test_feeds_mapped_side_by_side_are_kept_as_if_by_one(write, police, tmp_path):
    feeds, files = police | _visits("yes"), _files(write)
    alone, shared = Place(tmp_path / "alone"), Place(tmp_path / "shared")
    said = alone.load(*files, feeds=feeds)
    assert load_many([(ON, files)], shared.home, feeds, received_at=AT, processes=2) == said
    assert shared.files() == alone.files()
    assert shared.table("event") == alone.table("event")
    assert {event["source"] for event in shared.table("event")} == {"police", "visits"}


def test_what_goes_wrong_in_the_other_process_keeps_nothing_of_either(write, police, tmp_path):
    # The mapping's pattern is one that Python knows and the engine does not.
    feeds, place = police | _visits("(?=yes)"), Place(tmp_path / "home")
    with pytest.raises(duckdb.Error):
        load_many([(ON, _files(write))], place.home, feeds, received_at=AT, processes=2)
    assert place.files() == set()
