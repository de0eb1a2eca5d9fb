"""The whole of priority on a small council: every child once, sums exact, and the same answer twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import ibis
import pyarrow as pa
import pytest
from tests.spec import readable

from kinfold.areas import area, pathways, priority, timescales
from kinfold.priority import schema
from kinfold.priority.run import prioritise
from kinfold.store import engine

pytestmark = pytest.mark.slow

SALTMARSH = Path(__file__).parents[3] / "areas" / "saltmarsh"
AS_AT = date(2026, 3, 31)


def marker(name: str, code: str, domain: str, direction: str, points: float, **more) -> SimpleNamespace:
    usual = {"multiplier": 1.0, "half_life_months": None, "statement": name.replace("_", " ").capitalize()}
    usual |= {"extra": (), "halved_by": None, "hastened_by": None}
    return SimpleNamespace(name=name, code=code, domain=domain, direction=direction, points=points, **(usual | more))


MARKERS = (
    marker("domestic_abuse", "P1", "Trio", "pressure", 8, half_life_months=9.0),
    marker("absent", "E1", "School", "pressure", 4),
    marker("arrears", "M3", "Money", "need", 3),
    marker("crowded", "O1", "Housing", "need", 4),
    marker("moved", "O3", "Housing", "need", 5),
    marker("attends", "G1", "Strength", "strength", 4),
    marker("infant", "L6", "Health", "modifier", 0, multiplier=1.2),
)
TABLES = {
    "people": """
        person_id | role  | birth_on   | is_address_withheld
        ----------+-------+------------+--------------------
        OPEN      | child | 2015-01-01 | no
        UNSAFE    | child | 2025-09-01 | no
        CALLED    | child | 2014-01-01 | no
        QUIET     | child | 2013-01-01 | no
        UNKNOWN   | child | 2012-01-01 | no
        MUM       | adult | 1990-01-01 | no
    """,
    "link": """
        person_key | person_id
        -----------+----------
        s:open     | OPEN
        s:unsafe   | UNSAFE
        s:called   | CALLED
        s:mum      | MUM
    """,
    "occupancy": """
        person_id | household_id | from_on
        ----------+--------------+-----------
        OPEN      | H1           | 2020-01-01
        CALLED    | H2           | 2020-01-01
        MUM       | H2           | 2020-01-01
    """,
    "family": """
        person_id | other_id | kind
        ----------+----------+-------
        CALLED    | MUM      | parent
    """,
    "involvement": """
        person_key | agency      | stage            | worker_ref | team  | from_on    | to_on
        -----------+-------------+------------------+------------+-------+------------+-----------
        s:open     | social_care | child_protection |            |       | 2026-01-05 | 2026-03-25
        s:open     | social_care | child_in_need    |            |       | 2026-03-25 |
        s:open     | social_care | allocation       | W1         | South | 2026-01-05 |
    """,
    "event": """
        event_key | kind  | on
        ----------+-------+-----------
        s:1       | visit | 2026-03-20
    """,
    "participant": """
        event_key | person_key | involved_as | was_seen | was_seen_alone
        ----------+------------+-------------+----------+---------------
        s:1       | s:open     | visited     | yes      | yes
    """,
    "contact": """
        person_key | kind  | value
        -----------+-------+-------------
        s:mum      | phone | 01632 960100
    """,
    "service": """
        service_key | name  | agency      | state
        ------------+-------+-------------+------
        s:south     | South | social_care | open
    """,
    "marker_state": """
        person_id | marker         | state   | points | on         | times | why_unknown
        ----------+----------------+---------+--------+------------+-------+------------
        OPEN      | absent         | true    | 4      | 2026-03-01 | 1     |
        UNSAFE    | domestic_abuse | true    | 7.3    | 2026-03-01 | 2     |
        UNSAFE    | infant         | true    | 0      |            | 1     |
        CALLED    | absent         | true    | 4      | 2026-03-01 | 1     |
        CALLED    | crowded        | true    | 4      | 2026-03-01 | 1     |
        CALLED    | moved          | true    | 5      | 2026-03-28 | 3     |
        CALLED    | arrears        | unknown |        |            |       | silent
        CALLED    | attends        | true    | 4      | 2026-03-01 | 1     |
    """,
    "marker_evidence": """
        person_id | marker         | on         | points
        ----------+----------------+------------+-------
        UNSAFE    | domestic_abuse | 2026-03-01 | 7.3
    """,
    "child_coverage": """
        person_id | coverage_share
        ----------+---------------
        OPEN      | 0.9
        UNSAFE    | 0.9
        CALLED    | 0.9
        QUIET     | 0.9
        UNKNOWN   | 0.1
    """,
    "feed_standing": """
        feed        | label       | agency      | state | last_delivered_on | due_on
        ------------+-------------+-------------+-------+-------------------+-----------
        social_care | Social care | social_care | live  | 2026-03-30        | 2026-04-06
        early_help  | Early help  | early_help  | late  | 2026-03-04        | 2026-03-11
    """,
}


@pytest.fixture(scope="module")
def runs():
    """A first run, and another over the same facts the night after, when a need that moved a visit has passed."""
    settings = {
        "markers": MARKERS,
        "settings": priority.load(SALTMARSH),
        "timescales": timescales.load(SALTMARSH),
        "pathways": pathways.load(SALTMARSH),
        "area_calendar": area.load(SALTMARSH).calendar,
    }
    with engine.duckdb() as lake:
        tables = {name: lake.take(readable.table(text, name=name)) for name, text in TABLES.items()}
        first = prioritise(lake, tables, previous=None, as_at=AS_AT, **settings)
        kept = {name: lake.keep(table) for name, table in first.items()}
        first = {name: table.to_pyarrow() for name, table in first.items()}
        moved = kept["worklist_row"].mutate(due_on=ibis.date(2026, 4, 2), interval_days=13)
        kept["worklist_row"] = lake.keep(moved.select(first["worklist_row"].schema.names))
        again = prioritise(lake, tables, previous=kept, previous_at=AS_AT, as_at=AS_AT + timedelta(days=1), **settings)
        yield first, {name: table.to_pyarrow() for name, table in again.items()}


def by(table: pa.Table, key: str = "person_id") -> dict:
    return {row[key]: row for row in table.to_pylist()}


def test_every_child_has_one_row_and_the_tables_have_the_columns_they_promise(runs):
    first, _ = runs
    children = by(first["priority_child"])

    assert sorted(children) == ["CALLED", "OPEN", "QUIET", "UNKNOWN", "UNSAFE"]
    assert first["priority_child"].num_rows == 5
    assert sorted(row["rank"] for row in children.values()) == [1, 2, 3, 4, 5]
    for name, columns in schema.TABLES.items():
        assert first[name].schema.names == columns.names
        assert [f.type for f in first[name].schema] == [f.type for f in columns]


def test_pathways_and_bands_of_a_small_council(runs):
    children = by(runs[0]["priority_child"])

    found = {name: (row["pathway"], row["band"]) for name, row in children.items()}
    assert found == {
        "OPEN": ("social_care", "soon"),
        "UNSAFE": ("front_door", "soon"),
        "CALLED": ("outreach", "priority"),
        "QUIET": ("none", "none"),
        "UNKNOWN": ("none", "not_enough_known"),
    }


def test_lines_of_a_kind_and_their_adjustments_sum_exactly_to_the_figure(runs):
    first, _ = runs
    for person_id, child in by(first["priority_child"]).items():
        lines = [row for row in first["priority_line"].to_pylist() if row["person_id"] == person_id]
        pressures = [x for x in lines if x["kind"] == "pressure" or x["marker"].startswith("pressure_")]
        needs = [x for x in lines if x["kind"] in ("need", "lost") or x["marker"].startswith("need_")]

        assert sum(x["points"] for x in pressures) == child["pressures"]
        assert sum(x["points"] for x in needs) == child["unmet_needs"]
        assert child["figure_low"] == child["figure"] <= child["figure_high"]


def test_what_is_unknown_widens_the_range_and_adds_nothing(runs):
    called = by(runs[0]["priority_child"])["CALLED"]

    assert (called["figure"], called["figure_high"]) == (4 + 9 / 2, 4 + 12 / 2)


def test_each_row_says_whom_it_is_for_why_and_when(runs):
    rows = by(runs[0]["worklist_row"], "row_key")

    assert set(rows) == {"social_care:OPEN", "front_door:UNSAFE", "outreach:CALLED"}
    opened = rows["social_care:OPEN"]
    assert (opened["owner_kind"], opened["owner_ref"], opened["team"]) == (
        "worker",
        "social_care/W1",
        "social_care/South",
    )
    assert opened["due_sentence"] == (
        "Due Tuesday 7 April 2026: visits every 10 working days (local standard), "
        "asked for before the change of 25 March 2026."
    )
    assert opened["last_seen_alone_on"] == date(2026, 3, 20)
    called = rows["outreach:CALLED"]
    assert (called["phone"], called["list_group"]) == ("01632 960100", "this_week")
    assert called["why"] == "Moved; absent; crowded."
    assert called["changed"] == "Lately: moved."


def test_the_night_after_says_what_is_the_same(runs):
    rows = by(runs[1]["worklist_row"], "row_key")

    assert rows["outreach:CALLED"]["changed"] == "Nothing new in the reasons since 28 March 2026."
    assert by(runs[1]["priority_child"])["CALLED"]["band"] == "priority"


def test_a_visit_that_the_last_list_brought_forward_stays_there_until_it_is_made(runs):
    opened = by(runs[1]["worklist_row"], "row_key")["social_care:OPEN"]

    assert (opened["due_on"], opened["interval_days"]) == (date(2026, 4, 2), 13)
    assert "not put back" in opened["due_sentence"]


def test_a_child_no_service_holds_is_told_so_with_what_is_late(runs):
    sentence = by(runs[0]["priority_child"])["QUIET"]["pathway_sentence"]

    assert sentence == (
        "No service found in the feeds we hold. The early help feed is 20 days late, so this may be incomplete."
    )
