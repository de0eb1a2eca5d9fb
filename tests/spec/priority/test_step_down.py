"""Consider stepping down: asked when pressures have fallen and stayed down, and never while anything speaks against it."""

from datetime import date

import ibis.expr.types as ir
import pytest

from kinfold.areas.priority import STANDINGS, Bands, Capacity, Priority, StepDown
from kinfold.priority import step_down
from kinfold.store.schema import DATE, NUMBER, TEXT

SETTINGS = Priority(
    caps={"Trio": 18.0},
    bands=Bands(capacity={name: Capacity(1, 1) for name in STANDINGS}),
    acute=(),
    step_down=StepDown(stages=("child_in_need",), goals=("on_track",), held_days=90, at_most=6, fallen=2),
)
CATALOGUE = """
    marker   | domain   | direction | points | multiplier
    ---------+----------+-----------+--------+-----------
    abuse    | Trio     | pressure  | 8      | 1.0
    absent   | School   | pressure  | 4      | 1.0
    lost     | Contact  | lost      | 5      | 1.0
    on_track | Strength | strength  | 4      | 1.0
"""
CHILD = {"pressures": 4.0, "coverage": 0.9, "acute": "no", "rising": "no", "unseen": "no"}
HELD = {"stage": "child_in_need", "rating": "medium", "then": 7.0, "fact": "2025-06-01", "more": ""}
ASKED = "Consider stepping down: what pressed has eased since 31 December 2025, nothing new came for 90 days."
ON_TRACK = "P | on_track | true | 4 | 2026-02-01 |"
CASES = {
    # what is different about the child: what is asked
    "fallen from 7 to 4, and nothing new since": ({}, ASKED),
    "and the plan's goals are on track": ({"more": ON_TRACK}, ASKED[:-1] + ", and the plan's goals are on track."),
    "low all along, and nothing is said of goals": ({"then": 5.0}, None),
    "low all along, and the plan's goals are on track": (
        {"then": 5.0, "more": ON_TRACK},
        "Consider stepping down: nothing new came for 90 days, and the plan's goals are on track.",
    ),
    "fallen, and still above what the area asks at": ({"pressures": 6.25, "then": 18.0}, None),
    "something to decide today": ({"acute": "yes"}, None),
    "rising": ({"rising": "yes"}, None),
    "unseen": ({"unseen": "yes"}, None),
    "little known": ({"coverage": 0.59}, None),
    "nothing asked, so nothing known": ({"coverage": ""}, None),
    "a protection plan": ({"stage": "child_protection"}, None),
    "the worker's own rating is high": ({"rating": "high"}, None),
    "something happened within the 90 days": ({"fact": "2026-01-01"}, None),
    "something was not known 90 days ago, however old it is": ({"more": "P | absent | true | 1 | 2025-06-01 |"}, None),
    "a new loss of contact": ({"more": "P | lost | true | 5 | 2025-06-01 |"}, None),
    "a feed that would tell of a concern is silent": ({"more": "P | absent | unknown | | | silent"}, None),
}


def asked(
    children: ir.Table,
    opened: ir.Table,
    marker_state: ir.Table,
    evidence: ir.Table,
    catalogue: ir.Table,
    then: ir.Table,
) -> ir.Table:
    found = step_down.step_down(
        children, opened, marker_state, evidence, catalogue, then, settings=SETTINGS, as_at=date(2026, 3, 31)
    )
    return found.select("person_id", "sentence")


@pytest.mark.parametrize("case", CASES)
def test_when_it_is_asked(spec, case):
    changed, sentence = CASES[case]
    one = CHILD | HELD | changed
    spec(
        asked,
        children=f"""
            person_id | pressures | coverage_share | is_acute | is_rising | is_unseen
            ----------+-----------+----------------+----------+-----------+----------
            P         | {one["pressures"]} | {one["coverage"]} | {one["acute"]} | {one["rising"]} | {one["unseen"]}
        """,
        opened=f"person_id | stage | worker_rating\n---\nP | {one['stage']} | {one['rating']}",
        marker_state=f"""
            person_id | marker | state | points | on | why_unknown
            ----------+--------+-------+--------+----+------------
            P | abuse | true | {one["pressures"]} | {one["fact"]} |
            {one["more"] or "Q | abuse | true | 8 | 2026-03-01 |"}
        """,
        evidence=f"person_id | marker | on\n---\nP | abuse | {one['fact']}",
        catalogue=CATALOGUE,
        then=f"person_id | marker | state | points | back_days\n---\nP | abuse | true | {one['then']} | 90",
        types={
            "children": {"pressures": NUMBER, "coverage_share": NUMBER},
            "marker_state": {"state": TEXT, "points": NUMBER, "on": DATE, "why_unknown": TEXT},
            "then": {"state": TEXT, "points": NUMBER},
        },
        expected={"P": sentence} if sentence else {},
    )


def test_a_list_that_may_not_say_everything_hears_of_goals_alone_and_only_the_child_s_own_row_is_asked(spec):
    spec(
        step_down.said_beside,
        rows="""
            person_id | pathway       | whose     | why
            ----------+---------------+-----------+----------------
            OWN       | social_care   | self      | Misses school.
            SIBLING   | social_care   | household | Misses school.
            GOALS     | other_service | self      |
            EASED     | other_service | self      | Crowded home.
        """,
        asked="""
            person_id | is_on_track | sentence
            ----------+-------------+----------------------------------------------
            OWN       | no          | Consider stepping down: nothing new.
            SIBLING   | no          | Consider stepping down: nothing new.
            GOALS     | yes         | Consider stepping down: what pressed has eased.
            EASED     | no          | Consider stepping down: what pressed has eased.
        """,
        everything=("social_care",),
        of="why",
        expected={
            "OWN": "Misses school. Consider stepping down: nothing new.",
            "SIBLING": "Misses school.",
            "GOALS": "Consider stepping down: the plan's goals are on track.",
            "EASED": "Crowded home.",
        },
    )
