"""Questions that take several others together, or that silence answers: either, beside, supported and quiet."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import (
    Either,
    EventBeside,
    EventWithin,
    InvolvementMissing,
    InvolvementWithout,
    MeasureBeyond,
    MeasureShort,
)
from kinfold.areas.markers import Ages, Extra

A_YEAR = 365 / (365.25 / 12)  # months: 365 days fade as one half-life
CARER = Either(of=(MeasureBeyond(kinds=("young_carer",), at_least=1), EventWithin(kinds=("carer_health_fell",))))
AT_HOME = EventBeside(kinds=("home_education",), beside=("pressure", "acute"))
SUPPORTED = InvolvementWithout(
    agency="domestic_abuse",
    stages=("caseload",),
    details=("perpetrator_out",),
    without=("domestic_abuse",),
    without_months=12,
    told_by=("social_care",),
)
ADVISED = """
    person_key | agency         | stage    | detail          | from_on    | to_on
    -----------+----------------+----------+-----------------+------------+-----------
    Quiet      | domestic_abuse | caseload | perpetrator_out | 2025-01-01 |
    Again      | domestic_abuse | caseload | perpetrator_out | 2025-01-01 |
    Still home | domestic_abuse | caseload | at_home         | 2025-01-01 |
    Just over  | domestic_abuse | caseload | perpetrator_out | 2025-01-01 | 2025-03-30
"""
INCIDENTS = """
    person_key | kind           | on
    -----------+----------------+-----------
    Quiet      | domestic_abuse | 2025-03-30
    Again      | domestic_abuse | 2025-03-31
    Again      | domestic_abuse | 2025-03-30
