"""How points fade, who carries them, and what adds to them."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import EventWithin, InvolvementOpen, MeasureBeyond
from kinfold.areas.markers import Extra

MISSING = EventWithin(kinds=("missing",))
A_YEAR_AGO = """
    person_key  | kind    | on
    ------------+---------+-----------
    Today       | missing | 2026-03-31
    A year ago  | missing | 2025-03-31
"""


def test_points_halve_with_each_half_life_since_the_day_it_happened(profiled):
    # 365 days are 11.99 months of 30.4375 days: as good as a year.
    profiled(
        marker(MISSING, points=8, half_life_months=365 / (365.25 / 12)),
        event=A_YEAR_AGO,
        expected={"Today": 8.0, "A year ago": 4.0},
        of="points",
    )
    profiled(
        marker(MISSING, points=8, half_life_months=365 / (365.25 / 12) / 2),
        event=A_YEAR_AGO,
        expected={"Today": 8.0, "A year ago": 2.0},
        of="points",
    )


def test_without_a_half_life_points_stay_whole_while_it_is_true(profiled):
    profiled(marker(MISSING), event=A_YEAR_AGO, expected={"Today": 8.0, "A year ago": 8.0}, of="points")


def test_points_fade_from_the_day_it_happened_and_not_from_the_day_we_were_told(profiled):
    profiled(
        marker(MISSING, half_life_months=365 / (365.25 / 12)),
        event="""
            person_key | kind    | on         | known_from
            -----------+---------+------------+-----------
            Ana        | missing | 2025-03-31 | 2026-03-30
        """,
        expected={"Ana": 4.0},
        of="points",
    )


def test_work_that_goes_on_does_not_fade_and_work_that_ended_fades_from_its_end(profiled):
    profiled(
        marker(InvolvementOpen(agency="mental_health", stages=("treatment",)), half_life_months=365 / (365.25 / 12)),
        involvement="""
            person_key       | agency        | stage     | from_on    | to_on
            -----------------+---------------+-----------+------------+-----------
            Goes on          | mental_health | treatment | 2020-01-01 |
            Ended a year ago | mental_health | treatment | 2020-01-01 | 2025-03-31
        """,
        expected={"Goes on": 8.0, "Ended a year ago": 4.0},
        of="points",
    )


def test_however_many_facts_there_are_the_points_are_those_of_the_latest_and_one_row_carries_them(profiled):
    event = """
        person_key | kind    | source         | source_id | on
        -----------+---------+----------------+-----------+-----------
        Ana        | missing | social_care    | 1         | 2025-03-31
        Ana        | missing | social_care    | 2         | 2026-03-31
        Ana        | missing | police_missing | 3         | 2026-03-31
    """
    profiled(marker(MISSING, half_life_months=6), event=event, expected={"Ana": 8.0}, of="points")
    profiled(
        marker(MISSING, half_life_months=6),
        event=event,
        result="marker_evidence",
        expected="""
            person_id | source_id | points
            ----------+-----------+-------
            Ana       | 1         | 0
            Ana       | 2         | 0
            Ana       | 3         | 8
        """,
    )


def test_an_extra_is_added_once_and_fades_from_the_latest_fact_that_earns_it(profiled):
    high = Extra(points=3, reason="graded high", severities=("high",))
    profiled(
        marker(EventWithin(kinds=("domestic_abuse",)), half_life_months=365 / (365.25 / 12), extra=(high,)),
        event="""
            person_key | kind           | severity | source_id | on
            -----------+----------------+----------+-----------+-----------
            Ana        | domestic_abuse | standard | 1         | 2026-03-31
            Ana        | domestic_abuse | high     | 2         | 2025-03-31
            Ana        | domestic_abuse | high     | 3         | 2025-03-31
            Ben        | domestic_abuse | standard | 4         | 2026-03-31
        """,
        result="marker_evidence",
        expected="""
            person_id | source_id | points
            ----------+-----------+-------
            Ana       | 1         | 8
            Ana       | 2         | 1.5
            Ana       | 3         | 0
            Ben       | 4         | 8
        """,
    )


def test_an_extra_for_a_second_time_counts_facts_and_not_rows(profiled):
    twice = Extra(points=2, reason="two or more", times_at_least=2)
    profiled(
        marker(MISSING, extra=(twice,)),
        event="""
            person_key | kind    | source         | on
            -----------+---------+----------------+-----------
            Once       | missing | social_care    | 2026-01-01
            Once       | missing | police_missing | 2026-01-01
            Twice      | missing | social_care    | 2026-01-01
            Twice      | missing | social_care    | 2026-01-02
        """,
        expected={"Once": 8.0, "Twice": 10.0},
        of="points",
    )


def test_an_extra_can_ask_for_a_value_or_for_how_long_it_lasted(profiled):
    profiled(
        marker(
            MeasureBeyond(kinds=("bedrooms_short",), at_least=1),
            lookback_months=None,
            extra=(Extra(points=3, reason="two or more", value_at_least=2),),
        ),
        measure="""
            person_key | kind           | value | from_on
            -----------+----------------+-------+-----------
            One        | bedrooms_short | 1     | 2026-01-01
            Two        | bedrooms_short | 2     | 2026-01-01
        """,
        expected={"One": 8.0, "Two": 11.0},
        of="points",
    )
    profiled(
        marker(EventWithin(kinds=("suspension",)), extra=(Extra(points=2, reason="a week or more", lasting_days=7),)),
        event="""
            person_key | kind       | on         | ended_on
            -----------+------------+------------+-----------
            Six days   | suspension | 2026-01-01 | 2026-01-07
            A week     | suspension | 2026-01-01 | 2026-01-08
            Not said   | suspension | 2026-01-01 |
        """,
        expected={"Six days": 8.0, "A week": 10.0, "Not said": 8.0},
        of="points",
    )
