"""
JSON lists of records, nested lists as parts of their own.

The list may stand alone, or in an envelope under `contents`, `items`, `results`, `services` or `data`. A table
inside a record becomes columns `<name>_<column>`; a list inside it becomes a part `<name>` whose rows carry
`parent_id` (the record's `id`, or its number when it has none) and `ordinal`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kinfold.feeds.readers.received import (
    MAX_COLUMNS,
    MAX_TREE_BYTES,
    FileRejected,
    RawPart,
    RowsOfText,
    listed_part,
    no_records,
)

ENVELOPES = ("contents", "content", "items", "results", "services", "records", "data")
MAX_DEPTH = 8
# JSON can say half of a letter, which no other text can hold.
HALF_A_LETTER = re.compile("[\ud800-\udfff]")


def read(path: Path) -> list[RawPart]:
    """The record list and each list nested in it. Raises FileRejected."""
    if path.stat().st_size > MAX_TREE_BYTES:
        raise FileRejected(f"{path.name} is larger than the {MAX_TREE_BYTES >> 20:,} MB a JSON file may be.")
    try:
        given = json.loads(_decoded(path.read_bytes()))
    except (ValueError, RecursionError) as why:
        raise FileRejected(f"{path.name} is not whole JSON. Ask the supplier to send it again.") from why
    parts: dict[str, list[dict[str, str]]] = {}
    for number, record in enumerate(_records(given, path), start=1):
        _flatten("records", record, parts, number=number, depth=0, path=path)
    return [_part(path, name, rows) for name, rows in parts.items()]


def _decoded(received: bytes) -> str:
    try:
        return received.decode(json.detect_encoding(received))
    except UnicodeDecodeError:
        return received.decode("cp1252")


def _records(given: Any, path: Path) -> list[Any]:
    if isinstance(given, dict):
        given = next((given[key] for key in ENVELOPES if isinstance(given.get(key), list)), [given])
    if not isinstance(given, list) or not all(isinstance(record, dict) for record in given):
        raise FileRejected(f"{path.name} is not a list of records. Ask for a list with one record for each row.")
    if not given:
        raise no_records(path.name)
    return given


def _flatten(
    name: str, record: Mapping[str, Any], parts: dict[str, list[dict[str, str]]], *, number: int, depth: int, path: Path
) -> None:
    if depth > MAX_DEPTH:
        raise FileRejected(f"{path.name} is nested deeper than {MAX_DEPTH} levels.")
    row: dict[str, str] = {}
    parts.setdefault(name, []).append(row)
    own = str(record.get("id") or number)
    _fill(row, "", record)
    for key, inside in record.items():
        if isinstance(inside, list) and inside and all(isinstance(item, dict) for item in inside):
            for ordinal, item in enumerate(inside, start=1):
                child = {"parent_id": own, "ordinal": ordinal, **item}
                _flatten(key, child, parts, number=ordinal, depth=depth + 1, path=path)


def _fill(row: dict[str, str], prefix: str, record: Mapping[str, Any]) -> None:
    for name, value in record.items():
        key = _text(name)
        if isinstance(value, dict):
            _fill(row, f"{prefix}{key}_", value)
        elif isinstance(value, list):
            if value and not isinstance(value[0], dict):
                row[prefix + key] = "; ".join(map(_text, value))
        else:
            row[prefix + key] = _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if text.isascii() else HALF_A_LETTER.sub("\ufffd", text)


def _part(path: Path, name: str, rows: list[dict[str, str]]) -> RawPart:
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    if len(columns) > MAX_COLUMNS:
        raise FileRejected(f"{path.name} has {len(columns):,} columns; no more than {MAX_COLUMNS:,} are read.")
    gathered = RowsOfText(columns)
    for row in rows:
        gathered.add([row.get(column, "") for column in columns])
    return listed_part(path.name, name, columns, gathered.table())
