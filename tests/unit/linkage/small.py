"""A few source persons written as readable tables, and the run of linkage over them."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
from tests.spec import readable

from kinfold.linkage import run
from kinfold.store.engine import Engine
from kinfold.store.schema import TABLES

KEY = b"a key of the council's own, kept"
AS_AT = datetime.date(2026, 1, 31)
SOURCES = frozenset(["school", "health", "police", "social", "file"])


def tables(engine: Engine, **written: str) -> dict[str, Any]:
    """The twelve tables, those given as text and the others empty; `source` follows from the key when not given."""
    made = {}
    for name in TABLES:
        rows = readable.table(written[name], name=name) if name in written else readable.empty(name)
        if "person_key" in rows.column_names and "source" not in written.get(name, "").split("\n\n")[0]:
            sources = [key.split(":")[0] for key in rows.column("person_key").to_pylist()]
            rows = rows.set_column(rows.column_names.index("source"), "source", pa.array(sources, pa.string()))
        made[name] = engine.take(rows)
    return made


def link(engine: Engine, known: dict[str, Any], **given: Any) -> run.Linked:
    defaults: dict[str, Any] = {
        "previous_ids": None, "ledger": None, "seals": None, "decisions": None, "upn_sources": SOURCES,
        "key": KEY, "run_id": "run-1", "as_at": AS_AT,
    }  # fmt: skip
    return run.link(engine, known, **(defaults | given))


def people_of(linked: run.Linked) -> dict[str, str]:
    rows = linked.tables["link"].to_pyarrow()
    return dict(zip(rows.column("person_key").to_pylist(), rows.column("person_id").to_pylist(), strict=True))


def together(linked: run.Linked) -> set[frozenset[str]]:
    """The groups of person keys that are one person."""
    groups: dict[str, set[str]] = {}
    for key, person in people_of(linked).items():
        groups.setdefault(person, set()).add(key)
    return {frozenset(keys) for keys in groups.values()}
