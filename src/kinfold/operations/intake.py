"""
The way in for every delivery: received, checked, loaded, withdrawn; and found again after any interruption.

This is the whole face of it. Each of these may be done twice with the same effect.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from kinfold.areas.feeds import Feed
from kinfold.feeds import check as checking
from kinfold.feeds import deliveries, readers
from kinfold.feeds import load as loading
from kinfold.feeds.checks import volume
from kinfold.feeds.readers.received import FileRejected
from kinfold.feeds.reports import DeliveryReport, Problem
from kinfold.operations import receipts, withdrawing
from kinfold.operations.aside import NoSuchDelivery, SetAside, set_aside
from kinfold.operations.home import Home
from kinfold.operations.receipts import (
    Given,
    KeyUsedBefore,
    NoSuchReceipt,
    Receipt,
    Result,
    UnableToReceive,
    find,
    forget_bytes,
    get,
    list_receipts,
    receive,
)
from kinfold.operations.standing_deliveries import DeliveryState, states
from kinfold.operations.withdrawing import UnableToWithdraw, withdraw
from kinfold.store import locks
from kinfold.vocabulary.dates import in_words

__all__ = [
    "BeingWorkedOn", "DeliveryState", "Given", "KeyUsedBefore", "NoSuchDelivery", "NoSuchReceipt", "Receipt",
    "Recovered", "Result", "SetAside", "UnableToReceive", "UnableToTakeIn", "UnableToWithdraw", "check",
    "feed_of_delivery", "feeds_for", "find", "forget_bytes", "get", "in_words", "list_receipts", "load",
    "may_be_forced", "not_received", "receive", "receive_paths", "recover", "set_aside", "states", "take_up",
    "withdraw",
]  # fmt: skip

Say = Callable[[str], None]
CHUNK = 1 << 20
# What ends the process each time is not tried for ever.
TRIES = 3
A_RESTART = 60  # seconds by which the moment of a machine's start may seem to differ


class UnableToTakeIn(Exception):
    """The receipt cannot be checked or loaded; the message says why and what to do. Nothing was changed."""


class BeingWorkedOn(UnableToTakeIn):
    """Somebody else is checking or loading the receipt at this moment."""


@dataclasses.dataclass(frozen=True)
class Recovered:
    """
    What was put right.

    cleared: half-written folders removed. again: receipts checked or loaded again. waiting: receipts left for the
    caller to go on with. failed: receipts that stopped again. forgotten: receipts whose bytes were removed for age.
    """

    cleared: int = 0
    again: int = 0
    waiting: tuple[str, ...] = ()
    failed: int = 0
    forgotten: int = 0

    @property
    def message(self) -> str:
        said = [
            (self.cleared, "half-written {} removed", "folder was", "folders were"),
            (self.again, "{} taken up again", "receipt was", "receipts were"),
            (self.failed, "{} again: see the list of receipts", "receipt stopped", "receipts stopped"),
            (self.forgotten, "{} removed for their age", "receipt's files were", "receipts' files were"),
        ]  # fmt: skip
        parts = [f"{n:,} " + words.format(one if n == 1 else many) for n, words, one, many in said if n]
        return f"{'; '.join(parts)}." if parts else "Nothing was cut off: everything received was finished."


def feeds_for(home: Home, *, at: datetime.datetime) -> Mapping[str, Feed]:
    """
    The feeds that files may be of at `at`, each under the agreement the register has for it on that day.

    Needs Django to be set up. Raises UnableToTakeIn when a row of the register is not as it was entered.
    """
    from kinfold.governance.agreements.queries import RegisterAltered
    from kinfold.operations import agreements

    try:
        return agreements.feeds_of(home, on=day_of(at))
    except RegisterAltered as why:
        raise UnableToTakeIn(str(why)) from None


def receive_paths(
    home: Home,
    given: Sequence[Path],
    *,
    by: str,
    delivered: datetime.date,
    at: datetime.datetime,
    feed: str | None = None,
    corrects: str | None = None,
    way: str = "command_line",
) -> Receipt:
    """Receive files, and the files of folders, of this machine. Raises UnableToReceive."""
    try:
        files = readers.files_in(list(given))
    except FileRejected as why:
        raise UnableToReceive(str(why)) from None
    if not files:
        raise UnableToReceive("There are no files to read here.")
    streams = ((path.name, _chunks(path)) for path in files)
    return receive(home, streams, by=by, way=way, delivered=delivered, at=at, feed=feed, corrects=corrects)


def not_received(message: str, given: Sequence[Path], *, on: datetime.date, feed: str | None = None) -> DeliveryReport:
    """What is said of files that could not be received: a report as any other way in gives it."""
    return DeliveryReport(
        state="refused",
        message=message,
        feed=feed,
        delivered=on,
        problems=(Problem("file_rejected", "refuse", message),),
        files=(given[0].name if given else "",),
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def check(home: Home, receipt_id: str, *, by: str = "", at: datetime.datetime) -> Receipt:
    """
    Read a receipt as a load would, and stop: its reports are in `result` for a person to read.

    One that was loaded already stays as it is. Raises NoSuchReceipt and UnableToTakeIn.
    """
    with _alone(home, receipt_id) as receipt:
        if receipt.state == "loaded":
            return receipt
        feeds = feeds_for(home, at=at)
        paths = _paths(home, receipt)
        reports = checking.check(
            paths,
            feeds,
            on=receipt.delivered,
            feed=_feed_of(home, receipt, feeds),
            # A correction is a few rows of a delivery: nothing that came before says how many there should be.
            home=None if receipt.corrects else home.folder,
        )
        state: receipts.State = "refused" if all(one.state == "refused" for one in reports) else "checked"
        result = Result(state=state, at=at, by=by or receipt.by, reports=tuple(reports))
        return receipts.write_result(home, receipt, result)


def load(
    home: Home, receipt_id: str, *, by: str, at: datetime.datetime, forced: str = "", say: Say = lambda _: None
) -> Receipt:
    """
    Load a receipt: what it holds becomes deliveries, or is refused with reasons, in `result`.

    forced: why it is loaded though a check refuses it; kept with the delivery.
    One that was loaded stays as it is; one that was refused is tried again, because an agreement or a mapping may
    have been put right since. Raises NoSuchReceipt and UnableToTakeIn; anything unforeseen is raised too, and
    written down as a refusal, so that the sender is told.
    """
    with _alone(home, receipt_id) as receipt:
        if receipt.result and receipt.state == "loaded" and not _refused(receipt.result.reports):
            receipts.forget_what_was_not_agreed(home, receipt)
            return receipt
        marker = receipts.folder_of(home, receipt_id) / receipts.LOADING
        tries = _tries(marker) + 1
        if tries > TRIES:
            result = Result("refused", at, by, (_stopped(receipt, f"Reading it stopped {TRIES} times."),))
        else:
            about = {"by": by, "tries": tries, "forced": forced, "started": psutil.boot_time()}
            receipts.write_flushed(marker, json.dumps(about))
            try:
                result = _load(home, receipt, by=by, at=at, forced=forced, say=say)
            except (KeyboardInterrupt, SystemExit):
                # Somebody stopped it; that says nothing of the files.
                receipts.write_flushed(marker, json.dumps({**about, "tries": tries - 1}))
                raise
        done = receipts.write_result(home, receipt, result)
        receipts.forget_what_was_not_agreed(home, done)
        _forget_what_can_never_load(home, done, at=at)
        marker.unlink(missing_ok=True)
        return done


def recover(home: Home, *, at: datetime.datetime, later: bool = False) -> Recovered:
    """
    Put right what was cut off: half-written folders go, a receipt whose work was cut off is taken up again.

    later: leave that work to the caller and only name the receipts, so that a server can start at once.
    What another process is working on is left alone. Examples that mappings were made from go after their seven days.
    """
    from kinfold.operations import proposals

    cleared = receipts.clear_half_written(home) + loading.clear_leftovers(home.folder)
    forgotten = forget_bytes(home, on=at.date()) + proposals.forget_old(home, on=at.date())
    unfinished = [one for one in list_receipts(home) if is_unfinished(home, one)]
    if later:
        return Recovered(cleared, waiting=tuple(one.receipt_id for one in unfinished), forgotten=forgotten)
    again = failed = 0
    for receipt in unfinished:
        try:
            take_up(home, receipt, at=at)
            again += 1
        except BeingWorkedOn:
            continue
        except Exception:  # noqa: BLE001 - one receipt that stops must not keep the others, or the night, waiting
            failed += 1
    return Recovered(cleared, again=again, failed=failed, forgotten=forgotten)


def is_unfinished(home: Home, receipt: Receipt) -> bool:
    """Whether its work was cut off, or has not begun though nobody needs to read a report first."""
    if receipt.is_example or not receipts.paths(home, receipt):
        return False
    return receipt.result is None or (receipts.folder_of(home, receipt.receipt_id) / receipts.LOADING).exists()


def take_up(home: Home, receipt: Receipt, *, at: datetime.datetime) -> Receipt:
    """Go on with a receipt: load it, or check it when a person reads the report before it is loaded."""
    marker = receipts.folder_of(home, receipt.receipt_id) / receipts.LOADING
    if receipt.waits_for_a_person and not marker.exists():
        return check(home, receipt.receipt_id, at=at)
    return load(home, receipt.receipt_id, by=receipt.by, at=at, forced=_forced(marker))


def may_be_forced(receipt: Receipt, feeds: Mapping[str, Feed]) -> bool:
    """Whether what was refused of it was refused for how many rows came, and for nothing else."""
    reports = receipt.result.reports if receipt.result else ()
    refused = [report for report in reports if report.state == "refused"]
    return bool(refused) and all(_is_about_volume(report, feeds) for report in refused)


def _is_about_volume(report: DeliveryReport, feeds: Mapping[str, Feed]) -> bool:
    refusals = [problem for problem in report.problems if problem.severity == "refuse"]
    feed = feeds.get(report.feed or "")
    return bool(refusals) and all(volume.is_about_volume(feed, problem) for problem in refusals)


@contextmanager
def _alone(home: Home, receipt_id: str) -> Iterator[Receipt]:
    """The receipt, while nobody else checks or loads it. Raises NoSuchReceipt and BeingWorkedOn."""
    get(home, receipt_id)
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.held(receipts.folder_of(home, receipt_id) / receipts.LOCK))
        except locks.Held:
            raise BeingWorkedOn("These files are being checked or loaded now. Look again in a minute.") from None
        # Read again: whoever held the lock before may have finished it.
        yield get(home, receipt_id)


def _load(home: Home, receipt: Receipt, *, by: str, at: datetime.datetime, forced: str, say: Say) -> Result:
    paths = _paths(home, receipt)
    feeds = feeds_for(home, at=at)
    try:
        reports = loading.load(
            paths,
            home.folder,
            feeds,
            delivered=receipt.delivered,
            received_at=receipt.at,
            feed=_feed_of(home, receipt, feeds),
            corrects=receipt.corrects,
            forced=forced,
            say=say,
        )
    except Exception:
        stopped = _stopped(receipt, "It stopped at an error nobody foresaw.")
        receipts.write_result(home, receipt, Result("refused", at, by, (stopped,)))
        (receipts.folder_of(home, receipt.receipt_id) / receipts.LOADING).unlink(missing_ok=True)
        raise
    told = tuple(_as_it_was(home, receipt, report, at=at) for report in reports)
    state: receipts.State = "refused" if all(one.state == "refused" for one in told) else "loaded"
    return Result(state, at, by, told)


def _as_it_was(home: Home, receipt: Receipt, report: DeliveryReport, *, at: datetime.datetime) -> DeliveryReport:
    """
    A report in the words that are true of this receipt.

    A load that was cut off after its last step, and is done again, is the first load and not a repeat; bytes of a
    delivery that was withdrawn count again from the day they came again.
    """
    if report.state != "loaded" or report.is_new or report.delivery_id is None or report.feed is None:
        return report
    folder = deliveries.folder_of(home.folder, report.feed, report.delivery_id)
    back = withdrawing.put_back(home, report.delivery_id, on=max(receipt.delivered, day_of(at)))
    if back is not None:
        message = (
            f"{report.message.partition(':')[0]}: these files were withdrawn on {in_words(back.on)}. They came again "
            f"and count again from {in_words(back.again_on or back.on)}."
        )
        return dataclasses.replace(report, message=message)
    if deliveries.read_manifest(folder)["received_at"] == receipt.at.isoformat():
        return deliveries.find(home.folder, report.feed, report.delivery_id) or report
    return report


def day_of(at: datetime.datetime) -> datetime.date:
    """The day it is here at a moment."""
    return at.astimezone().date()


def _paths(home: Home, receipt: Receipt) -> list[Path]:
    found = receipts.paths(home, receipt)
    if len(found) != len(receipt.files):
        raise UnableToTakeIn(
            f"The files received on {in_words(receipt.at.date())} are no longer kept: received files are removed after "
            f"{receipts.days_kept(home, receipt)} days. Ask the supplier to send them again."
        )
    return found


def _feed_of(home: Home, receipt: Receipt, feeds: Mapping[str, Feed]) -> str | None:
    """The feed to read a receipt as; null when its columns are to tell. Raises UnableToTakeIn."""
    name = receipt.feed
    if receipt.corrects is not None:
        folder = deliveries.find_folder(home.folder, receipt.corrects)
        if folder is None:
            raise UnableToTakeIn("The delivery that these files correct is not here. Nothing was changed.")
        if name not in (None, folder.parent.name):
            raise UnableToTakeIn("These files and the delivery they correct are of two feeds. Nothing was changed.")
        name = folder.parent.name
    if name is not None and name not in feeds:
        raise UnableToTakeIn("The feed named for these files is not one of this area. Nothing was changed.")
    return name


def _refused(reports: Sequence[DeliveryReport]) -> bool:
    return any(report.state == "refused" for report in reports)


def _forget_what_can_never_load(home: Home, receipt: Receipt, *, at: datetime.datetime) -> None:
    """Remove the bytes of what was refused because its agreement was ended: no later approval can let it in."""
    from kinfold.operations import agreements

    reports = receipt.result.reports if receipt.result else ()
    refused = [report for report in reports if any(problem.code == "not_agreed" for problem in report.problems)]
    if refused and len(refused) == len(reports):
        ended = agreements.ended_for_good(on=day_of(at))
        if all(report.feed in ended for report in refused):
            receipts.forget(home, receipt)


def _stopped(receipt: Receipt, what: str) -> DeliveryReport:
    names = tuple(file.name for file in receipt.files)
    message = (
        f"These files were not loaded. {what} Nothing was changed. Tell whoever looks after Kinfold, and load them "
        "again when it is mended."
    )
    return DeliveryReport(
        state="refused",
        message=message,
        feed=receipt.feed,
        delivered=receipt.delivered,
        problems=(Problem("stopped", "refuse", message),),
        files=names,
    )


def _tries(marker: Path) -> int:
    """
    How often loading was cut off for no reason we know of.

    A machine that was started again since cut off whatever ran on it. Files are opened in a process of their own, so
    that one which ends its reader is refused at once and never counts here.
    """
    if not marker.exists():
        return 0
    about = json.loads(marker.read_text(encoding="utf-8"))
    went_down = abs(psutil.boot_time() - about.get("started", psutil.boot_time())) > A_RESTART
    return int(about["tries"]) - went_down


def _forced(marker: Path) -> str:
    return str(json.loads(marker.read_text(encoding="utf-8")).get("forced", "")) if marker.exists() else ""


def feed_of_delivery(home: Home, delivery_id: str) -> str | None:
    """The feed of a loaded delivery; None when there is none of that number."""
    folder = deliveries.find_folder(home.folder, delivery_id)
    return folder.parent.name if folder else None
