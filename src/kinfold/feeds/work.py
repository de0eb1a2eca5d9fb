"""Land and map one delivery into a folder of its own; whoever asked decides whether it is kept."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from kinfold.areas.feeds import Covers, Feed
from kinfold.feeds import deliveries, shares
from kinfold.feeds.checks import before, volume, years
from kinfold.feeds.headers import plain
from kinfold.feeds.landing import Delivery, Landed
from kinfold.feeds.reports import DeliveryReport, Problem
from kinfold.feeds.shares import Folders, LandedDelivery, Outcome
from kinfold.feeds.sorting import Handed, Say
from kinfold.store import room, schema
from kinfold.store.engine import Engine, write_rows
from kinfold.vocabulary.dates import in_words
from kinfold.vocabulary.periods import months_before
from kinfold.vocabulary.telling import is_plain_header


@dataclasses.dataclass
class Building:
    """A delivery on its way: what was handed over and when, where it is built, and what came of it."""

    handed: Handed
    delivered: datetime.date
    folders: Folders
    landed: list[Landed] = dataclasses.field(default_factory=list)
    done: dict[str, Outcome] = dataclasses.field(default_factory=dict)
    report: DeliveryReport | None = None

    @property
    def delivery(self) -> Delivery:
        return Delivery(self.handed.delivery_id, self.handed.feed, self.delivered)


def build(
    engine: Engine,
    buildings: Sequence[Building],
    *,
    say: Say,
    pool: concurrent.futures.Executor | None = None,
    processes: int = 1,
    earlier: Sequence[DeliveryReport] = (),
    home: Path | None = None,
    forced: str = "",
) -> list[DeliveryReport]:
    """
    Put what was opened of deliveries into their folders and map it; those of one feed together, which is quicker.

    pool: `shares.helpers` of as many `processes`, which share the mapping, a feed in one of them.
    earlier: what was loaded before into `home`, to know what usually comes and what was said then.
    forced: why what a check refuses is used all the same.
    Returns for each a report whose state is "recognised", or "refused" when nothing of it may or can be used;
    then its folders hold nothing that may be kept. Raises NoRoom when the disk is full.
    """
    for one in buildings:
        _land_or_refuse(one)
    waiting = {one.handed.delivery_id: one for one in buildings if one.report is None}
    landed = _with_before(list(waiting.values()), earlier, home)
    with room.needed():
        outcomes = shares.map_deliveries(engine, landed, pool=pool, processes=processes, say=say)
        for (delivery_id, part), outcome in outcomes.items():
            waiting[delivery_id].done[part] = outcome
        known = [report for report in earlier if report.state == "loaded" and report.corrects is None]
        for one in sorted(waiting.values(), key=lambda one: one.delivered):
            one.report = _report(one, known, forced)
            known += [one.report] if one.report.state != "refused" else []
    return [one.report for one in buildings if one.report is not None]


def _with_before(
    buildings: Sequence[Building], earlier: Sequence[DeliveryReport], home: Path | None
) -> list[LandedDelivery]:
    """Each delivery with what its feed said before it: of the deliveries in the home, or of those beside it here."""
    kept = [
        (one.delivered, one.feed, deliveries.folder_of(home, one.feed, one.delivery_id) / "landed")
        for one in earlier
        if home and one.delivered and one.feed and one.delivery_id and one.corrects is None
    ]
    here = [(one.delivered, one.handed.feed.name, one.folders.delivery / "landed") for one in buildings]
    known = sorted([*kept, *here], key=lambda one: one[0])
    made = []
    for one in buildings:
        delivery, ours = one.landed[0].delivery, one.folders.delivery / "landed"
        folders = [(feed, path) for day, feed, path in known if day <= one.delivered and path != ours]
        last = before.last_of(folders, one.handed.feed.name) if before.asks_for_it(delivery) else None
        parts = before.landed_before(delivery, last) if last is not None else ()
        made.append(LandedDelivery(one.folders, tuple(one.landed), parts))
    return made


def _land_or_refuse(one: Building) -> None:
    feed = one.handed.feed
    if one.handed.refused is not None:
        code, message = one.handed.refused
        one.report = refused(one.handed, message, delivered=one.delivered, code=code)
        return
    one.landed = years.told(_landed(one))
    if not sum(part.rows_in for part in one.landed):
        message = f"{feed.label} was not loaded: its files have a header and no rows. Ask {feed.supplier.name}."
        one.report = refused(one.handed, message, delivered=one.delivered, code="no_rows")


def refused(handed: Handed, message: str, *, delivered: datetime.date, code: str) -> DeliveryReport:
    problem = Problem(code, "refuse", message)
    return DeliveryReport(
        state="refused",
        message=message,
        feed=handed.feed.name,
        delivery_id=handed.delivery_id,
        delivered=delivered,
        problems=(problem, *handed.problems),
        files=tuple(file.name for file in handed.files),
    )


def _landed(one: Building) -> list[Landed]:
    """Each opened part moved to where the delivery is built, under its name there."""
    folder = one.folders.delivery / "landed"
    folder.mkdir(parents=True, exist_ok=True)
    times: dict[str, int] = {}
    landed = []
    # Each file was opened into a folder of its own.
    folders = list(dict.fromkeys(opened.path.parent for _, opened in one.handed.parts))
    for file, opened in one.handed.parts:
        nth = times[opened.part.name] = times.get(opened.part.name, 0) + 1
        name = opened.part.name if nth == 1 else f"{opened.part.name}#{nth}"
        path = opened.path.replace(folder / f"{name}.parquet")
        landed.append(
            Landed(
                one.delivery,
                name,
                file,
                opened.part,
                path,
                opened.columns,
                opened.columns_refused,
                opened.rows_in,
                opened.rows_refused,
                folders.index(opened.path.parent),
            )  # fmt: skip
        )
    return landed


def _report(one: Building, known: Sequence[DeliveryReport], forced: str) -> DeliveryReport:
    feed = one.handed.feed
    parts = tuple(one.done[part.name][0] for part in one.landed)
    usual = [report for report in known if report.feed == feed.name and report.is_before(one.delivered)]
    problems = [*one.handed.problems, *_removed(one.landed)]
    problems += _overtaken(feed, one, known)
    problems += volume.problems(feed, parts, usual, delivered=one.delivered)
    problems += [problem for _, found in one.done.values() for problem in found]
    report = DeliveryReport(
        state="recognised",
        message="",
        feed=feed.name,
        delivery_id=one.handed.delivery_id,
        delivered=one.delivered,
        parts=parts,
        columns_refused=tuple(dict.fromkeys(column for part in one.landed for column in part.columns_refused)),
        problems=tuple(sorted(problems, key=Problem.gravity)),
        files=tuple(file.name for file in one.handed.files),
        return_year=max((part.delivery.year for part in one.landed if part.delivery.year), default=None),
        forced=forced,
    )
    if not forced and any(problem.severity == "refuse" for problem in report.problems):
        return _refused_by_checks(feed, report)
    if report.rows_set_aside and not report.rows_mapped:
        return _nothing_usable(feed, report)
    _cover(one.folders.mapped, one.delivery)
    return dataclasses.replace(report, message=_summary(feed, report))


def _removed(landed: list[Landed]) -> list[Problem]:
    problems = []
    for part in landed:
        if part.columns_refused:
            count = len(part.columns_refused)
            columns, was = ("1 column is", "was") if count == 1 else (f"{count:,} columns are", "were")
            message = (
                f"{part.in_words}: {columns} not in the agreement and {was} removed before anything was written: "
                f"{_named(part)}."
            )
            problems.append(Problem("columns_removed", "warn", message, part.name, None, None, count))
        if part.rows_refused:
            rows = "1 row is" if part.rows_refused == 1 else f"{part.rows_refused:,} rows are"
            message = f"{part.in_words}: {rows} of people the agreement does not cover, and not kept."
            problems.append(Problem("rows_not_agreed", "warn", message, part.name, None, None, part.rows_refused))
    return problems


def _named(part: Landed) -> str:
    """The columns that were removed; what a sender may have put where a header belongs is counted, not shown."""
    feed = part.delivery.feed
    known = {plain(field) for field in (feed.agreement.fields if feed.agreement else None) or ()}
    known |= {plain(column) for one in feed.parts for row in one.rows for column in row.columns}
    shown = [name for name in part.columns_refused if plain(name) in known or is_plain_header(name)]
    hidden = len(part.columns_refused) - len(shown)
    if hidden:
        one = "a column whose name is not shown"
        shown.append(one if hidden == 1 else f"{hidden:,} columns whose names are not shown")
    return ", ".join(shown)


def _overtaken(feed: Feed, one: Building, known: Sequence[DeliveryReport]) -> list[Problem]:
    """That another delivery of everything stands in the place of this one, which is older."""
    if feed.delivers == "changes":
        return []
    ours = one.delivered, one.handed.delivery_id
    later = [
        (report.delivered, report.delivery_id)
        for report in known
        if report.feed == feed.name and report.delivered and report.delivery_id
    ]
    if not later or max(later) <= ours:
        return []
    on, ours_on = max(later)[0], one.delivered
    message = (
        f"This delivery is of {in_words(ours_on)}. {feed.label} delivers everything each time, and the "
        f"delivery of {in_words(on)} stands in its place: nothing of this one is used unless that one is "
        "withdrawn."
    )
    return [Problem("overtaken", "warn", message)]


def _refused_by_checks(feed: Feed, report: DeliveryReport) -> DeliveryReport:
    worst = next(problem.message for problem in report.problems if problem.severity == "refuse")
    message = (
        f"{feed.label} was not loaded. {worst} Earlier deliveries still stand. Ask {feed.supplier.name} to correct and "
        "resend it."
    )
    return dataclasses.replace(report, state="refused", message=message)


def _nothing_usable(feed: Feed, report: DeliveryReport) -> DeliveryReport:
    worst = next((problem.message for problem in report.problems if problem.severity != "warn"), "")
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
