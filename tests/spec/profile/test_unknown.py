"""Unknown is not no: silence means no only where a living feed speaks for the child."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import EventWithin, InvolvementOpen, RelationHas
from kinfold.areas.markers import Ages

MISSING = EventWithin(kinds=("missing",))
CHILDREN = """
    person_id | role  | birth_on
    ----------+-------+-----------
    Ana       | child | 2018-05-01
    Baby      | child | 2025-05-01
"""
FEEDS = """
    feed        | label  | agency      | cadence_days | silent_after_days | last_delivered_on
    ------------+--------+-------------+--------------+-------------------+------------------
    police      | Police | police      | 7            | 21                | {police}
    social_care | Cases  | social_care | 7            | 21                | {social_care}
"""
EVERYONE = """
    source | table_name | kind    | people   | age_from | age_to
    -------+------------+---------+----------+----------+-------
    police | event      | missing | everyone | 0        | 17
"""
ASKED = marker(MISSING, feeds=("police", "social_care"))


def test_silence_of_a_live_feed_that_speaks_for_everyone_means_no(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds=FEEDS.format(police="2026-03-10", social_care=""),
        coverage=EVERYONE,
        expected={},
        of="state",
    )


def test_a_feed_that_is_later_than_it_may_be_is_silent_and_no_longer_means_no(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds=FEEDS.format(police="2026-03-09", social_care=""),
        coverage=EVERYONE,
        expected={"Ana": ("unknown", "silent", "police"), "Baby": ("unknown", "silent", "police")},
        of=("state", "why_unknown", "source_feed"),
    )


NEVER_CAME = """
    marker | is_connected
    -------+-------------
    asked  | no
