"""Whose a part is, told by its columns and never by the name of its file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from kinfold.areas.feeds import Feed, Part
from kinfold.feeds.headers import found, may_be_there, named, plain, plain_set, unique, words
from kinfold.feeds.readers.received import MAX_COLUMNS, FileRejected, RawPart


@dataclasses.dataclass(frozen=True)
class Recognised:
    """
    A part of a file and the part of a feed that it is.

    header_at: which row of the raw part's preview is the header.
    columns: the names of its columns, made unique: as received, or as the mapping calls them (`part.called`).
    """

    raw: RawPart
    feed: Feed
    part: Part
    header_at: int
    columns: tuple[str, ...]


def recognise(raw: RawPart, feeds: Mapping[str, Feed]) -> Recognised | None:
    """
    Find the feed and part whose known columns are all among the file's; more columns than that are welcome.

    The part that asks for most columns wins. Returns None when there is none; raises FileRejected when two
    feeds would do equally well, or when there are too many columns.
    """
    best: list[tuple[tuple[int, int, int, int], Recognised]] = []
    parts = [(feed, part, plain_set(part.recognise)) for feed in feeds.values() for part in feed.parts]
    for place, cells, is_wrapped in _headers(raw):
        names, lines = plain_set(cells), "\n".join(map(words, cells))
        for feed, part, asked in parts:
            columns = _columns(part, asked, names, lines, cells)
            if columns is not None:
                known = len(plain_set(part.columns) & plain_set(columns))
                one = Recognised(raw, feed, part, place, unique(columns))
                best.append(((len(asked), known, -is_wrapped, -place), one))
    if not best:
        return None
    top = max(score for score, _ in best)
    winners = [one for score, one in best if score == top]
    if len({(one.feed.name, one.part.name) for one in winners}) > 1:
        could_be = " or ".join(sorted({one.feed.label for one in winners}))
        raise FileRejected(f"{raw.where} could be {could_be}. Say which feed it is.")
    return winners[0]


def _headers(raw: RawPart) -> Iterator[tuple[int, tuple[str, ...], bool]]:
    """Each row that may be the header, and each two a wrapped one may stand in: the place of the last, and names."""
    above: tuple[str, ...] = ()
    for place, cells in enumerate(raw.preview):
        if len(cells) > MAX_COLUMNS:
            raise FileRejected(f"{raw.where} has {len(cells):,} columns; no more than {MAX_COLUMNS:,} are read.")
        yield place, cells, False
        if sum(map(bool, above)) > 1 and len(above) == len(cells):
            yield place, tuple(f"{top} {cell}".strip() for top, cell in zip(above, cells, strict=True)), True
        above = cells


def _columns(
    part: Part, asked: frozenset[str], names: frozenset[str], lines: str, cells: Sequence[str]
) -> Sequence[str] | None:
    """The names of the columns when these cells are a header of the part; None when they are not."""
    if asked <= names:
        return named(cells, part.called) if part.called else cells
    if not part.called or len(names) < len(asked):
        return None
    if not all(may_be_there(column, part.called.get(column, ()), names, lines) for column in part.recognise):
        return None
    if any(found(column, part.called.get(column, ()), cells) is None for column in part.recognise):
        return None
    columns = named(cells, part.called)
    return columns if asked <= plain_set(columns) else None


def not_recognised_message(raw: RawPart, feeds: Mapping[str, Feed]) -> str:
    """
    Say that no feed has these columns, and what is lacking for the nearest one.

    Only columns that our own settings name are said: what stands in an unknown file may be people.
    """
    nearest: tuple[float, str] = (0.0, "")
    for cells in raw.preview:
        names = plain_set(cells)
        for feed in feeds.values():
            for part in feed.parts:
                lacking = [name for name in part.recognise if plain(name) not in names]
                share = 1 - len(lacking) / len(part.recognise)
                if share > nearest[0]:
                    wanted = ", ".join(lacking[:8]) + (" and more" if len(lacking) > 8 else "")
                    nearest = share, f" It is nearest to {feed.label} ({part.name}), but has no {wanted}."
    return (
        f"{raw.where} was not recognised: its columns are not those of any feed here.{nearest[1]} "
        "Nothing of it was loaded. Ask the supplier, or add a mapping for it."
    )
