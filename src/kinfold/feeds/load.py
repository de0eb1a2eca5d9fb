"""Take deliveries in: whole or not at all, once, and only under an agreement."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kinfold.areas.feeds import Feed
from kinfold.feeds import deliveries
from kinfold.feeds.check import considered_feeds, rejected_reports
from kinfold.feeds.reports import DeliveryReport
from kinfold.feeds.shares import Folders
from kinfold.feeds.sorting import Handed, Say, sort
from kinfold.feeds.work import Building, build, refused
from kinfold.store import engine as engines
from kinfold.store.engine import Engine


def load(
    paths: Sequence[Path], home: Path, feeds: Mapping[str, Feed], *, delivered: datetime.date,
    received_at: datetime.datetime, feed: str | None = None, corrects: str | None = None,
    engine: Engine | None = None, say: Say = lambda _: None,
) -> list[DeliveryReport]:  # fmt: skip
    """
    Load the files into `home`, all files of one feed as one delivery.

    delivered: the day the supplier handed them over, which is when we were told. received_at: now.
    feed: consider only this feed. corrects: the delivery whose set-aside rows these put right.
    engine: one to share between loads. say: told what is being worked on.
    Returns a report for each delivery ("loaded" or "refused"; `is_new` false when the same bytes were there
    already). A file that is nobody's refuses everything in the command, because it may be part of any of it.
    Raises KeyError when `feed` is not a feed, and `AreaRejected` when the settings of one are wrong.
    """
    handed_over = [(delivered, paths)]
    return load_many(
        handed_over, home, feeds, received_at=received_at, feed=feed, corrects=corrects, engine=engine, say=say
    )


def load_many(
    handed_over: Sequence[tuple[datetime.date, Sequence[Path]]], home: Path, feeds: Mapping[str, Feed], *,
    received_at: datetime.datetime, feed: str | None = None, corrects: str | None = None,
    engine: Engine | None = None, say: Say = lambda _: None, processes: int = 1,
) -> list[DeliveryReport]:  # fmt: skip
    """
    Load what was handed over on many days, as `load` does for each, in one pass over each feed.

    handed_over: the day and the files of each. processes: how many share the work, worth it for many deliveries; the
    main module of whoever asks for more than one must be fit to be imported again (`if __name__ == "__main__"`).
    Returns the reports of all of them, in their order.
    """
    considered = considered_feeds(feeds, feed)
    told: list[DeliveryReport | str] = []
    waiting: dict[str, Building] = {}
    again: list[tuple[Handed, datetime.date]] = []
    for delivered, paths in handed_over:
        found = sort(paths, considered, say=say)
        told += rejected_reports(found, on=delivered, feed=feed)
        for handed in found.handed:
            if found.rejected:
                told.append(_held_back(handed, found.rejected[0][0], delivered))
            elif before := _already(home, handed):
                told.append(before)
                again.append((handed, delivered))
            elif handed.delivery_id in waiting:
                again.append((handed, delivered))
            else:
                waiting[handed.delivery_id] = _building(home, handed, delivered)
                told.append(handed.delivery_id)
    keep = functools.partial(_keep, home=home, received_at=received_at, corrects=corrects)
    done = _load(list(waiting.values()), engine, keep=keep, say=say, processes=processes)
    loaded = {one.delivery_id: one for one in done}
    for handed, delivered in again:
        deliveries.heard_again(home, handed.feed.name, handed.delivery_id, on=delivered)
    return [loaded[one] if isinstance(one, str) else one for one in told]


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
        f"{handed.feed.label}: these files were loaded before, as the delivery of {on.day} {on:%B %Y}. "
        "Nothing was changed."
    )
    return dataclasses.replace(before, is_new=False, message=message)


def _building(home: Path, handed: Handed, delivered: datetime.date) -> Building:
    kept = deliveries.folder_of(home, handed.feed.name, handed.delivery_id)
    mapped = deliveries.mapped_folder_of(home, handed.delivery_id)
    return Building(handed, delivered, Folders(_beside(kept), _beside(mapped)))


def _load(
    buildings: Sequence[Building],
    engine: Engine | None,
    *,
    keep: Callable[[Building, DeliveryReport], DeliveryReport],
    say: Say,
    processes: int,
) -> list[DeliveryReport]:
    """Build all beside where they will be, then move each that may be kept."""
    if not buildings:
        return []
    try:
        with contextlib.ExitStack() as stack:
            if engine is None:
                place = stack.enter_context(tempfile.TemporaryDirectory(prefix="kinfold-load-"))
                engine = stack.enter_context(engines.duckdb(work=Path(place)))
            reports = build(engine, buildings, say=say, processes=processes)
        return [
            report if report.state == "refused" else keep(one, report)
            for one, report in zip(buildings, reports, strict=True)
        ]
    finally:
        for one in buildings:
            shutil.rmtree(one.folders.delivery, ignore_errors=True)
            shutil.rmtree(one.folders.mapped, ignore_errors=True)


def _keep(
    one: Building, report: DeliveryReport, *, home: Path, received_at: datetime.datetime, corrects: str | None
) -> DeliveryReport:
    """Move the rows first, and with the last move the manifest, which makes the delivery count."""
    report = dataclasses.replace(report, state="loaded")
    kept = deliveries.folder_of(home, one.handed.feed.name, one.handed.delivery_id)
    mapped = deliveries.mapped_folder_of(home, one.handed.delivery_id)
    files = [dataclasses.asdict(file) for file in one.handed.files]
    manifest = deliveries.manifest_of(report, received_at=received_at, files=files, corrects=corrects)
    one.folders.mapped.mkdir(parents=True, exist_ok=True)
    (one.folders.delivery / deliveries.MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    # Rows of a load that was cut off before its manifest count for nothing, so they may be replaced.
    shutil.rmtree(mapped, ignore_errors=True)
    one.folders.mapped.replace(mapped)
    one.folders.delivery.replace(kept)
    return report


def _beside(path: Path) -> Path:
    """A folder next to `path`, so that moving it is one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{os.getpid()}.writing")
