"""Sketch a file: its tables found, their headers, and enough of their rows. Done in the process beside ours alone."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from kinfold.feeds import readers
from kinfold.feeds.headers import unique
from kinfold.feeds.propose import guessing, names
from kinfold.feeds.propose.rows import sketch_part
from kinfold.feeds.propose.shapes import is_date
from kinfold.feeds.propose.sketch import Part, Sketch
from kinfold.feeds.readers.received import FileRejected, RawPart, plain_words
from kinfold.vocabulary import identifiers

ROWS_LOOKED_AT = 20_000
MOST_PARTS = 30
FEWEST_COLUMNS = 2


def sketched(path: Path) -> Sketch:
    """A sketch of a mapping for a file. Raises FileRejected when it cannot be read or has no table with a header."""
    raw = readers.read(path)
    parts = [part for one in raw[:MOST_PARTS] if (part := _part(one)) is not None]
    if not parts:
        raise FileRejected(
            f"{plain_words(path.name)} has no table with a row of column names and rows under it, so nobody "
            "can say what its columns are. Ask the supplier to send it with column names in the first row."
        )
    parts = _apart_by_name(parts)
    headers = [column.name for part in parts for column in part.columns]
    service = guessing.service_of(headers, said=path.stem)
    return Sketch(label=service.label, agency=max(parts, key=lambda part: part.rows).agency, parts=tuple(parts))


def _part(raw: RawPart) -> Part | None:
    at = header_at(raw)
    if at is None:
        return None
    header = raw.preview[at]
    rows: list[list[str]] = []
    for batch in raw.batches(at):
        columns = [batch.column(place).to_pylist() for place in range(len(header))]
        for cells in zip(*columns, strict=True):
            row = [(cell or "").strip() for cell in cells]
            if any(row):
                rows.append(row)
        if len(rows) >= ROWS_LOOKED_AT:
            break
    if not rows:
        return None
    return sketch_part(_part_name(raw.name), unique(header), rows[:ROWS_LOOKED_AT], said=raw.name)


def header_at(raw: RawPart) -> int | None:
    """Which row of the preview has the names of the columns; None when none looks like names."""
    widest = max((sum(map(bool, row)) for row in raw.preview), default=0)
    best: tuple[float, int] | None = None
    for place, row in enumerate(raw.preview):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) < max(FEWEST_COLUMNS, widest / 2) or any(map(_is_no_name, filled)):
            continue
        known = sum(bool(names.could_be(cell)) for cell in filled) / len(filled)
        score = known + len(set(filled)) / len(filled) - place / 100
        if best is None or score > best[0]:
            best = score, place
    return best[1] if best else None


def _is_no_name(cell: str) -> bool:
    """Whether a cell holds something about somebody, and so is no column's name."""
    text = cell.strip()
    return (
        text.replace(".", "").isdigit()
        or is_date(text)
        or "@" in text
        or identifiers.postcode(text) is not None
        or sum(c.isdigit() for c in text) > 4
        or len(text) > 120
    )


def _part_name(name: str) -> str:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return "_".join(re.findall(r"[a-z0-9]+", stem.lower()))[:40] or "rows"


def _apart_by_name(parts: list[Part]) -> list[Part]:
    seen: dict[str, int] = {}
    made = []
    for part in parts:
        seen[part.name] = seen.get(part.name, 0) + 1
        made.append(part if seen[part.name] == 1 else dataclasses.replace(part, name=f"{part.name}_{seen[part.name]}"))
    return made
