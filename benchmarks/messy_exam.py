"""The exam of messy files: what `kinfold link` makes of each, beside what is asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import messy_people

from kinfold.linkage import evaluate, files

PEOPLE = 2_000
# Precision and recall asked of each. Recall is what names, dates and towns can bear: of many records a date or a town
# is missing, and people who share a name and a town are people all the same.
ASKED = {
    "other countries' names": (0.99, 0.91),
    "three sources": (0.99, 0.97),
    "brothers and sisters": (0.99, 0.91),
    "one field for the name": (0.99, 0.91),
    "a telephone shared": (0.99, 0.97),
}
# Of twins in a file of names, dates and towns, the share that may be made one person.
TWINS_MERGED = 0.02


def sat(name: str, folder: Path, *, people: int = PEOPLE) -> dict[str, Any]:
    """Make one file, link it and measure it."""
    maker = messy_people.MAKERS[name]
    place = folder / maker.__name__
    paths = maker(place, people)
    told = files.link_files(paths, place / "spec.toml", place / "clusters.parquet")
    return evaluate.evaluate(place / "clusters.parquet", place / "truth.csv") | {"notes": told["notes"]}


def messy(folder: Path) -> dict[str, Any]:
    return {name: sat(name, folder) for name in messy_people.MAKERS}
