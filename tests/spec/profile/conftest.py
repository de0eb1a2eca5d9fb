"""What profile specs share: a marker to ask about, and a small council to ask it of."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest
from tests.spec import readable

from kinfold.areas.markers import Ages, Marker
from kinfold.profile.run import profile
from kinfold.store.engine import Engine
from kinfold.store.schema import TABLES

AS_AT = datetime.date(2026, 3, 31)
EVERY_TABLE = (*TABLES, "link", "people", "occupancy", "family")
LIVE_SOCIAL_CARE = """
    feed        | label       | agency      | cadence_days | silent_after_days | last_delivered_on
    ------------+-------------+-------------+--------------+-------------------+------------------
    social_care | Social care | social_care | 7            | 14                | 2026-03-30
"""
A_BIRTHDAY = datetime.date(2018, 5, 1)
SPEAKS_FOR_EVERYONE = """
    table_name  | people
    ------------+---------
    event       | everyone
    involvement | everyone
    measure     | everyone
"""


def marker(shape: Any, **changed: Any) -> Marker:
    """A marker of 8 points about the child's own facts, at any age, told by social care; change what matters."""
    settings: dict[str, Any] = {
        "code": "T1",
        "name": "asked",
        "domain": "Test",
        "label": "Asked",
        "statement": "It is so",
        "unknown_statement": "Not known",
        "direction": "pressure",
        "points": 8,
        "reason": "test",
        "shape": shape,
        "ages": Ages(0, 17),
        "feeds": ("social_care",),
        "reach": ("self",),
        "caveat": "none",
        "grade": "D",
        "source": "test",
        "owner": "test",
        "version": 1,
        "in_force": datetime.date(2025, 1, 1),
        "lookback_months": 12,
    }
    return Marker(**settings | changed)


def rule(engine: Engine, council: Mapping[str, pa.Table], markers: tuple[Marker, ...], as_at: datetime.date) -> Any:
    tables = {name: engine.take(council.get(name, readable.empty(name)), name) for name in EVERY_TABLE}
    return profile(engine, tables, markers, feeds=council["feeds"], as_at=as_at)


def council_of(tables: Mapping[str, str]) -> dict[str, pa.Table]:
    """
    Readable tables as a council's. An `event` may say in the same row who took part (person_key, involved_as,
    was_seen). Where nothing else is said: everybody named is a child of seven; social care delivered yesterday and
    speaks for every child; each person is known to social care under their own id.
    """
    tables = dict(tables)
    council = {name: readable.table(text, name=name) for name, text in tables.items() if name != "event"}
    if "event" in tables:
        council |= _events(tables["event"], council)
    named = {
        key for table in council.values() if "person_key" in table.column_names for key in _of(table, "person_key")
    }
    if "people" not in council:
        council["people"] = _filled("people", person_id=sorted(named), birth_on=[A_BIRTHDAY] * len(named))
    council.setdefault("feeds", readable.table(LIVE_SOCIAL_CARE, name="feeds"))
    council.setdefault("coverage", readable.table(SPEAKS_FOR_EVERYONE, name="coverage"))
    ids = _of(council["people"], "person_id")
    council.setdefault("link", _filled("link", person_key=ids, person_id=ids))
    council.setdefault("person", _filled("person", person_key=ids))
    return council


def _events(text: str, council: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    if "participant" in council:
        return {"event": readable.table(text, name="event")}
    head, rows = readable.cells(text)
    part = [c for c in head if c in ("person_key", "involved_as", "was_seen")]
    keys = [f"social_care:{n}" for n, _ in enumerate(rows, 1)]
    as_text = " | ".join
    events = [c for c in head if c not in part]
    event = "\n".join([as_text(events), "---", *(as_text(row[c] for c in events) for row in rows)])
    took = "\n".join([as_text(part), "---", *(as_text(row[c] for c in part) for row in rows)])
    participants = readable.table(took, name="participant").set_column(8, "event_key", pa.array(keys))
    roles = [role or "subject" for role in _of(participants, "involved_as")]
    place = participants.column_names.index("involved_as")
    return {
        "event": readable.table(event, name="event"),
        "participant": participants.set_column(place, "involved_as", pa.array(roles)),
    }


def _of(table: pa.Table, column: str) -> list[Any]:
    return table.column(column).to_pylist()


def _filled(name: str, **columns: list[Any]) -> pa.Table:
    return readable.filled(pa.table(columns), name)


@pytest.fixture
def profiled(spec: Callable[..., None]) -> Callable[..., None]:
    """
    `profiled(marker(...), people="...", event="...", result="marker_state", expected=...)`.

    marker_of: of several markers, the one whose rows are compared.
    """

    def check(
        *markers: Marker,
        expected: Any,
        result: str = "marker_state",
        of: str | tuple[str, ...] = (),
        as_at: datetime.date = AS_AT,
        marker_of: str | None = None,
        **tables: str,
    ) -> None:
        def asked(engine: Engine) -> Any:
            answer = rule(engine, council_of(tables), markers, as_at)
            return answer if marker_of is None else {result: answer[result].filter(answer[result].marker == marker_of)}

        spec(asked, expected=expected, result=result, of=of)

    return check
