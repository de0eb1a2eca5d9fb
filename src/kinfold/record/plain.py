"""What is said of a child while lists are plain: facts, the latest first, and no move between bands."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from kinfold.record.published import Statement
from kinfold.record.snapshot import Snapshot

OF_LISTS = re.compile(r"^(New on this list\.|Was under “[A-Za-z ]+” on the last list\.) *")
OF_BANDS = ("Moved up", "Moved down")


def changed(said: str, snapshot: Snapshot) -> str:
    """What changed, without what it tells of a move between bands or groups while there are none."""
    if snapshot.plain_since is None:
        return said
    rest = OF_LISTS.sub("", said)
    return "" if rest.startswith(OF_BANDS) else rest


def statements(rows: Iterable[Statement], snapshot: Snapshot) -> list[Statement]:
    """Statements as they come, or the latest first, so that no weight says which of them is read."""
    if snapshot.plain_since is None:
        return list(rows)
    return sorted(rows, key=lambda row: row.on or datetime.date.min, reverse=True)
