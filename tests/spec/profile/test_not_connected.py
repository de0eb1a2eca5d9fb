"""A marker for which no connected feed could speak is in the catalogue, and is said of nobody."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import Combination, EventWithin, Infant
from kinfold.areas.markers import Ages

MISSING = EventWithin(kinds=("missing",))
TO_COME = marker(MISSING, feeds=(), awaits=("Register to come",), name="to_come", code="C")
FEEDS = """
    feed        | label  | agency      | cadence_days | silent_after_days | last_delivered_on
    ------------+--------+-------------+--------------+-------------------+------------------
    social_care | Care   | social_care | 7            | 14                | 2026-03-30
    police      | Police | police      | 7            | 14                | {police}
    register    | To be  | education   | 7            | 14                |
"""
ONE_EVENT = """
    person_key | kind    | on
    -----------+---------+-----------
    Ana        | missing | 2026-01-01
"""


def test_it_is_said_of_nobody_where_the_area_has_no_feed_for_it_whatever_another_feed_tells(profiled):
    profiled(TO_COME, event=ONE_EVENT, expected={}, of="state")


def test_it_is_said_of_nobody_where_the_only_feed_for_it_never_came(profiled):
    asked = marker(MISSING, feeds=("register",))
    profiled(asked, event=ONE_EVENT, feeds=FEEDS.format(police=""), expected={}, of="state")


def test_what_cannot_be_said_of_any_child_is_said_once_with_the_feed_that_it_awaits(profiled):
    profiled(
        marker(MISSING, name="answered", code="A", ages=Ages(unborn=True)),
        marker(MISSING, feeds=("register",), name="never_came", code="B", ages=Ages(5, 16)),
        TO_COME,
        event=ONE_EVENT,
        feeds=FEEDS.format(police=""),
        result="marker_connection",
        expected="""
            marker     | is_connected | awaits           | age_from | age_to | is_of_unborn
            -----------+--------------+------------------+----------+--------+-------------
            answered   | yes          |                  |          |        | yes
            never_came | no           |                  | 5        | 16     | no
            to_come    | no           | Register to come | 0        | 17     | no
        """,
    )


def test_what_a_feed_that_is_silent_by_now_told_is_still_said(profiled):
    profiled(
        marker(MISSING, feeds=("police",)),
        event=ONE_EVENT,
        feeds=FEEDS.format(police="2026-01-05"),
        expected={"Ana": "true"},
        of="state",
    )


def test_coverage_asks_for_no_marker_that_is_not_connected_and_for_every_one_that_fell_silent(profiled):
    profiled(
        marker(MISSING, name="answered", code="A"),
        marker(MISSING, name="silent", code="B", feeds=("police",)),
        TO_COME,
        marker(MISSING, name="never_came", code="D", feeds=("register",)),
        event=ONE_EVENT.replace("missing", "arrest "),
        feeds=FEEDS.format(police="2026-01-05"),
        result="child_coverage",
        expected="""
            person_id | coverage_share | markers_asked | markers_known
            ----------+----------------+---------------+--------------
            Ana       | 0.5            | 2             | 1
        """,
    )


def test_two_of_three_can_be_said_while_two_are_connected_and_not_while_one_is(profiled):
    arrest = marker(EventWithin(kinds=("arrest",)), name="arrested", code="B", feeds=("police",))
    two = Combination(markers=("answered", "arrested", "to_come"), at_least=2)
    asked = (
        marker(MISSING, name="answered", code="A"),
        arrest,
        TO_COME,
        marker(two, name="together", code="D", feeds=("social_care", "police")),
    )
    both = """
        person_key | kind    | on
        -----------+---------+-----------
        Ana        | missing | 2026-01-01
        Ana        | arrest  | 2026-01-01
    """
    for police, said in (("2026-03-30", {"Ana": "true"}), ("", {})):
        profiled(
            *asked,
            event=both,
            feeds=FEEDS.format(police=police),
            marker_of="together",
            expected=said,
            of="state",
        )


def test_a_child_s_age_needs_no_feed(profiled):
    profiled(
        marker(Infant(), direction="modifier", points=0, ages=Ages(0, 0), feeds=(), lookback_months=None),
        people="""
            person_id | role  | birth_on
            ----------+-------+-----------
            Baby      | child | 2025-12-01
        """,
        person="""
            person_key | birth_on
            -----------+-----------
            Baby       | 2025-12-01
        """,
        expected={"Baby": "true"},
        of="state",
    )
