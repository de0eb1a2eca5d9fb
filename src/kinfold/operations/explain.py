"""How a child came to be where they are in the order: every point, its rule and its rows."""

from __future__ import annotations

import dataclasses
import datetime
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from kinfold.areas import markers as marker_settings
from kinfold.areas import priority as priority_settings
from kinfold.areas.markers import Marker
from kinfold.areas.priority import Priority
from kinfold.areas.toml import AreaRejected
from kinfold.operations import explain_words as words
from kinfold.operations.explain_place import place
from kinfold.operations.home import Home
from kinfold.operations.steps import Step
from kinfold.store import engine as engines

TABLES = ("priority_child", "priority_line", "marker_evidence", "marker_state")
IN_ORDER = ("pressure", "need", "lost", "strength", "adjustment")


class NothingToExplain(Exception):
    """No snapshot holds this person; the message does not say whether they exist."""


@dataclasses.dataclass(frozen=True)
class Held:
    """
    One child's rows of a run, and the rules it went by.

    described: what the run says of itself. weighing: what of the child no weight changes; empty where none was kept.
    """

    described: Mapping[str, Any]
    markers: Mapping[str, Marker]
    settings: Priority
    child: Mapping[str, Any]
    lines: Sequence[Mapping[str, Any]]
    evidence: Sequence[Mapping[str, Any]]
    states: Sequence[Mapping[str, Any]]
    weighing: Mapping[str, Any]

    @property
    def as_at(self) -> datetime.date:
        return datetime.date.fromisoformat(self.described["as_at"])

    @property
    def true(self) -> dict[str, Marker]:
        """Markers that are true of the child."""
        names = [state["marker"] for state in self.states if state["state"] == "true"]
        return {name: self.markers[name] for name in names if name in self.markers}


def explain(
    home: Home,
    person_id: str,
    *,
    as_at: datetime.date | None = None,
    may_rebuild: bool = False,
    say: Callable[[Step, bool], None] = lambda step, is_done: None,
) -> dict[str, Any]:
    """
    The lines of one child's sum, in the shape of `kinfold explain --json`.

    as_at: the list as it stood on that day, from the newest snapshot of then or before that is kept; the live one when
    not given. may_rebuild: work the day out again, under the rules of then, when none is kept.
    Raises NothingToExplain.
    """
    folder = home.live_snapshot() if as_at is None else kept_on(home, as_at)
    if folder is not None and (folder / "priority_child.parquet").exists():
        return told(held(folder, person_id))
    if as_at is None or not may_rebuild:
        raise NothingToExplain("No snapshot of that day is kept. `kinfold run --as-at` can rebuild one.")
    with tempfile.TemporaryDirectory(prefix="kinfold-explain-") as out:
        return told(held(_rebuilt(home, as_at, Path(out), say), person_id))


def _rebuilt(home: Home, as_at: datetime.date, out: Path, say: Callable[[Step, bool], None]) -> Path:
    from kinfold.operations import rebuild, run

    try:
        return rebuild.rebuild(home, as_at=as_at, rules="then", out=out, say=say).folder
    except (rebuild.NoRulesThen, run.RunFailed) as why:
        raise NothingToExplain(str(why)) from why


def held(folder: Path, person_id: str) -> Held:
    """The rows of one child in a snapshot's folder. Raises NothingToExplain."""
    found = _held(folder, [person_id])
    if not found:
        raise NothingToExplain("No child with that id is in the snapshot.")
    return found[0]


