"""What a mapping makes of a file: rows mapped and set aside with reasons, and a few of them masked. Keeps nothing."""

from __future__ import annotations

import dataclasses
import datetime
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kinfold.areas import feeds as area_feeds
from kinfold.areas.agreements import Agreement
from kinfold.areas.feeds import Feed
from kinfold.areas.toml import AreaRejected
from kinfold.feeds import apart, settings
from kinfold.feeds.check import no_room, rejected_reports
from kinfold.feeds.propose.shapes import mask
from kinfold.feeds.reports import DeliveryReport
from kinfold.feeds.sorting import sort
from kinfold.feeds.work import Building, Folders, build
from kinfold.store import engine as engines
from kinfold.store import schema
from kinfold.store.room import NoRoom

ROWS_SHOWN = 3
SHOWN_AS_IT_IS = frozenset({
    "role", "kind", "agency", "stage", "outcome", "severity", "involved_as", "unit", "worker_rating", "birth_quality",
    "sex", "is_valid", "was_seen", "was_seen_alone",
})  # fmt: skip
LEFT_OUT = frozenset(column.name for column in schema.PROVENANCE)


@dataclasses.dataclass(frozen=True)
class Shown:
    """A few rows of a table, masked. columns: those that say something in one of them. count: rows of the table."""

    table: str
    count: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclasses.dataclass(frozen=True)
class Tried:
    """What came of trying: reports of what would be a delivery, or of a file nobody knows, and what was mapped."""

    reports: tuple[DeliveryReport, ...]
    shown: tuple[Shown, ...]

    @property
    def rows_in(self) -> int:
        return sum(report.rows_in for report in self.reports)

    @property
    def rows_mapped(self) -> int:
        return sum(report.rows_mapped for report in self.reports)

    @property
    def rows_set_aside(self) -> int:
        return sum(report.rows_set_aside for report in self.reports)


def feed_of_toml(name: str, text: str) -> Feed:
    """The feed of a file's text, checked against our tables. Raises AreaRejected, with a message fit to show."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise AreaRejected(f"{name}.toml is not valid TOML: {why}") from why
    try:
        return settings.ready({name: area_feeds.feed_of(name, given)})[name]
    except AreaRejected:
        raise
    except (TypeError, AttributeError) as why:
        raise AreaRejected(f"{name}.toml has something of another kind in the place of a table or a text.") from why


def try_out(path: Path, *, name: str, text: str, on: datetime.date) -> Tried:
    """
    Map one file as a load on `on` would, under a stand-in agreement to all of its columns, in a folder thrown away.

    Raises AreaRejected when the text is no feed's.
    """
    feed = agreed_for_trying(feed_of_toml(name, text), on)
    with (
        apart.Apart({name: feed}) as opening,
        tempfile.TemporaryDirectory(prefix="kinfold-try-") as place,
    ):
        folder = Path(place)
        (folder / "work").mkdir()
        folders = Folders(folder / "delivery", folder / "mapped")
        try:
            found = sort([path], apart=opening, on=on, into=folder / "opened", say=lambda _: None)
            with engines.duckdb(work=folder / "work") as engine:
                reports = build(engine, [Building(one, on, folders) for one in found.handed], say=lambda _: None)
        except NoRoom as why:
            return Tried((no_room([path], on, f"The mapping was not tried. {why}"),), ())
        told = (*reports, *rejected_reports(found, on=on, feed=name))
        return Tried(tuple(told), tuple(_shown(one) for one in sorted(folders.mapped.glob("*.parquet"))))


def agreed_for_trying(feed: Feed, on: datetime.date) -> Feed:
    columns = tuple(dict.fromkeys(column for part in feed.parts for column in part.columns))
    agreed = Agreement(
        id="none: only to try a mapping", parties=(), purposes=("safeguarding",), lawful_basis="", dpia="",
        fields=columns, from_=on, to=on, retention_months=1, approved_by=(),
    )  # fmt: skip
    return dataclasses.replace(feed, agreement=agreed)


def _shown(path: Path) -> Shown:
    file = pq.ParquetFile(path)
    first = next(file.iter_batches(batch_size=ROWS_SHOWN), None)
    rows = first.to_pylist() if first is not None else []
    columns = [
        name for name in file.schema_arrow.names if name not in LEFT_OUT and any(row[name] is not None for row in rows)
    ]
    masked = tuple(tuple(_masked(name, row[name]) for name in columns) for row in rows)
    return Shown(path.stem, file.metadata.num_rows, tuple(columns), masked)


def _masked(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in SHOWN_AS_IT_IS:
        return str(value).replace("True", "yes").replace("False", "no")
    return mask(f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else str(value))
