"""Who is a child, and which markers exist for a child of what age."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import EventWithin
from kinfold.areas.markers import Ages

PEOPLE = """
    person_id        | role   | birth_on   | expected_on | died_on
    -----------------+--------+------------+-------------+-----------
    18 today         | child  | 2008-03-31 |             |
    18 tomorrow      | child  | 2008-04-01 |             |
    4 today          | child  | 2022-03-31 |             |
    4 tomorrow       | child  | 2022-04-01 |             |
    Birth not known  | child  |            |             |
    Unborn           | unborn |            | 2026-06-01  |
    Born since       | unborn | 2026-03-01 |             |
    Died             | child  | 2018-01-01 |             | 2026-03-01
    Grown up         | adult  | 1990-01-01 |             |
"""
EVERYBODY_MISSING = """
    person_key      | kind    | on
    ----------------+---------+-----------
    18 today        | missing | 2026-01-01
    18 tomorrow     | missing | 2026-01-01
    4 today         | missing | 2026-01-01
    4 tomorrow      | missing | 2026-01-01
    Birth not known | missing | 2026-01-01
    Unborn          | missing | 2026-01-01
    Born since      | missing | 2026-01-01
    Died            | missing | 2026-01-01
    Grown up        | missing | 2026-01-01
"""
MISSING = EventWithin(kinds=("missing",))


def test_a_profile_is_of_the_living_under_18_and_of_the_unborn(profiled):
    profiled(
        marker(MISSING, ages=Ages(0, 17)),
        people=PEOPLE,
        result="child_coverage",
        expected={
            "18 tomorrow": 1,
            "4 today": 1,
            "4 tomorrow": 1,
            "Birth not known": 1,
            "Unborn": 0,
            "Born since": 1,
        },
        of="markers_asked",
    )


def test_a_marker_exists_from_one_birthday_to_the_day_before_another(profiled):
    profiled(
        marker(MISSING, ages=Ages(4, 15)),
        people=PEOPLE,
        event=EVERYBODY_MISSING,
        expected={"4 today": "true"},
        of="state",
    )


def test_a_child_whose_birth_is_not_known_is_asked_only_what_is_asked_of_every_child(profiled):
    profiled(
        marker(MISSING, ages=Ages(0, 17)),
        people=PEOPLE,
        event=EVERYBODY_MISSING,
        expected={"18 tomorrow": 1, "4 today": 1, "4 tomorrow": 1, "Birth not known": 1, "Born since": 1},
        of="times",
    )


def test_a_marker_of_the_unborn_exists_for_them_alone(profiled):
    profiled(
        marker(MISSING, ages=Ages(unborn=True)),
        people=PEOPLE,
        event=EVERYBODY_MISSING,
        expected={"Unborn": "true"},
        of="state",
    )


def test_whoever_is_born_after_the_day_is_unborn_on_it(profiled):
    profiled(
        marker(MISSING, ages=Ages(unborn=True)),
        people="""
            person_id  | role  | birth_on
            -----------+-------+-----------
            Born later | child | 2026-04-01
        """,
        event="""
            person_key | kind    | on
            -----------+---------+-----------
            Born later | missing | 2026-01-01
        """,
        expected={"Born later": "true"},
        of="state",
    )
