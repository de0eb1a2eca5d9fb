"""A place is said by what the area decided about bands, and a tie by what may settle one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kinfold.areas import priority
from kinfold.operations.explain_place import place

SETTINGS = priority.load(Path(__file__).resolve().parents[3] / "areas" / "saltmarsh")


@pytest.mark.parametrize(
    ("band", "was", "said"),
    [
        ("decide_today", None, ["Decide today: something is true of the child that a person must decide today"]),
        ("priority", "soon", ["Priority: 8 points or more from 2 domains or more", "On the list before: Soon."]),
        ("soon", "soon", ["Soon: 4 points or more", "a child stays while it is within 15% of the line"]),
        ("watch", "watch", ["under 4 points, of Money alone, or with no room", "The same as on the list before."]),
        ("not_enough_known", "none", ["under 50% of what we ask", "On the list before: Nothing that counts."]),
        ("none", None, ["Nothing that counts: as far as the feeds that come can tell"]),
    ],
)
def test_each_band_says_what_puts_a_child_there_and_where_it_was(band, was, said):
    told = place({"band": band, "rank": 3}, {"band_was": was} if was else {}, SETTINGS)
    for words in [*said, "Never a name, a number or a lot."]:
        assert any(words in one for one in told["says"]), words
    assert any("before" in one for one in told["says"]) == (was is not None)
    assert told["rank"] == 3


@pytest.mark.parametrize(
    ("days", "to_the_day", "roughly"),
    [
        (1, "Last seen 1 day before.", "Last seen less than a month before."),
        (47, "Last seen 47 days before.", "Last seen about 1 month before."),
        (1200, "Last seen 1,200 days before.", "Last seen about 40 months before."),
        (None, "Not seen in our feeds, which counts as longest ago.", "Not seen in our feeds"),
    ],
)
def test_how_long_ago_a_child_was_seen_is_said_to_the_day_and_in_months(days, to_the_day, roughly):
    told = place({"band": "none"}, {"days_since_seen": days}, SETTINGS)
    assert told["seen"] == to_the_day
    assert told["seen_roughly"].startswith(roughly)
