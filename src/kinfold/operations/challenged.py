"""
What workers say is wrong, as the run reads it: which rows an upheld challenge leaves out, and of whom.

A fact is known by the number its source gives it and by what it said, never by where it stands or by a person id: a
feed that delivers everything sends it again under another row each week, and people's ids move. When the source sends
something else under the same number, it counts again: that is a correction, or another fact.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.areas import markers as marker_settings
from kinfold.operations import sealing
from kinfold.operations.home import Home
from kinfold.profile import reads
from kinfold.store.engine import Engine

FILE = "challenge.parquet"
ANY = "*"  # in the place of a marker: whatever it is said to show
FACTS = ("event", "involvement", "measure")
KIND = {"event": "kind", "involvement": "stage", "measure": "kind"}
PLACE = ("delivery_id", "part", "row_number")
PROVENANCE = frozenset({"source", "source_id", *PLACE, "known_from", "known_until"})
SCHEMA = pa.schema(
    [
        ("challenge", pa.int64()),
        ("kind", pa.string()),  # fact or statement
        ("state", pa.string()),  # open, upheld or not_upheld; only upheld ones leave anything out
        ("on", pa.date32()),  # since when it is upheld
        ("marker", pa.string()),  # of a statement; ANY for an event, which is of nobody's page of that child
        ("child_key", pa.string()),  # of a statement: a record of the child, whatever the child's id becomes
        ("table_name", pa.string()),
        ("source", pa.string()),
        ("source_id", pa.string()),
        ("content", pa.string()),  # a hash of what the row said; "" where a row says nothing of its own
        ("shown_table", pa.string()),  # of a fact: the row that pages show, which of an event is not the participant's
        ("shown_source_id", pa.string()),
    ]
)
Row = Mapping[str, Any]


def gather(home: Home, challenges: Iterable[Row]) -> pa.Table:
    """
    One row per challenge and row of the twelve tables that it is about, found in the live run's tables.

    challenges: as the service has them (`record.challenges.queries.for_run`). What was found on an earlier night is
    kept: the row may stand elsewhere now. What is not found, or is of a sealed record, has no row here.
    """
    known: dict[int, list[dict[str, Any]]] = {}
    for row in _kept(home):
        known.setdefault(row["challenge"], []).append(row)
    folder, found = home.live_snapshot(), []
    for one in challenges:
        rows = known.get(one["id"]) or (list(_resolved(home, folder, one)) if folder else [])
        on = one["settled_at"].date() if one["settled_at"] else None
        found += [{**row, "challenge": one["id"], "state": one["state"], "on": on} for row in rows]
    keys = {row["child_key"] for row in found if row["child_key"]}
    seals = sealing.seals(home)
    sealed = sealing.sealed(home, keys) if seals is not None and keys else frozenset()
    return pa.Table.from_pylist([row for row in found if row["child_key"] not in sealed], schema=SCHEMA)


def _kept(home: Home) -> list[dict[str, Any]]:
    path = home.decisions / FILE
    return pq.read_table(path).to_pylist() if path.exists() else []


def _resolved(home: Home, folder: Path, one: Row) -> Iterator[dict[str, Any]]:
    if not (folder / "link.parquet").exists():
        return
    keys = _column(folder, "link", "person_key", person_id=[one["about_id"]])
    of_child = _column(folder, "link", "person_key", person_id=[one["person_id"]])
    if one["kind"] == "fact":
        yield from _facts(folder, one, keys, child_key=min(of_child, default=None))
    elif of_child:
        yield from _supports(folder, one, child_key=min(of_child))


def _facts(folder: Path, one: Row, keys: Sequence[str], *, child_key: str | None) -> Iterator[dict[str, Any]]:
    """
    The rows of the fact as it concerns the person: of an event, the person's part in it.

    An event may reach the child through others of the home too, so it shows nothing of that child any more, whoever
    else took part.
    """
    for table in [one["table_name"]] if one["table_name"] in FACTS else FACTS:
        for row in _rows(folder, table, **{name: [one[name]] for name in PLACE}):
            if not _is_meant(folder, one, table, row):
                continue
            shown = {"shown_table": table, "shown_source_id": row["source_id"]}
            if table == "event":
                for part in _rows(folder, "participant", event_key=[row["event_key"]], person_key=keys):
                    yield _struck("fact", "participant", part, content(part, row)) | shown
                if child_key and keys:
                    said = content(row)
                    yield _struck("statement", "event", row, said) | {"marker": ANY, "child_key": child_key}
            elif row["person_key"] in keys:
                yield _struck("fact", table, row, content(row)) | shown


def _is_meant(folder: Path, one: Row, table: str, row: Row) -> bool:
    """Whether a row at the place is the one that was shown: a line of a file may have made several."""
    if one["fact_kind"]:
        return bool(row[KIND[table]] == one["fact_kind"])
    marker = next((m for m in marker_settings.load(folder / "rules") if m.name == one["marker"]), None)
    wanted = reads.reads(marker.shape).get(table) if marker else None
    return not wanted or row[KIND[table]] in wanted


def _supports(folder: Path, one: Row, *, child_key: str) -> Iterator[dict[str, Any]]:
    """The rows that the statement rested on, each with what it said."""
    for row in _rows(folder, "marker_evidence", person_id=[one["person_id"]], marker=[one["marker"]]):
        said = ""
        if row["table_name"] in FACTS:
            held = _rows(folder, row["table_name"], source=[row["source"]], source_id=[row["source_id"]])
            said = content(held[0]) if held else ""
        yield _struck("statement", row["table_name"], row, said) | {"marker": one["marker"], "child_key": child_key}


def _struck(kind: str, table: str, row: Row, said: str) -> dict[str, Any]:
    return {
        "kind": kind, "marker": None, "child_key": None, "table_name": table, "source": row["source"],
        "source_id": row["source_id"], "content": said, "shown_table": None, "shown_source_id": None,
    }  # fmt: skip


def content(row: Row, event: Row | None = None) -> str:
    """A hash of what a row says, wherever it stands; of somebody's part in an event, of the event too."""
    said = {name: str(value) for name, value in row.items() if name not in PROVENANCE}
    if event is not None:
        said |= {f"event.{name}": str(value) for name, value in event.items() if name not in PROVENANCE}
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).hexdigest()


