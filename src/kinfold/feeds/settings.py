"""The feeds of an area ready for use: built-in formats put in, and every mapping checked against the tables."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path

from kinfold.areas import feeds as area_feeds
from kinfold.areas.feeds import Feed, Format, Part, Row, Value
from kinfold.areas.toml import AreaRejected
from kinfold.feeds.checks.binding import as_the_council_says, before, both, with_checks
from kinfold.feeds.headers import plain_set
from kinfold.store import schema

FORMATS = Path(__file__).parent / "formats"
GIVEN_BY_US = frozenset(c.name for c in schema.PROVENANCE) - {"source_id"}
WORKED_OUT = {("person", "birth_quality"), ("identifier", "is_valid"), ("identifier", "register")}


def formats() -> dict[str, Format]:
    """The built-in formats by name. Raises `AreaRejected` when one is wrong."""
    return {name: _format(name) for name in _format_names()}


@functools.cache
def _format_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FORMATS.glob("*.toml")))


@functools.cache
def _format(name: str) -> Format:
    """One format, read when a feed is of it: reading them all takes longer than mapping a small delivery."""
    format_ = area_feeds.load_format(FORMATS / f"{name}.toml")
    format_ = dataclasses.replace(format_, parts=_with_joined(format_.parts))
    _check_rows(f"{name}.toml", format_.parts, format_.codes)
    with_checks(format_.parts, format_.checks, file=f"{name}/checks.toml")
    return format_


def load(folder: Path) -> dict[str, Feed]:
    """
    The feeds of an area's `feeds` folder, ready to read deliveries with.

    Raises `AreaRejected`, naming the file and the key, when a mapping names a table, a column or a code that
    is not ours, or reads a column that its agreement does not have.
    """
    made = ready(area_feeds.load(folder))
    for feed in made.values():
        _check_agreed(f"{feed.name}.toml", feed)
    return made


def ready(feeds: Mapping[str, Feed], *, only: str | None = None) -> dict[str, Feed]:
    """
    Feeds with the parts of their built-in formats, checked as `load` does.

    only: the one feed that is asked for; the others need not be right. Raises KeyError when it is none.
    An agreement of the register may leave out columns that a mapping reads: they are then removed, and said so.
    """
    asked = feeds if only is None else {only: feeds[only]}
    made = {name: _with_format(feed) for name, feed in asked.items()}
    made = {name: dataclasses.replace(feed, parts=_with_joined(feed.parts)) for name, feed in made.items()}
    for feed in made.values():
        file = f"{feed.name}.toml"
        if feed.agency not in schema.AGENCIES:
            raise AreaRejected(f"{file}: agency must be one of {', '.join(sorted(schema.AGENCIES))}.")
        if feed.people_of is not None and feed.people_of not in feeds:
            raise AreaRejected(
                f"{file}: people_of names {feed.people_of}, which is not a feed of this area. "
                "Put that feed there too, or take the line out: then its people are its own."
            )
        for covers in feed.covers:
            if covers.table not in schema.TABLES:
                raise AreaRejected(f"{file}: covers.table {covers.table} is not one of the tables.")
        _check_rows(file, feed.parts, feed.codes)
        _check_joins(file, feed)
    return {name: _with_checks(feed) for name, feed in made.items()}


def _with_checks(feed: Feed) -> Feed:
    """The feed with the checks of its format and its own, each given to the part it is asked of."""
    if any(part.checks for part in feed.parts):
        return feed
    file = f"{feed.name}.toml"
    ours = feed.checks
    if feed.format is not None:
        ours = both(_format(feed.format).checks, ours, file=file)
    found = as_the_council_says(ours, feed.severities, file=file)
    # A part of the format that the council has put its own in place of may lack a column that the format asks about.
    own = frozenset(check.code for check in feed.checks.checks)
    return dataclasses.replace(feed, checks=found, parts=with_checks(feed.parts, found, file=file, whole=own))


def _with_format(feed: Feed) -> Feed:
    if feed.format is None:
        return feed
    if feed.format not in _format_names():
        raise AreaRejected(f"{feed.name}.toml: format must be one of {', '.join(_format_names())}.")
    format_ = _format(feed.format)
    own = {part.name: part for part in feed.parts}
    parts = tuple(own.pop(part.name, part) for part in format_.parts) + tuple(own.values())
    names = dict.fromkeys((*format_.codes, *feed.codes))
    # Of two patterns that fit, the first counts: an area's own go before the format's.
    codes = {name: {**feed.codes.get(name, {}), **_others(format_.codes, feed.codes, name)} for name in names}
    return dataclasses.replace(feed, parts=parts, codes=codes)


def _with_joined(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Parts that also know the columns which others read of them, so that "all of the format" keeps these."""
    read: dict[str, list[str]] = {part.name: [] for part in parts}
    for part in parts:
        keys = [ours for join in part.join.values() for ours in join.on]
        for column in (*(column for row in part.rows for column in row.columns), *keys):
            alias, dot, name = column.partition(".")
            if dot and alias in part.join:
                read.setdefault(part.join[alias].part, []).append(name)
        for join in part.join.values():
            read.setdefault(join.part, []).extend(join.on.values())
    lacking = {part.name: [name for name in read[part.name] if name not in part.columns] for part in parts}
    return tuple(
        dataclasses.replace(part, also=tuple(dict.fromkeys((*part.also, *lacking[part.name])))) for part in parts
    )


