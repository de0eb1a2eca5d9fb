"""Bands are cut by how many households can be reached; few facts never make a child look low."""

from datetime import date

import ibis
import ibis.expr.types as ir
import pytest

from kinfold.areas.priority import STANDINGS, Bands, Capacity, Trigger
from kinfold.priority import acute, bands, seen
from kinfold.store.schema import NUMBER, WHOLE

ROOM_FOR_ONE = {name: Capacity(priority=1, soon=1) for name in STANDINGS}
ROOM_FOR_TEN = {name: Capacity(priority=10, soon=10) for name in STANDINGS}
NO_RUN_BEFORE = """
    person_id | band
    ----------+-----
    NOBODY    | none
"""
TYPES = {"children": {"figure": NUMBER, "household_figure": NUMBER, "coverage_share": NUMBER, "days_since_seen": WHOLE}}


USUAL = {"standing": "no_service", "domains": 2, "is_acute": False, "coverage_share": 0.9, "days_since_seen": 10}


def placed(children: ir.Table, previous: ir.Table, settings: Bands) -> ir.Table:
    """The bands of children who are, where a table says nothing else, alone at home and in nobody's care."""
    children = children.mutate(
        **{name: ibis.literal(value) for name, value in USUAL.items() if name not in children.columns}
    )
    alike = {"unit_id": "person_id", "household_figure": "figure", "lifting_domains": "domains"}
    children = children.mutate(**{name: children[of] for name, of in alike.items() if name not in children.columns})
    return bands.bands(children, previous, settings=settings).select("person_id", "band")


def settings(**change) -> Bands:
    return Bands(**({"capacity": ROOM_FOR_TEN, "margin": 0.0, "priority_least": 8, "soon_least": 4} | change))


def test_bands_follow_capacity_and_each_standing_has_its_own(spec):
    spec(
        placed,
        children="""
            person_id | standing    | figure | domains
            ----------+-------------+--------+--------
            A         | no_service  | 30     | 3
            B         | no_service  | 20     | 2
            C         | no_service  | 10     | 2
            D         | social_care | 9      | 2
            E         | no_service  | 0      | 0
        """,
        previous=NO_RUN_BEFORE,
        settings=settings(capacity=ROOM_FOR_ONE),
        types=TYPES,
        of="band",
        expected={"A": "priority", "B": "soon", "C": "watch", "D": "priority", "E": "none"},
    )


def test_a_household_is_one_conversation_and_a_sibling_without_points_is_not_put_forward(spec):
    spec(
        placed,
        children="""
            person_id | unit_id | figure | household_figure | domains
            ----------+---------+--------+------------------+--------
            A         | H1      | 16     | 18               | 3
            B         | H1      | 9      | 18               | 2
            C         | H1      | 0      | 18               | 0
            D         | H2      | 17     | 17               | 2
        """,
        previous=NO_RUN_BEFORE,
        settings=settings(capacity=ROOM_FOR_ONE),
        types=TYPES,
        of="band",
        expected={"A": "priority", "B": "priority", "C": "none", "D": "soon"},
    )


def test_the_top_bands_need_two_domains_and_money_alone_stays_at_watch(spec):
    spec(
        placed,
        children="""
            person_id | figure | domains | lifting_domains | is_acute
            ----------+--------+---------+-----------------+---------
            ONE       | 18     | 1       | 1               | no
            MONEY     | 6      | 1       | 0               | no
            TODAY     | 0      | 0       | 0               | yes
        """,
        previous=NO_RUN_BEFORE,
        settings=settings(),
        types=TYPES,
        of="band",
        expected={"ONE": "soon", "MONEY": "watch", "TODAY": "decide_today"},
    )


def test_where_less_than_half_is_known_a_child_is_never_called_low(spec):
    spec(
        placed,
        children="""
            person_id | figure | domains | coverage_share
            ----------+--------+---------+---------------
            NOTHING   | 0      | 0       | 0.49
            LITTLE    | 3      | 1       | 0.2
            UNASKED   | 3      | 1       |
            MUCH      | 12     | 2       | 0.2
            HALF      | 3      | 1       | 0.5
        """,
        previous=NO_RUN_BEFORE,
        settings=settings(),
        types=TYPES,
        of="band",
        expected={
            "NOTHING": "not_enough_known",
            "LITTLE": "not_enough_known",
            "UNASKED": "not_enough_known",
            "MUCH": "priority",
            "HALF": "watch",
        },
    )


@pytest.mark.parametrize(("margin", "expected"), [(0.0, "soon"), (1.0, "priority")])
def test_a_child_stays_in_a_band_within_the_margin(spec, margin, expected):
    spec(
        placed,
        children="""
            person_id | figure
            ----------+-------
            NEW       | 10
            THERE     | 9.5
        """,
        previous="""
            person_id | band
            ----------+---------
            THERE     | priority
        """,
        settings=settings(capacity=ROOM_FOR_ONE, margin=margin),
        types=TYPES,
        of="band",
        expected={"NEW": "priority", "THERE": expected},
    )


