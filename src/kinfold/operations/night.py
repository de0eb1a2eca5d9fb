"""One night's work from end to end: gather decisions, work the day out, publish it."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kinfold.operations import matching_quality, run
from kinfold.operations.home import Home
from kinfold.operations.steps import Step

Say = Callable[[Step, bool], None]


class AlreadyRunning(Exception):
    """Another run of this home has not ended; the message says what to do."""


def set_up_service(home: Home) -> None:
    """Point Django at the home and bring its database, and the snapshot people read, up to date. Safe to call again."""
    os.environ["KINFOLD_HOME"] = str(home.folder)
    os.environ["KINFOLD_AREA"] = str(home.area)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinfold.web.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from django.utils import timezone

    from kinfold.operations import publish

    with suppress(AlreadyRunning), only_one(home):  # a run that has not ended publishes in today's shape itself
        publish.bring_up_to_date(home, at=timezone.now())


def tonight(
    home: Home,
    *,
    as_at: datetime.date,
    at: datetime.datetime,
    compare: bool = True,
    engine: str | None = None,
    say: Say = lambda step, is_done: None,
) -> tuple[run.Worked, list[Step]]:
    """
    Run and publish a day. Returns the finished run and every step with its cost.

    compare: whether lists say what changed since the live run; not after an erasure, whose traces that would keep.
    engine: what compares pairs of records, `duckdb` or `spark`; None for what the area says.

    Raises run.RunFailed, or what publish raises; the live snapshot is then as it was.
    """
    from django.core.management import call_command
    from django.db import DatabaseError

    from kinfold.governance import searching
    from kinfold.operations import agreements, decisions, intake, publish, rules, sealing
    from kinfold.record import actions as record
    from kinfold.record import loading, snapshot
    from kinfold.workbench.study import actions as studies

    with only_one(home):
        clear_cut_off(home)
        # What was promised to a sender and cut off belongs in tonight's list.
        intake.recover(home, at=at)
        decisions.gather(home)
        sealing.forget_decisions(home)
        plan = run.Plan(
            home=home,
            as_at=as_at,
            run_id=run.new_run_id(as_at),
            into=home.snapshots,
            rules=home.area,
            approved=rules.approved_on(as_at),
            is_plain=rules.are_plain(at),
            previous=home.live_snapshot() if compare else None,
            agreed=agreements.terms_for_run(home, on=as_at),
            engine=engine,
        )
        worked = run.work_out(plan, say=say)
        try:
            published = publish.publish(home, worked, at=at, say=say)
        except (loading.UnableToPublish, record.UnableToGoLive, DatabaseError, OSError) as why:
            take_away(home, worked)
            is_database = isinstance(why, DatabaseError)
            reason = f"the service's database refused it ({type(why).__name__})" if is_database else str(why)
            raise NotPublished(
                f"The run was worked out and not published: {reason.rstrip('.')}. {run.what_is_live(home)} "
                "Mend the cause and run `kinfold run` again."
            ) from why
        forget_old(home, keep=publish.KEPT_SNAPSHOTS)
        searching.check_chain(at=at)
        studies.tidy(at=at, snapshot=snapshot.live())
        call_command("clearsessions")
    return worked, [*worked.steps, *published]


def take_away(home: Home, worked: run.Worked) -> None:
    """Take away what was loaded apart and never pointed at. Where the pointer cannot be read, nothing is touched."""
    from django.db import DatabaseError

    from kinfold.record import loading
    from kinfold.record.models import Publication

    with suppress(DatabaseError):
        if not Publication.objects.filter(run_id=worked.run_id, is_live=True).exists():
            loading.forget(worked.run_id)
            shutil.rmtree(worked.folder, ignore_errors=True)
            matching_quality.forget(home, worked.run_id)


class NotPublished(Exception):
    """The run was worked out and not published; the message says why and what is live."""


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the home's run lock. Raises AlreadyRunning when another run holds it."""
    lock = home.folder / "run.lock"
    if lock.exists() and not _is_alive(lock):
        lock.unlink(missing_ok=True)
    try:
        handle = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        raise AlreadyRunning(
            "Another run of this home has not ended. Wait for it; the live snapshot is untouched."
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
        yield
    finally:
        lock.unlink(missing_ok=True)


def _is_alive(lock: Path) -> bool:
    import psutil

    try:
        return psutil.pid_exists(int(lock.read_text(encoding="ascii")))
    except ValueError:
        return False


def clear_cut_off(home: Home) -> int:
    """Take away what runs that were cut off left half-written; returns how many."""
    left = list(home.snapshots.glob(".*.partial"))
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def forget_old(home: Home, *, keep: int) -> int:
    """
    Take away the tables of all but the newest `keep` snapshots; what each run was and its rules are kept.

    The live one always stays. Returns how many snapshots were emptied.
    """
    live = home.live_snapshot()
    runs = sorted((p.parent for p in home.snapshots.glob("*/run.json")), key=_made_at, reverse=True)
    emptied = 0
    for folder in runs[keep:]:
        tables = list(folder.glob("*.parquet")) if folder != live else []
        for table in tables:
            table.unlink()
        emptied += bool(tables)
    return emptied


def _made_at(folder: Path) -> float:
    return (folder / "run.json").stat().st_mtime
