"""Column names as files write them, made comparable: case, spaces and punctuation do not matter."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence


@functools.lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """The letters and digits of a column name, in lower case."""
    return re.sub(r"[\W_]", "", name).casefold()


def plain_set(names: Iterable[str]) -> frozenset[str]:
    return _plain_set(tuple(names))


@functools.lru_cache(maxsize=2_000)
def _plain_set(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(plain(name) for name in names) - {""}


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
