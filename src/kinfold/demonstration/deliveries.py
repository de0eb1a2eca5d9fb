"""
Facts with the day they became known, written as the deliveries in which an agency would have sent them.

A delivery holds what became known since the one before; where a fact changed twice in between, it holds the
latest. Each feed has its own rhythm, and each file its own delimiter, encoding and way of writing dates.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from kinfold.demonstration import calendar
from kinfold.demonstration.calendar import NEVER


@dataclasses.dataclass(frozen=True)
class Style:
    """How an agency's system writes its files."""

    delimiter: str = ","
    encoding: str = "utf-8"
    dates: str = calendar.SLASHED


@dataclasses.dataclass
class Outbox:
    """Where deliveries are put: `incoming/<day>/<feed>/<file>`. Counts the rows written of each feed."""

    folder: Path
    rows: dict[str, int] = dataclasses.field(default_factory=dict)

    def path(self, feed: str, day: int, name: str) -> Path:
        path = self.folder / calendar.day(day).isoformat() / feed / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def count(self, feed: str, rows: int) -> None:
        self.rows[feed] = self.rows.get(feed, 0) + rows


@dataclasses.dataclass(frozen=True)
class Post:
    """One feed's rhythm: the days it delivers, and how its files are written."""

    outbox: Outbox
    feed: str
    days: Sequence[int]
    style: Style

    def dates(self, days: np.ndarray) -> pa.Array:
        return calendar.written(days, self.style.dates)

    def shares(self, known: np.ndarray, key: np.ndarray | None = None) -> list[tuple[int, np.ndarray]]:
        """
        For each delivery, which rows it holds: those known since the one before, the last of each `key`.

        known: day each row became known. Rows known after the last delivery are in none.
        """
        at = np.searchsorted(np.asarray(self.days), known, side="left")
        held = []
        for nth, day in enumerate(self.days):
            rows = np.flatnonzero(at == nth)
            if key is not None and len(rows):
                order = rows[np.lexsort((rows, known[rows]))]
                _, last = np.unique(key[order][::-1], return_index=True)
                rows = np.sort(order[::-1][last])
            held.append((day, rows))
        return held

    def send(
        self, name: str, rows: pa.Table, known: np.ndarray, key: np.ndarray | None = None, *, even_empty: bool = False
    ) -> None:
        """Write `rows` over the deliveries; an empty file is written only when `even_empty`."""
        for day, which in self.shares(known, key):
            if len(which) or even_empty:
                self.put(day, name, rows.take(pa.array(which)))

    def send_in_full(self, name: str, rows: pa.Table) -> None:
        """Write the same rows in every delivery: lists that other files refer to."""
        for day in self.days:
            self.put(day, name, rows)

    def put(self, day: int, name: str, rows: pa.Table) -> None:
        path = self.outbox.path(self.feed, day, name)
        options = pacsv.WriteOptions(delimiter=self.style.delimiter, quoting_style="needed")
        if self.style.encoding == "utf-8":
            pacsv.write_csv(rows, path, options)
        else:
            text = io.BytesIO()
            pacsv.write_csv(rows, text, options)
            path.write_bytes(text.getvalue().decode("utf-8").encode(self.style.encoding, errors="replace"))
        self.outbox.count(self.feed, rows.num_rows)

    def make(self, write: Callable[[int, Path], int], name: str) -> None:
        """Let `write(day, path)` write a file of another kind for each delivery; it returns how many rows."""
        for day in self.days:
            self.outbox.count(self.feed, write(day, self.outbox.path(self.feed, day, name)))


def half_yearly(as_at: int, *, last: int) -> list[int]:
    """The first 36 months back, then one every six months, and one in each of the last two weeks, `last` days ago."""
    start = calendar.day(as_at)
    days = [calendar.number(calendar.back(start, months=months)) for months in (36, 30, 24, 18, 12, 6)]
    return [*days, as_at - last - 7, as_at - last]


def open_and_closed(from_on: np.ndarray, to_on: np.ndarray, as_at: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    The one or two things ever said about each period: that it began, and that it ended.

    Returns which period, the day it became known and the end as then known (NEVER while open). Periods that
    begin after `as_at` are not said at all, nor is an end after it.
    """
    begun = np.flatnonzero((from_on != NEVER) & (from_on <= as_at))
    ended = begun[(to_on[begun] != NEVER) & (to_on[begun] <= as_at)]
    which = np.r_[begun, ended]
    known = np.r_[from_on[begun], np.maximum(to_on[ended], from_on[ended])]
    end = np.r_[np.full(len(begun), NEVER), to_on[ended]]
    return which, known, end


def either(condition: np.ndarray, one: object, other: object) -> np.ndarray:
    """`np.where` for text that may be null, which numpy's types do not foresee."""
    return np.where(condition, one, other)  # type: ignore[call-overload]


def texts(values: np.ndarray | Sequence[object]) -> pa.Array:
    return pa.array(values, type=pa.string(), from_pandas=True)


def table(**columns: object) -> pa.Table:
    """A table of text: arrays as they are, objects and numbers turned to text, a single word repeated."""
    size = next(len(c) for c in columns.values() if hasattr(c, "__len__") and not isinstance(c, str))
    built = {}
    for name, values in columns.items():
        if isinstance(values, pa.Array | pa.ChunkedArray):
            built[name] = values
        elif values is None or isinstance(values, str):
            built[name] = pa.array([values], type=pa.string()).take(pa.array(np.zeros(size, dtype=np.int64)))
        elif values.dtype == object:  # type: ignore[attr-defined]
            built[name] = texts(values)  # type: ignore[arg-type]
        else:
            built[name] = pa.array(values).cast(pa.string())
    return pa.table(built)