def many(folder: Path, person_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """`explain` of several children of one snapshot, whose tables are read once; those not in it are left out."""
    return map(told, _held(folder, person_ids))


def _held(folder: Path, person_ids: Sequence[str]) -> list[Held]:
    with engines.duckdb(memory_gb=1) as engine:
        kept = [name for name in (*TABLES, "weighing") if name in TABLES or (folder / f"{name}.parquet").exists()]
        rows = {name: _of(engine, folder, name, person_ids) for name in kept}
    try:
        markers = {marker.name: marker for marker in marker_settings.load(folder / "rules")}
        settings = priority_settings.load(folder / "rules")
    except AreaRejected as why:
        raise NothingToExplain(
            "That snapshot was made under rules that an earlier release wrote and this one cannot read. The next run "
            "makes one that can be explained."
        ) from why
    described = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return [
        Held(
            described=described,
            markers=markers,
            settings=settings,
            child=child,
            lines=rows["priority_line"].get(person_id, []),
            # A run of before rows said from when they fade: their own day is the nearest there is.
            evidence=[{"fades_from": row["on"], **row} for row in rows["marker_evidence"].get(person_id, [])],
            states=rows["marker_state"].get(person_id, []),
            weighing=next(iter(rows.get("weighing", {}).get(person_id, [])), {}),
        )
        for person_id, [child] in rows["priority_child"].items()
    ]


def told(held: Held) -> dict[str, Any]:
    """What is said of a child's rows, in the shape of `kinfold explain --json`."""
    child, described = held.child, held.described
    lines = [_line(line, held) for line in sorted(held.lines, key=_place)]
    answer = {
        "person_id": child["person_id"],
        "as_at": described["as_at"],
        "run_id": described["run_id"],
        "rules": described["rules"],
        "rule_set": described.get("rule_set") or {"hash": described["rules"], "version": None},
        "band": child["band"],
        "pressures": child["pressures"],
        "unmet_needs": child["unmet_needs"],
        "figure": child["figure"],
        "figure_low": child["figure_low"],
        "figure_high": child["figure_high"],
        "needs_share": held.settings.needs_share,
        "coverage_share": child["coverage_share"],
        "place": place(child, held.weighing, held.settings),
        "strengths": sum(line["kind"] == "strength" for line in held.lines),
        "lines": lines,
        "unknown": [_unknown(state, held) for state in held.states if state["state"] == "unknown"],
    }
    return answer | {"sums": words.sums(answer, held.settings.needs_share)}


def _place(line: Mapping[str, Any]) -> tuple[int, str, float, str]:
    kind = IN_ORDER.index(line["kind"]) if line["kind"] in IN_ORDER else len(IN_ORDER)
    return (kind, line["domain"] or "", -(line["points"] or 0), line["marker"] or "")


def _of(engine: engines.Engine, folder: Path, name: str, person_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    table: ir.Table = engine.read(folder / f"{name}.parquet")
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table.filter(table.person_id.isin(list(person_ids))).to_pyarrow().to_pylist():
        found.setdefault(row["person_id"], []).append(row)
    return found


def _line(line: Mapping[str, Any], held: Held) -> dict[str, Any]:
    marker = held.markers.get(line["marker"])
    plain = {"marker": line["marker"], "kind": line["kind"], "domain": line["domain"], "points": line["points"]}
    if marker is None:
        modifiers = [one for one in held.true.values() if one.direction == "modifier"]
        said = words.of_adjustment(line, held.settings, modifiers)
        return {**plain, "label": "", "says": said, "says_roughly": said, "rule": None, "evidence": []}
    rows = words.latest_first([row for row in held.evidence if row["marker"] == line["marker"]])
    evidence = [_row(row, marker, held, is_latest=place == 0) for place, row in enumerate(rows)]
    said = roughly = "shown, never counted"
    if line["kind"] != "strength":
        said = words.of_line(line["points"], sum(row["points"] or 0 for row in rows))
        roughly = words.of_line(line["points"], line["points"])
    rule = {
        "code": marker.code,
        "version": marker.version,
        "in_force": marker.in_force.isoformat(),
        "points": marker.points,
        "half_life_months": marker.half_life_months,
        "reason": marker.reason,
        "owner": marker.owner,
    }
    told = {"label": marker.label, "says": said, "says_roughly": roughly, "rule": rule, "evidence": evidence}
    return plain | told


def _row(row: Mapping[str, Any], marker: Marker, held: Held, *, is_latest: bool) -> dict[str, Any]:
    eased = {name: one for name, one in held.true.items() if name in (marker.halved_by, marker.hastened_by)}
    shown = words.of_row(row, marker, is_latest=is_latest, as_at=held.as_at, eased=eased)
    if marker.direction == "strength":
        said = "Supports it. Strengths are never counted."
        shown = {"full": 0.0, "months": None, "counts": 0.0, "says": said, "says_roughly": said}
    return {
        "table": row["table_name"],
        "source": row["source"],
        "delivery_id": row["delivery_id"],
        "part": row["part"],
        "row_number": row["row_number"],
        "about_id": row["about_id"],
        "date": row["on"].isoformat() if row["on"] else None,
        "known_from": row["known_from"].isoformat() if row["known_from"] else None,
        "fades_from": row["fades_from"].isoformat() if row["fades_from"] else None,
        "points": row["points"],
        **shown,
    }


def _unknown(state: Mapping[str, Any], held: Held) -> dict[str, Any]:
    marker = held.markers.get(state["marker"])
    # What waits for a feed that is not connected is no part of the range either.
    counts = marker is not None and state["why_unknown"] != "not_connected" and marker.direction != "strength"
    return {
        "marker": state["marker"],
        "label": marker.label if marker else "",
        "why": state["why_unknown"],
        "says": words.WHY_UNKNOWN.get(state["why_unknown"] or "", ""),
        "could_add": float(marker.points) if counts and marker else None,
    }


def kept_on(home: Home, as_at: datetime.date) -> Path | None:
    """The newest snapshot of a day or before whose tables are kept."""
    kept = [(on, path.stat().st_mtime, path) for on, path in kept_days(home) if on <= as_at]
    return max(kept)[2] if kept else None


def kept_days(home: Home) -> list[tuple[datetime.date, Path]]:
    """The day and the folder of every snapshot whose tables are kept."""
    found = []
    for path in home.snapshots.glob("*/run.json"):
        if (path.parent / "priority_child.parquet").exists():
            on = datetime.date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["as_at"])
            found.append((on, path.parent))
    return found