def test_of_equal_figures_the_child_unseen_longest_and_least_known_comes_first(spec):
    spec(
        placed,
        children="""
            person_id | standing      | figure | coverage_share | days_since_seen
            ----------+---------------+--------+----------------+----------------
            A         | no_service    | 10     | 0.9            | 10
            B         | no_service    | 10     | 0.9            | 90
            C         | other_service | 10     | 0.9            | 10
            D         | other_service | 10     | 0.6            | 10
            E         | social_care   | 10     | 0.9            | 90
            F         | social_care   | 10     | 0.9            |
        """,
        previous=NO_RUN_BEFORE,
        settings=settings(capacity=ROOM_FOR_ONE),
        types=TYPES,
        of="band",
        expected={"A": "soon", "B": "priority", "C": "soon", "D": "priority", "E": "soon", "F": "priority"},
    )


def test_households_equal_in_everything_share_a_place_and_are_let_in_together(spec):
    spec(
        placed,
        children="""
            person_id | figure
            ----------+-------
            A         | 12
            B         | 10
            C         | 10
            D         | 9
        """,
        previous=NO_RUN_BEFORE,
        settings=settings(capacity={name: Capacity(priority=2, soon=1) for name in STANDINGS}),
        types=TYPES,
        of="band",
        expected={"A": "priority", "B": "priority", "C": "priority", "D": "soon"},
    )


@pytest.mark.parametrize(("margin", "expected"), [(0.0, "watch"), (0.15, "soon")])
def test_a_child_whose_points_fade_a_little_below_the_least_stays_for_now(spec, margin, expected):
    spec(
        placed,
        children="""
            person_id | figure
            ----------+-------
            NEW       | 3.75
            THERE     | 3.75
        """,
        previous="""
            person_id | band
            ----------+-----
            THERE     | soon
        """,
        settings=settings(margin=margin),
        types=TYPES,
        of="band",
        expected={"NEW": "watch", "THERE": expected},
    )


MISSING_THREE_TIMES = Trigger(
    name="missing_repeatedly",
    event="missing",
    at_least=3,
    within_days=90,
    statement="Reported missing {times} times in the last 90 days, last on {on}",
)
INFANT_INJURY = Trigger(name="injury", event="injury_attendance", within_days=28, age_to=0, statement="Injury on {on}")


def test_three_missing_episodes_in_ninety_days_are_decided_today_and_one_told_twice_is_one(spec):
    spec(
        acute.triggered,
        parts="""
            person_id | kind    | detail | on         | involved_as
            ----------+---------+--------+------------+------------
            THREE     | missing |        | 2026-01-20 | subject
            THREE     | missing |        | 2026-02-20 | subject
            THREE     | missing |        | 2026-03-03 | subject
            TWICE     | missing |        | 2026-02-20 | subject
            TWICE     | missing |        | 2026-02-20 | subject
            TWICE     | missing |        | 2026-03-03 | subject
            LONGAGO   | missing |        | 2025-10-03 | subject
            LONGAGO   | missing |        | 2026-02-03 | subject
            LONGAGO   | missing |        | 2026-03-03 | subject
        """,
        children="""
            person_id | birth_on
            ----------+-----------
            THREE     | 2010-01-01
            TWICE     | 2010-01-01
            LONGAGO   |
        """,
        triggers=[MISSING_THREE_TIMES],
        as_at=date(2026, 3, 10),
        of="statement",
        expected={"THREE": "Reported missing 3 times in the last 90 days, last on 3 March 2026"},
    )


def test_an_injury_before_the_first_birthday_is_decided_today(spec):
    spec(
        acute.triggered,
        parts="""
            person_id | kind              | detail | on         | involved_as
            ----------+-------------------+--------+------------+------------
            BABY      | injury_attendance |        | 2026-03-03 | subject
            OLDER     | injury_attendance |        | 2026-03-03 | subject
            UNKNOWN   | injury_attendance |        | 2026-03-03 | subject
        """,
        children="""
            person_id | birth_on
            ----------+-----------
            BABY      | 2025-09-01
            OLDER     | 2020-09-01
            UNKNOWN   |
        """,
        triggers=[INFANT_INJURY],
        as_at=date(2026, 3, 10),
        of="times",
        expected={"BABY": 1, "UNKNOWN": 1},
    )


def test_a_visit_at_which_the_source_does_not_say_who_was_seen_is_a_visit_and_not_a_sighting(spec):
    spec(
        seen.last_seen,
        parts="""
            person_id | kind  | detail     | on         | was_seen | was_seen_alone
            ----------+-------+------------+------------+----------+---------------
            SEEN      | visit | cp         | 2026-03-03 | yes      | yes
            UNSAID    | visit | cin        | 2026-03-03 |          |
            NOTSEEN   | visit | cin        | 2026-03-03 | no       | no
            HELPED    | visit | early_help | 2026-03-03 | yes      | no
            SCHOOL    | voice |            | 2026-03-04 | yes      |
        """,
        expected="""
            person_id | last_seen_on | last_seen_alone_on | last_visit_on | last_help_visit_on
            ----------+--------------+--------------------+---------------+-------------------
            SEEN      | 2026-03-03   | 2026-03-03         | 2026-03-03    | 2026-03-03
            UNSAID    |              |                    | 2026-03-03    | 2026-03-03
            HELPED    | 2026-03-03   |                    |               | 2026-03-03
            SCHOOL    | 2026-03-04   |                    |               |
        """,
    )
