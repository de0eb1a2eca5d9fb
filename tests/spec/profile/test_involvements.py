"""Markers about the work of services: open, ended, missing, and a brother's or sister's."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import InvolvementClosed, InvolvementMissing, InvolvementOpen, RelationHas
from kinfold.areas.markers import Ages

CIN_ENDED = InvolvementClosed(agency="social_care", stages=("child_in_need",), unless_open=("child_protection",))


def test_work_is_open_from_its_first_day_until_the_day_it_ends(profiled):
    profiled(
        marker(InvolvementOpen(agency="social_care", stages=("child_in_need",)), lookback_months=None),
        involvement="""
            person_key    | agency      | stage         | from_on    | to_on
            --------------+-------------+---------------+------------+-----------
            Open          | social_care | child_in_need | 2025-01-01 |
            Ends tomorrow | social_care | child_in_need | 2025-01-01 | 2026-04-01
            Ended today   | social_care | child_in_need | 2025-01-01 | 2026-03-31
            Begins later  | social_care | child_in_need | 2026-04-01 |
            Start unknown | social_care | child_in_need |            |
            Other work    | social_care | assessment    | 2025-01-01 |
            Other agency  | early_help  | child_in_need | 2025-01-01 |
        """,
        expected={"Open": "true", "Ends tomorrow": "true", "Start unknown": "true"},
        of="state",
    )


def test_with_a_lookback_work_that_ended_inside_it_counts_too(profiled):
    profiled(
        marker(InvolvementOpen(agency="mental_health", stages=("treatment",)), lookback_months=12),
        involvement="""
            person_key   | agency        | stage     | from_on    | to_on
            -------------+---------------+-----------+------------+-----------
            Ended inside | mental_health | treatment | 2024-01-01 | 2025-03-31
            Ended before | mental_health | treatment | 2024-01-01 | 2025-03-30
        """,
        expected={"Ended inside": "true"},
        of="state",
    )


def test_only_the_detail_asked_for_counts(profiled):
    profiled(
        marker(InvolvementOpen(agency="probation", stages=("supervision",), details=("custody",))),
        involvement="""
            person_key | agency    | stage       | detail    | from_on
            -----------+-----------+-------------+-----------+-----------
            Custody    | probation | supervision | custody   | 2026-01-01
            Community  | probation | supervision | community | 2026-01-01
            Not said   | probation | supervision |           | 2026-01-01
        """,
        expected={"Custody": "true"},
        of="state",
    )


def test_ended_work_counts_by_the_day_it_ended_and_never_while_work_is_open(profiled):
    profiled(
        marker(CIN_ENDED, lookback_months=36),
        involvement="""
            person_key    | agency      | stage            | from_on    | to_on
            --------------+-------------+------------------+------------+-----------
            Ended         | social_care | child_in_need    | 2022-01-01 | 2023-03-31
            Ended before  | social_care | child_in_need    | 2022-01-01 | 2023-03-30
            Still open    | social_care | child_in_need    | 2022-01-01 |
            Open on a plan| social_care | child_in_need    | 2022-01-01 | 2024-01-01
            Open on a plan| social_care | child_protection | 2024-01-01 |
        """,
        expected="""
            person_id | state | on
            ----------+-------+-----------
            Ended     | true  | 2023-03-31
        """,
    )


def test_an_ending_that_is_not_asked_for_or_not_said_does_not_count(profiled):
    profiled(
        marker(InvolvementClosed(agency="social_care", stages=("looked_after",), outcomes=("returned_home",))),
        involvement="""
            person_key | agency      | stage        | outcome       | from_on    | to_on
            -----------+-------------+--------------+---------------+------------+-----------
            Home       | social_care | looked_after | returned_home | 2024-01-01 | 2026-01-01
            Adopted    | social_care | looked_after | adopted       | 2024-01-01 | 2026-01-01
            Not said   | social_care | looked_after |               | 2024-01-01 | 2026-01-01
        """,
        expected={"Home": "true"},
        of="state",
    )


def test_an_ending_named_as_not_counting_does_not_and_one_not_said_does(profiled):
    profiled(
        marker(InvolvementClosed(agency="social_care", stages=("child_in_need",), but_not=("transferred",))),
        involvement="""
            person_key  | agency      | stage         | outcome     | from_on    | to_on
            ------------+-------------+---------------+-------------+------------+-----------
            Closed      | social_care | child_in_need | closed      | 2024-01-01 | 2026-01-01
            Transferred | social_care | child_in_need | transferred | 2024-01-01 | 2026-01-01
            Not said    | social_care | child_in_need |             | 2024-01-01 | 2026-01-01
        """,
        expected={"Closed": "true", "Not said": "true"},
        of="state",
    )


def test_a_spell_told_by_two_feeds_counts_once(profiled):
    profiled(
        marker(InvolvementClosed(agency="social_care", stages=("looked_after",))),
        involvement="""
            person_key | source      | agency      | stage        | from_on    | to_on
            -----------+-------------+-------------+--------------+------------+-----------
            Ana        | social_care | social_care | looked_after | 2024-01-01 | 2026-01-01
            Ana        | ssda903     | social_care | looked_after | 2024-01-01 | 2026-01-01
        """,
        expected={"Ana": 1},
        of="times",
    )


def test_a_brother_s_plan_counts_open_or_ended_in_the_lookback(profiled):
    profiled(
        marker(RelationHas(agency="social_care", stages=("child_protection",)), reach=("sibling",), lookback_months=24),
        people="""
            person_id  | role  | birth_on
            -----------+-------+-----------
            Ana        | child | 2018-01-01
            Bea        | child | 2018-01-01
            Ana's bro  | child | 2016-01-01
            Bea's bro  | child | 2016-01-01
        """,
        family="""
            person_id | other_id  | kind
            ----------+-----------+-------------
            Ana       | Ana's bro | half_sibling
            Bea       | Bea's bro | sibling
        """,
        involvement="""
            person_key | agency      | stage            | from_on    | to_on
            -----------+-------------+------------------+------------+-----------
            Ana's bro  | social_care | child_protection | 2022-01-01 | 2024-03-31
            Bea's bro  | social_care | child_protection | 2022-01-01 | 2024-03-30
        """,
        result="marker_evidence",
        expected="""
            person_id | about_id  | on
            ----------+-----------+-----------
            Ana       | Ana's bro | 2024-03-31
        """,
    )


ON_NO_ROLL = InvolvementMissing(agency="education", stage="roll", ended_as=("no_destination",))
SCHOOL_CHILDREN = """
    person_id   | role  | birth_on
    ------------+-------+-----------
    On roll     | child | 2015-01-01
    Off roll    | child | 2015-01-01
    Never on    | child | 2015-01-01
    Too young   | child | 2023-01-01
    To nowhere  | child | 2015-01-01