"""


def test_either_is_true_by_any_of_its_questions_and_both_are_evidence(profiled):
    profiled(
        marker(CARER),
        event="""
            person_key | kind              | source_id | on
            -----------+-------------------+-----------+-----------
            By event   | carer_health_fell | 1         | 2026-01-01
            By both    | carer_health_fell | 2         | 2026-01-01
            By neither | missing           | 3         | 2026-01-01
        """,
        measure="""
            person_key | kind        | value | source_id | from_on
            -----------+-------------+-------+-----------+-----------
            By measure | young_carer | 1     | 4         | 2026-01-01
            By both    | young_carer | 1     | 5         | 2026-02-01
            By neither | young_carer | 0     | 6         | 2026-01-01
        """,
        result="marker_evidence",
        expected="""
            person_id  | source_id | points
            -----------+-----------+-------
            By event   | 1         | 8
            By both    | 2         | 0
            By both    | 5         | 8
            By measure | 4         | 8
        """,
    )


def test_a_detail_may_narrow_one_kind_and_leave_another_as_it_is(profiled):
    asked = EventWithin(
        kinds=("private_fostering", "assessment_factor"), details=("8F",), details_of=("assessment_factor",)
    )
    profiled(
        marker(asked),
        event="""
            person_key | kind              | detail | on
            -----------+-------------------+--------+-----------
            Told       | private_fostering |        | 2026-01-01
            Assessed   | assessment_factor | 8F     | 2026-01-01
            Of another | assessment_factor | 3A     | 2026-01-01
            Not said   | assessment_factor |        | 2026-01-01
        """,
        expected={"Told": "true", "Assessed": "true"},
        of="state",
    )


def test_being_taught_at_home_counts_nothing_alone_nor_beside_a_need_or_a_strength(profiled):
    profiled(
        marker(AT_HOME, name="beside", code="0", direction="lost", points=2),
        marker(EventWithin(kinds=("missing",)), name="pressed", code="1"),
        marker(EventWithin(kinds=("food_help",)), name="needs", code="2", direction="need"),
        marker(EventWithin(kinds=("family_plan",)), name="strong", code="3", direction="strength"),
        event="""
            person_key      | kind           | on
            ----------------+----------------+-----------
            Alone           | home_education | 2026-01-01
            Beside pressure | home_education | 2026-01-01
            Beside pressure | missing        | 2026-01-01
            Beside a need   | home_education | 2026-01-01
            Beside a need   | food_help      | 2026-01-01
            Beside strength | home_education | 2026-01-01
            Beside strength | family_plan    | 2026-01-01
            Before          | home_education | 2025-03-30
            Before          | missing        | 2026-01-01
        """,
        marker_of="beside",
        expected={"Beside pressure": 2.0},
        of="points",
    )


def test_a_survivor_is_supported_while_advised_the_other_gone_and_nothing_told_for_a_year(profiled):
    profiled(
        marker(SUPPORTED, direction="strength"),
        involvement=ADVISED,
        event=INCIDENTS,
        expected={"Quiet": "true"},
        of="state",
    )


def test_hearing_nothing_is_no_sign_where_the_feed_that_would_tell_is_silent(profiled):
    profiled(
        marker(SUPPORTED, direction="strength", feeds=("advisers",)),
        involvement=ADVISED,
        event=INCIDENTS,
        feeds="""
            feed        | label       | agency         | cadence_days | silent_after_days | last_delivered_on
            ------------+-------------+----------------+--------------+-------------------+------------------
            social_care | Social care | social_care    | 7            | 14                | 2026-01-01
            advisers    | Advisers    | domestic_abuse | 7            | 14                | 2026-03-30
        """,
        result="marker_evidence",
        expected="""
            person_id | points
            ----------+-------
        """,
    )


def test_while_a_survivor_is_supported_what_happened_fades_at_twice_the_speed(profiled):
    profiled(
        marker(SUPPORTED, direction="strength", name="supported", code="1"),
        marker(
            EventWithin(kinds=("domestic_abuse",)),
            name="abuse",
            code="2",
            lookback_months=24,
            half_life_months=A_YEAR,
            hastened_by="supported",
        ),
        involvement=ADVISED,
        event="""
            person_key | kind           | on
            -----------+----------------+-----------
            Quiet      | domestic_abuse | 2024-03-31
            Still home | domestic_abuse | 2024-03-31
        """,
        marker_of="abuse",
        expected={"Quiet": 0.5, "Still home": 2.0},
        of="points",
    )


def test_no_practice_counts_after_sixty_days_and_from_sixty_days_after_birth(profiled):
    profiled(
        marker(InvolvementMissing(agency="health", stage="registered", for_days=60), lookback_months=None),
        people="""
            person_id     | role  | birth_on
            --------------+-------+-----------
            Sixty days    | child | 2018-01-01
            Fifty-nine    | child | 2018-01-01
            On a list     | child | 2018-01-01
            Never         | child | 2018-01-01
            Just born     | child | 2026-02-01
            Two months    | child | 2026-01-30
        """,
        person="""
            person_key    | birth_on
            --------------+-----------
            Sixty days    | 2018-01-01
            Fifty-nine    | 2018-01-01
            On a list     | 2018-01-01
            Never         | 2018-01-01
            Just born     | 2026-02-01
            Two months    | 2026-01-30
        """,
        involvement="""
            person_key | agency | stage      | from_on    | to_on
            -----------+--------+------------+------------+-----------
            Sixty days | health | registered | 2018-02-01 | 2026-01-30
            Fifty-nine | health | registered | 2018-02-01 | 2026-01-31
            On a list  | health | registered | 2018-02-01 | 2026-01-01
            On a list  | health | registered | 2026-01-01 |
        """,
        expected={"Sixty days": "true", "Never": "true", "Two months": "true"},
        of="state",
    )


def test_a_check_is_overdue_once_it_has_been_short_for_three_months(profiled):
    profiled(
        marker(
            MeasureShort(pairs=(("health_reviews_due", "health_reviews_done"),), held_months=3),
            lookback_months=None,
            ages=Ages(0, 17),
        ),
        measure="""
            person_key   | kind                | value | from_on
            -------------+---------------------+-------+-----------
            Three months | health_reviews_due  | 4     | 2025-12-31
            Three months | health_reviews_done | 3     | 2025-12-31
            A day less   | health_reviews_due  | 4     | 2026-01-01
            A day less   | health_reviews_done | 3     | 2026-01-01
        """,
        expected={"Three months": "true"},
        of="state",
    )


def test_two_suspensions_or_one_of_more_than_five_days_add_points_once(profiled):
    longer = Extra(points=2, reason="two or more, or over five days", times_at_least=2, detail_at_least=11, any=True)
    profiled(
        marker(EventWithin(kinds=("suspension",)), points=4, extra=(longer,)),
        event="""
            person_key  | kind       | detail | on
            ------------+------------+--------+-----------
            Five days   | suspension | 10     | 2026-01-01
            Over five   | suspension | 11     | 2026-01-01
            Two short   | suspension | 2      | 2026-01-01
            Two short   | suspension | 2      | 2026-02-01
            Two, one long | suspension | 12   | 2026-01-01
            Two, one long | suspension | 2    | 2026-02-01
            In words    | suspension | a week | 2026-01-01
            Not said    | suspension |        | 2026-01-01
        """,
        expected={
            "Five days": 4.0,
            "Over five": 6.0,
            "Two short": 6.0,
            "Two, one long": 6.0,
            "In words": 4.0,
            "Not said": 4.0,
        },
        of="points",
    )
