"""Whose a part is, told by its columns and never by the name of its file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from kinfold.areas.feeds import Feed, Part
from kinfold.feeds.headers import plain, plain_set, unique
from kinfold.feeds.readers.received import MAX_COLUMNS, FileRejected, RawPart


@dataclasses.dataclass(frozen=True)
class Recognised:
    """
    A part of a file and the part of a feed that it is.

    header_at: which row of the raw part's preview is the header.
    columns: the names of its columns as received, made unique.
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
    best: list[tuple[tuple[int, int, int], Recognised]] = []
    parts = [(feed, part, plain_set(part.recognise)) for feed in feeds.values() for part in feed.parts]
    for place, cells in enumerate(raw.preview):
        if len(cells) > MAX_COLUMNS:
            raise FileRejected(f"{raw.where} has {len(cells):,} columns; no more than {MAX_COLUMNS:,} are read.")
        names = plain_set(cells)
        for feed, part, asked in parts:
            if asked <= names:
                known = len(plain_set(part.columns) & names)
                found = Recognised(raw, feed, part, place, unique(cells))
                best.append(((len(asked), known, -place), found))
    if not best:
        return None
    top = max(score for score, _ in best)
    winners = [found for score, found in best if score == top]
    if len({(found.feed.name, found.part.name) for found in winners}) > 1:
        could_be = " or ".join(sorted({found.feed.label for found in winners}))
        raise FileRejected(f"{raw.where} could be {could_be}. Say which feed it is.")
    return winners[0]


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
        "Nothing of it was kept. Ask the supplier, or add a mapping for it."
    )
