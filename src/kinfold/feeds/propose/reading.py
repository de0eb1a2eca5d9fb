"""Sketch a file: its tables found, their headers, and enough of their rows. Done in the process beside ours alone."""

from __future__ import annotations

import re
from pathlib import Path

from kinfold.feeds import readers
from kinfold.feeds.headers import unique
from kinfold.feeds.propose import guessing, names
from kinfold.feeds.propose.rows import mapping_name, sketch_part
from kinfold.feeds.propose.shapes import is_date
from kinfold.feeds.propose.sketch import Part, Sketch
from kinfold.feeds.readers.received import FileRejected, RawPart, plain_words
from kinfold.vocabulary import identifiers

ROWS_LOOKED_AT = 20_000
MOST_PARTS = 30
WHO = frozenset({"name", "full_name", "key", "nhs", "upn", "nino", "phone", "email", "postcode", "uprn"})
FEWEST_COLUMNS = 2


def sketched(path: Path) -> Sketch:
    """A sketch of a mapping for a file. Raises FileRejected when it cannot be read or has no table with a header."""
    raw = readers.read(path)
    parts = [part for name, one in _named(raw) if (part := _part(one, name)) is not None]
    if not parts:
        raise FileRejected(
            f"{plain_words(path.name)} has no table with a row of column names and rows under it, so nobody "
            "can say what its columns are. Ask the supplier to send it with column names in the first row."
        )
    headers = [column.name for part in parts for column in part.columns]
    service = guessing.service_of(headers, said=path.stem)
    return Sketch(label=service.label, agency=max(parts, key=lambda part: part.rows).agency, parts=tuple(parts))


def codes_of(path: Path, *, part: str, column: str, codes: str) -> list[tuple[str, str]]:
    """The values of one column with ours from a list of synonyms; what may be shown is as in `guessing.codes_for`."""
    for name, raw in _named(readers.read(path)):
        at = header_at(raw)
        if name != part or at is None:
            continue
        headers = [mapping_name(header) for header in unique(raw.preview[at])]
        if column in headers:
            cells = [row[headers.index(column)] for row in _rows(raw, at)]
            return list(guessing.codes_for(codes, cells, is_vouched=not _may_say_who(column)))
    return []


def _may_say_who(column: str) -> bool:
    """Whether a column's name says names or numbers, whatever a person says of it."""
    return any(one.meaning.holds in WHO and one.score > guessing.LEAST for one in names.could_be(column))


def _part(raw: RawPart, name: str) -> Part | None:
    at = header_at(raw)
    rows = _rows(raw, at) if at is not None else []
    if at is None or not rows:
        return None
    return sketch_part(name, unique(raw.preview[at]), rows, said=raw.name)


def _rows(raw: RawPart, at: int) -> list[list[str]]:
    """The first rows under the header that have anything in them, trimmed."""
    rows: list[list[str]] = []
    for batch in raw.batches(at):
        columns = [batch.column(place).to_pylist() for place in range(len(raw.preview[at]))]
        for cells in zip(*columns, strict=True):
            row = [(cell or "").strip() for cell in cells]
            if any(row):
                rows.append(row)
        if len(rows) >= ROWS_LOOKED_AT:
            break
    return rows[:ROWS_LOOKED_AT]


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


def _named(raw: list[RawPart]) -> list[tuple[str, RawPart]]:
    """Tables of the file by a name of their own."""
    seen: dict[str, int] = {}
    made = []
    for one in raw[:MOST_PARTS]:
        name = _part_name(one.name)
        seen[name] = seen.get(name, 0) + 1
        made.append((name if seen[name] == 1 else f"{name}_{seen[name]}", one))
    return made
