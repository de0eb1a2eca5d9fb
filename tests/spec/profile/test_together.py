"""Markers that build on others, and on a child's age."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import Combination, EventWithin, Infant
from kinfold.areas.markers import Ages, Extra

ONE = marker(EventWithin(kinds=("missing",)), name="one", code="1", lookback_months=24)
TWO = marker(EventWithin(kinds=("arrest",)), name="two", code="2", lookback_months=24)
THREE = marker(EventWithin(kinds=("offence",)), name="three", code="3", lookback_months=24)
TOGETHER = marker(
    Combination(markers=("one", "two", "three"), at_least=2),
    points=3,
    lookback_months=12,
    name="together",
    code="4",
    extra=(Extra(points=3, reason="all three", times_at_least=3),),
)


def test_two_of_three_inside_the_lookback_count_and_all_three_count_more(profiled):
    profiled(
        TOGETHER,
        ONE,
        TWO,
        THREE,
        event="""
            person_key     | kind    | on
            ---------------+---------+-----------
            Two            | missing | 2026-01-01
            Two            | arrest  | 2026-01-02
            Three          | missing | 2026-01-01
            Three          | arrest  | 2026-01-02
            Three          | offence | 2026-01-03
            One twice      | missing | 2026-01-01
            One twice      | missing | 2026-01-02
            One before     | missing | 2026-01-01
            One before     | arrest  | 2025-03-30
        """,
        marker_of="together",
        expected={"Two": 3.0, "Three": 6.0},
        of="points",
    )


def test_together_is_shown_by_the_rows_of_the_markers_it_is_made_of(profiled):
    profiled(
        ONE,
        TWO,
        THREE,
        TOGETHER,
        event="""
            person_key | kind    | source_id | on
            -----------+---------+-----------+-----------
            Ana        | missing | 1         | 2026-01-01
            Ana        | arrest  | 2         | 2026-01-02
        """,
        result="marker_evidence",
        marker_of="together",
        expected="""
            person_id | source_id | on         | points
            ----------+-----------+------------+-------
            Ana       | 1         | 2026-01-01 | 0
            Ana       | 2         | 2026-01-02 | 3
        """,
    )


def test_together_is_not_known_where_what_is_true_and_what_is_not_known_would_make_it(profiled):
    profiled(
        ONE,
        TWO,
        THREE,
        TOGETHER,
        event="""
            person_key | kind    | on
            -----------+---------+-----------
            Ana        | missing | 2026-01-01
            Neither    | other   | 2026-01-01
        """,
        coverage="""
            table_name | kind    | people
            -----------+---------+---------
            event      | missing | everyone
            event      | arrest  | everyone
        """,
        marker_of="together",
        expected={"Ana": "unknown"},
        of="state",
    )


def test_a_marker_that_another_softens_counts_half_while_the_other_is_true(profiled):
    profiled(
        marker(EventWithin(kinds=("missing",)), name="one", code="1", halved_by="two"),
        TWO,
        event="""
            person_key | kind    | on
            -----------+---------+-----------
            Softened   | missing | 2026-01-01
            Softened   | arrest  | 2026-01-02
            Whole      | missing | 2026-01-01
        """,
        marker_of="one",
        expected={"Softened": 4.0, "Whole": 8.0},
        of="points",
    )


def test_a_child_under_one_is_said_to_be_by_the_record_of_birth_and_nobody_is_asked(profiled):
    profiled(
        marker(Infant(), direction="modifier", points=0, ages=Ages(0, 0), feeds=(), lookback_months=None),
        people="""
            person_id    | role  | birth_on
            -------------+-------+-----------
            One today    | child | 2025-03-31
            One tomorrow | child | 2025-04-01
        """,
        person="""
            person_key   | birth_on
            -------------+-----------
            One today    | 2025-03-31
            One tomorrow | 2025-04-01
        """,
        result="marker_evidence",
        expected="""
            person_id    | table_name | on         | points
            -------------+------------+------------+-------
            One tomorrow | person     | 2025-04-01 | 0
        """,
    )
