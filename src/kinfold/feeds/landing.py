"""Write a recognised part down as received, every column text, without what its agreement leaves out."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.areas.feeds import Feed, Part
from kinfold.feeds.agreement import agreed_columns, agreed_rows
from kinfold.feeds.headers import plain
from kinfold.feeds.recognise import Recognised
from kinfold.feeds.settled import is_ours

GROUP_ROWS = 20_000


@dataclasses.dataclass(frozen=True)
class Delivery:
    """What is the same for every row of a delivery. year: the return year it is of; null where there is none."""

    id: str
    feed: Feed
    delivered: datetime.date
    year: int | None = None

    @property
    def year_end(self) -> datetime.date:
        """The last day of its return year; the day of delivery where it has none."""
        rule = self.feed.checks.year
        if rule is None or self.year is None:
            return self.delivered
        return datetime.date(self.year, rule.month, 1) - datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class Landed:
    """
    A part as it was written down.

    name: the part, numbered from the second file of its kind: episodes, episodes#2.
    columns: agreed columns, as in the file. rows_in: rows of the file that have anything in them.
    of_file: which of the delivery's files it came in, by number; names may be the same in two folders.
    """

    delivery: Delivery
    name: str
    file: str
    part: Part
    path: Path
    columns: tuple[str, ...]
    columns_refused: tuple[str, ...]
    rows_in: int
    rows_refused: int
    of_file: int = 0

    @property
    def in_words(self) -> str:
        """What a message calls it: a second file of its kind by its place and the file that it came from."""
        kind, _, nth = self.name.partition("#")
        return f"{kind} no. {nth} ({self.file})" if nth else kind

    @property
    def rows_kept(self) -> int:
        return self.rows_in - self.rows_refused

    def column_of(self, name: str) -> str | None:
        """The column of the file that a mapping means by `name`; None when it is not there or was not agreed."""
        return next((column for column in self.columns if plain(column) == plain(name)), None)


def land(found: Recognised, delivery: Delivery, name: str, folder: Path) -> Landed:
    """
    Stream a part into `folder`, trimmed, without columns and rows outside the agreement and without blank rows.

    Raises FileRejected or NotAgreed; what is then in the folder is for the caller to throw away.
    """
    feed = delivery.feed
    kept = agreed_columns(feed, found.part, found.columns)
    path = folder / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = pa.schema([*((column, pa.string()) for column in kept), ("row_number", pa.int64())])
    rows_in = rows_kept = 0
    with pq.ParquetWriter(path, shape, compression="zstd") as writer:
        for batches in _gathered(found.raw.batches(found.header_at)):
            rows = _trimmed(pa.Table.from_batches(batches), found.columns)
            rows_in += rows.num_rows
            rows = agreed_rows(feed, found.part, found.columns, rows)
            rows_kept += rows.num_rows
            writer.write_table(rows.select([*kept, "row_number"]).cast(shape))
    refused = tuple(c for c in found.columns if c not in kept and not c.startswith("column ") and not is_ours(c))
    return Landed(delivery, name, found.raw.file, found.part, path, kept, refused, rows_in, rows_in - rows_kept)


def _gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches in lists that make a group of rows of the file: mapping reads it by groups."""
    gathered: list[pa.RecordBatch] = []
    for batch in batches:
        gathered.append(batch)
        if sum(one.num_rows for one in gathered) >= GROUP_ROWS:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _trimmed(rows: pa.Table, columns: tuple[str, ...]) -> pa.Table:
    places = [str(n) for n in range(len(columns))]
    trimmed = [pc.utf8_trim_whitespace(rows.column(place)) for place in places]
    filled = None
    for column in trimmed:
        has_text = pc.not_equal(column, "")
        filled = has_text if filled is None else pc.or_(filled, has_text)
    named = pa.Table.from_arrays([*trimmed, rows.column("row_number")], [*columns, "row_number"])
    return named if filled is None else named.filter(filled)
