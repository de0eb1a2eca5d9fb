"""What an agreement has let through so far, from the manifests of the deliveries that came under it."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections import Counter
from pathlib import Path


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


def _manifests(home: Path, feed: str) -> list[Path]:
    return sorted((home / "deliveries" / feed).glob("*/manifest.json"))
