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
    Readable tables as a council's. Where none is given: social care delivered yesterday, and every person named
    in `people` is known to social care, and to every source of `person`, under their own id.
    """
    council = {name: readable.table(text, name=name) for name, text in tables.items()}
    council.setdefault("feeds", readable.table(LIVE_SOCIAL_CARE, name="feeds"))
    ids = council["people"].column("person_id").to_pylist() if "people" in council else []
    if "link" not in council:
        council["link"] = readable.filled(pa.table({"person_key": ids, "person_id": ids}), "link")
    if "person" not in council:
        council["person"] = readable.filled(pa.table({"person_key": ids}), "person")
    return council


@pytest.fixture
def profiled(spec: Callable[..., None]) -> Callable[..., None]:
    """`profiled(marker(...), people="...", event="...", result="marker_state", expected=...)`."""

    def check(
        *markers: Marker,
        expected: Any,
        result: str = "marker_state",
        of: str | tuple[str, ...] = (),
        as_at: datetime.date = AS_AT,
        **tables: str,
    ) -> None:
        def asked(engine: Engine) -> Any:
            return rule(engine, council_of(tables), markers, as_at)

        spec(asked, expected=expected, result=result, of=of)

    return check
