"""Which rows a challenge is about, and what a run leaves out because of it: that, as it was, and nothing else."""

from __future__ import annotations

import datetime

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinfold.operations import challenged
from kinfold.operations import home as homes
from kinfold.store.engine import Engine, write_rows

DAY = datetime.date(2026, 3, 1)
PLACE = {"delivery_id": "police-1", "part": "notices", "known_from": DAY}


def told(source_id, row_number=5, **more):
    return {"source": "police", "source_id": source_id, "row_number": row_number, **PLACE, **more}


TABLES = {
    "link": [{"person_key": f"police:{one}", "person_id": one} for one in ("ANA", "BEN")],
    "event": [
        told("e1", event_key="police:e1", kind="domestic_abuse", on=DAY, severity="high"),
        told("e2", 6, event_key="police:e2", kind="domestic_abuse", on=DAY, severity="high"),
    ],
    "participant": [
        told("p1", event_key="police:e1", person_key="police:ANA", involved_as="present"),
        told("p2", event_key="police:e1", person_key="police:BEN", involved_as="present"),
        told("p3", 6, event_key="police:e2", person_key="police:ANA", involved_as="present"),
    ],
    "involvement": [told("i1", 9, person_key="police:ANA", stage="supervision", from_on=DAY, to_on=DAY)],
    "measure": [told("m1", 10, person_key="police:ANA", kind="arrears", value=9.0)],
    "marker_evidence": [
        {"person_id": one, "marker": "abuse", "about_id": one, "table_name": "event", "source": "police",
         "source_id": source_id}
        for one, source_id in (("ANA", "e1"), ("ANA", "e2"), ("BEN", "e1"))
    ],
}  # fmt: skip
FACT = {
    "id": 1, "kind": "fact", "person_id": "ANA", "about_id": "ANA", "marker": "", "source": "police",
    "table_name": "event", "delivery_id": "police-1", "part": "notices", "row_number": 5, "on": DAY,
    "fact_kind": "domestic_abuse", "state": "upheld", "settled_at": datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC),
}  # fmt: skip
STATEMENT = FACT | {"id": 2, "kind": "statement", "marker": "abuse", "row_number": None, "delivery_id": ""}


@pytest.fixture
def home(tmp_path):
    made = homes.create(tmp_path / "home", area=homes.shipped_area(), is_demonstration=True, on=DAY)
    folder = made.snapshots / "live"
    folder.mkdir(parents=True)
    for name, rows in TABLES.items():
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    made.set_live("live")
    return made


@pytest.fixture
def engine():
    con = ibis.duckdb.connect(threads=1)
    yield Engine(con)
    con.disconnect()


def gathered(home, *challenges):
    table = challenged.gather(home, challenges)
    write_rows(table, home.decisions / challenged.FILE)
    return table.to_pylist()


def taken(engine, **changed):
    tables = TABLES | changed
    return {name: engine.take(pa.Table.from_pylist(rows), name) for name, rows in tables.items()}


def numbers(table):
    return sorted(table.to_pyarrow()["source_id"].to_pylist())


def test_of_an_event_the_persons_own_part_is_left_out_and_nobody_elses(home, engine):
    row, of_page = gathered(home, FACT)
    assert (row["table_name"], row["source_id"]) == ("participant", "p1")
    assert (row["shown_table"], row["shown_source_id"]) == ("event", "e1")
    assert (of_page["table_name"], of_page["source_id"], of_page["marker"]) == ("event", "e1", challenged.ANY)

    struck = challenged.upheld(home, as_at=datetime.date(2026, 3, 2))
    changed = challenged.without_facts(engine, taken(engine), struck)
    assert {name: numbers(table) for name, table in changed.items()} == {"participant": ["p2", "p3"]}
    # A parent's part in it would still reach the child: of the child, it shows nothing at all.
    left_out = challenged.struck_statements(engine, taken(engine), struck)
    assert [(row["person_id"], row["source_id"]) for row in left_out.to_pyarrow().to_pylist()] == [("ANA", "e1")]


