"""Stand the demonstration council up: make its deliveries, load them as any council would, run and publish."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kinfold.demonstration import council
from kinfold.feeds import load as feeds_load
from kinfold.operations import home as homes
from kinfold.operations import night, sealing
from kinfold.operations.home import Home
from kinfold.operations.steps import Step, Steps
from kinfold.store import engine as engines

MADE = "demonstration.json"
SIGN_INS = "sign-ins.json"
PROCESSES = min(2, os.cpu_count() or 1)
THREADS = max(1, (os.cpu_count() or 1) // PROCESSES)
A_WEEK = datetime.timedelta(days=7)


class NotTheDemonstration(Exception):
    """The folder holds a real council's data, or half a demonstration; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class StoodUp:
    """What was made: deliveries loaded, rows in them, and what each step cost."""

    home: Home
    deliveries: int
    rows_in: int
    seconds: float
    steps: list[Step]


def is_made(folder: Path) -> bool:
    return (folder / MADE).exists()


def make(
    folder: Path, *, children: int, seed: int, as_at: datetime.date, at: datetime.datetime, say: night.Say
) -> StoodUp:
    """
    Make, load, run and publish Saltmarsh in `folder`; a half-made one is begun again.

    Two nights are run, a week apart, so that lists can say what changed. Raises NotTheDemonstration when the
    folder holds anything else, and what a run raises.
    """
    began = time.perf_counter()
    _clear(folder)
    home = homes.create(folder, area=homes.shipped_area(), is_demonstration=True, on=as_at)
    steps = Steps(say)
    with steps.step("Making the council") as step:
        made = council.make(folder, children=children, seed=seed, as_at=as_at)
        step.rows = sum(made.rows.values())
    night.set_up_service(home)
    sign_ins = _people(home, at)
    _agree(home, at)
    last_week = as_at - A_WEEK
    waiting = _incoming(folder)
    early = [(on, files) for on, files in waiting if on <= last_week]
    late = [(on, files) for on, files in waiting if on > last_week]
    with steps.step("Checking and loading deliveries") as step:
        reports = _load(home, [*early, *late], at)
        step.rows = sum(report.rows_in for report in reports)
    _seal(home, as_at)
    _, first = night.tonight(home, as_at=last_week, at=at - A_WEEK, say=say)
    _, second = night.tonight(home, as_at=as_at, at=at, say=say)
    homes.write_whole(folder / SIGN_INS, json.dumps(sign_ins))
    homes.write_whole(folder / MADE, json.dumps({"children": children, "seed": seed, "as_at": as_at.isoformat()}))
    return StoodUp(
        home=home,
        deliveries=len(reports),
        rows_in=steps.done[1].rows or 0,
        seconds=time.perf_counter() - began,
        steps=[*steps.done, *first, *second],
    )


def _clear(folder: Path) -> None:
    """Take away what an earlier making left. Refuses a folder that is not the demonstration's."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        home = homes.open_home(folder)
    except homes.NoHome as why:
        raise NotTheDemonstration(
            f"{folder.name} holds files that are not Kinfold's; nothing was changed. Name another folder with --home."
        ) from why
    if not home.is_demonstration:
        raise NotTheDemonstration(
            f"{folder.name} holds a real council's data; nothing was changed. Name another folder with --home."
        )
    for entry in folder.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _incoming(folder: Path) -> list[tuple[datetime.date, list[Path]]]:
    """What was handed over: the day and the files of each delivery, oldest first."""
    return [
        (datetime.date.fromisoformat(feed.parent.name), sorted(feed.iterdir()))
        for feed in sorted((folder / "incoming").glob("*/*"), key=lambda path: (path.parent.name, path.name))
    ]


def _load(home: Home, waiting: list[tuple[datetime.date, list[Path]]], at: datetime.datetime) -> list[Any]:
    from kinfold.operations import agreements

    feeds = agreements.feeds_of(home, on=at.date())
    with engines.duckdb(memory_gb=3, threads=THREADS) as engine:
        return list(
            feeds_load.load_many(waiting, home.folder, feeds, received_at=at, engine=engine, processes=PROCESSES)
        )


def _seal(home: Home, on: datetime.date) -> None:
    """Seal the birth identities of the adopted, as adoption staff would at the order."""
    path = home.truth / "sealed.parquet"
    keys = pq.read_table(path).column("person_key").to_pylist() if path.exists() else []
    sealing.seal(home, keys, from_on=on)


def _people(home: Home, at: datetime.datetime) -> list[dict[str, str]]:
    """Make the demonstration's sign-ins, one for each role, and return how to sign in as each."""
    from kinfold.operations import accounts

    staff = json.loads((home.truth / "staff.json").read_text(encoding="utf-8"))
    return accounts.make(home, staff, at=at)


def _agree(home: Home, at: datetime.datetime) -> None:
    """Enter the demonstration's own agreements, approved by nobody real."""
    from kinfold.operations import agreements

    agreements.enter_from_area(home, by=None, at=at)


def sign_ins(home: Home) -> list[dict[str, str]]:
    """How to sign in as each role: username, password and the role's label."""
    return list(json.loads((home.folder / SIGN_INS).read_text(encoding="utf-8")))
