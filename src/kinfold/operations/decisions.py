"""What people decided, written for the next run to read: outcomes on worklists, decisions on matches, challenges."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

import pyarrow as pa

from kinfold.operations import challenged
from kinfold.operations.home import Home
from kinfold.operations.matching import cases
from kinfold.record.challenges import queries as challenges
from kinfold.store.engine import write_rows
from kinfold.workbench.matches import queries as matches
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
MATCH_DECISION = pa.schema([("left", pa.string()), ("right", pa.string()), ("kind", pa.string()), ("on", pa.date32())])


def gather(home: Home) -> dict[str, int]:
    """Write every decision the service holds to the lake; returns how many of each. Needs Django to be set up."""
    outcomes: Iterable[Mapping[str, object]] = worklists.outcomes_for_run()
    rows = pa.Table.from_pylist(list(outcomes), schema=WORKLIST_OUTCOME)
    return {
        "worklist_outcome": write_rows(rows, home.decisions / "worklist_outcome.parquet"),
        "match_decision": write_rows(_match_decisions(home), home.decisions / "match_decision.parquet"),
        "challenge": write_rows(challenged.gather(home, challenges.for_run()), home.decisions / challenged.FILE),
    }


def _match_decisions(home: Home) -> pa.Table:
    """
    One row per pair: what was last decided of it.

    A locked group is also kept apart from whatever was there when it was locked, unless somebody decided of that pair.
    Each of its records is beside itself as well, as kind `lock`: what comes later is asked about and never joins alone.
    """
    decided = {(row["left"], row["right"]): row for row in matches.for_run()}
    groups = matches.locked_groups()
    since = {key: on for group, on in groups for key in group}
    inside = {frozenset(pair) for group, _ in groups for pair in itertools.combinations(group, 2)}
    for left, right in cases.near_locked(home, since):
        pair = (min(left, right), max(left, right))
        if frozenset(pair) not in inside and pair not in decided:
            on = since.get(left) or since[right]
            decided[pair] = {"left": pair[0], "right": pair[1], "kind": "cannot_link", "on": on}
    decided |= {(key, key): {"left": key, "right": key, "kind": "lock", "on": on} for key, on in since.items()}
    return pa.Table.from_pylist([decided[pair] for pair in sorted(decided)], schema=MATCH_DECISION)
