"""The delivery of a feed before this one, as it was landed, for checks that compare what was said then with now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from kinfold.areas.checks import BEFORE
from kinfold.feeds.landing import Delivery, Landed


def landed_before(delivery: Delivery, folder: Path) -> tuple[Landed, ...]:
    """
    The landed parts in `folder` (the `landed` of the delivery before) that checks of this delivery look at.

    They are said to be of this delivery, beside whose rows they stand.
    """
    found: list[Landed] = []
    asked = [part for part in delivery.feed.parts if BEFORE in part.join]
    for part in asked:
        for path in sorted(folder.glob("*.parquet")):
            if path.stem.partition("#")[0] == part.name:
                columns = tuple(name for name in pq.read_schema(path).names if name != "row_number")
                rows = pq.read_metadata(path).num_rows
                found.append(Landed(delivery, path.stem, path.name, part, path, columns, (), rows, 0))
    return tuple(found)


def asks_for_it(delivery: Delivery) -> bool:
    return any(BEFORE in part.join for part in delivery.feed.parts)


def last_of(folders: Sequence[tuple[str, Path]], feed: str) -> Path | None:
    """The last of the landed folders, by feed and in the order of their days, that is this feed's."""
    return next((folder for name, folder in reversed(folders) if name == feed and folder.is_dir()), None)
