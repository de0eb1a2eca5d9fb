"""
A folder that suppliers drop files into: what is whole is taken, once, and moved aside with a report in plain words.

A file is claimed by moving it, so that no two take it, and the claim is the key it is received under: a watch that is
cut off goes on where it stopped and takes nothing twice.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kinfold.areas import feeds as feed_settings
from kinfold.feeds.reports import how_rows_are_counted
from kinfold.operations import intake, receipts
from kinfold.operations.home import Home
from kinfold.operations.receipts import Receipt
from kinfold.store import locks
from kinfold.vocabulary.dates import in_words

TAKING, TAKEN, REFUSED, LOCK, REPORT, DONE = ".taking", "taken", "refused", "lock", "report.txt", ".done"
ON_THE_WAY = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".upload")

Print = tuple[int, int]


class UnableToWatch(Exception):
    """The folder cannot be watched; the message says why."""


@dataclasses.dataclass(frozen=True)
class Taken:
    """
    What came of files that were taken together. into: the folder they were moved to, their report beside them; null
    when they wait in place, because they could not be received yet.
    """

    names: tuple[str, ...]
    state: str
    message: str
    into: Path | None


class Watch:
    """
    One folder, looked at from time to time. Files right in it may be of any feed; a folder in it that has the name of
    a feed holds files of that feed. What is whole in one folder at one time is one delivery.

    still: seconds for which a file's size and time must not change. A file beside which `<name>.done` lies is whole.
    """

    def __init__(self, home: Home, folder: Path, *, still: float) -> None:
        self.home, self.folder, self.still = home, folder, still
        self._seen: dict[Path, tuple[Print, float]] = {}

    def look(self, *, at: datetime.datetime) -> list[Taken]:
        """Take everything that is whole, and go on with what was claimed before and cut off."""
        taken = [self._take(claim, at=at) for claim in sorted((self.folder / TAKING).glob("*-*-*"))]
        for feed, folder in self._drops():
            files = list(_files(folder))
            whole = [path for path in files if self._is_whole(path)]
            # Part of a delivery is not the delivery: what still changes keeps the others of its folder waiting.
            if whole and len(whole) == len(files):
                taken.append(self._take(self._claim(whole, feed, on=intake.day_of(at)), at=at))
        self._forget_gone()
        return taken

    def clear_old(self, *, at: datetime.datetime) -> int:
        """Remove what was taken or refused longer ago than received bytes are kept; returns how many deliveries."""
        old = [
            folder
            for kind in (TAKEN, REFUSED)
            for folder in (self.folder / kind).glob("*")
            if at.timestamp() - folder.stat().st_mtime > self._seconds_kept(folder.name)
        ]
        for folder in old:
            shutil.rmtree(folder, ignore_errors=True)
        return len(old)

    def _seconds_kept(self, receipt_id: str) -> float:
        days = receipts.days_kept(self.home, receipts.find(self.home, receipt_id))
        return datetime.timedelta(days=days).total_seconds()

    def _drops(self) -> Iterator[tuple[str | None, Path]]:
        yield None, self.folder
        for name in feed_settings.load(self.home.area):
            if (self.folder / name).is_dir():
                yield name, self.folder / name

    def _is_whole(self, path: Path) -> bool:
        about = path.stat()
        now = about.st_size, about.st_mtime_ns
        before, since = self._seen.get(path, (None, 0.0))
        if before != now:
            since = time.monotonic()
            self._seen[path] = now, since
        return path.with_name(path.name + DONE).exists() or time.monotonic() - since >= self.still

    def _forget_gone(self) -> None:
        self._seen = {path: seen for path, seen in self._seen.items() if path.exists()}

    def _claim(self, files: Iterable[Path], feed: str | None, *, on: datetime.date) -> Path:
        # The day is in the name, so that going on with a claim tomorrow is going on with the same delivery.
        claim = self.folder / TAKING / f"{on:%Y%m%d}-{secrets.token_hex(8)}-{feed or ''}"
        claim.mkdir(parents=True)
        for path in files:
            path.replace(claim / path.name)
            path.with_name(path.name + DONE).unlink(missing_ok=True)
            self._seen.pop(path, None)
        return claim

    def _take(self, claim: Path, *, at: datetime.datetime) -> Taken:
        files = sorted(path for path in claim.iterdir() if path.is_file())
        names = tuple(path.name for path in files)
        if not files:  # moved on already, and cut off before the claim was taken away
            claim.rmdir()
            return Taken((), "nothing", "A claim of before was finished.", None)
        try:
            receipt = self._received(claim, files, at=at)
            done = intake.load(self.home, receipt.receipt_id, by=receipt.by, at=at)
        except intake.UnableToReceive as why:
            return Taken(names, "waiting", str(why), None)
        except intake.BeingWorkedOn as why:
            return Taken(names, "waiting", str(why), None)
        except intake.UnableToTakeIn as why:
            return self._moved(claim, files, receipt.receipt_id, "refused", str(why))
        assert done.result is not None
        message = "\n".join(report.message for report in done.result.reports)
        return self._moved(claim, files, receipt.receipt_id, done.state, message, done)

    def _received(self, claim: Path, files: list[Path], *, at: datetime.datetime) -> Receipt:
        day, _, rest = claim.name.partition("-")
        feed = rest.partition("-")[2] or None
        delivered = datetime.datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007 - a day, of no zone
        streams = ((path.name, _chunks(path)) for path in files)
        by = f"the folder {self.folder.name}"
        return intake.receive(
            self.home, streams, by=by, way="folder", delivered=delivered, at=at, feed=feed, key=claim.name
        )

    def _moved(
        self, claim: Path, files: list[Path], receipt_id: str, state: str, message: str, done: Receipt | None = None
    ) -> Taken:
        into = self.folder / (REFUSED if state == "refused" else TAKEN) / receipt_id
        into.mkdir(parents=True, exist_ok=True)
        (into / REPORT).write_text(_report(message, done), encoding="utf-8")
        received = receipts.find(self.home, receipt_id)
        for path in files:
            if received is not None and receipts.paths(self.home, received):
                path.replace(into / path.name)
            else:  # what we may not keep is not kept here either
                path.unlink()
        claim.rmdir()
        return Taken(tuple(path.name for path in files), state, message, into)


@contextmanager
def watching(home: Home, folder: Path, *, still: float) -> Iterator[Watch]:
    """Watch a folder, alone. Raises UnableToWatch when it is no folder of ours to write in, or is watched already."""
    if not folder.is_dir():
        raise UnableToWatch("There is no such folder to watch.")
    try:
        with locks.held(folder / TAKING / LOCK):
            yield Watch(home, folder, still=still)
    except locks.Held:
        raise UnableToWatch("Another watch of this folder has not ended. Nothing was taken.") from None
    except PermissionError:
        raise UnableToWatch("The folder cannot be written in, so nothing in it could be moved aside.") from None


def _files(folder: Path) -> Iterator[Path]:
    """Files that may be deliveries, and those on their way. A link is not followed: it may lead anywhere."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith(DONE) or path.is_symlink() or not path.is_file():
            continue
        if path.suffix.lower() not in ON_THE_WAY:
            yield path


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk


def _report(message: str, done: Receipt | None) -> str:
    """What was done and what is wrong, by row and column; never what a cell holds."""
    lines = [message, ""]
    if done is not None and done.result is not None:
        for report in done.result.reports:
            lines += [f"- {problem.message}" for problem in report.problems]
        if counted := how_rows_are_counted([problem for one in done.result.reports for problem in one.problems]):
            lines += ["", counted]
        lines += ["", f"Receipt {done.receipt_id}, delivered {in_words(done.delivered)}."]
    return os.linesep.join(lines)
