"""
What taking deliveries in costs: rows, CPU seconds and peak memory of a load, beside what it may cost.

The files are made up here (`made_up_returns`) at a large authority's size. Each load runs in a process of its own into
a home that is thrown away; its CPU is that of the process and of those it started, its memory that of all at once.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import made_up_returns
import psutil
from rich.console import Console
from rich.table import Table

AREA = Path(__file__).resolve().parent.parent / "areas" / "saltmarsh"
ON = datetime.date(2026, 6, 15)
SAMPLE_SECONDS = 0.02


@dataclasses.dataclass(frozen=True)
class Case:
    """One load: whose feed takes it, what it is made by, and the CPU seconds and MB it may take."""

    label: str
    feed: str
    make: Callable[[Path], None]
    cpu_seconds: int
    memory_mb: int


CASES = {
    "ssda903": Case(
        "SSDA903, 50,000 children", "ssda903", lambda folder: made_up_returns.ssda903(folder, 50_000), 20, 600
    ),
    "cin": Case(
        "CIN census, 5,000 children", "cin_census",
        lambda folder: made_up_returns.cin_census(folder / "cin.xml", 5_000), 3, 250,
    ),
    "cin-large": Case(
        "CIN census, 50,000 children", "cin_census",
        lambda folder: made_up_returns.cin_census(folder / "cin.xml", 50_000), 30, 400,
    ),
    "csv": Case(
        "Mapped CSV, 1,000,000 rows", "police_domestic_abuse",
        lambda folder: made_up_returns.notices(folder / "notices.csv", 1_000_000), 20, 700,
    ),
}  # fmt: skip


def load_here(feed: str, folder: Path) -> None:
    """Load what is in `folder`, as `kinfold feeds load` does, and say on one line what came of it and what it cost."""
    import_start = time.process_time()
    from kinfold.feeds.lean import stay_lean

    stay_lean("pandas")
    from kinfold.areas import feeds as area_feeds
    from kinfold.feeds.load import load

    home = Path(tempfile.mkdtemp(prefix="kinfold-bench-home-"))
    try:
        at = datetime.datetime.combine(ON, datetime.time(9), datetime.UTC)
        feeds = area_feeds.load(AREA)
        imported = time.process_time() - import_start
        [report] = load([folder], home, feeds, delivered=ON, received_at=at, feed=feed)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    cost = os.times()
    cpu = cost.user + cost.system + cost.children_user + cost.children_system
    counted = report.rows_mapped, report.rows_set_aside, report.rows_refused_by_agreement
    print(
        json.dumps({"state": report.state, "rows": report.rows_in, "counted": counted, "cpu": cpu, "start": imported})
    )


def measured(case: str, folder: Path) -> dict:
    """Run one load in a process of its own, watching its memory."""
    command = [sys.executable, __file__, "--load", case, "--folder", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        peak = 0.0
        watched = psutil.Process(running.pid)
        while running.poll() is None:
            peak = max(peak, _memory_mb(watched))
            time.sleep(SAMPLE_SECONDS)
        said = running.stdout.read() if running.stdout else ""
    if running.returncode:
        sys.exit(f"{CASES[case].label} could not be loaded; see above.")
    return {**json.loads(said.splitlines()[-1]), "peak": peak}


def _memory_mb(process: psutil.Process) -> float:
    """Resident memory of a process and those it started, in MiB; what they share is counted in each."""
    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        return 0.0
    return total / 2**20


def table_of(found: dict[str, dict]) -> Table:
    table = Table(title="Loads into an empty home", box=None)
    table.add_column("file")
    for heading in ("MB", "rows in", "mapped", "set aside", "refused", "CPU s", "may be", "peak MB", "may be", "kept"):
        table.add_column(heading, justify="right")
    for name, one in found.items():
        case, counted = CASES[name], one["counted"]
        is_kept = one["cpu"] <= case.cpu_seconds and one["peak"] <= case.memory_mb and one["rows"] == sum(counted)
        table.add_row(
            case.label, f"{one['size'] / 1e6:,.0f}", f"{one['rows']:,}", *(f"{count:,}" for count in counted),
            f"{one['cpu']:.1f}", str(case.cpu_seconds), f"{one['peak']:,.0f}", str(case.memory_mb),
            "yes" if is_kept else "no",
        )  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; all when none is named")
    parser.add_argument("--keep", type=Path, help="folder for the files made here, used again when they are there")
    parser.add_argument("--load", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.load:
        load_here(CASES[asked.load].feed, asked.folder)
        return
    unknown = [name for name in asked.cases if name not in CASES]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; choose of {', '.join(CASES)}")
    found = {}
    place = asked.keep or Path(tempfile.mkdtemp(prefix="kinfold-bench-"))
    try:
        for name in asked.cases or CASES:
            folder = place / name
            if not folder.exists():
                print(f"  making {CASES[name].label}", file=sys.stderr, flush=True)
                folder.mkdir(parents=True)
                CASES[name].make(folder)
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            found[name] = {**measured(name, folder), "size": size}
    finally:
        if not asked.keep:
            shutil.rmtree(place, ignore_errors=True)
    Console(width=130).print(table_of(found))


if __name__ == "__main__":
    main()
