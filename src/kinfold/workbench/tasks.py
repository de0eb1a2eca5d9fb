"""Long work behind the workbench's pages. The receipt on disk is the truth; a task lost is found again at start-up."""

from __future__ import annotations

import datetime
import traceback
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from kinfold.operations import home as homes
from kinfold.operations import intake, uploads
from kinfold.operations.home import Home
from kinfold.workbench.rules import tasks as rules


class Stopped(Exception):
    """A task stopped at an error nobody foresaw; it says the kind and the line, never what a cell holds."""


@task()
def check_receipt(receipt_id: str, by: str) -> None:
    """Read what came as a load would, and stop, so that somebody can read the report first."""
    _do(lambda home, at: intake.check(home, receipt_id, by=by, at=at))


@task()
def load_receipt(receipt_id: str, by: str, forced: str = "") -> None:
    """Load what came. forced: why it is loaded though far fewer or more rows came than usual."""
    _do(lambda home, at: intake.load(home, receipt_id, by=by, at=at, forced=forced))


@task()
def go_on_with(receipt_id: str) -> None:
    """Take up a receipt whose work was cut off."""
    _do(lambda home, at: intake.take_up(home, intake.get(home, receipt_id), at=at))


def find_again(home: Home, *, at: datetime.datetime) -> int:
    """
    Put right at start-up what was cut off, and queue what has to go on; returns how many receipts that is.

    Queued twice, a receipt is still worked on once.
    """
    found = intake.recover(home, at=at, later=True)
    uploads.forget_abandoned(home, at=at)
    for receipt_id in found.waiting:
        go_on_with.enqueue(receipt_id)
    rules.find_again()
    return len(found.waiting)


def _do(work: Callable[[Home, datetime.datetime], object]) -> None:
    """What is refused in words stands in the receipt; the queue keeps no message that could quote a cell."""
    try:
        work(homes.open_home(settings.HOME), timezone.now())
    except (intake.BeingWorkedOn, intake.NoSuchReceipt, intake.UnableToTakeIn):
        return
    except Exception as why:  # noqa: BLE001 - whatever it was, its own words go no further
        raise Stopped(_where(why)) from None


def _where(why: Exception) -> str:
    ours = [step for step in traceback.extract_tb(why.__traceback__) if "kinfold" in step.filename]
    at = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return f"{type(why).__name__}{at}"