"""
ROLLS = """
    person_key | source        | agency    | stage | outcome        | from_on    | to_on
    -----------+---------------+-----------+-------+----------------+------------+-----------
    On roll    | school_census | education | roll  |                | 2020-09-01 | 2025-09-01
    On roll    | school_census | education | roll  |                | 2025-09-01 |
    Off roll   | school_census | education | roll  |                | 2020-09-01 | 2025-12-20
    To nowhere | school_census | education | roll  | no_destination | 2020-09-01 | 2025-12-20
"""
SCHOOL_CENSUS = """
    feed          | label         | agency    | cadence_days | silent_after_days | last_delivered_on
    --------------+---------------+-----------+--------------+-------------------+------------------
    school_census | School census | education | 120          | 150               | {last}
"""


def test_a_child_of_school_age_is_on_no_roll_when_a_live_feed_of_every_pupil_has_none(profiled):
    profiled(
        marker(ON_NO_ROLL, feeds=("school_census",), ages=Ages(6, 15)),
        people=SCHOOL_CHILDREN,
        involvement=ROLLS,
        feeds=SCHOOL_CENSUS.format(last="2026-03-01"),
        coverage="""
            source        | table_name  | kind | people   | age_from | age_to
            --------------+-------------+------+----------+----------+-------
            school_census | involvement | roll | everyone | 5        | 16
        """,
        result="marker_evidence",
        expected="""
            person_id  | table_name  | on
            -----------+-------------+-----------
            Off roll   | involvement | 2025-12-20
            To nowhere | involvement | 2025-12-20
            Never on   | coverage    |
        """,
    )


def test_when_the_feed_of_every_pupil_is_silent_only_an_ending_to_nowhere_says_so(profiled):
    profiled(
        marker(ON_NO_ROLL, feeds=("school_census",), ages=Ages(6, 15)),
        people=SCHOOL_CHILDREN,
        involvement=ROLLS,
        feeds=SCHOOL_CENSUS.format(last="2025-06-01"),
        coverage="""
            source        | table_name  | kind | people   | age_from | age_to
            --------------+-------------+------+----------+----------+-------
            school_census | involvement | roll | everyone | 5        | 16
        """,
        expected={"To nowhere": "true", "On roll": "unknown", "Off roll": "unknown", "Never on": "unknown"},
        of="state",
    )
