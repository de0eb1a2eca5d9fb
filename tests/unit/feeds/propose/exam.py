"""How many columns of made-up files a proposal gets right by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.unit.feeds.propose.made_up import MadeUp

from kinfold.feeds.propose.reading import sketched
from kinfold.feeds.propose.rows import mapping_name


def marked(files: Sequence[MadeUp], folder: Path) -> list[tuple[str, str, str, str, bool]]:
    """File, column, what it should be taken for, what it was taken for, and whether that is right, for every column."""
    found = []
    for file in files:
        (part,) = sketched(file.write(folder)).parts
        for header, _, wanted in file.columns:
            column = part.column(mapping_name(header))
            uses = column.uses if column else ()
            taken = " ".join(f"{use.person}:{use.meaning}".removeprefix(":") for use in uses) or "-"
            found.append((file.name, header, wanted, taken, wanted == taken))
    return found


def share_right(results: Sequence[tuple[str, str, str, str, bool]]) -> float:
    return sum(right for *_, right in results) / len(results)
