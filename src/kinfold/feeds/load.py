"""Take deliveries in: whole or not at all, once, and only under an agreement."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from kinfold.areas.feeds import Feed
from kinfold.feeds import deliveries
from kinfold.feeds.check import considered_feeds, rejected_reports
from kinfold.feeds.reports import DeliveryReport
from kinfold.feeds.sorting import Handed, Say, sort
from kinfold.feeds.work import Folders, build, refused
from kinfold.store import engine as engines
from kinfold.store.engine import Engine


def load(
    paths: Sequence[Path], home: Path, feeds: Mapping[str, Feed], *, delivered: datetime.date,
    received_at: datetime.datetime, feed: str | None = None, engine: Engine | None = None,
    say: Say = lambda _: None,
) -> list[DeliveryReport]:  # fmt: skip
    """
    Load the files into `home`, all files of one feed as one delivery.

    delivered: the day the supplier handed them over, which is when we were told. received_at: now.
    feed: consider only this feed. engine: one to share between many loads.
    Returns a report for each delivery ("loaded" or "refused"; `is_new` false when the same bytes were there
    already). A file that is nobody's refuses everything in the command, because it may be part of any of it.
    """
    found = sort(paths, considered_feeds(feeds, feed), say=say)
    if found.rejected:
        return [
            *rejected_reports(found, on=delivered, feed=feed),
            *(_held_back(handed, found.rejected[0][0], delivered) for handed in found.handed),
        ]
    with contextlib.ExitStack() as stack:
        if engine is None and any(_already(home, handed) is None for handed in found.handed):
            place = stack.enter_context(tempfile.TemporaryDirectory(prefix="kinfold-load-"))
            engine = stack.enter_context(engines.duckdb(work=Path(place)))
        return [
            _already(home, handed) or _load(engine, handed, home, delivered=delivered, received_at=received_at, say=say)  # type: ignore[arg-type]
            for handed in found.handed
        ]


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


def _load(
    engine: Engine, handed: Handed, home: Path, *, delivered: datetime.date, received_at: datetime.datetime, say: Say
) -> DeliveryReport:
    """Build beside, then move: the rows first and the manifest, which makes the delivery count, with the last move."""
    kept = deliveries.folder_of(home, handed.feed.name, handed.delivery_id)
    mapped = deliveries.mapped_folder_of(home, handed.delivery_id)
    building = Folders(_beside(kept), _beside(mapped))
    try:
        report = build(engine, handed, building, delivered=delivered, say=say)
        if report.state == "refused":
            return report
        report = dataclasses.replace(report, state="loaded")
        files = [dataclasses.asdict(file) for file in handed.files]
        manifest = deliveries.manifest_of(report, received_at=received_at, files=files)
        building.mapped.mkdir(parents=True, exist_ok=True)
        (building.delivery / deliveries.MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        # Rows of a load that was cut off before its manifest count for nothing, so they may be replaced.
        shutil.rmtree(mapped, ignore_errors=True)
        building.mapped.replace(mapped)
        building.delivery.replace(kept)
        return report
    finally:
        shutil.rmtree(building.delivery, ignore_errors=True)
        shutil.rmtree(building.mapped, ignore_errors=True)


def _beside(path: Path) -> Path:
    """A folder next to `path`, so that moving it is one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{os.getpid()}.writing")
