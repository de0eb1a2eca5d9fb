"""Take deliveries in: whole or not at all, once, and only under an agreement."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kinfold.areas.feeds import Feed
from kinfold.feeds import apart, deliveries, keeping, shares
from kinfold.feeds.check import considered_feeds, no_room, rejected_reports
from kinfold.feeds.keeping import Built, clear_leftovers
from kinfold.feeds.reports import DeliveryReport
from kinfold.feeds.sorting import Handed, Say, sort
from kinfold.feeds.work import Building, build, refused
from kinfold.store import engine as engines
from kinfold.store import room
from kinfold.store.engine import Engine
from kinfold.store.room import NoRoom
from kinfold.vocabulary.dates import in_words

__all__ = ["clear_leftovers", "load", "load_many"]


def load(
    paths: Sequence[Path], home: Path, feeds: Mapping[str, Feed], *, delivered: datetime.date,
    received_at: datetime.datetime, feed: str | None = None, corrects: str | None = None, forced: str = "",
    engine: Engine | None = None, say: Say = lambda _: None,
) -> list[DeliveryReport]:  # fmt: skip
    """
    Load the files into `home`, all files of one feed as one delivery.

    delivered: the day the supplier handed them over, which is when we were told. received_at: now.
    feed: consider only this feed. corrects: the delivery whose set-aside rows these put right.
    forced: why a delivery that a check refuses is loaded all the same; kept with it.
    engine: one to share between loads. say: told what is being worked on.
    Returns a report for each delivery ("loaded" or "refused"; `is_new` false when the same bytes were there
    already). A file that is nobody's refuses everything in the command, because it may be part of any of it.
    A file that takes too much to open is refused in words; so is everything when the disk is full.
    Raises KeyError when `feed` is not a feed, and `AreaRejected` when the settings of one are wrong.
    """
    handed_over = [(delivered, paths)]
    return load_many(
        handed_over, home, feeds, received_at=received_at, feed=feed, corrects=corrects, forced=forced, engine=engine,
        say=say,
    )  # fmt: skip


def load_many(
    handed_over: Sequence[tuple[datetime.date, Sequence[Path]]], home: Path, feeds: Mapping[str, Feed], *,
    received_at: datetime.datetime, feed: str | None = None, corrects: str | None = None, forced: str = "",
    engine: Engine | None = None, say: Say = lambda _: None, processes: int = 1,
) -> list[DeliveryReport]:  # fmt: skip
    """
    Load what was handed over on many days, as `load` does for each, in one pass over each feed.

    handed_over: the day and the files of each. processes: how many share the work, worth it for many deliveries; the
    main module of whoever asks for more than one must be fit to be imported again (`if __name__ == "__main__"`).
    Returns the reports of all of them, in their order.
    """
    considered = considered_feeds(feeds, feed)
    try:
        with (
            apart.Apart(considered) as opening,
            shares.helpers(processes) as pool,
            keeping.writing(home) as place,
            _engine(engine) as working,
        ):
            loading = _Loading(home, place, received_at, corrects)
            for nth, (delivered, paths) in enumerate(handed_over):
                found = sort(paths, apart=opening, on=delivered, into=place.opened(nth), say=say)
                loading.told += rejected_reports(found, on=delivered, feed=feed)
                for handed in found.handed:
                    loading.take(handed, delivered, held_back_by=found.rejected[0][0] if found.rejected else None)
            opening.close()  # mapping wants the memory
            waiting = list(loading.waiting.values())
            if not waiting:
                return loading.keep([])
            # A correction is a few rows of a delivery, and says nothing of how many there should be.
            earlier = [] if corrects else deliveries.list_standing(home)
            reports = build(
                working, waiting, say=say, pool=pool, processes=processes, earlier=earlier, home=home, forced=forced
            )
            return loading.keep(reports)
    except NoRoom as why:
        # Whatever was kept before the disk was full is said when it is loaded again.
        return [no_room(paths, day, f"These files were not loaded. {why}") for day, paths in handed_over]


@dataclasses.dataclass
class _Loading:
    """What one load has taken so far: what it can say already, what waits to be built, and what came again."""

    home: Path
    place: keeping.Writing
    received_at: datetime.datetime
    corrects: str | None
    told: list[DeliveryReport | str] = dataclasses.field(default_factory=list)
    waiting: dict[str, Building] = dataclasses.field(default_factory=dict)
    again: list[tuple[Handed, datetime.date]] = dataclasses.field(default_factory=list)

    def take(self, handed: Handed, delivered: datetime.date, *, held_back_by: str | None) -> None:
        if held_back_by is not None:
            self.told.append(_held_back(handed, held_back_by, delivered))
        # Without an agreement, files that were here before are refused as any others are.
        elif handed.feed.agreement is not None and (before := _already(self.home, handed)):
            self.told.append(before)
            self.again.append((handed, delivered))
        elif handed.delivery_id in self.waiting:
            self.again.append((handed, delivered))
        else:
            folders = self.place.folders_of(handed.delivery_id)
            self.waiting[handed.delivery_id] = Building(handed, delivered, folders)
            self.told.append(handed.delivery_id)

    def keep(self, reports: Sequence[DeliveryReport]) -> list[DeliveryReport]:
        """Keep what may be kept, and return what is to be said of everything, in its order."""
        pairs = list(zip(self.waiting.values(), reports, strict=True))
        loaded = {one.handed.delivery_id: self._written(one, r) for one, r in pairs if r.state != "refused"}
        built = [Built(one.handed.feed.name, id_, one.folders) for id_, one in self.waiting.items() if id_ in loaded]
        are_new = keeping.keep(self.home, built) if built else []
        done = {one.handed.delivery_id: loaded.get(one.handed.delivery_id, report) for one, report in pairs}
        for one, is_new in zip(built, are_new, strict=True):
            if not is_new:  # another load brought the same bytes while this one worked
                done[one.delivery_id] = (
                    _already(self.home, self.waiting[one.delivery_id].handed) or done[one.delivery_id]
                )
        for handed, delivered in self.again:
            deliveries.heard_again(self.home, handed.feed.name, handed.delivery_id, on=delivered)
        return [done[one] if isinstance(one, str) else one for one in self.told]

    def _written(self, one: Building, report: DeliveryReport) -> DeliveryReport:
        """The report as it is once the delivery is kept, which its manifest says from then on."""
        report = dataclasses.replace(report, state="loaded")
        files = [dataclasses.asdict(file) for file in one.handed.files]
        manifest = deliveries.manifest_of(report, received_at=self.received_at, files=files, corrects=self.corrects)
        with room.needed():
            path = one.folders.delivery / deliveries.MANIFEST
            path.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        return report


@contextlib.contextmanager
def _engine(given: Engine | None) -> Iterator[Engine]:
    if given is not None:
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="kinfold-load-") as place,
        engines.duckdb(work=Path(place)) as engine,
    ):
        yield engine


def _held_back(handed: Handed, file: str, delivered: datetime.date) -> DeliveryReport:
    message = (
        f"{handed.feed.label} was not loaded, because {file} came with it and could not be used. "
        "Nothing was changed. Load it again without that file."
    )
    return refused(handed, message, delivered=delivered, code="held_back")


def _already(home: Path, handed: Handed) -> DeliveryReport | None:
    before = deliveries.find(home, handed.feed.name, handed.delivery_id)
    if before is None or before.delivered is None:
        return None
    on = before.delivered
    message = (
        f"{handed.feed.label}: these files were loaded before, as the delivery of {in_words(on)}. Nothing was changed."
    )
    return dataclasses.replace(before, is_new=False, message=message)
