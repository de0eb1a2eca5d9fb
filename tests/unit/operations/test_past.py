"""What was true some time ago, as known then: nothing that we learnt since, nor what has been put right since."""

from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.spec import readable
from tests.spec.profile.conftest import marker

from kinfold.areas.area import Calendar
from kinfold.areas.marker_shapes import EventWithin
from kinfold.operations import past
from kinfold.operations.assemble import Delivered
from kinfold.profile import schema
from kinfold.store import engine as engines

FEBRUARY, MAY, AS_AT = date(2026, 2, 1), date(2026, 5, 1), date(2026, 5, 31)
MISSING = marker(EventWithin(kinds=("missing",)), name="missing", code="A", feeds=("police",))
ARREST = marker(EventWithin(kinds=("arrest",)), name="arrest", code="B", feeds=("police", "courts"))
OFFENCE = marker(EventWithin(kinds=("offence",)), name="offence", code="C", feeds=("courts",))
# What each delivery of the police says: event, child, kind, day.
TOLD = {
    ("police", FEBRUARY): [
        ("1", "KNOWN", "missing", date(2026, 1, 20)),
        ("2", "PUT RIGHT", "missing", date(2026, 1, 20)),
    ],
    ("police", MAY): [
        ("1", "KNOWN", "missing", date(2026, 1, 20)),
        ("2", "PUT RIGHT", "arrest", date(2026, 1, 20)),
        ("3", "TOLD LATE", "missing", date(2026, 1, 25)),
        ("4", "SINCE", "missing", date(2026, 4, 20)),
    ],
    ("courts", MAY): [("5", "NEW FEED", "offence", date(2026, 1, 5))],
}
CHILDREN = ("KNOWN", "PUT RIGHT", "TOLD LATE", "SINCE", "NEW FEED")


def feed(name):
    return SimpleNamespace(
        label=name, agency="police", cadence_days=30, silent_after_days=90, delivers="everything", people_of=None
    )


@pytest.fixture
def deliveries(tmp_path):
    made = []
    for (name, on), rows in TOLD.items():
        delivery_id = f"{name}-{on:%m}"
        told = {"source": name, "delivery_id": delivery_id, "known_from": on, "part": "p", "row_number": 1}
        events = [
            told | {"source_id": n, "event_key": f"{name}:{n}", "kind": kind, "on": day} for n, _, kind, day in rows
        ]
        took = [
            told | {"source_id": f"{n}/s", "event_key": f"{name}:{n}", "person_key": who, "involved_as": "subject"}
            for n, who, _, _ in rows
        ]
        for table, listed in (("event", events), ("participant", took)):
            path = tmp_path / delivery_id / f"{table}.parquet"
            path.parent.mkdir(exist_ok=True)
            pq.write_table(readable.filled(pa.Table.from_pylist(listed), table), path)
        made.append(Delivered(delivery_id=delivery_id, feed=name, delivered=on, state="loaded", rows=len(rows)))
    return made


def test_the_past_is_what_had_been_told_by_then_and_a_new_feed_was_always_as_it_is_today(tmp_path, deliveries):
    with engines.duckdb(threads=1) as lake:
        people = pa.table({"person_id": CHILDREN, "birth_on": [date(2015, 1, 1)] * len(CHILDREN)})
        links = pa.table({"person_key": CHILDREN, "person_id": CHILDREN})
        now = [{"person_id": "NEW FEED", "marker": "offence", "state": "true", "points": 5.0}]
        now += [{"person_id": "SINCE", "marker": "missing", "state": "true", "points": 7.0}]
        today = {
            "people": lake.take(readable.filled(people, "people")),
            "link": lake.take(readable.filled(links, "link")),
            "person": lake.take(readable.filled(pa.table({"person_key": CHILDREN}), "person")),
            "occupancy": lake.take(readable.empty("occupancy")),
            "family": lake.take(readable.empty("family")),
            "marker_state": lake.take(pa.Table.from_pylist(now, schema=schema.MARKER_STATE)),
        }
        then = past.markers_then(
            lake,
            SimpleNamespace(mapped=tmp_path),
            deliveries,
            {name: feed(name) for name in ("police", "courts")},
            today,
            (MISSING, ARREST, OFFENCE),
            back_days=[90],
            calendar=Calendar(bank_holidays=(), terms=()),
            settle=lambda tables: tables,
            as_at=AS_AT,
        )
        found = {(row["person_id"], row["marker"], row["back_days"]) for row in then.to_pyarrow().to_pylist()}
    assert found == {("KNOWN", "missing", 90), ("PUT RIGHT", "missing", 90), ("NEW FEED", "offence", 90)}
