"""Land and map one delivery into a folder of its own; whoever asked decides whether it is kept."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.areas.feeds import Covers, Feed
from kinfold.feeds import agreement
from kinfold.feeds.agreement import NotAgreed
from kinfold.feeds.landing import Landed, land
from kinfold.feeds.mapping import map_part
from kinfold.feeds.parts import Delivery
from kinfold.feeds.readers.received import FileRejected
from kinfold.feeds.reports import DeliveryReport, PartCount, Problem
from kinfold.feeds.sorting import Handed, Say
from kinfold.store import schema
from kinfold.store.engine import Engine, write_rows
from kinfold.vocabulary.periods import months_before


@dataclasses.dataclass(frozen=True)
class Folders:
    """Where one delivery is built: `landed` and `set_aside` inside `delivery`, and its rows in `mapped`."""

    delivery: Path
    mapped: Path


class _Tables:
    """The mapped tables of a delivery, each written as its rows come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}

    def write(self, table: str, rows: pa.Table) -> None:
        if table not in self._writers:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{table}.parquet"
            self._writers[table] = pq.ParquetWriter(path, schema.TABLES[table].arrow, compression="zstd")
        self._writers[table].write_table(rows)

    def close(self) -> None:
        for writer in self._writers.values():
            writer.close()


def build(engine: Engine, handed: Handed, folders: Folders, *, delivered: datetime.date, say: Say) -> DeliveryReport:
    """
    Land and map a delivery into `folders`.

    Returns a report whose state is "recognised", or "refused" when nothing of it may or can be used; then the
    folders hold nothing that may be kept.
    """
    feed = handed.feed
    try:
        agreement.require_in_date(feed, on=delivered)
        landed = _land(handed, folders.delivery / "landed", say)
    except (NotAgreed, FileRejected) as why:
        return refused(handed, str(why), delivered=delivered, code=_code_of(why))
    if not sum(part.rows_in for part in landed):
        message = f"{feed.label} was not loaded: its files have a header and no rows. Ask {feed.supplier.name}."
        return refused(handed, message, delivered=delivered, code="no_rows")
    return _mapped(engine, handed, landed, folders, delivered=delivered, say=say)


def _code_of(why: Exception) -> str:
    return "not_agreed" if isinstance(why, NotAgreed) else "file_rejected"


def refused(handed: Handed, message: str, *, delivered: datetime.date, code: str) -> DeliveryReport:
    problem = Problem(code, "error", message)
    return DeliveryReport(
        state="refused",
        message=message,
        feed=handed.feed.name,
        delivery_id=handed.delivery_id,
        delivered=delivered,
        problems=(problem, *handed.problems),
        files=tuple(file.name for file in handed.files),
    )


def _land(handed: Handed, folder: Path, say: Say) -> list[Landed]:
    times: dict[str, int] = {}
    landed = []
    for found in handed.parts:
        nth = times[found.part.name] = times.get(found.part.name, 0) + 1
        name = found.part.name if nth == 1 else f"{found.part.name}#{nth}"
        say(f"{handed.feed.label}: {name}")
        landed.append(land(found, handed.feed, name, folder))
    return landed


def _mapped(
    engine: Engine, handed: Handed, landed: list[Landed], folders: Folders, *, delivered: datetime.date, say: Say
) -> DeliveryReport:
    feed = handed.feed
    delivery = Delivery(handed.delivery_id, feed, delivered)
    others: dict[str, list[Landed]] = {}
    for part in landed:
        others.setdefault(part.part.name, []).append(part)
    tables = _Tables(folders.mapped)
    counts: list[PartCount] = []
    problems = list(handed.problems) + _removed(landed)
    try:
        for part in landed:
            say(f"{feed.label}: {part.name}")
            count, found = map_part(
                engine, delivery, part, others, write=tables.write, set_aside=folders.delivery / "set_aside"
            )
            counts.append(count)
            problems += found
    finally:
        tables.close()
    report = DeliveryReport(
        state="recognised",
        message="",
        feed=feed.name,
        delivery_id=delivery.id,
        delivered=delivered,
        parts=tuple(counts),
        columns_refused=tuple(dict.fromkeys(column for part in landed for column in part.columns_refused)),
        problems=tuple(sorted(problems, key=lambda one: (one.severity != "error", -one.count))),
        files=tuple(file.name for file in handed.files),
    )
    if report.rows_set_aside and not report.rows_mapped:
        return _nothing_usable(feed, report)
    _cover(folders.mapped, delivery)
    return dataclasses.replace(report, message=_summary(feed, report))


def _removed(landed: list[Landed]) -> list[Problem]:
    problems = []
    for part in landed:
        if part.columns_refused:
            count = len(part.columns_refused)
            columns = "1 column is" if count == 1 else f"{count:,} columns are"
            message = f"{part.name}: {columns} not in the agreement and was removed before anything was written."
            message = message.replace("are not in the agreement and was", "are not in the agreement and were")
            problems.append(Problem("columns_removed", "warning", message, part.name, None, None, count))
        if part.rows_refused:
            rows = "1 row is" if part.rows_refused == 1 else f"{part.rows_refused:,} rows are"
            message = f"{part.name}: {rows} of people the agreement does not cover, and not kept."
            problems.append(Problem("rows_not_agreed", "warning", message, part.name, None, None, part.rows_refused))
    return problems


def _nothing_usable(feed: Feed, report: DeliveryReport) -> DeliveryReport:
    worst = next((problem.message for problem in report.problems if problem.severity == "error"), "")
    message = (
        f"{feed.label} was not loaded: not one of its {report.rows_in:,} rows can be used. {worst} "
        f"Earlier deliveries still stand. Ask {feed.supplier.name} to correct and resend it."
    )
    return dataclasses.replace(report, state="refused", message=message)


def _summary(feed: Feed, report: DeliveryReport) -> str:
    rows = f"{feed.label}: {report.rows_in:,} rows, {report.rows_mapped:,} mapped"
    if report.rows_set_aside:
        rows += f", {report.rows_set_aside:,} set aside"
    if report.rows_refused_by_agreement:
        rows += f", {report.rows_refused_by_agreement:,} refused by agreement"
    return rows + "."


def _cover(mapped: Path, delivery: Delivery) -> None:
    """What the delivery speaks for, the day of delivery included."""
    if not delivery.feed.covers:
        return
    rows = [_coverage(number, covers, delivery) for number, covers in enumerate(delivery.feed.covers, start=1)]
    table = pa.Table.from_pylist(rows, schema=schema.TABLES["coverage"].arrow)
    write_rows(schema.checked("coverage", table), mapped / "coverage.parquet")


def _coverage(number: int, covers: Covers, delivery: Delivery) -> dict:
    back = covers.back_months
    return {
        "source": delivery.feed.name,
        "source_id": f"covers/{number}",
        "delivery_id": delivery.id,
        "part": "delivery",
        "row_number": number,
        "known_from": delivery.delivered,
        "table_name": covers.table,
        "kind": covers.kind,
        "people": covers.people,
        "age_from": covers.age_from,
        "age_to": covers.age_to,
        "from_on": None if back is None else months_before(delivery.delivered, back),
        "to_on": delivery.delivered + datetime.timedelta(days=1),
    }
