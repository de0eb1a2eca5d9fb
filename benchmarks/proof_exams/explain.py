"""
The explanation of 1,000 children drawn at random: its lines add up to the list's figure, and every point has its row.

The sums are added up here, from the lines, and not taken from the explanation; the figures are those of the list. A
row counts as there when the delivery's mapped table has it and the line of the file it names was landed.
"""

from __future__ import annotations

import collections
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.areas import priority as priority_settings
from kinfold.operations import explain
from kinfold.operations.home import Home, open_home
from proof_exams import Row, Sitting

TITLE = "Explained to the row"
NEEDS_COUNCIL = True
CHILDREN = 1_000
CLOSE = 1e-9


def exam(sitting: Sitting) -> Iterator[Row]:
    home = open_home(sitting.council)
    found = examined(home, most=CHILDREN, seed=sitting.seed)
    asked = found["children"]
    yield Row.least("children drawn, half of them with points", asked, min(CHILDREN, found["on_list"]), show=",d")
    yield Row.least("sums that equal the list's figure exactly", found["equal"] / asked, 1, note=found["unequal"])
    yield Row.least("points that lead to rows", found["pointed"] / max(found["points"], 1), 1)
    yield Row.least(f"of {found['rows']:,} rows, those in the lake", found["there"] / max(found["rows"], 1), 1)
    yield Row.least("lines whose rows' points make up the line", found["made_up"] / max(found["lines"], 1), 1)


def examined(home: Home, *, most: int, seed: int) -> dict[str, Any]:
    """What came of explaining `most` children of the live run, half of them drawn from those with points."""
    folder = home.live_snapshot()
    assert folder is not None
    share = priority_settings.load(folder / "rules").needs_share
    listed = {row["person_id"]: row for row in pq.read_table(folder / "priority_child.parquet").to_pylist()}
    draw = random.Random(seed)
    with_points = sorted(one for one, row in listed.items() if row["figure"])
    chosen = set(draw.sample(with_points, min(most // 2, len(with_points))))
    rest = sorted(set(listed) - chosen)
    chosen |= set(draw.sample(rest, min(most - len(chosen), len(rest))))
    found: dict[str, Any] = collections.Counter(children=len(chosen), on_list=len(listed))
    lake, wrong = Lake(home), []
    for told in explain.many(folder, sorted(chosen)):
        is_equal = sums_of(told, share) == tuple(
            listed[told["person_id"]][name] for name in ("pressures", "unmet_needs", "figure")
        )
        found["equal"] += is_equal
        wrong += [] if is_equal else [told["person_id"]]
        for line in told["lines"]:
            if line["kind"] == "adjustment" or not line["points"]:
                continue
            found["points"] += 1
            found["pointed"] += bool(line["evidence"])
            found["lines"] += 1
            found["made_up"] += line["points"] == quarters(sum(row["points"] or 0 for row in line["evidence"]))
        for row in (row for line in told["lines"] for row in line["evidence"]):
            found["rows"] += 1
            found["there"] += lake.has(row)
    return dict(found) | {"equal": found["equal"], "unequal": ", ".join(wrong[:5])}


def sums_of(told: Mapping[str, Any], share: float) -> tuple[float, float, float]:
    """Pressures, unmet needs and the figure, added up from the lines alone."""
    totals = {"pressure": 0.0, "need": 0.0}
    for line in told["lines"]:
        kind = {"pressure": "pressure", "need": "need", "lost": "need"}.get(line["kind"])
        if line["kind"] == "adjustment":
            kind = line["marker"].partition("_")[0]
        if kind:
            totals[kind] += line["points"]
    return totals["pressure"], totals["need"], totals["pressure"] + totals["need"] * share


def quarters(points: float) -> float:
    """To the nearest quarter, halves upwards; a hair is forgiven, for the rows are added in another order."""
    return ((points * 4 + 0.5 + CLOSE) // 1) / 4


class Lake:
    """Which rows the deliveries of a home have, read once for each delivery."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.mapped: dict[tuple[str, str], set[tuple[str, int]]] = {}
        self.landed: dict[tuple[str, str], set[int]] = {}

    def has(self, row: Mapping[str, Any]) -> bool:
        """The mapped row, and the line of the file as it was landed, or the delivery itself where that is the row."""
        delivery, part, number = row["delivery_id"], row["part"], row["row_number"]
        if (delivery, row["table"]) not in self.mapped:
            places = _places(self.home.mapped / delivery / f"{row['table']}.parquet")
            self.mapped[delivery, row["table"]] = places
        if (part, number) not in self.mapped[delivery, row["table"]]:
            return False
        if row["table"] == "coverage":  # a delivery as a whole, in which the child is not
            return any(self.home.deliveries.glob(f"*/{delivery}/manifest.json"))
        if (delivery, part) not in self.landed:
            self.landed[delivery, part] = _lines(self.home.deliveries, delivery, part)
        return number in self.landed[delivery, part]


def _places(path: Path) -> set[tuple[str, int]]:
    if not path.exists():
        return set()
    table = pq.read_table(path, columns=["part", "row_number"])
    return set(zip(table["part"].to_pylist(), table["row_number"].to_pylist(), strict=True))


def _lines(deliveries: Path, delivery: str, part: str) -> set[int]:
    """Line numbers of a part as it was landed; a part that was corrected has lines of its own."""
    files = [path for path in deliveries.glob(f"*/{delivery}/landed/*.parquet") if path.stem == part]
    return {number for path in files for number in pc.unique(pq.read_table(path)["row_number"]).to_pylist()}
