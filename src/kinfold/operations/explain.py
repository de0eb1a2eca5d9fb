"""How a child came to be where they are in the order: every point, its rule and its rows."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from kinfold.operations.home import Home
from kinfold.store import engine as engines


class NothingToExplain(Exception):
    """No snapshot holds this person; the message does not say whether they exist."""


def explain(home: Home, person_id: str, *, as_at: datetime.date | None = None) -> dict[str, Any]:
    """
    The lines of one child's sum, in the shape of `kinfold explain --json`.

    as_at: explain the newest kept snapshot of that day or before; the live one when not given.
    Raises NothingToExplain.
    """
    folder = home.live_snapshot() if as_at is None else _kept_on(home, as_at)
    if folder is None or not (folder / "priority_child.parquet").exists():
        raise NothingToExplain("No snapshot of that day is kept. `kinfold run --as-at` can rebuild one.")
    with engines.duckdb(memory_gb=1) as engine:
        child = _of(engine, folder, "priority_child", person_id)
        if not child:
            raise NothingToExplain("No child with that id is in the snapshot.")
        lines = _of(engine, folder, "priority_line", person_id)
        evidence = _of(engine, folder, "marker_evidence", person_id)
        states = _of(engine, folder, "marker_state", person_id)
    described = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return {
        "person_id": person_id,
        "as_at": described["as_at"],
        "run_id": described["run_id"],
        "rules": described["rules"],
        "band": child[0]["band"],
        "pressures": child[0]["pressures"],
        "unmet_needs": child[0]["unmet_needs"],
        "figure": child[0]["figure"],
        "figure_low": child[0]["figure_low"],
        "figure_high": child[0]["figure_high"],
        "strengths": sum(line["kind"] == "strength" for line in lines),
        "lines": [_line(line, evidence) for line in lines],
        "unknown": [
            {"marker": state["marker"], "why": state["why_unknown"]} for state in states if state["state"] == "unknown"
        ],
    }


def _of(engine: engines.Engine, folder: Path, name: str, person_id: str) -> list[dict[str, Any]]:
    table: ir.Table = engine.read(folder / f"{name}.parquet")
    return table.filter(table.person_id == person_id).to_pyarrow().to_pylist()


def _line(line: dict[str, Any], evidence: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [
        {
            "table": row["table_name"],
            "source": row["source"],
            "delivery_id": row["delivery_id"],
            "part": row["part"],
            "row_number": row["row_number"],
            "date": row["on"].isoformat() if row["on"] else None,
            "known_from": row["known_from"].isoformat() if row["known_from"] else None,
            "points": row["points"],
        }
        for row in evidence
        if row["marker"] == line["marker"]
    ]
    return {
        "marker": line["marker"],
        "kind": line["kind"],
        "domain": line["domain"],
        "points": line["points"],
        "evidence": rows,
    }


def _kept_on(home: Home, as_at: datetime.date) -> Path | None:
    kept = []
    for path in home.snapshots.glob("*/run.json"):
        on = datetime.date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["as_at"])
        if on <= as_at and (path.parent / "priority_child.parquet").exists():
            kept.append((on, path.stat().st_mtime, path.parent))
    return max(kept)[2] if kept else None
