"""Markers about values: beyond a limit, short of what was due, changed from term to term."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import MeasureBeyond, MeasureChanged, MeasureShort

ABSENT = MeasureBeyond(kinds=("attendance",), share=True, at_least=0.1, below=0.5, least_possible=20)


def test_exactly_a_tenth_counts_half_does_not_and_too_few_sessions_say_nothing(profiled):
    profiled(
        marker(ABSENT, lookback_months=8),
        measure="""
            person_key | kind       | value | possible | from_on    | to_on
            -----------+------------+-------+----------+------------+-----------
            A tenth    | attendance | 2     | 20       | 2026-01-06 | 2026-03-28
            Just under | attendance | 19    | 200      | 2026-01-06 | 2026-03-28
            Half       | attendance | 10    | 20       | 2026-01-06 | 2026-03-28
            Too few    | attendance | 2     | 19       | 2026-01-06 | 2026-03-28
            None       | attendance | 0     | 0        | 2026-01-06 | 2026-03-28
            Not known  | attendance |       | 100      | 2026-01-06 | 2026-03-28
        """,
        expected={"A tenth": "true"},
        of="state",
    )


def test_a_share_is_of_all_the_terms_that_reach_into_the_lookback(profiled):
    profiled(
        marker(ABSENT, lookback_months=6),
        measure="""
            person_key    | kind       | value | possible | from_on    | to_on
            --------------+------------+-------+----------+------------+-----------
            Over two      | attendance | 0     | 100      | 2026-01-06 | 2026-03-28
            Over two      | attendance | 20    | 100      | 2025-09-05 | 2025-12-20
            One is before | attendance | 0     | 100      | 2026-01-06 | 2026-03-28
            One is before | attendance | 20    | 100      | 2025-04-20 | 2025-09-30
        """,
        expected={"Over two": 2},
        of="times",
    )


def test_a_term_told_by_two_feeds_is_counted_once(profiled):
    profiled(
        marker(MeasureBeyond(kinds=("attendance",), share=True, at_most=0.05, least_possible=40, periods=2)),
        measure="""
            person_key | source    | kind       | value | possible | from_on    | to_on
            -----------+-----------+------------+-------+----------+------------+-----------
            Told twice | census    | attendance | 0     | 100      | 2026-01-06 | 2026-03-28
            Told twice | daily     | attendance | 0     | 100      | 2026-01-06 | 2026-03-28
            Two terms  | census    | attendance | 0     | 100      | 2026-01-06 | 2026-03-28
            Two terms  | census    | attendance | 10    | 100      | 2025-09-05 | 2025-12-20
        """,
        expected={"Two terms": 2},
        of="times",
    )


def test_without_a_lookback_the_value_must_hold_today_and_the_newest_stands(profiled):
    profiled(
        marker(MeasureBeyond(kinds=("bedrooms_short",), at_least=1), lookback_months=None),
        measure="""
            person_key | kind           | value | from_on    | to_on
            -----------+----------------+-------+------------+-----------
            Holds      | bedrooms_short | 1     | 2020-01-01 |
            Ended      | bedrooms_short | 1     | 2020-01-01 | 2026-03-31
            Moved      | bedrooms_short | 2     | 2020-01-01 |
            Moved      | bedrooms_short | 0     | 2025-01-01 |
            Unknown    | bedrooms_short |       | 2020-01-01 |
        """,
        expected={"Holds": "true"},
        of="state",
    )


def test_over_is_more_than_and_below_is_less_than(profiled):
    measure = """
        person_key | kind    | value | from_on
        -----------+---------+-------+-----------
        Seven      | arrears | 7     | 2026-01-01
        Eight      | arrears | 8     | 2026-01-01
        Nine       | arrears | 9     | 2026-01-01
    """
    profiled(marker(MeasureBeyond(kinds=("arrears",), over=8)), measure=measure, expected={"Nine": "true"}, of="state")
    profiled(
        marker(MeasureBeyond(kinds=("arrears",), below=8)), measure=measure, expected={"Seven": "true"}, of="state"
    )


def test_a_value_can_be_asked_to_have_held_for_so_many_months(profiled):
    profiled(
        marker(MeasureBeyond(kinds=("engaged",), at_least=1, held_months=6), lookback_months=None),
        measure="""
            person_key | kind    | value | from_on
            -----------+---------+-------+-----------
            Six months | engaged | 1     | 2025-09-30
            A day less | engaged | 1     | 2025-10-01
            Not said   | engaged | 1     |
            Not        | engaged | 0     | 2025-01-01
        """,
        expected={"Six months": "true"},
        of="state",
    )


def test_no_adult_in_work_means_every_adult_that_we_know_of(profiled):
    profiled(
        marker(
            MeasureBeyond(kinds=("adult_in_work",), at_most=0, every_row=True),
            reach=("household",),
            lookback_months=None,
        ),
        people="""
            person_id | role  | birth_on
            ----------+-------+-----------
            Ana       | child | 2018-01-01
            Ben       | child | 2018-01-01
            Mum       | adult | 1990-01-01
            Dad       | adult | 1990-01-01
            Aunt      | adult | 1990-01-01
        """,
        occupancy="""
            person_id | household_id
            ----------+-------------
            Ana       | H1
            Mum       | H1
            Dad       | H1
            Ben       | H2
            Aunt      | H2
        """,
        measure="""
            person_key | kind          | value | from_on
            -----------+---------------+-------+-----------
            Mum        | adult_in_work | 0     | 2025-01-01
            Dad        | adult_in_work | 1     | 2025-01-01
            Aunt       | adult_in_work | 0     | 2025-01-01
        """,
        expected={"Ben": "true"},
        of="state",
    )


def test_each_of_several_measures_can_be_asked_for(profiled):
    profiled(
        marker(MeasureBeyond(kinds=("goals_on_track", "engaged"), at_least=1, every_kind=True), lookback_months=None),
        measure="""
            person_key | kind           | value | from_on
            -----------+----------------+-------+-----------
            Both       | goals_on_track | 1     | 2026-01-01
            Both       | engaged        | 1     | 2026-01-01
            One        | goals_on_track | 1     | 2026-01-01
            One        | engaged        | 0     | 2026-01-01
            Half told  | engaged        | 1     | 2026-01-01
        """,
        expected={"Both": "true"},
        of="state",
    )


PAIRS = (("health_reviews_due", "health_reviews_done"), ("vaccinations_due", "vaccinations_done"))
CHECKS = """
    person_key | kind                | value | from_on
    -----------+---------------------+-------+-----------
    All done   | health_reviews_due  | 3     | 2026-01-01
    All done   | health_reviews_done | 3     | 2026-01-01
    All done   | vaccinations_due    | 5     | 2026-01-01
    All done   | vaccinations_done   | 5     | 2026-01-01
    One short  | health_reviews_due  | 3     | 2026-01-01
    One short  | health_reviews_done | 3     | 2026-01-01
    One short  | vaccinations_due    | 5     | 2026-01-01
    One short  | vaccinations_done   | 4     | 2026-01-01
    Half told  | health_reviews_due  | 3     | 2026-01-01
    Half told  | health_reviews_done | 3     | 2026-01-01
    Half told  | vaccinations_due    | 5     | 2026-01-01