def _rows(folder: Path, table: str, **wanted: Sequence[Any]) -> list[dict[str, Any]]:
    path = folder / f"{table}.parquet"
    if not path.exists() or not all(wanted.values()):
        return []
    filters = [(name, "in", list(values)) for name, values in wanted.items()]
    return pq.read_table(path, filters=filters).to_pylist()


def _column(folder: Path, table: str, column: str, **wanted: Sequence[Any]) -> list[Any]:
    return [row[column] for row in _rows(folder, table, **wanted)]


def upheld(home: Home, *, as_at: datetime.date) -> list[dict[str, Any]]:
    """What a run of a day leaves out: rows of `challenge.parquet` that were upheld by then."""
    return [row for row in _kept(home) if row["state"] == "upheld" and row["on"] and row["on"] <= as_at]


def without_facts(engine: Engine, tables: Mapping[str, ir.Table], struck: Sequence[Row]) -> dict[str, ir.Table]:
    """
    The tables as known, without the facts that were upheld as wrong and still say the same.

    tables: event, participant, involvement and measure among them. Returns those that changed under their names.
    """
    changed = {}
    for name in ("participant", "involvement", "measure"):
        wanted = {_key(row): row["content"] for row in struck if row["kind"] == "fact" and row["table_name"] == name}
        gone = [key for key, said in _said(tables, name, wanted).items() if said == wanted[key]]
        if gone:
            left_out = engine.take(_pairs(gone), f"struck_{name}")
            changed[name] = engine.keep(
                tables[name].anti_join(left_out, ["source", "source_id"]), f"known_{name}_unchallenged"
            )
    return changed


def struck_statements(engine: Engine, tables: Mapping[str, ir.Table], struck: Sequence[Row]) -> ir.Table | None:
    """
    Rows that make a marker true of a child no more: marker, person_id, table_name, source, source_id; None for none.

    tables: the twelve as known, with link: who the child is now.
    """
    rows = [row for row in struck if row["kind"] == "statement"]
    if not rows:
        return None
    keys = sorted({row["child_key"] for row in rows})
    link = tables["link"]
    now = {
        row["person_key"]: row["person_id"]
        for row in link.filter(link.person_key.isin(keys)).select("person_key", "person_id").to_pyarrow().to_pylist()
    }
    said = {
        (name, *key): value
        for name in FACTS
        for key, value in _said(tables, name, [_key(row) for row in rows if row["table_name"] == name]).items()
    }
    left_out = [
        {"marker": row["marker"], "person_id": now[row["child_key"]], "table_name": row["table_name"],
         "source": row["source"], "source_id": row["source_id"]}
        for row in rows
        if row["child_key"] in now
        and (not row["content"] or said.get((row["table_name"], *_key(row))) == row["content"])
    ]  # fmt: skip
    columns = pa.schema([(name, pa.string()) for name in ("marker", "person_id", "table_name", "source", "source_id")])
    return engine.take(pa.Table.from_pylist(left_out, schema=columns), "struck_statement") if left_out else None


Key = tuple[str, str]


def _key(row: Row) -> Key:
    return row["source"], row["source_id"]


def _said(tables: Mapping[str, ir.Table], name: str, wanted: Iterable[Key]) -> dict[Key, str]:
    """By source and its number, those of some rows that are there now: what each says."""
    keys = set(wanted)
    if not keys:
        return {}
    table = tables[name]
    rows = table.filter(
        table.source.isin(sorted({key[0] for key in keys})), table.source_id.isin(sorted({key[1] for key in keys}))
    )
    found = [row for row in rows.to_pyarrow().to_pylist() if _key(row) in keys]
    events: dict[str, Row] = {}
    if name == "participant" and found:
        event = tables["event"]
        held = event.filter(event.event_key.isin(sorted({row["event_key"] for row in found}))).to_pyarrow().to_pylist()
        events = {row["event_key"]: row for row in held}
    return {_key(row): content(row, events.get(row["event_key"]) if events else None) for row in found}


def _pairs(keys: Iterable[Key]) -> pa.Table:
    held = sorted(keys)
    return pa.table(
        {"source": pa.array([key[0] for key in held], pa.string()),
         "source_id": pa.array([key[1] for key in held], pa.string())}
    )  # fmt: skip


def places(home: Home, folder: Path) -> dict[int, tuple[str, str, int]]:
    """Where a run has each challenged fact now, by challenge: delivery, part and row; none for one that is gone."""
    found = {}
    for row in _kept(home):
        if row["kind"] == "fact" and row["shown_table"]:
            held = _rows(folder, row["shown_table"], source=[row["source"]], source_id=[row["shown_source_id"]])
            if held:
                found[row["challenge"]] = (held[0]["delivery_id"], held[0]["part"], held[0]["row_number"])
    return found
