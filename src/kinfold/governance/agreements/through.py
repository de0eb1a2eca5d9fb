"""What an agreement has let through so far, and what is held that another would not let in, from what is on disk."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.areas.agreements import Agreement as Terms
from kinfold.vocabulary.headers import plain

# Columns that stand beside the supplier's: the number of the row, and the name of a row that was sent back.
OURS = ("row_number", "Kinfold reference")


@dataclasses.dataclass(frozen=True)
class LetThrough:
    """
    What became of a feed's deliveries. last_on: null when none was loaded.

    removed: columns outside the agreement, each with the number of deliveries it came in and was removed from.
    """

    deliveries: int
    last_on: datetime.date | None
    rows_in: int
    rows_kept: int
    rows_refused: int
    removed: tuple[tuple[str, int], ...]


def let_through(home: Path, feed: str) -> LetThrough:
    """home: the council's live data, laid out as ADR 1 has it."""
    manifests = [json.loads(path.read_text(encoding="utf-8")) for path in _manifests(home, feed)]
    removed = Counter(column for manifest in manifests for column in set(manifest["columns_refused"]))
    days = [datetime.date.fromisoformat(manifest["delivered"]) for manifest in manifests]
    refused = sum(manifest["rows_refused_by_agreement"] for manifest in manifests)
    rows_in = sum(manifest["rows_in"] for manifest in manifests)
    return LetThrough(
        deliveries=len(manifests),
        last_on=max(days, default=None),
        rows_in=rows_in,
        rows_kept=rows_in - refused,
        rows_refused=refused,
        removed=tuple(sorted(removed.items())),
    )


@dataclasses.dataclass(frozen=True)
class Outside:
    """What is held of a feed that some terms would not let in. rows: of people they do not cover."""

    delivery_ids: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int

    def __bool__(self) -> bool:
        return bool(self.delivery_ids)


def outside(home: Path, feed: str, terms: Terms) -> Outside:
    """What the home holds of a feed that `terms` does not let be kept, from what was written down of each delivery."""
    delivery_ids, columns, rows = [], dict[str, None](), 0
    for manifest in _manifests(home, feed):
        more, people = [], 0
        for path in sorted((manifest.parent / "landed").glob("*.parquet")):
            held = pq.read_schema(path).names
            more += _not_agreed(held, terms)
            people += _of_others(path, held, terms)
        if more or people:
            delivery_ids.append(manifest.parent.name)
            columns |= dict.fromkeys(more)
            rows += people
    return Outside(tuple(delivery_ids), tuple(columns), rows)


def _not_agreed(held: Sequence[str], terms: Terms) -> list[str]:
    if terms.fields is None:
        return []
    allowed = {plain(name) for name in (*terms.fields, *OURS)}
    # A header that is there twice is numbered at landing; it is agreed when the name it repeats is.
    return [name for name in held if not {plain(name), plain(re.sub(r" \(\d+\)$", "", name))} & allowed]


def _of_others(path: Path, held: Sequence[str], terms: Terms) -> int:
    if terms.people is None:
        return 0
    column = next((name for name in held if plain(name) == plain(terms.people.column)), None)
    if column is None:
        return pq.read_metadata(path).num_rows
    covered = pa.array([value.upper() for value in terms.people.is_])
    values = pc.utf8_upper(pq.read_table(path, columns=[column]).column(0))
    return len(values) - (pc.sum(pc.is_in(values, value_set=covered)).as_py() or 0)


def _manifests(home: Path, feed: str) -> list[Path]:
    return sorted((home / "deliveries" / feed).glob("*/manifest.json"))
