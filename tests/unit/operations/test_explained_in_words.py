"""Each point is said so that it can be worked out by hand: what it was, how old the fact is, how it fades."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest

from kinfold.areas import markers, priority
from kinfold.areas.markers import Extra
from kinfold.operations import explain_words as words

AREA = Path(__file__).resolve().parents[3] / "areas" / "saltmarsh"
AS_AT = datetime.date(2026, 3, 3)
PLAIN = next(marker for marker in markers.load(AREA) if marker.direction == "pressure")


def marker(**changed):
    return dataclasses.replace(
        PLAIN, **{"points": 6, "half_life_months": 12, "extra": (), "halved_by": None, "hastened_by": None, **changed}
    )


def row(points, fades_from):
    place = {"source": "s", "source_id": "1", "delivery_id": "d", "part": "p", "row_number": 1, "about_id": "A"}
    return {"points": points, "fades_from": fades_from, "on": fades_from, **place}


EXTRA = Extra(points=3, reason="more than six weeks")
OTHER = marker(name="better", label="Seen by a GP")


@pytest.mark.parametrize(
    ("of", "points", "fades_from", "eased", "said"),
    [
        (marker(), 6.0, AS_AT, {}, "6 points, still so, so it has not begun to fade: counts 6"),
        (marker(half_life_months=None), 6.0, None, {}, "6 points, does not fade: counts 6"),
        (marker(), 6 * 0.5 ** (61 / 30.4375 / 12), datetime.date(2026, 1, 1), {},
         "6 points, 2.0 months ago, halves each 12 months: counts 5.34"),
        (marker(extra=(EXTRA,)), 9.0, AS_AT, {},
         "6 points and 3 more (more than six weeks), still so, so it has not begun to fade: counts 9"),
        (marker(halved_by="better"), 3.0, AS_AT, {"better": OTHER},
         "6 points, still so, so it has not begun to fade, half of that, because seen by a GP: counts 3"),
        (marker(hastened_by="better"), 6 * 0.5 ** (61 / 30.4375 / 6), datetime.date(2026, 1, 1), {"better": OTHER},
         "6 points, 2.0 months ago, halves each 6 months, twice as fast, because seen by a GP: counts 4.76"),
    ],
)  # fmt: skip
def test_a_row_says_what_it_was_how_old_it_is_and_what_it_counts(of, points, fades_from, eased, said):
    assert words.of_row(row(points, fades_from), of, is_latest=True, as_at=AS_AT, eased=eased)["says"] == said


def test_the_latest_row_carries_the_points_and_an_extra_may_be_earned_by_an_earlier_one():
    rows = [row(3.0, datetime.date(2025, 1, 1)), row(6.0, datetime.date(2026, 1, 1))]
    assert [one["points"] for one in words.latest_first(rows)] == [6.0, 3.0]
    told = words.of_row(row(3.0, AS_AT), marker(extra=(EXTRA,)), is_latest=False, as_at=AS_AT, eased={})
    assert told["says"].startswith("3 more (more than six weeks)")
    none = words.of_row(row(0.0, AS_AT), marker(), is_latest=False, as_at=AS_AT, eased={})
    assert (none["counts"], none["says"]) == (0.0, "Supports it. Another row carries the points.")


def test_a_line_says_that_it_is_kept_to_the_quarter_and_a_cap_says_what_it_takes():
    assert words.of_line(2.75, 2.67) == "2.67 in all, kept to the nearest quarter: 2.75"
    assert words.of_line(6, 6.0) == "6 points in all"
    settings = priority.load(AREA)
    cut = {"marker": "pressure_cap", "domain": "History", "points": -2.5}
    assert words.of_adjustment(cut, settings, []) == "History counts 14 at most in pressures, so 2.5 is taken off"
    young = marker(label="Under one year old", direction="modifier", multiplier=1.2)
    more = {"marker": "pressure_modifier", "domain": "Trio", "points": 1.5}
    assert words.of_adjustment(more, settings, [young]) == (
        "Under one year old: pressures of Trio count 1.2 times, 1.5 points more"
    )


def test_the_sums_are_written_as_they_are_added_up():
    lines = [
        {"kind": "pressure", "marker": "a", "points": 8.0},
        {"kind": "pressure", "marker": "b", "points": 2.75},
        {"kind": "adjustment", "marker": "pressure_cap", "points": -2.5},
        {"kind": "need", "marker": "c", "points": 3.25},
        {"kind": "strength", "marker": "d", "points": 0.0},
    ]
    told = {"lines": lines, "pressures": 8.25, "unmet_needs": 3.25, "figure": 9.875}
    assert words.sums(told, 0.5) == {
        "pressures": "8 + 2.75 − 2.5 = 8.25",
        "unmet_needs": "3.25 = 3.25",
        "figure": "8.25 + half of 3.25 = 9.875",
    }
