"""The exam of Spark: a whole demonstration council linked by it and by DuckDB, with the commands a council uses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from kinfold.linkage import shadow
from kinfold.store import spark as engine

KINFOLD = Path(sys.executable).with_name("kinfold")
CHILDREN, SEED = 1_000, 3


def spark(folder: Path) -> dict[str, Any]:
    """
    How far the people of a run on Spark are those of a run on DuckDB.

    Returns missing (what Spark needs and this machine has not) and, when nothing is: records, pairs (together in both)
    and agreement (share of the pairs together in either, 0 to 1).
    """
    if missing := engine.missing():
        return {"missing": missing}
    home = folder / "home"
    if not home.exists():
        _kinfold("demo", "--no-serve", "--children", str(CHILDREN), "--seed", str(SEED), "--home", str(home))
    _kinfold("run", "--engine", "duckdb", "--home", str(home))
    one = _people(home)
    _kinfold("run", "--engine", "spark", "--home", str(home))
    other = _people(home)
    if one.keys() != other.keys():
        raise SystemExit("The two runs did not link the same records.")
    labels = [np.unique([of[key] for key in sorted(one)], return_inverse=True)[1] for of in (one, other)]
    told = shadow.disagreement(*labels)
    return {"missing": [], "records": len(one), "pairs": told["pairs_together_in_both"], "agreement": told["agreement"]}


def _kinfold(*words: str) -> None:
    done = subprocess.run([str(KINFOLD), *words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"kinfold {words[0]} refused:\n{done.stdout}\n{done.stderr}")


def _people(home: Path) -> dict[str, str]:
    """The person of each record of the live run."""
    run = json.loads((home / "lake" / "live.json").read_text(encoding="utf-8"))["run_id"]
    rows = pq.read_table(home / "lake" / "snapshots" / run / "link.parquet", columns=["person_key", "person_id"])
    return dict(zip(*(rows.column(name).to_pylist() for name in rows.column_names), strict=True))
