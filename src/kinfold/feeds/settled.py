"""
Which rows that were set aside have come back in a correction.

A row of a correction answers a row that was set aside when it carries the reference we put beside it in the export.
Where the supplier sent the rows from their own system, without it, rows answer each other that say the same in the
columns their source ids are made of; what was wrong with the row is left out of that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa

from kinfold.areas.feeds import Part
from kinfold.feeds.headers import plain

REFERENCE, ROW, REASON = "Kinfold reference", "Kinfold row", "Kinfold reason"
OURS = frozenset(map(plain, (REFERENCE, ROW, REASON)))


def is_ours(column: str) -> bool:
    """Whether a column is one that we put into an export, and no supplier's."""
    return plain(column) in OURS


def reference(delivery_id: str, part: str, row_number: int) -> str:
    """What names a row that was set aside, and comes back with it. It says nothing of anybody."""
    return f"{delivery_id}/{part}/{row_number}"


def base_name(part: str) -> str:
    """The kind of a part: `episodes#2` is a second file of episodes."""
    return part.partition("#")[0]


def answered(
    delivery_id: str, part: str, aside: pa.Table, corrections: Iterable[pa.Table], kind: Part | None
) -> frozenset[int]:
    """
    The row numbers of `aside` that a row of a correction answers.

    aside: rows of one part set aside, as received, with row_number and reason_column. corrections: landed rows of
    the same kind of part. kind: how the part is mapped, null when it no longer is; then only references count.
    A row that came back and is still wrong is answered too: it is listed with the correction.
    """
    numbers = {reference(delivery_id, part, number): number for number in aside.column("row_number").to_pylist()}
    found: set[int] = set()
    unnamed: list[pa.Table] = []
    for rows in corrections:
        column = next((name for name in rows.column_names if plain(name) == plain(REFERENCE)), None)
        if column is None:
            unnamed.append(rows)
            continue
        named = [(one or "").strip() for one in rows.column(column).to_pylist()]
        found |= {numbers[one] for one in named if one in numbers}
        unnamed.append(rows.filter(pa.array([not one for one in named], pa.bool_())))
    left = [row for row in aside.to_pylist() if row["row_number"] not in found]
    return frozenset(found | _alike(left, unnamed, keys_of(kind) if kind else ()))


def keys_of(part: Part) -> tuple[str, ...]:
    """The columns that the source ids of a part are made of."""
    named = [value.columns for row in part.rows if (value := row.values.get("source_id"))]
    return tuple(sorted({plain(column) for columns in named for column in columns if "." not in column}))


def _alike(left: Sequence[Mapping[str, object]], corrections: Sequence[pa.Table], keys: Sequence[str]) -> set[int]:
    """The rows that a row of a correction says the same as, one for one."""
    came = [_plain_row(row) for rows in corrections for row in rows.to_pylist()]
    found: set[int] = set()
    used: set[int] = set()
    by_key: dict[tuple[str, ...], dict[tuple[object, ...], deque[int]]] = {}
    for row in left:
        said = _plain_row(row)
        wrong = {plain(one) for one in str(row.get("reason_column") or "").split(", ")}
        asked = tuple(key for key in keys if key not in wrong and said.get(key))
        if not asked:
            continue
        if asked not in by_key:
            places = by_key[asked] = {}
            for nth, other in enumerate(came):
                places.setdefault(tuple(other.get(key) for key in asked), deque()).append(nth)
        candidates = by_key[asked].get(tuple(said[key] for key in asked), deque())
        # One that answered under other columns is passed over, once.
        while candidates and candidates[0] in used:
            candidates.popleft()
        if candidates:
            used.add(candidates.popleft())
            found.add(int(str(row["row_number"])))
    return found


def _plain_row(row: Mapping[str, object]) -> dict[str, object]:
    return {plain(name): value for name, value in row.items()}
