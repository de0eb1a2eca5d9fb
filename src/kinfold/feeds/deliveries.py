"""The deliveries a home holds, from the manifests that were written last when each was loaded."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

from kinfold.feeds import withdrawals
from kinfold.feeds.reports import DeliveryReport, PartCount, Problem

MANIFEST = "manifest.json"
HEARD_AGAIN = "heard-again"


def folder_of(home: Path, feed: str, delivery_id: str) -> Path:
    return home / "deliveries" / feed / delivery_id


def mapped_folder_of(home: Path, delivery_id: str) -> Path:
    return home / "lake" / "mapped" / delivery_id


def list_deliveries(home: Path) -> list[DeliveryReport]:
    """Every delivery that was loaded, oldest first; one whose manifest was never written is not there."""
    reports = [_read(path) for path in (home / "deliveries").glob(f"*/*/{MANIFEST}")]
    return sorted(reports, key=lambda one: (one.delivered or datetime.date.min, one.feed or "", one.delivery_id or ""))


def list_standing(home: Path) -> list[DeliveryReport]:
    """Every loaded delivery that nobody has taken back, oldest first: what a new one is held against."""
    return [
        one
        for one in list_deliveries(home)
        if withdrawals.now_of(folder_of(home, one.feed or "", one.delivery_id or "")) is None
    ]


def find_folder(home: Path, delivery_id: str) -> Path | None:
    """The folder of a loaded delivery, whichever its feed; None when there is none, or it could not be an id."""
    if not re.fullmatch(r"[\w-]+-[0-9a-f]{12}", delivery_id):
        return None
    folder = folder_of(home, delivery_id.rpartition("-")[0], delivery_id)
    return folder if (folder / MANIFEST).exists() else None


def read_manifest(folder: Path) -> dict[str, Any]:
    """What was written when the delivery of this folder was loaded."""
    return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def find(home: Path, feed: str, delivery_id: str) -> DeliveryReport | None:
    path = folder_of(home, feed, delivery_id) / MANIFEST
    return _read(path) if path.exists() else None


def heard_again(home: Path, feed: str, delivery_id: str, *, on: datetime.date) -> None:
    """
    Remember that the same bytes came again on a later day: nothing new was said, and the feed is not silent.

    An empty file per day, so that saying it twice changes nothing and no manifest is ever written again.
    """
    first = find(home, feed, delivery_id)
    if first is not None and first.delivered is not None and on > first.delivered:
        days = folder_of(home, feed, delivery_id) / HEARD_AGAIN
        days.mkdir(exist_ok=True)
        (days / on.isoformat()).touch()


def days_heard_again(folder: Path) -> tuple[datetime.date, ...]:
    """The later days on which a delivery's bytes came again, in order."""
    days = folder / HEARD_AGAIN
    return tuple(sorted(datetime.date.fromisoformat(day.name) for day in days.iterdir())) if days.exists() else ()


def manifest_of(
    report: DeliveryReport,
    *,
    received_at: datetime.datetime,
    files: list[dict[str, Any]],
    corrects: str | None = None,
) -> dict[str, Any]:
    """What is written beside the landed parts of a delivery. corrects: the delivery whose rows it puts right."""
    return {**report.as_json(), "received_at": received_at.isoformat(), "files": files, "corrects": corrects}


def report_of(given: dict[str, Any]) -> DeliveryReport:
    """A report again from what `DeliveryReport.as_json` made of it."""
    return DeliveryReport(
        state=given["state"],
        message=given["message"],
        feed=given["feed"],
        delivery_id=given["delivery_id"],
        delivered=datetime.date.fromisoformat(given["delivered"]) if given["delivered"] else None,
        parts=tuple(PartCount(**part) for part in given["parts"]),
        columns_refused=tuple(given["columns_refused"]),
        problems=tuple(Problem(**problem) for problem in given["problems"]),
        files=tuple(one["name"] if isinstance(one, dict) else one for one in given["files"]),
        is_new=given["is_new"],
        return_year=given.get("return_year"),
        forced=given.get("forced", ""),
        corrects=given.get("corrects"),
    )


def _read(path: Path) -> DeliveryReport:
    return report_of(json.loads(path.read_text(encoding="utf-8")))