"""


def test_one_check_short_in_either_pair_is_short_and_a_pair_half_told_says_nothing(profiled):
    profiled(
        marker(MeasureShort(pairs=PAIRS), lookback_months=None),
        measure=CHECKS,
        result="marker_evidence",
        expected="""
            person_id | table_name | row_number
            ----------+------------+-----------
            One short | measure    | 7
            One short | measure    | 8
        """,
    )


def test_complete_means_every_pair_is_told_and_none_is_short(profiled):
    profiled(
        marker(MeasureShort(pairs=PAIRS, none_short=True), lookback_months=None),
        measure=CHECKS,
        expected={"All done": "true"},
        of="state",
    )


def test_attendance_fell_when_exactly_15_points_more_was_missed_than_the_term_before(profiled):
    profiled(
        marker(MeasureChanged(kind="attendance", by=0.15, least_possible=20)),
        measure="""
            person_key   | kind       | value | possible | from_on    | to_on
            -------------+------------+-------+----------+------------+-----------
            Fell         | attendance | 15    | 100      | 2025-09-05 | 2025-12-20
            Fell         | attendance | 30    | 100      | 2026-01-06 | 2026-03-28
            Not so far   | attendance | 15    | 100      | 2025-09-05 | 2025-12-20
            Not so far   | attendance | 29    | 100      | 2026-01-06 | 2026-03-28
            Got better   | attendance | 30    | 100      | 2025-09-05 | 2025-12-20
            Got better   | attendance | 0     | 100      | 2026-01-06 | 2026-03-28
            Too few      | attendance | 0     | 19       | 2025-09-05 | 2025-12-20
            Too few      | attendance | 30    | 100      | 2026-01-06 | 2026-03-28
            One term     | attendance | 30    | 100      | 2026-01-06 | 2026-03-28
            Fell earlier | attendance | 0     | 100      | 2025-04-20 | 2025-07-22
            Fell earlier | attendance | 30    | 100      | 2025-09-05 | 2025-12-20
            Fell earlier | attendance | 30    | 100      | 2026-01-06 | 2026-03-28
        """,
        expected="""
            person_id | times | on
            ----------+-------+-----------
            Fell      | 2     | 2026-03-28
        """,
    )
