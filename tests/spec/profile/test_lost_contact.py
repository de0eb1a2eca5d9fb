"""Not seen in our feeds: said only when somebody should see the child and every feed that would tell is alive."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import NotSeenSince

NOT_SEEN = marker(
    NotSeenSince(
        days=60,
        days_in_all=90,
        expected_in=("child_in_need", "roll"),
        seen_at=("emergency_attendance",),
        attended=("attendance",),
    ),
    feeds=("social_care", "school_census"),
    lookback_months=None,
)
OPEN = """
    person_key | agency      | stage         | from_on
    -----------+-------------+---------------+-----------
    Ana        | social_care | child_in_need | 2025-01-01
    Ben        | social_care | child_in_need | 2025-01-01
    Cal        | social_care | child_in_need | 2025-01-01
"""
FEEDS = """
    feed          | label  | agency      | cadence_days | silent_after_days | last_delivered_on
    --------------+--------+-------------+--------------+-------------------+------------------
    social_care   | Cases  | social_care | 7            | 21                | 2026-03-30
    school_census | School | education   | 120          | 150               | {school}
"""


def test_a_visit_90_days_before_the_feed_last_told_is_a_sighting_and_one_before_is_not(profiled):
    profiled(
        NOT_SEEN,
        involvement=OPEN,
        event="""
            person_key | kind  | was_seen | on
            -----------+-------+----------+-----------
            Ana        | visit | yes      | 2025-12-30
            Ben        | visit | yes      | 2025-12-29
            Cal        | visit | no       | 2026-03-01
        """,
        expected="""
            person_id | state | on
            ----------+-------+-----------
            Ben       | true  | 2025-12-29
            Cal       | true  |
        """,
    )


def test_days_of_which_a_late_feed_has_not_told_do_not_count_against_anybody(profiled):
    profiled(
        NOT_SEEN,
        involvement=OPEN,
        feeds="""
            feed        | label | agency      | cadence_days | silent_after_days | last_delivered_on
            ------------+-------+-------------+--------------+-------------------+------------------
            social_care | Cases | social_care | 7            | 21                | 2026-03-15
        """,
        event="""
            person_key | kind  | was_seen | on
            -----------+-------+----------+-----------
            Ana        | visit | yes      | 2025-12-15
            Ben        | visit | yes      | 2025-12-14
            Cal        | visit | yes      | 2026-03-10
        """,
        expected={"Ben": "true"},
        of="state",
    )


def test_days_since_a_late_school_census_was_due_do_not_count_against_anybody_either(profiled):
    profiled(
        NOT_SEEN,
        involvement=OPEN,
        feeds=FEEDS.format(school="2025-11-20"),
        coverage="""
            source        | table_name | kind       | people
            --------------+------------+------------+---------
            social_care   | event      | visit      | everyone
            school_census | measure    | attendance | everyone
        """,
        event="""
            person_key | kind  | was_seen | on
            -----------+-------+----------+-----------
            Ana        | visit | yes      | 2025-12-20
            Ben        | visit | yes      | 2025-12-19
            Cal        | visit | yes      | 2026-03-10
        """,
        expected={"Ben": "true"},
        of="state",
    )


def test_the_last_sighting_is_the_evidence_or_where_there_was_none_the_work_in_which_there_should_have_been(profiled):
    profiled(
        NOT_SEEN,
        involvement=OPEN,
        event="""
            person_key | kind                 | was_seen | source_id | on
            -----------+----------------------+----------+-----------+-----------
            Ana        | visit                | yes      | 1         | 2025-06-01
            Ana        | visit                | yes      | 2         | 2025-07-01
            Ben        | emergency_attendance |          | 3         | 2026-03-01
        """,
        result="marker_evidence",
        expected="""
            person_id | table_name  | source_id | on         | points
            ----------+-------------+-----------+------------+-------
            Ana       | event       | 2         | 2025-07-01 | 8
            Cal       | involvement | 3         |            | 8
        """,
    )


def test_a_child_nobody_is_due_to_see_is_not_lost_and_not_known(profiled):
    profiled(
        NOT_SEEN,
        people="""
            person_id | role  | birth_on
            ----------+-------+-----------
            Nobody    | child | 2018-01-01
            Too soon  | child | 2018-01-01
        """,
        involvement="""
            person_key | agency      | stage         | from_on
            -----------+-------------+---------------+-----------
            Too soon   | social_care | child_in_need | 2026-03-01
        """,
        expected={"Nobody": ("unknown", "not_covered")},
        of=("state", "why_unknown"),
    )


def test_while_a_feed_that_might_tell_of_a_sighting_is_silent_nobody_is_said_to_be_lost(profiled):
    profiled(
        NOT_SEEN,
        involvement=OPEN,
        feeds=FEEDS.format(school="2025-06-01"),
        coverage="""
            source        | table_name | kind       | people
            --------------+------------+------------+---------
            social_care   | event      | visit      | everyone
            school_census | measure    | attendance | everyone
        """,
        expected=dict.fromkeys(("Ana", "Ben", "Cal"), ("unknown", "silent")),
        of=("state", "why_unknown"),
    )


def test_coming_to_half_of_school_in_the_newest_term_told_is_being_seen_until_the_next_is_due(profiled):
    profiled(
        NOT_SEEN,
        feeds=FEEDS.format(school="2026-01-10"),
        involvement="""
            person_key     | source        | agency    | stage | from_on
            ---------------+---------------+-----------+-------+-----------
            Comes          | school_census | education | roll  | 2020-09-01
            Hardly comes   | school_census | education | roll  | 2020-09-01
            Came last year | school_census | education | roll  | 2020-09-01
        """,
        measure="""
            person_key     | source        | kind       | value | possible | from_on    | to_on
            ---------------+---------------+------------+-------+----------+------------+-----------
            Comes          | school_census | attendance | 50    | 100      | 2025-09-05 | 2025-12-20
            Hardly comes   | school_census | attendance | 51    | 100      | 2025-09-05 | 2025-12-20
            Came last year | school_census | attendance | 0     | 100      | 2025-04-20 | 2025-07-22
        """,
        expected="""
            person_id      | state | on
            ---------------+-------+-----------
            Hardly comes   | true  |
            Came last year | true  | 2025-07-21
        """,
    )


def test_a_child_who_started_school_after_the_newest_term_told_is_not_waited_for(profiled):
    profiled(
        NOT_SEEN,
        feeds=FEEDS.format(school="2026-01-10"),
        involvement="""
            person_key  | source        | agency    | stage | from_on
            ------------+---------------+-----------+-------+-----------
            Started     | school_census | education | roll  | 2025-12-20
            Should have | school_census | education | roll  | 2025-12-19
            Comes       | school_census | education | roll  | 2020-09-01
        """,
        measure="""
            person_key | source        | kind       | value | possible | from_on    | to_on
            -----------+---------------+------------+-------+----------+------------+-----------
            Comes      | school_census | attendance | 5     | 100      | 2025-09-05 | 2025-12-20
        """,
        expected={"Should have": "true"},
        of="state",
    )
