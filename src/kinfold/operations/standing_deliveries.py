"""Every delivery that came in, and how it stands: received, checked, loaded, superseded, withdrawn or refused."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from kinfold.areas import feeds as feed_settings
from kinfold.feeds import deliveries, withdrawals
from kinfold.feeds.reports import DeliveryReport
from kinfold.feeds.withdrawals import Withdrawal
from kinfold.operations import receipts
from kinfold.operations.home import Home
from kinfold.operations.receipts import Receipt

Standing = Literal["received", "checked", "loaded", "superseded", "withdrawn", "refused"]


@dataclasses.dataclass(frozen=True)
class DeliveryState:
    """
    One delivery, or what came in and is not one yet.

    feed, delivery_id: null while nobody has looked, or when the files were nobody's.
    received_at, by, way, receipt_id: how it came; of what was loaded without a receipt by and way are null, except in
    the demonstration.
    withdrawn: when, by whom and why. superseded_by: the later delivery of everything that stands instead.
    corrects: the delivery whose rows it puts right. heard_again: later days on which the same bytes came.
    """

    state: Standing
    delivered: datetime.date
    feed: str | None = None
    delivery_id: str | None = None
    receipt_id: str | None = None
    received_at: datetime.datetime | None = None
    by: str | None = None
    way: str | None = None
    report: DeliveryReport | None = None
    withdrawn: Withdrawal | None = None
    superseded_by: str | None = None
    corrects: str | None = None
    heard_again: tuple[datetime.date, ...] = ()

    @property
    def rows_in(self) -> int:
        return self.report.rows_in if self.report else 0

    @property
    def rows_mapped(self) -> int:
        return self.report.rows_mapped if self.report else 0

    @property
    def rows_set_aside(self) -> int:
        return self.report.rows_set_aside if self.report else 0

    @property
    def rows_refused_by_agreement(self) -> int:
        return self.report.rows_refused_by_agreement if self.report else 0


def states(home: Home) -> list[DeliveryState]:
    """Everything that came in, newest first, as it stands now."""
    came = receipts.list_receipts(home)
    through = {
        report.delivery_id: receipt
        for receipt in reversed(came)
        if receipt.result
        for report in receipt.result.reports
        if report.delivery_id and report.state == "loaded"
    }
    loaded = _with_superseded(
        home, [_loaded(home, path.parent, through) for path in home.deliveries.glob(f"*/*/{deliveries.MANIFEST}")]
    )
    waiting = [state for receipt in came for state in _not_loaded(receipt) if not receipt.is_example]
    return sorted((*loaded, *waiting), key=_when, reverse=True)


LOADED = ("loaded", "superseded", "withdrawn")


def _when(state: DeliveryState) -> tuple[datetime.date, str, str]:
    at = state.received_at.astimezone(datetime.UTC).isoformat() if state.received_at else ""
    return state.delivered, at, state.delivery_id or state.receipt_id or ""


def _loaded(home: Home, folder: Path, through: dict[str, Receipt]) -> DeliveryState:
    manifest = deliveries.read_manifest(folder)
    # The demonstration is made in one go, and its deliveries come without receipts.
    by, way = ("the demonstration", "demonstration") if home.is_demonstration else (None, None)
    receipt = through.get(manifest["delivery_id"])
    withdrawn = withdrawals.now_of(folder)
    return DeliveryState(
        state="withdrawn" if withdrawn else "loaded",
        delivered=datetime.date.fromisoformat(manifest["delivered"]),
        feed=manifest["feed"],
        delivery_id=manifest["delivery_id"],
        receipt_id=receipt.receipt_id if receipt else None,
        received_at=datetime.datetime.fromisoformat(manifest["received_at"]),
        by=receipt.by if receipt else by,
        way=receipt.way if receipt else way,
        report=deliveries.report_of(manifest),
        withdrawn=withdrawn,
        corrects=manifest.get("corrects"),
        heard_again=deliveries.days_heard_again(folder),
    )


def _with_superseded(home: Home, loaded: Iterable[DeliveryState]) -> list[DeliveryState]:
    """Of a feed that delivers everything only the newest stands; a correction stands as long as what it corrects."""
    every = list(loaded)
    feeds = feed_settings.load(home.area)
    newest: dict[str | None, DeliveryState] = {}
    for one in sorted(every, key=lambda one: (one.delivered, one.delivery_id or "")):
        if one.state == "loaded" and one.corrects is None:
            newest[one.feed] = one
    by_id = {one.delivery_id: one for one in every}

    def settled(one: DeliveryState) -> DeliveryState:
        if one.state != "loaded":
            return one
        if one.corrects is not None and one.corrects in by_id:
            target = settled(by_id[one.corrects])
            return dataclasses.replace(
                one, state=target.state, superseded_by=target.superseded_by, withdrawn=target.withdrawn
            )
        feed = feeds.get(one.feed or "")
        latest = newest[one.feed]
        if feed is None or feed.delivers == "changes" or latest is one:
            return one
        return dataclasses.replace(one, state="superseded", superseded_by=latest.delivery_id)

    return [settled(one) for one in every]


def _not_loaded(receipt: Receipt) -> list[DeliveryState]:
    base = DeliveryState(
        state="received",
        delivered=receipt.delivered,
        feed=receipt.feed,
        receipt_id=receipt.receipt_id,
        received_at=receipt.at,
        by=receipt.by,
        way=receipt.way,
        corrects=receipt.corrects,
    )
    if receipt.result is None:
        return [base]
    return [
        dataclasses.replace(
            base,
            state="refused" if report.state == "refused" else "checked",
            feed=report.feed or receipt.feed,
            delivery_id=report.delivery_id,
            report=report,
        )
        for report in receipt.result.reports
        if report.state != "loaded"
    ]
