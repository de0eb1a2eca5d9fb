"""Column names as files write them, made comparable: case, spaces and punctuation do not matter."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kinfold.feeds.readers.received import plain_words
from kinfold.vocabulary.headers import plain as plain


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


@functools.lru_cache(maxsize=5_000)
def _patterns(names: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(name[1:], re.MULTILINE) for name in names if name.startswith("~"))


def may_be_there(column: str, other_names: Sequence[str], names: frozenset[str], lines: str) -> bool:
    """
    Whether `found` could find the column among cells; a quick no for the many rows that are no header of it.

    names: `plain_set` of the cells. lines: the words of each, on lines of their own.
    """
    if any(plain(name) in names for name in (column, *other_names) if not name.startswith("~")):
        return True
    return any(pattern.search(lines) for pattern in _patterns(tuple(other_names)))


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

    What cannot be seen in a name is taken out of it. `row_number` is ours, so a column of that name is renamed too.
    """
    taken = {"rownumber"}
    times: Counter[str] = Counter()
    made = []
    for place, name in enumerate(names, start=1):
        name = " ".join(plain_words(name).replace("\ufffd", " ").split()) or f"column {place}"
        unlike = name
        while (plain(unlike) or unlike) in taken:
            times[name] += 1
            unlike = f"{name} ({times[name] + 1})"
        taken.add(plain(unlike) or unlike)
        made.append(unlike)
    return tuple(made)