def _others(codes: Mapping[str, dict[str, str]], own: Mapping[str, dict[str, str]], name: str) -> dict[str, str]:
    return {code: ours for code, ours in codes.get(name, {}).items() if code not in own.get(name, {})}


def _check_joins(file: str, feed: Feed) -> None:
    # A feed may come here twice, with the joins that its checks brought.
    names = {part.name for part in feed.parts} | {before(part.name) for part in feed.parts}
    for part in feed.parts:
        for alias, join in part.join.items():
            if join.part not in names:
                raise AreaRejected(
                    f"{file}: {part.name} joins {join.part} as {alias}, which is not a part of the feed."
                )


def _check_agreed(file: str, feed: Feed) -> None:
    """A column that is read but not agreed would be removed before it could be."""
    if feed.agreement is None or feed.agreement.fields is None or feed.format:
        return
    agreed = plain_set(feed.agreement.fields)
    for part in feed.parts:
        outside = sorted(name for name in part.columns if not plain_set([name]) <= agreed)
        if outside:
            raise AreaRejected(f"{file}: {part.name} reads {', '.join(outside)}, which agreement.fields does not have.")


def _check_rows(file: str, parts: tuple[Part, ...], codes: Mapping[str, Mapping[str, str]]) -> None:
    for part in parts:
        for number, row in enumerate(part.rows):
            _check_row(f"{file}: {part.name}.row[{number}]", row, codes)


def _check_row(at: str, row: Row, codes: Mapping[str, Mapping[str, str]]) -> None:
    if row.table not in schema.TABLES or row.table == "coverage":
        raise AreaRejected(f"{at}.table {row.table} is not one of the tables a mapping can make.")
    table = schema.TABLES[row.table]
    allowed = set(table.names) - GIVEN_BY_US
    for name, value in row.values.items():
        if name not in allowed:
            raise AreaRejected(f"{at}.{name} is not a column of {row.table}. Allowed: {', '.join(sorted(allowed))}.")
        _check_codes(f"{at}.{name}", table, name, value, codes)
    for column in table.columns:
        if column.required and column.name in allowed and column.name not in row.values:
            raise AreaRejected(f"{at}.{column.name} is missing; {row.table} needs it.")


def _check_codes(at: str, table: schema.Table, name: str, value: Value, codes: Mapping[str, Mapping[str, str]]) -> None:
    closed = codes_of(table.name, name)
    if closed is None:
        return
    possible = {value.constant} if value.constant is not None else set()
    if value.codes is not None:
        possible |= set(codes[value.codes].values())
        possible |= {value.otherwise} - {"set_aside"}
    wrong = sorted(str(one) for one in possible - closed - {"null"})
    if wrong:
        raise AreaRejected(f"{at}: {', '.join(wrong)} is not one of {', '.join(sorted(closed))}.")


def codes_of(table: str, column: str) -> frozenset[str] | None:
    """The closed list of a column's values; None when any text will do."""
    if (table, column) == ("event", "kind"):
        return schema.EVENT_KINDS
    if (table, column) == ("measure", "kind"):
        return schema.MEASURE_KINDS
    return schema.TABLES[table].column(column).codes
