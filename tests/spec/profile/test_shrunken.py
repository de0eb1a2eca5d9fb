"""A feed that came with under half of its usual rows is shrunken: it still speaks, and every reader is told."""

import datetime

import pytest
from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import EventWithin
from kinfold.feeds.usual import usual_rows

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
    small     | Small     | education | 7            | 21                | 2026-03-30        | 1         | 9
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
            "small": "live",
            "late": "late",
            "silent": "silent",
            "never": "not_connected",
        },
    )


def test_a_shrunken_feed_still_speaks_for_the_children_it_covers(profiled):
    profiled(ASKED, people=CHILDREN, feeds=FEEDS, coverage=EVERYONE, expected={}, of="state")


def weekly(*rows):
    """Deliveries a week apart, the newest last."""
    first = datetime.date(2026, 1, 5)
    return [(first + datetime.timedelta(weeks=week), count) for week, count in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "usual"),
    [
        ([], None),
        ([100, 100, 20], None),  # two deliveries before it are no habit
        ([100, 90, 110, 20], 100),
        ([5_000, *[100] * 8, 20], 100),  # the first, with years of history, is the ninth back
        ([100, 100, 100, 20, 100], 100),  # one small delivery does not become the habit
    ],
)
def test_what_is_usual_of_a_feed_that_delivers_everything_is_the_median_of_the_last_eight(rows, usual):
    assert usual_rows(weekly(*rows), delivers="everything") == usual


@pytest.mark.parametrize(
    ("came", "usual"),
    [
        # A year's history first, then weeks: the first has no time before it, so three more are needed.
        (weekly(5_000, 70, 70, 70), None),
        (weekly(5_000, 70, 77, 70, 20), 70),
        # Quarters of 900 rows are ten a day, so a week of 60 is nothing unusual.
        (
            [(datetime.date(2025, 1, 1) + datetime.timedelta(days=90 * n), 900) for n in range(5)]
            + [(datetime.date(2026, 1, 3), 60)],
            70,
        ),
        # Two files of one day are one delivery's worth.
        ([*weekly(70, 70, 70, 70), (datetime.date(2026, 2, 2), 30), (datetime.date(2026, 2, 2), 40)], 70),
    ],
    ids=["too few", "weekly", "quarters and a week", "two of one day"],
)
def test_of_a_feed_that_delivers_changes_it_is_their_rows_a_day_times_the_days_since_the_last(came, usual):
    assert usual_rows(came, delivers="changes") == pytest.approx(usual)