"""


def test_a_feed_that_never_delivered_is_not_connected_which_is_said_once_and_of_no_child(profiled):
    never = {"people": CHILDREN, "feeds": FEEDS.format(police="", social_care=""), "coverage": EVERYONE}
    profiled(ASKED, **never, result="marker_connection", expected=NEVER_CAME)
    profiled(ASKED, **never, expected={}, of="state")


def test_a_delivery_that_comes_after_the_day_has_not_come_yet(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds=FEEDS.format(police="2026-04-01", social_care=""),
        result="marker_connection",
        expected=NEVER_CAME,
    )


def test_a_live_feed_that_does_not_speak_for_the_child_s_age_does_not_cover_the_child(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds=FEEDS.format(police="2026-03-30", social_care=""),
        coverage="""
            source | table_name | kind    | people   | age_from | age_to
            -------+------------+---------+----------+----------+-------
            police | event      | missing | everyone | 5        | 17
        """,
        expected={"Baby": "not_covered"},
        of="why_unknown",
    )


def test_a_feed_that_speaks_of_those_it_lists_covers_a_child_it_lists(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        person="""
            source | person_key
            -------+-----------
            police | Ana
            other  | Baby
        """,
        feeds=FEEDS.format(police="2026-03-30", social_care=""),
        coverage="""
            source | table_name | kind | people
            -------+------------+------+-------
            police | event      |      | listed
        """,
        expected={"Baby": "not_covered"},
        of="why_unknown",
    )


def test_a_feed_that_speaks_of_something_else_does_not_cover(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds=FEEDS.format(police="2026-03-30", social_care="2026-03-30"),
        coverage="""
            source      | table_name  | kind    | people
            ------------+-------------+---------+---------
            police      | event       | arrest  | everyone
            social_care | involvement | missing | everyone
        """,
        expected={"Ana": "not_covered", "Baby": "not_covered"},
        of="why_unknown",
    )


def test_one_feed_that_can_speak_is_enough_though_another_is_silent(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds=FEEDS.format(police="2025-01-01", social_care="2026-03-30"),
        coverage="""
            source      | table_name | kind    | people
            ------------+------------+---------+---------
            police      | event      | missing | everyone
            social_care | event      | missing | everyone
        """,
        expected={},
        of="state",
    )


def test_what_is_true_is_true_even_when_the_feed_has_fallen_silent(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        event="""
            source | person_key | kind    | on
            -------+------------+---------+-----------
            police | Ana        | missing | 2026-01-01
        """,
        feeds=FEEDS.format(police="2026-01-02", social_care=""),
        coverage=EVERYONE,
        expected={"Ana": ("true", None), "Baby": ("unknown", "silent")},
        of=("state", "why_unknown"),
    )


def test_outside_its_ages_a_marker_is_neither_true_nor_unknown(profiled):
    profiled(
        marker(MISSING, feeds=("police",), ages=Ages(5, 17)),
        people=CHILDREN,
        feeds=FEEDS.format(police="2025-01-01", social_care=""),
        expected={"Ana": "unknown"},
        of="state",
    )


def test_of_a_parent_nothing_is_known_where_no_parent_is_known(profiled):
    profiled(
        marker(InvolvementOpen(agency="mental_health", stages=("treatment",)), feeds=("police",), reach=("parent",)),
        people="""
            person_id  | role  | birth_on
            -----------+-------+-----------
            Ana        | child | 2018-05-01
            No parent  | child | 2018-05-01
            Mum        | adult | 1990-01-01
        """,
        family="""
            person_id | other_id | kind
            ----------+----------+-------
            Ana       | Mum      | parent
        """,
        feeds=FEEDS.format(police="2026-03-30", social_care=""),
        coverage="""
            source | table_name  | people
            -------+-------------+---------
            police | involvement | everyone
        """,
        expected={"No parent": "not_covered"},
        of="why_unknown",
    )


def test_of_brothers_and_sisters_nothing_is_known_where_neither_they_nor_a_parent_are_known(profiled):
    profiled(
        marker(RelationHas(agency="social_care", stages=("looked_after",)), feeds=("police",), reach=("sibling",)),
        people="""
            person_id  | role  | birth_on
            -----------+-------+-----------
            Only child | child | 2018-05-01
            Sister     | child | 2018-05-01
            No family  | child | 2018-05-01
            Mum        | adult | 1990-01-01
        """,
        family="""
            person_id  | other_id  | kind
            -----------+-----------+--------
            Only child | Mum       | parent
            Sister     | Elsewhere | sibling
        """,
        feeds=FEEDS.format(police="2026-03-30", social_care=""),
        coverage="""
            source | table_name  | people
            -------+-------------+---------
            police | involvement | everyone
        """,
        expected={"No family": "not_covered"},
        of="why_unknown",
    )


def test_coverage_counts_the_markers_asked_of_a_child_and_those_somebody_can_answer(profiled):
    profiled(
        marker(MISSING, feeds=("police",), name="one", code="A"),
        marker(EventWithin(kinds=("arrest",)), feeds=("police",), name="two", code="B"),
        marker(MISSING, feeds=("police",), name="three", code="C", ages=Ages(5, 17)),
        people=CHILDREN,
        feeds=FEEDS.format(police="2026-03-30", social_care=""),
        coverage=EVERYONE,
        result="child_coverage",
        expected="""
            person_id | coverage_share     | markers_asked | markers_known
            ----------+--------------------+---------------+--------------
            Ana       | 0.6666666666666666 | 3             | 2
            Baby      | 0.5                | 2             | 1
        """,
    )


def test_a_feed_is_live_then_late_then_silent_and_says_of_whom_it_speaks(profiled):
    profiled(
        ASKED,
        people=CHILDREN,
        feeds="""
            feed   | label  | agency | cadence_days | silent_after_days | last_delivered_on
            -------+--------+--------+--------------+-------------------+------------------
            police | Police | police | 7            | 21                | 2026-03-24
            a      | A      | police | 7            | 21                | 2026-03-23
            b      | B      | police | 7            | 21                | 2026-03-09
            c      | C      | police | 7            | 21                |
        """,
        coverage="""
            source | table_name | people   | age_from | age_to
            -------+------------+----------+----------+-------
            police | event      | everyone | 0        | 17
            a      | event      | everyone | 5        | 16
            b      | event      | listed   |          |
        """,
        result="feed_standing",
        expected="""
            feed   | state         | last_delivered_on | due_on     | speaks_for
            -------+---------------+-------------------+------------+---------------------------
            police | live          | 2026-03-24        | 2026-03-31 | every child
            a      | late          | 2026-03-23        | 2026-03-30 | every child aged 5 to 16
            b      | silent        | 2026-03-09        | 2026-03-16 | only the people it lists
            c      | not_connected |                   |            |
        """,
    )
