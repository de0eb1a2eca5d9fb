"""The rows of a delivery that were set aside and still wait, with their reasons, for a page or for the supplier."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kinfold.areas.feeds import Feed, Part
from kinfold.feeds import deliveries, settings, settled, whose, withdrawals
from kinfold.feeds.checks import catalogue
from kinfold.feeds.reports import said_of
from kinfold.operations import sealing
from kinfold.operations.home import Home

OF_OURS = ("row_number", "reason_code", "reason_column")
YEAR = "reason_year"


class NoSuchDelivery(Exception):
    """There is no delivery of that number; the message says so."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """One reason in one column of one part: how many rows still wait for it. column: null for the whole row."""

    part: str
    code: str
    column: str | None
    count: int
    first_row: int
    words: str


@dataclasses.dataclass(frozen=True)
class PartAside:
    """
    The rows of one part that still wait.

    rows: columns as received, and row_number, reason_code, reason_column. words: a reason in words, by code and column.
    """

    part: str
    rows: pa.Table
    words: dict[tuple[str, str | None], str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The supplier's own columns."""
        return tuple(name for name in self.rows.column_names if name not in OF_OURS and not settled.is_ours(name))

    def reason(self, row: dict[str, Any]) -> str:
        return self.words[row["reason_code"], row["reason_column"] or None]

    def page(self, *, offset: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """Rows as dictionaries, in the order of the file, `reason` in words among them."""
        rows = self.rows.slice(offset, limit).to_pylist()
        return [row | {"reason": self.reason(row)} for row in rows]


@dataclasses.dataclass(frozen=True)
class SetAside:
    """
    What was set aside of one delivery. waiting, settled: rows; together all that were set aside.

    Rows of an identity that was sealed since are in no part and no number: nothing is said of them.
    closed: why no row at all is shown, for a page; empty when there is no such reason.
    """

    delivery_id: str
    feed: str
    parts: tuple[PartAside, ...]
    kinds: tuple[Kind, ...]
    waiting: int
    settled: int
    closed: str = ""


def set_aside(home: Home, delivery_id: str) -> SetAside:
    """
    The rows of a delivery that were set aside and that no correction has answered yet, the commonest reason first.

    Without the key of the seals nobody could say whose rows may be shown, so none is. Raises NoSuchDelivery.
    """
    folder = deliveries.find_folder(home.folder, delivery_id)
    if folder is None:
        raise NoSuchDelivery("There is no delivery of that number here.")
    feed = folder.parent.name
    known = settings.load(home.area).get(feed)
    try:
        sealing.seal_key(home)
    except sealing.SealKeyRefused as why:
        return SetAside(delivery_id, feed, (), (), 0, 0, closed=str(why))
    parts, total = [], 0
    for path in sorted((folder / "set_aside").glob("*.parquet")):
        kind = _kind_of(known, path.stem)
        rows = _of_nobody_sealed(home, known, kind, _as_received(folder, path).sort_by("row_number"))
        total += rows.num_rows
        waiting = _waiting(home, folder, path.stem, rows, kind)
        if waiting.num_rows:
            parts.append(PartAside(path.stem, waiting, _words(known, waiting, _year_of(path))))
    kinds = sorted((kind for part in parts for kind in _kinds(part)), key=lambda kind: (-kind.count, kind.part))
    left = sum(part.rows.num_rows for part in parts)
    return SetAside(delivery_id, feed, tuple(parts), tuple(kinds), left, total - left)


def corrections_of(home: Home, delivery_id: str) -> list[Path]:
    """
    The folders of the corrections of a delivery that stand, and of the corrections of those, and so on.

    What was put right in a correction that was withdrawn waits again.
    """
    folder = deliveries.find_folder(home.folder, delivery_id)
    if folder is None:
        return []
    corrects = {
        path.parent.name: (deliveries.read_manifest(path.parent).get("corrects"), path.parent)
        for path in folder.parent.glob(f"*/{deliveries.MANIFEST}")
    }
    found: list[Path] = []
    asked = [delivery_id]
    while asked:
        of = asked.pop()
        for name, (target, path) in corrects.items():
            if target == of and withdrawals.now_of(path) is None:
                found.append(path)
                asked.append(name)
    return found


def _as_received(folder: Path, path: Path) -> pa.Table:
    """Rows set aside with the supplier's own columns; what the checks worked out beside them is ours alone."""
    landed = folder / "landed" / path.name
    rows = pq.read_table(path)
    own = pq.read_schema(landed).names if landed.exists() else rows.column_names
    return rows.select([name for name in rows.column_names if name in own or name in OF_OURS])


def _kind_of(feed: Feed | None, part: str) -> Part | None:
    """How a part is mapped; null when it no longer is."""
    return next((one for one in feed.parts if one.name == settled.base_name(part)), None) if feed else None


def _of_nobody_sealed(home: Home, feed: Feed | None, kind: Part | None, rows: pa.Table) -> pa.Table:
    if feed is None or kind is None or sealing.seals(home) is None:
        return rows
    return rows.filter(pa.array(sealing.of_nobody_sealed(home, whose.named(feed, kind, rows)), pa.bool_()))


def _waiting(home: Home, folder: Path, part: str, rows: pa.Table, kind: Part | None) -> pa.Table:
    landed = [
        pq.read_table(path)
        for correction in corrections_of(home, folder.name)
        for path in sorted((correction / "landed").glob("*.parquet"))
        if settled.base_name(path.stem) == settled.base_name(part)
    ]
    if not landed:
        return rows
    answered = settled.answered(folder.name, part, rows, landed, kind)
    is_answered = pc.is_in(rows.column("row_number"), value_set=pa.array(sorted(answered), pa.int64()))
    return rows.filter(pc.invert(is_answered))


def _year_of(path: Path) -> int | None:
    """The return year that rows set aside are of, which is one for a file; null where the format has none."""
    if YEAR not in pq.read_schema(path).names:
        return None
    seen = next(pq.ParquetFile(path).iter_batches(batch_size=1, columns=[YEAR])).column(0)[0].as_py()
    return seen if isinstance(seen, int) else None


def _words(feed: Feed | None, rows: pa.Table, year: int | None) -> dict[tuple[str, str | None], str]:
    pairs = set(zip(rows.column("reason_code").to_pylist(), rows.column("reason_column").to_pylist(), strict=True))
    return {(code, column or None): _in_words(feed, code, column, year) for code, column in pairs}


def _in_words(feed: Feed | None, code: str, column: str | None, year: int | None) -> str:
    check = feed.checks.find(code) if feed is not None else None
    if feed is not None and check is not None:
        return said_of(check, feed.checks.year, year)
    fault = catalogue.BY_CODE.get(code)
    words = fault.words if fault is not None else f"cannot be used ({code})"
    return f"{column} {words}" if column else f"The row {words}"


def _kinds(part: PartAside) -> Iterator[Kind]:
    counts: Counter[tuple[str, str | None]] = Counter()
    first: dict[tuple[str, str | None], int] = {}
    for row in part.rows.select(OF_OURS).to_pylist():
        of = row["reason_code"], row["reason_column"] or None
        counts[of] += 1
        first.setdefault(of, row["row_number"])
    for (code, column), count in counts.items():
        yield Kind(part.part, code, column, count, first[code, column], part.words[code, column])