def test_what_waits_or_was_upheld_later_leaves_nothing_out(home, engine):
    gathered(home, FACT | {"state": "open", "settled_at": None})
    assert challenged.upheld(home, as_at=DAY.replace(year=2030)) == []
    gathered(home, FACT)
    assert challenged.upheld(home, as_at=datetime.date(2026, 3, 1)) == []


def test_a_fact_sent_again_stays_out_and_one_that_says_something_else_counts(home, engine):
    gathered(home, FACT)
    struck = challenged.upheld(home, as_at=datetime.date(2026, 3, 2))
    again = [{**row, "delivery_id": "police-2", "row_number": 70} for row in TABLES["participant"]]
    assert numbers(challenged.without_facts(engine, taken(engine, participant=again), struck)["participant"]) == [
        "p2",
        "p3",
    ]
    other_day = [{**row, "on": datetime.date(2026, 2, 1)} for row in TABLES["event"]]
    assert challenged.without_facts(engine, taken(engine, event=other_day), struck) == {}


def test_a_statement_is_left_out_row_by_row_of_the_child_whoever_that_is_now(home, engine):
    rows = gathered(home, STATEMENT)
    assert [(row["marker"], row["source_id"], row["child_key"]) for row in rows] == [
        ("abuse", "e1", "police:ANA"),
        ("abuse", "e2", "police:ANA"),
    ]
    struck = challenged.upheld(home, as_at=datetime.date(2026, 3, 2))
    moved = [{"person_key": "police:ANA", "person_id": "ANA-NOW"}, TABLES["link"][1]]
    left_out = challenged.struck_statements(engine, taken(engine, link=moved), struck)
    assert {tuple(row.values()) for row in left_out.to_pyarrow().to_pylist()} == {
        ("abuse", "ANA-NOW", "event", "police", "e1"),
        ("abuse", "ANA-NOW", "event", "police", "e2"),
    }
    corrected = [{**TABLES["event"][0], "severity": "standard"}, TABLES["event"][1]]
    left_out = challenged.struck_statements(engine, taken(engine, event=corrected), struck)
    assert [row["source_id"] for row in left_out.to_pyarrow().to_pylist()] == ["e2"]


def test_what_was_found_once_is_kept_though_the_live_run_has_it_no_more(home, engine):
    first = gathered(home, FACT)
    pq.write_table(pa.Table.from_pylist(TABLES["event"][1:]), home.snapshots / "live" / "event.parquet")
    assert gathered(home, FACT) == first
    assert gathered(home) == []  # taken back: nothing is left of it


def test_where_a_later_delivery_tells_it_is_found_for_the_mark_to_follow(home):
    gathered(home, FACT)
    later = home.snapshots / "later"
    later.mkdir()
    moved = [{**row, "delivery_id": "police-2", "row_number": 70} for row in TABLES["event"]]
    pq.write_table(pa.Table.from_pylist(moved), later / "event.parquet")
    assert challenged.places(home, later) == {1: ("police-2", "notices", 70)}


@pytest.mark.parametrize(("table", "number", "kind"), [("involvement", 9, "supervision"), ("measure", 10, "arrears")])
def test_an_involvement_or_a_measure_is_the_row_itself(home, engine, table, number, kind):
    one = FACT | {"table_name": table, "row_number": number, "fact_kind": kind}
    [row] = gathered(home, one)
    assert row["table_name"] == table
    struck = challenged.upheld(home, as_at=datetime.date(2026, 3, 2))
    assert numbers(challenged.without_facts(engine, taken(engine), struck)[table]) == []


def test_a_challenge_whose_row_is_nowhere_or_about_nobody_leaves_nothing_out(home):
    assert gathered(home, FACT | {"row_number": 999}, FACT | {"id": 3, "about_id": "NOBODY"}) == []
