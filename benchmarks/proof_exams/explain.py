"""Does every child's sum add up by hand, and does every point lead to a row that somebody delivered?"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from proof_exams import Row, Sitting

TITLE = "Explanation: 1,000 random children"
NEEDS_COUNCIL = True
CHILDREN = 1_000
THE_DELIVERY = "delivery"
"""What a row is of that says what a whole delivery speaks for: it has no line of a file, but a manifest."""
FIGURES = {"pressures": (("pressure",), "pressure_"), "unmet_needs": (("need", "lost"), "need_")}
"""Each figure: the kinds of line that make it, and how the names of its adjustments begin."""


def exam(sitting: Sitting) -> Iterator[Row]:
    """Explain children drawn by the seed, half of them with points, and look every row up where it landed."""
    from kinfold.operations import explain
    from kinfold.operations import home as homes

    home = homes.open_home(sitting.council)
    snapshot = home.live_snapshot()
    assert snapshot is not None, "the council has a run"
    listed = pq.read_table(snapshot / "priority_child.parquet", columns=["person_id", "figure"]).to_pylist()
    chosen = _drawn(listed, random.Random(sitting.seed))
    told = list(explain.many(snapshot, [one["person_id"] for one in chosen]))
    on_list = {one["person_id"]: one["figure"] for one in chosen}
    yield Row("children explained", f"{len(told):,}", f"{CHILDREN:,}", len(told) == min(CHILDREN, len(listed)))
    off = sum(not _adds_up(one, on_list[one["person_id"]]) for one in told)
    yield Row("whose lines do not sum to the list's figure exactly", f"{off:,}", "0", off == 0)
    points = [line for one in told for line in one["lines"] if line["points"] and line["kind"] != "adjustment"]
    bare = sum(not line["evidence"] for line in points)
    yield Row("lines with points and no row behind them", f"{bare:,} of {len(points):,}", "0", bare == 0)
    wrong = sum(not _is_its_rows(line) for line in points if line["kind"] != "strength")
    yield Row("lines whose rows do not sum to their points, to the quarter", f"{wrong:,}", "0", wrong == 0)
    rows = {(e["delivery_id"], e["table"], e["part"], e["row_number"]) for line in points for e in line["evidence"]}
    lost = len(_not_there(sitting.council, rows))
    yield Row("rows named that were never delivered", f"{lost:,} of {len(rows):,}", "0", lost == 0)


def _drawn(listed: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Half with points and half of all: children without any would make an easy exam."""
    with_points = [one for one in listed if one["figure"]]
    first = rng.sample(with_points, min(CHILDREN // 2, len(with_points)))
    taken = {one["person_id"] for one in first}
    rest = [one for one in listed if one["person_id"] not in taken]
    return first + rng.sample(rest, min(CHILDREN - len(first), len(rest)))


def _adds_up(told: dict[str, Any], on_list: float) -> bool:
    for name, (kinds, adjustments) in FIGURES.items():
        of_kind = [line["points"] for line in told["lines"] if line["kind"] in kinds]
        adjusted = [
            line["points"]
            for line in told["lines"]
            if line["kind"] == "adjustment" and line["marker"].startswith(adjustments)
        ]
        if sum(of_kind) + sum(adjusted) != told[name]:
            return False
    return bool(told["pressures"] + told["unmet_needs"] * told["needs_share"] == told["figure"] == on_list)


def _is_its_rows(line: dict[str, Any]) -> bool:
    """A sum that stands on the edge between two quarters may round to either of them."""
    total = sum(row["points"] or 0 for row in line["evidence"])
    near = {math.floor((total + slip) * 4 + 0.5) / 4 for slip in (-1e-9, 0.0, 1e-9)}
    return line["points"] in near


def _not_there(home: Path, rows: set[tuple[str, str, str, int]]) -> set[tuple[str, str, str, int]]:
    """Rows that are missing among what was mapped of their delivery, or among what was received of it."""
    mapped = {key: _mapped(home, *key) for key in {(delivery, table) for delivery, table, _, _ in rows}}
    landed = {key: _landed(home, *key) for key in {(delivery, part) for delivery, _, part, _ in rows}}
    missing = set()
    for delivery, table, part, number in rows:
        of_part = landed[delivery, part]
        if (part, number) not in mapped[delivery, table] or (of_part is not None and number not in of_part):
            missing.add((delivery, table, part, number))
    return missing


def _mapped(home: Path, delivery: str, table: str) -> set[tuple[str, int]]:
    path = home / "lake" / "mapped" / delivery / f"{table}.parquet"
    found = pq.read_table(path, columns=["part", "row_number"]).to_pylist() if path.exists() else []
    return {(one["part"], one["row_number"]) for one in found}


def _landed(home: Path, delivery: str, part: str) -> set[int] | None:
    """The lines of a part as received; None for the delivery itself, whose manifest is there."""
    received = home / "deliveries" / delivery.rsplit("-", 1)[0] / delivery
    if part == THE_DELIVERY and (received / "manifest.json").exists():
        return None
    path = received / "landed" / f"{part}.parquet"
    return set(pq.read_table(path, columns=["row_number"])["row_number"].to_pylist()) if path.exists() else set()
