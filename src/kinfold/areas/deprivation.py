"""How deprived each small area is, where the area keeps it: `deprivation.csv`, for fairness checks only."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa

from kinfold.areas.toml import AreaRejected

COLUMNS = ["lsoa", "fifth"]
FIFTHS = frozenset("12345")


def load(folder: Path) -> pa.Table | None:
    """
    One row per small area: lsoa and fifth (1 = the most deprived fifth of England, MHCLG, Indices of Deprivation).

    None when the area keeps none. Raises AreaRejected.
    """
    path = folder / "deprivation.csv"
    if not path.exists():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if rows and list(rows[0]) != COLUMNS:
        raise AreaRejected(f"{path.name}: the columns must be lsoa and fifth, in that order.")
    wrong = sum(row["fifth"] not in FIFTHS or not row["lsoa"] for row in rows)
    if wrong or len({row["lsoa"] for row in rows}) != len(rows):
        raise AreaRejected(f"{path.name}: each small area stands once, with a fifth from 1 to 5.")
    made = {"lsoa": [row["lsoa"] for row in rows], "fifth": [int(row["fifth"]) for row in rows]}
    return pa.table(made, schema=pa.schema([("lsoa", pa.string()), ("fifth", pa.int64())]))
