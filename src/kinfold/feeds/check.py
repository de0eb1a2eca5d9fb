"""Say whose files these are and everything that is wrong with them; keep nothing."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kinfold.areas.feeds import Feed
from kinfold.feeds import apart, deliveries, settings
from kinfold.feeds.readers.received import plain_words
from kinfold.feeds.reports import DeliveryReport, Problem
from kinfold.feeds.sorting import Say, Sorted, sort
from kinfold.feeds.work import Building, Folders, build
from kinfold.store import engine as engines
from kinfold.store.room import NoRoom


def check(
    paths: Sequence[Path], feeds: Mapping[str, Feed], *, on: datetime.date, feed: str | None = None,
    home: Path | None = None, say: Say = lambda _: None,
) -> list[DeliveryReport]:  # fmt: skip
    """
    Read, land and map the files as a load on `on` would, in a folder that is thrown away.

    feed: consider only this feed. home: where earlier deliveries are, to know what usually comes.
    say: told what is being worked on, for a progress bar.
    Returns a report for each delivery ("recognised" or "refused") and for each file that is nobody's.
    """
    considered = considered_feeds(feeds, feed)
    with (
        apart.Apart(considered) as opening,
        tempfile.TemporaryDirectory(prefix="kinfold-check-") as place,
    ):
        folder = Path(place)
        (folder / "work").mkdir()
        try:
            found = sort(paths, apart=opening, on=on, into=folder / "opened", say=say)
            with engines.duckdb(work=folder / "work") as engine:
                buildings = [
                    Building(handed, on, Folders(folder / f"{number}" / "delivery", folder / f"{number}" / "mapped"))
                    for number, handed in enumerate(found.handed)
                ]
                earlier = deliveries.list_standing(home) if home is not None else []
                reports = build(engine, buildings, say=say, earlier=earlier, home=home)
        except NoRoom as why:
            return [no_room(paths, on, f"These files were not checked. {why}")]
    return [*reports, *rejected_reports(found, on=on, feed=feed)]


def no_room(paths: Sequence[Path], on: datetime.date, message: str) -> DeliveryReport:
    """What is said of files when the disk is full; nothing was changed."""
    message = f"{message} Nothing was changed."
    problem = Problem("no_room", "refuse", message)
    names = tuple(plain_words(path.name) for path in paths)
    return DeliveryReport(state="refused", message=message, delivered=on, problems=(problem,), files=names)


def considered_feeds(feeds: Mapping[str, Feed], feed: str | None) -> dict[str, Feed]:
    """The feeds, ready for use, that files may be of. Raises KeyError for a name that is not a feed's."""
    return settings.ready(feeds, only=feed)


def rejected_reports(found: Sorted, *, on: datetime.date, feed: str | None) -> list[DeliveryReport]:
    """A report for each file that cannot be read or is nobody's."""
    return [
        DeliveryReport(
            state="refused",
            message=message,
            feed=feed,
            delivered=on,
            problems=(Problem("file_rejected", "refuse", message),),
            files=(name,),
        )
        for name, message in found.rejected
    ]
