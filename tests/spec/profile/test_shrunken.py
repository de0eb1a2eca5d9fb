"""A feed that came with under half of its usual rows is shrunken: it still speaks, and every reader is told."""

import pytest
from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import EventWithin
from kinfold.profile import standing

ASKED = marker(EventWithin(kinds=("missing",)), feeds=("police",))
CHILDREN = """
    person_id | role  | birth_on
    ----------+-------+-----------
    Ana       | child | 2018-05-01
"""
EVERYONE = """
    source | table_name | kind    | people   | age_from | age_to
    -------+------------+---------+----------+----------+-------
    police | event      | missing | everyone | 0        | 17
"""
FEEDS = """
    feed      | label     | agency    | cadence_days | silent_after_days | last_delivered_on | last_rows | usual_rows
    ----------+-----------+-----------+--------------+-------------------+-------------------+-----------+-----------
    half      | Half      | housing   | 7            | 21                | 2026-03-30        | 50        | 100
    police    | Police    | police    | 7            | 21                | 2026-03-30        | 49        | 100
    empty     | Empty     | benefits  | 7            | 21                | 2026-03-30        | 0         | 100
    young     | Young     | education | 7            | 21                | 2026-03-30        | 1         |
    late      | Late      | probation | 7            | 21                | 2026-03-20        | 1         | 100
    silent    | Silent    | health    | 7            | 21                | 2026-03-01        | 1         | 100
    never     | Never     | voluntary | 7            | 21                |                   |           |
"""


def test_under_half_of_the_usual_rows_is_shrunken_unless_the_feed_is_late_or_silent(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds=FEEDS,
        result="feed_standing",
        of="state",
        expected={
            "half": "live",
            "police": "shrunken",
            "empty": "shrunken",
            "young": "live",
            "late": "late",
            "silent": "silent",
            "never": "not_connected",
        },
    )


def test_a_shrunken_feed_still_speaks_for_the_children_it_covers(profiled):
    profiled(ASKED, people=CHILDREN, feeds=FEEDS, coverage=EVERYONE, expected={}, of="state")


@pytest.mark.parametrize(
    ("before", "usual"),
    [
        ([], None),
        ([100, 100], None),  # two deliveries are no habit
        ([100, 90, 110], 100),
        ([5_000, 100, 100, 100, 100, 100, 100, 100, 100], 100),  # the first, with years of history, is the ninth back
        ([100, 100, 100, 20], 100),  # one small delivery does not become the habit
        ([90, 110, 100, 104], 102),
    ],
)
def test_what_is_usual_is_the_median_of_the_last_eight_and_needs_three(before, usual):
    assert standing.usual_rows(before) == usual
