"""
What was received, by whichever way in: the bytes first, and `receipt.json` last and flushed to disk.

A folder with a receipt is a promise to the sender: its bytes are not lost, whatever is cut off afterwards.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from kinfold.areas import area as area_settings
from kinfold.feeds import deliveries
from kinfold.feeds.reports import DeliveryReport
from kinfold.operations.home import Home

State = Literal["received", "checked", "loaded", "refused"]
WAYS = ("command_line", "workbench", "api", "folder", "mapping")
FOLDER, RECEIPT, RESULT, LOADING, LOCK = "receipts", "receipt.json", "result.json", "loading.json", "lock"
LONGEST_NAME = 100
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # names that Windows keeps for itself

Given = tuple[str, Iterable[bytes]]


class UnableToReceive(Exception):
    """Nothing was received and nothing was kept; the message says why and what to do."""


class KeyUsedBefore(UnableToReceive):
    """The same key came with something else; the message says so."""


class NoSuchReceipt(Exception):
    """There is no receipt of that id; the message says so."""


@dataclasses.dataclass(frozen=True)
class ReceivedFile:
    """One file as it came. kept: its path under the receipt's folder. size: in bytes."""

    name: str
    sha256: str
    size: int
    kept: str


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of checking or loading a receipt: one report for each delivery in it."""

    state: State
    at: datetime.datetime
    by: str
    reports: tuple[DeliveryReport, ...]


@dataclasses.dataclass(frozen=True)
class Receipt:
    """
    What came in one go. result: null until it has been checked or loaded.

    way: one of WAYS. delivered: the day the supplier handed it over. feed: null when the columns are to tell.
    key: hash of who sent it and their own key for it; null when they gave none. corrects: the delivery it puts right.
    """

    receipt_id: str
    at: datetime.datetime
    by: str
    way: str
    delivered: datetime.date
    files: tuple[ReceivedFile, ...]
    feed: str | None = None
    key: str | None = None
    corrects: str | None = None
    result: Result | None = None

    @property
    def state(self) -> State:
        return self.result.state if self.result else "received"

    @property
    def waits_for_a_person(self) -> bool:
        """Whether somebody reads the report before it is loaded. The other ways in load by themselves."""
        return self.way in ("workbench", "mapping")

    @property
    def is_example(self) -> bool:
        """Whether it came to make a mapping from, and nobody has taken it for a delivery yet."""
        return self.way == "mapping" and self.result is None

    def as_json(self) -> dict[str, Any]:
        """For machines: no cell's value, no path, and the sender's key not even hashed."""
        reports = self.result.reports if self.result else ()
        return {
            "receipt_id": self.receipt_id,
            "state": self.state,
            "received_at": self.at.isoformat(),
            "delivered": self.delivered.isoformat(),
            "way": self.way,
            "by": self.by,
            "feed": self.feed,
            "corrects": self.corrects,
            "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in self.files],
            "deliveries": [report.as_json() for report in reports],
        }


def receive(
    home: Home,
    files: Iterable[Given],
    *,
    by: str,
    way: str,
    delivered: datetime.date,
    at: datetime.datetime,
    feed: str | None = None,
    key: str | None = None,
    corrects: str | None = None,
) -> Receipt:
    """
    Write what came to disk, each file as it streams in, and return its receipt.

    files: a name and the bytes of each. key: the sender's own name for this delivery; with the same key and the same
    content the first receipt is returned, so that sending twice is receiving once.
    Raises UnableToReceive when there is nothing, the day is still to come, the disk is full or a file breaks off;
    KeyUsedBefore when the key came before with something else. Nothing is then kept.
    """
    assert way in WAYS, way
    # A day to come would keep a silent feed alive until then, and stand before everything that really came.
    if delivered > at.astimezone().date():
        raise UnableToReceive("The day they were delivered is still to come. Nothing was kept. Give the day they came.")
    hashed = None if key is None else hashlib.sha256(f"{by}\0{key}".encode()).hexdigest()
    # With a key, its hash is the name: moving the folder into place then decides who was first.
    receipt_id = f"k-{hashed[:24]}" if hashed else f"r-{at.astimezone(datetime.UTC):%Y%m%d}-{secrets.token_hex(6)}"
    with _partial(home, receipt_id) as folder:
        kept = tuple(_write(folder, number, name, content) for number, (name, content) in enumerate(files, start=1))
        if not kept:
            raise UnableToReceive("There are no files to receive. Nothing was kept.")
        receipt = Receipt(receipt_id, at, by, way, delivered, kept, feed, hashed, corrects)
        write_flushed(folder / RECEIPT, _as_text(receipt))
        _flush_folder(folder)
        if not _settle(folder, folder_of(home, receipt_id)):
            return _same_as_before(get(home, receipt_id), receipt)
    _flush_folder(home.folder / FOLDER)
    return receipt


def folder_of(home: Home, receipt_id: str) -> Path:
    return home.folder / FOLDER / receipt_id


def find(home: Home, receipt_id: str) -> Receipt | None:
    """The receipt of that id, or None; an id that could not be one is None too."""
    if not re.fullmatch(r"[kr]-[0-9a-f-]{12,40}", receipt_id):
        return None
    path = folder_of(home, receipt_id) / RECEIPT
    return _read(path) if path.exists() else None


def get(home: Home, receipt_id: str) -> Receipt:
    """Raises NoSuchReceipt."""
    found = find(home, receipt_id)
    if found is None:
        raise NoSuchReceipt("There is no receipt of that number here.")
    return found


def list_receipts(home: Home) -> list[Receipt]:
    """Every receipt, oldest first."""
    found = [_read(path) for path in (home.folder / FOLDER).glob(f"[kr]-*/{RECEIPT}")]
    return sorted(found, key=lambda one: (one.at, one.receipt_id))


def paths(home: Home, receipt: Receipt) -> list[Path]:
    """Where the received bytes are; empty once they were removed."""
    found = [folder_of(home, receipt.receipt_id) / file.kept for file in receipt.files]
    return [path for path in found if path.exists()]


def write_result(home: Home, receipt: Receipt, result: Result) -> Receipt:
    """Write down what came of a receipt, whole or not at all."""
    given = {
        "state": result.state,
        "at": result.at.isoformat(),
        "by": result.by,
        "reports": [{**report.as_json(), "files": list(report.files)} for report in result.reports],
    }
    write_flushed(folder_of(home, receipt.receipt_id) / RESULT, json.dumps(given, indent=1))
    return dataclasses.replace(receipt, result=result)


def days_kept(home: Home, receipt: Receipt | None) -> int:
    """
    How many days the area keeps received bytes: fewer where nothing allows us to hold them.

    Those of a feed without an agreement wait a few days, in which one may be put right; nobody agreed to more.
    """
    kept = area_settings.load(home.area).retention
    reports = receipt.result.reports if receipt and receipt.result else ()
    is_not_agreed = any(problem.code == "not_agreed" for report in reports for problem in report.problems)
    return min(kept.not_agreed_bytes_days, kept.received_bytes_days) if is_not_agreed else kept.received_bytes_days


def past_their_time(home: Home, *, on: datetime.date) -> list[Receipt]:
    """
    Receipts whose bytes are there still, though the area keeps them no longer.

    What nobody has looked at yet is kept however old it is: the sender was told that it came, and the next start or
    the next `kinfold feeds recover` looks at it.
    """
    return [
        one
        for one in list_receipts(home)
        if one.result and (on - one.at.date()).days > days_kept(home, one) and paths(home, one)
    ]


def forget_bytes(home: Home, *, on: datetime.date) -> int:
    """Remove received bytes past their time; receipt, hashes and result stay. Returns how many receipts."""
    old = past_their_time(home, on=on)
    for receipt in old:
        forget(home, receipt)
    return len(old)


def forget(home: Home, receipt: Receipt) -> None:
    """Remove the received bytes of one receipt; receipt, hashes and result stay."""
    shutil.rmtree(folder_of(home, receipt.receipt_id) / "files", ignore_errors=True)


def forget_what_was_not_agreed(home: Home, receipt: Receipt) -> bool:
    """
    Remove received bytes that hold columns or rows outside an agreement, once all of the receipt is loaded.

    What may not be kept is not kept until its time either; receipt, hashes and result stay. Returns whether any went.
    """
    reports = receipt.result.reports if receipt.result else ()
    is_loaded = bool(reports) and all(report.state == "loaded" for report in reports)
    is_outside = any(report.columns_refused or report.rows_refused_by_agreement for report in reports)
    if not (is_loaded and is_outside and paths(home, receipt)):
        return False
    forget(home, receipt)
    return True


def clear_half_written(home: Home) -> int:
    """Remove what processes that are gone left half received. Nobody was ever told that it came."""
    import psutil

    left = [path for path in (home.folder / FOLDER).glob(".*.partial") if not psutil.pid_exists(_pid_of(path))]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def safe_name(name: str) -> str:
    """The last part of a name, fit for any file system and for a message."""
    last = re.split(r"[\\/]", name)[-1]
    cleaned = re.sub(r"[^\w .()&+-]", "_", last).strip(". ") or "file"
    if RESERVED.fullmatch(cleaned):
        cleaned = f"_{cleaned}"
    stem, dot, suffix = cleaned.rpartition(".")
    if not stem or len(suffix) > 10:
        return cleaned[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}"


def write_flushed(path: Path, text: str) -> None:
    """Write a small file whole or not at all, and have the disk say that it has it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}.writing")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@contextmanager
