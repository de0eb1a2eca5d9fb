"""Pairs kept narrow say of each pair exactly what was found of it, also where nothing was."""

from __future__ import annotations

import pyarrow as pa
import pytest

from kinfold.linkage.ways import NARROW, parted, stacked

COLUMNS = ("left", "right", "weight", "probability", "forename", "veto", "is_multiple")
FOUND = [
    (1, 2, 9.5, 0.99, "same", None, False),
    (1, 3, 9.1, 0.98, "same", None, False),
    (2, 3, -4.0, 0.01, None, "same", False),
    (4, 5, 3.0, 0.80, "same", None, True),
    (4, 6, 3.0, 0.80, None, None, None),
]


@pytest.fixture
def taken(engine):
    return lambda rows: engine.take(
        pa.table(
            {name: [row[n] for row in rows] for n, name in enumerate(COLUMNS)},
            schema=pa.schema(
                [("left", pa.int64()), ("right", pa.int64()), ("weight", pa.float64()), ("probability", pa.float64()),
                 ("forename", pa.string()), ("veto", pa.string()), ("is_multiple", pa.bool_())]
            ),
        )
    )  # fmt: skip


def _sorted(table) -> list[tuple]:
    rows = (tuple(row[name] for name in COLUMNS) for row in table.to_pyarrow().to_pylist())
    return sorted(rows, key=lambda row: row[:2])


def test_what_is_parted_is_whole_again(engine, taken) -> None:
    kept = parted(engine, taken(FOUND))
    assert kept.pairs.columns == NARROW
    # The first two compare in one way; a word under another comparison, or none, is another way.
    assert kept.ways.count().execute() == 4
    assert _sorted(kept.whole) == FOUND


def test_pairs_of_another_night_share_the_ways_of_the_last(engine, taken) -> None:
    again = (7, 8, *FOUND[0][2:])
    kept = stacked(engine, parted(engine, taken(FOUND[:3])), parted(engine, taken([*FOUND[3:], again])))
    assert kept.ways.count().execute() == 4
    assert _sorted(kept.whole) == [*FOUND, again]
