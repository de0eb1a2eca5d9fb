"""Column names as files write them, made comparable: case, spaces and punctuation do not matter."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence


@functools.lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """The letters and digits of a column name, in lower case."""
    return re.sub(r"[\W_]", "", name).casefold()


def plain_set(names: Iterable[str]) -> frozenset[str]:
    return _plain_set(tuple(names))


@functools.lru_cache(maxsize=2_000)
def _plain_set(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(plain(name) for name in names) - {""}


@functools.lru_cache(maxsize=20_000)
def words(name: str) -> str:
    """The words of a column name in lower case, one space between: what the pattern of a name is tried on."""
    return re.sub(r"[\W_]+", " ", name.replace("'", "").replace("\u2019", "")).strip().casefold()


def found(column: str, other_names: Sequence[str], cells: Sequence[str]) -> int | None:
    """The place of the first cell that is a column's name, or else one of its other names; None when none is."""
    for name in (column, *other_names):
        for place, cell in enumerate(cells):
            if not cell:
                continue
            if re.search(name[1:], words(cell)) if name.startswith("~") else plain(cell) == plain(name):
                return place
    return None


def named(cells: Sequence[str], called: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A header with each column that has other names by the name that a mapping uses; a cell is taken once."""
    made = list(cells)
    # Exact names first, so that no pattern takes a cell that is another column by its own name.
    spoken_for = {place for column in called if (place := found(column, (), cells)) is not None}
    for column, other_names in called.items():
        if found(column, (), cells) is None:
            free = ["" if place in spoken_for else cell for place, cell in enumerate(cells)]
            place = found(column, other_names, free)
            if place is not None:
                made[place] = column
                spoken_for.add(place)
    return tuple(made)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """
    Names fit for the columns of a table: a blank one is called after its place, a repeated one is numbered.

    `row_number` is ours, so a column of that name is renamed too.
    """
    seen: dict[str, int] = {"rownumber": 1}
    made = []
    for place, name in enumerate(names, start=1):
        name = " ".join(name.split()) or f"column {place}"
        key = plain(name) or f"column{place}"
        seen[key] = seen.get(key, 0) + 1
        made.append(name if seen[key] == 1 else f"{name} ({seen[key]})")
    return tuple(made)
