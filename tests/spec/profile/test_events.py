"""Markers about something that happened."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import CountWithin, EventWithin

MISSING = EventWithin(kinds=("missing",))


def test_what_happened_on_the_first_day_of_the_lookback_counts_and_the_day_before_does_not(profiled):
    profiled(
        marker(MISSING, lookback_months=12),
        event="""
            person_key | kind    | on
            -----------+---------+-----------
            First day  | missing | 2025-03-31
            Too early  | missing | 2025-03-30
        """,
        expected={"First day": "true"},
        of="state",
    )


def test_whatever_is_dated_after_the_day_is_ignored_and_the_day_itself_counts(profiled):
    profiled(
        marker(MISSING),
        event="""
            person_key | kind    | on
            -----------+---------+-----------
            Today      | missing | 2026-03-31
            Tomorrow   | missing | 2026-04-01
        """,
        expected={"Today": "true"},
        of="state",
    )


def test_what_we_were_told_later_or_is_withdrawn_by_now_is_not_known(profiled):
    profiled(
        marker(MISSING),
        event="""
            person_key | kind    | on         | known_from | known_until
            -----------+---------+------------+------------+------------
            Told       | missing | 2026-01-01 | 2026-01-05 |
            Told later | missing | 2026-01-01 | 2026-04-05 |
            Withdrawn  | missing | 2026-01-01 | 2026-01-05 | 2026-03-31
        """,
        expected={"Told": "true"},
        of="state",
    )


def test_only_the_kinds_details_severities_and_places_asked_for_count(profiled):
    profiled(
        marker(EventWithin(kinds=("domestic_abuse",), details=("assault",), severities=("high",), places=("home",))),
        event="""
            person_key | kind           | detail   | severity | place  | on
            -----------+----------------+----------+----------+--------+-----------
            All of it  | domestic_abuse | assault  | high     | home   | 2026-01-01
            Kind       | missing        | assault  | high     | home   | 2026-01-01
            Detail     | domestic_abuse | argument | high     | home   | 2026-01-01
            Severity   | domestic_abuse | assault  | medium   | home   | 2026-01-01
            Place      | domestic_abuse | assault  | high     | street | 2026-01-01
            Not said   | domestic_abuse | assault  | high     |        | 2026-01-01
        """,
        expected={"All of it": "true"},
        of="state",
    )


def test_only_the_part_asked_for_counts(profiled):
    profiled(
        marker(EventWithin(kinds=("violent_crime",), taking_part_as=("victim",))),
        event="""
            person_key | kind          | involved_as | on
            -----------+---------------+-------------+-----------
            Victim     | violent_crime | victim      | 2026-01-01
            Suspect    | violent_crime | suspect     | 2026-01-01
        """,
        expected={"Victim": "true"},
        of="state",
    )


def test_the_same_kind_detail_and_day_told_by_two_feeds_is_one_fact_with_two_rows_of_evidence(profiled):
    event = """
        person_key | kind    | source         | source_id | on
        -----------+---------+----------------+-----------+-----------
        Ana        | missing | police_missing | 7         | 2026-01-01
        Ana        | missing | social_care    | 9         | 2026-01-01
        Ana        | missing | social_care    | 10        | 2026-01-02
    """
    profiled(marker(MISSING), event=event, expected={"Ana": 2}, of="times")
    profiled(
        marker(MISSING),
        event=event,
        result="marker_evidence",
        expected="""
            person_id | about_id | table_name | source         | source_id | on
            ----------+----------+------------+----------------+-----------+-----------
            Ana       | Ana      | event      | police_missing | 7         | 2026-01-01
            Ana       | Ana      | event      | social_care    | 9         | 2026-01-01
            Ana       | Ana      | event      | social_care    | 10        | 2026-01-02
        """,
    )


def test_a_state_carries_the_latest_date(profiled):
    profiled(
        marker(MISSING),
        event="""
            person_key | kind    | on
            -----------+---------+-----------
            Ana        | missing | 2026-02-03
            Ana        | missing | 2026-01-01
        """,
        expected="""
            person_id | on         | times | source_feed
            ----------+------------+-------+------------
            Ana       | 2026-02-03 | 2     | social_care
        """,
    )


def test_so_many_times_counts_facts_and_not_rows(profiled):
    profiled(
        marker(CountWithin(kinds=("was_not_brought",), at_least=2)),
        event="""
            person_key | kind            | detail | on
            -----------+-----------------+--------+-----------
            Twice      | was_not_brought | eyes   | 2026-01-01
            Twice      | was_not_brought | ears   | 2026-01-01
            Once       | was_not_brought | eyes   | 2026-01-01
            Once       | was_not_brought | eyes   | 2026-01-01
            Long ago   | was_not_brought | eyes   | 2026-01-01
            Long ago   | was_not_brought | eyes   | 2025-01-01
        """,
        expected={"Twice": 2},
        of="times",
    )


def test_concerns_are_counted_by_the_day(profiled):
    profiled(
        marker(CountWithin(kinds=("school_concern",), at_least=2, count_by="day")),
        event="""
            person_key | kind           | detail  | on
            -----------+----------------+---------+-----------
            Two days   | school_concern | sad     | 2026-01-01
            Two days   | school_concern | sad     | 2026-01-02
            One day    | school_concern | sad     | 2026-01-01
            One day    | school_concern | hungry  | 2026-01-01
        """,
        expected={"Two days": 2},
        of="times",
    )


def test_contacts_are_counted_by_the_week_from_monday_to_sunday(profiled):
    profiled(
        marker(CountWithin(kinds=("contact",), details=("nfa",), at_least=2, count_by="week")),
        event="""
            person_key | kind    | detail | on
            -----------+---------+--------+-----------
            Two weeks  | contact | nfa    | 2026-01-04
            Two weeks  | contact | nfa    | 2026-01-05
            One week   | contact | nfa    | 2026-01-05
            One week   | contact | nfa    | 2026-01-11
        """,
        expected={"Two weeks": 2},
        of="times",
    )


def test_one_of_a_kind_that_is_enough_alone_is_enough(profiled):
    profiled(
        marker(CountWithin(kinds=("emergency_attendance", "self_harm"), at_least=3, alone=("self_harm",))),
        event="""
            person_key  | kind                 | on
            ------------+----------------------+-----------
            Hurt self   | self_harm            | 2026-01-01
            Came twice  | emergency_attendance | 2026-01-01
            Came twice  | emergency_attendance | 2026-01-02
            Three times | emergency_attendance | 2026-01-01
            Three times | emergency_attendance | 2026-01-02
            Three times | emergency_attendance | 2026-01-03
        """,
        expected={"Hurt self": 1, "Three times": 3},
        of="times",
    )