def _partial(home: Home, receipt_id: str) -> Iterator[Path]:
    """A folder to receive into, named by this process so that what it leaves behind can be told; gone afterwards."""
    folder = home.folder / FOLDER / f".{receipt_id}.{secrets.token_hex(3)}.{os.getpid()}.partial"
    try:
        (folder / "files").mkdir(parents=True)
        yield folder
    except OSError as why:
        raise UnableToReceive(
            f"The files could not be written down: {why.strerror or 'the disk refused them'}. Nothing was kept. "
            "Make room, or ask whoever looks after the machine, and send them again."
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pid_of(path: Path) -> int:
    pid = path.name.split(".")[-2]
    return int(pid) if pid.isdigit() else -1


def _write(folder: Path, number: int, name: str, content: Iterable[bytes]) -> ReceivedFile:
    kept = f"files/{number}/{safe_name(name)}"
    path = folder / kept
    path.parent.mkdir()
    whole, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for chunk in content:
            file.write(chunk)
            whole.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    return ReceivedFile(path.name, whole.hexdigest(), size, kept)


def _settle(folder: Path, into: Path) -> bool:
    """Move a whole receipt into place; False when one of that name is there already."""
    if (into / RECEIPT).exists():
        return False
    try:
        folder.replace(into)
    except OSError:
        if (into / RECEIPT).exists():
            return False
        raise
    return True


def _same_as_before(before: Receipt, now: Receipt) -> Receipt:
    if _content(before) != _content(now):
        raise KeyUsedBefore(
            "This key came before with other files or another day. Nothing was kept. Use a new key for a new delivery."
        )
    return before


def _content(receipt: Receipt) -> tuple[Any, ...]:
    hashes = [file.sha256 for file in receipt.files]
    return receipt.by, receipt.delivered, receipt.feed, receipt.corrects, hashes


def _flush_folder(folder: Path) -> None:
    """Have the disk say that it knows the folder's names; Windows does so by itself and offers no way to ask."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _as_text(receipt: Receipt) -> str:
    given = {field.name: getattr(receipt, field.name) for field in dataclasses.fields(receipt)}
    del given["result"]
    given |= {"at": receipt.at.isoformat(), "delivered": receipt.delivered.isoformat()}
    return json.dumps(given | {"files": [dataclasses.asdict(file) for file in receipt.files]}, indent=1)


def _read(path: Path) -> Receipt:
    given = json.loads(path.read_text(encoding="utf-8"))
    return Receipt(
        **given
        | {
            "at": datetime.datetime.fromisoformat(given["at"]),
            "delivered": datetime.date.fromisoformat(given["delivered"]),
            "files": tuple(ReceivedFile(**file) for file in given["files"]),
            "result": _result(path.with_name(RESULT)),
        }
    )


def _result(path: Path) -> Result | None:
    if not path.exists():
        return None
    given = json.loads(path.read_text(encoding="utf-8"))
    return Result(
        state=given["state"],
        at=datetime.datetime.fromisoformat(given["at"]),
        by=given["by"],
        reports=tuple(deliveries.report_of(report) for report in given["reports"]),
    )
