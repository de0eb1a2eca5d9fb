"""What people decided, written for the next run to read: outcomes on worklists, seals, decisions on matches."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import pyarrow as pa

from kinfold.operations.home import Home
from kinfold.store.engine import write_rows
from kinfold.worklists import queries as worklists

WORKLIST_OUTCOME = pa.schema(
    [
        ("row_key", pa.string()),
        ("person_id", pa.string()),
        ("kind", pa.string()),
        ("reason", pa.string()),
        ("until_on", pa.date32()),
        ("by_ref", pa.string()),
        ("on", pa.date32()),
    ]
)
SEAL = pa.schema([("key_hash", pa.string()), ("from_on", pa.date32())])


def gather(home: Home) -> dict[str, int]:
    """Write every decision the service holds to the lake; returns how many of each. Needs Django to be set up."""
    outcomes: Iterable[Mapping[str, object]] = worklists.outcomes_for_run()
    rows = pa.Table.from_pylist(list(outcomes), schema=WORKLIST_OUTCOME)
    return {"worklist_outcome": write_rows(rows, home.decisions / "worklist_outcome.parquet")}


def seal(home: Home, key_hashes: Iterable[str], *, from_on: datetime.date) -> int:
    """Add sealed identities, by their keyed hash only; a seal is never taken away here. Returns how many stand."""
    import pyarrow.parquet as pq

    path = home.decisions / "seal.parquet"
    before = pq.read_table(path).to_pylist() if path.exists() else []
    known = {row["key_hash"] for row in before}
    new = [{"key_hash": key_hash, "from_on": from_on} for key_hash in sorted(set(key_hashes) - known)]
    return write_rows(pa.Table.from_pylist([*before, *new], schema=SEAL), path)
