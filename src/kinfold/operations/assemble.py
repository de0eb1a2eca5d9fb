"""Put the twelve tables together as they were known on a day, from every delivery that counted then."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Collection
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.feeds import Feed
from kinfold.feeds import deliveries as received
from kinfold.feeds import periods, usual, withdrawals
from kinfold.feeds.withdrawals import Withdrawal
from kinfold.operations.home import Home
from kinfold.store import knowledge, schema
from kinfold.store.engine import Engine


@dataclasses.dataclass(frozen=True)
class Delivered:
    """
    One loaded delivery: its feed, the day it was delivered, the days the same bytes came again, and its rows.

    corrects: the delivery whose set-aside rows it puts right. withdrawn: each time that it was taken back.
    """

    delivery_id: str
    feed: str
    delivered: datetime.date
    state: str
    heard_again: tuple[datetime.date, ...] = ()
    rows: int = 0
    corrects: str | None = None
    withdrawn: tuple[Withdrawal, ...] = ()

    def stands_on(self, day: datetime.date) -> bool:
        """Whether it had been delivered by a day and was not withdrawn then."""
        is_withdrawn = any(one.holds_on(day) for one in self.withdrawn)
        return self.state == "loaded" and self.delivered <= day and not is_withdrawn


def deliveries_of(home: Home) -> list[Delivered]:
    """Every delivery the home holds, oldest first."""
    found = []
    for path in home.deliveries.glob("*/*/manifest.json"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        found.append(
            Delivered(
                delivery_id=manifest["delivery_id"],
                feed=manifest["feed"],
                delivered=datetime.date.fromisoformat(manifest["delivered"]),
                state=manifest["state"],
                heard_again=received.days_heard_again(path.parent),
                rows=sum(part["rows_in"] for part in manifest.get("parts", [])),
                corrects=manifest.get("corrects"),
                withdrawn=withdrawals.of(path.parent),
            )
        )
    return sorted(found, key=lambda one: (one.delivered, one.delivery_id))


def counting(deliveries: list[Delivered], feeds: dict[str, Feed], *, as_at: datetime.date) -> list[Delivered]:
    """
    The deliveries that count on a day: received by then, not withdrawn, and for a feed that delivers
    everything only the newest. A correction counts exactly as long as what it corrects, and replaces nothing.
    """
    standing = {d.delivery_id: d for d in deliveries if d.feed in feeds and d.stands_on(as_at)}
    newest = {d.feed: d for d in standing.values() if d.corrects is None}

    def counts(one: Delivered) -> bool:
        if one.corrects is not None:
            target = standing.get(one.corrects)
            return target is not None and counts(target)
        return feeds[one.feed].delivers == "changes" or newest[one.feed] is one

    return [d for d in standing.values() if counts(d)]


def stands_with(deliveries: list[Delivered]) -> dict[str, Delivered]:
    """For each correction, by its id, the delivery that it, or what it corrects in turn, puts right."""
    by_id = {d.delivery_id: d for d in deliveries}
    found = {}
    for one in deliveries:
        root = one
        while root.corrects is not None and root.corrects in by_id:
            root = by_id[root.corrects]
        if root is not one:
            found[one.delivery_id] = root
    return found


def assemble(
    engine: Engine,
    home: Home,
    deliveries: list[Delivered],
    feeds: dict[str, Feed],
    *,
    as_at: datetime.date,
    names: Collection[str] = tuple(schema.TABLES),
    under: str = "known",
) -> dict[str, ir.Table]:
    """
    The twelve tables of `store.schema`, one row per fact as it stood on `as_at`; empty where nobody said any.

    names: those of the twelve that are wanted; event and involvement always are. under: what the engine calls them.

    Episodes of care have the days of the period that they are a part of (`feeds.periods`).
    """
    wanted = {*names, "event", "involvement"}
    tables = {
        name: _table(engine, home.mapped, name, deliveries, as_at, under) for name in schema.TABLES if name in wanted
    }
    settled = settled_elsewhere(deliveries, feeds)
    # Kept between, so that no step is worked out more than once.
    told = engine.keep(periods.without_earlier_words(tables["involvement"]), f"{under}_involvement_told")
    whole = engine.keep(periods.whole(told, tables["event"]), f"{under}_involvement_whole")
    return tables | {"involvement": engine.keep(still_open(whole, settled), f"{under}_involvement_settled")}


def settled_elsewhere(deliveries: list[Delivered], feeds: dict[str, Feed]) -> frozenset[str]:
    """
    The feeds whose word on what is still open no longer counts.

    A statutory return (CIN census, SSDA903, Annex A) shares the case system's numbers and says what was open on its
    own day. Where the case system has delivered since, or on the same day, it alone says what is open now.
    """
    newest = {d.feed: d.delivered for d in deliveries}
    return frozenset(
        name
        for name, feed in feeds.items()
        if feed.people_of and name in newest and newest.get(feed.people_of, datetime.date.min) >= newest[name]
    )


def still_open(involvement: ir.Table, settled: frozenset[str]) -> ir.Table:
    """
    Involvements without the open-ended ones of feeds in `settled`; what those say has ended stays as history.

    involvement: one row per period in which a service works with a person.
    """
    is_open_elsewhere = involvement.source.isin(sorted(settled)) & involvement.to_on.isnull()
    return involvement.filter(~is_open_elsewhere) if settled else involvement


def _table(
    engine: Engine, mapped: Path, name: str, deliveries: list[Delivered], as_at: datetime.date, under: str
) -> ir.Table:
    # A correction speaks for the rows it puts right, and for no people or days beyond what it corrects speaks for.
    telling = [d for d in deliveries if name != "coverage" or d.corrects is None]
    files = [path for d in telling if (path := mapped / d.delivery_id / f"{name}.parquet").exists()]
    if not files:
        # As the columns of a file are read: an engine does not put nullable and not nullable together.
        shape = pa.schema([field.with_nullable(True) for field in schema.TABLES[name].arrow])
        return engine.take(shape.empty_table(), f"{under}_{name}")
    corrections = {
        correction: knowledge.order_of(root.delivered, root.delivery_id)
        for correction, root in stands_with(telling).items()
    }
    rows = knowledge.as_known(engine.read(files), as_at=as_at, corrections=corrections)
    return engine.keep(rows, f"{under}_{name}")


def feed_facts(deliveries: list[Delivered], feeds: dict[str, Feed], *, as_at: datetime.date) -> pa.Table:
    """
    One row per feed of the area: feed, label, agency, cadence_days, silent_after_days, last_delivered_on (null
    when nothing of it had come by `as_at`), last_rows (of the newest delivery), usual_rows (of those before it).
    """
    last: dict[str, datetime.date] = {}
    came_of = _came_of(deliveries, as_at=as_at)
    for delivered in deliveries:
        if delivered.stands_on(as_at) and delivered.corrects is None:
            days = [day for day in (delivered.delivered, *delivered.heard_again) if day <= as_at]
            known = [*days, last[delivered.feed]] if delivered.feed in last else days
            if known:
                last[delivered.feed] = max(known)
    rows = [
        {
            "feed": name,
            "label": feed.label,
            "agency": feed.agency,
            "cadence_days": feed.cadence_days,
            "silent_after_days": feed.silent_after_days,
            "last_delivered_on": last.get(name),
            "last_rows": _rows_of_last_day(came_of.get(name, []), feed.delivers),
            "usual_rows": usual.usual_rows(came_of.get(name, []), delivers=feed.delivers),
        }
        for name, feed in sorted(feeds.items())
    ]
    columns = [
        ("feed", pa.string()),
        ("label", pa.string()),
        ("agency", pa.string()),
        ("cadence_days", pa.int64()),
        ("silent_after_days", pa.int64()),
        ("last_delivered_on", pa.date32()),
        ("last_rows", pa.int64()),
        ("usual_rows", pa.float64()),
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def _came_of(deliveries: list[Delivered], *, as_at: datetime.date) -> dict[str, list[tuple[datetime.date, int]]]:
    """By feed: the day and the rows of each delivery that had come by `as_at` and stands, oldest first."""
    found: dict[str, list[tuple[datetime.date, int]]] = {}
    for one in deliveries:
        if one.stands_on(as_at) and one.corrects is None:
            found.setdefault(one.feed, []).append((one.delivered, one.rows))
    return found


def _rows_of_last_day(came: list[tuple[datetime.date, int]], delivers: str) -> int | None:
    """Rows of the newest delivery; of a feed that delivers changes, of all that came on its day."""
    if not came:
        return None
    day, rows = came[-1]
    return rows if delivers == "everything" else sum(count for on, count in came if on == day)
