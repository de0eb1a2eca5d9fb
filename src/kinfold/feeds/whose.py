"""
Whom a row of a part is about, read from its own cells alone: for rows that were set aside, and so never mapped.

A row that cannot be mapped still names people, and a seal that came after it has to find them.
"""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterator, Mapping

import pyarrow as pa

from kinfold.areas.feeds import Feed, Part, Row, Value
from kinfold.feeds.headers import plain
from kinfold.feeds.values import PEOPLE_KEYS
from kinfold.vocabulary import dates
from kinfold.vocabulary.identifiers import tidy


@dataclasses.dataclass(frozen=True)
class Named:
    """
    Whom one row names. keys: person keys. numbers: identifiers without spaces, by kind, whether valid or not.

    A key that is made of a cell of another part, or of a cell that is empty, is not among them.
    """

    keys: frozenset[str]
    numbers: frozenset[tuple[str, str]]


def named(feed: Feed, part: Part, rows: pa.Table) -> list[Named]:
    """Whom each row names. rows: columns as received."""
    return [_named(feed, part, {plain(name): _said(cell) for name, cell in row.items()}) for row in rows.to_pylist()]


def _named(feed: Feed, part: Part, row: Mapping[str, str | None]) -> Named:
    values = [value for one in part.rows for key in PEOPLE_KEYS if (value := one.values.get(key))]
    keys = {f"{feed.people_source}:{text}" for value in values if (text := _text(value, row))}
    return Named(frozenset(keys), frozenset(number for one in part.rows for number in _numbers(one, row)))


def _numbers(one: Row, row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    kind, value = one.values.get("kind"), one.values.get("value")
    if one.table != "identifier" or kind is None or value is None:
        return
    text = _text(value, row)
    if kind.constant is not None and text is not None:
        yield kind.constant, tidy(text)


def _text(value: Value, row: Mapping[str, str | None]) -> str | None:
    offered = (one if "{" in one else f"{{{one}}}" for one in value.first_of or (value.template or "",))
    return next((text for one in offered if (text := _filled(one, row))), None)


def _filled(template: str, row: Mapping[str, str | None]) -> str | None:
    text = ""
    for before, name, _, _ in string.Formatter().parse(template):
        cell = "" if name is None else None if "." in name else row.get(plain(name))
        if cell is None:
            return None
        text += before + cell
    return text


def _said(cell: object) -> str | None:
    text = str(cell).strip() if cell is not None else ""
    return text if text and text.upper() not in dates.MISSING_WORDS else None
