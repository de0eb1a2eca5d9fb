"""
The whole exam of linkage, printed beside its goals.

Nothing was tuned on what is asked here. Each exam runs in a process of its own; its CPU is that of the process and its
memory the most it held at once. Wall seconds say little on a shared machine: compare CPU.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

SAMPLE_SECONDS = 0.05
MILLION = 1_000_000
EXAMS = ("febrl4", "febrl3", "messy", "families", "usual", "nights", "spark", "million", "night-on-million")
# The rest sit on made-up families.
OF_THEIR_OWN = ("febrl", "messy", "spark")
Found = dict[str, dict[str, Any]]


def measure_here(name: str, folder: Path, rows: int) -> dict[str, Any]:
    """Sit one exam in this process; the files of it are made first and not counted."""
    import linkage_exams as exams
    import messy_exam
    import spark_exam

    warnings.simplefilter("ignore")
    if not name.startswith(OF_THEIR_OWN):
        exams.made(folder, rows, seed=6 if name.endswith("million") else 5)
    sit: dict[str, Callable[[], dict[str, Any]]] = {
        "febrl4": lambda: exams.febrl(folder, "febrl4"),
        "febrl3": lambda: exams.febrl(folder, "febrl3"),
        "messy": lambda: messy_exam.messy(folder),
        "families": lambda: exams.families(folder),
        "usual": lambda: exams.usual_default(folder),
        "nights": lambda: exams.nights(folder),
        "spark": lambda: spark_exam.spark(folder),
        "million": lambda: exams.million(folder),
        "night-on-million": lambda: exams.night_on_million(folder),
    }
    cpu, wall = time.process_time(), time.perf_counter()
    print("begun", flush=True)
    found = sit[name]()
    return {**found, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


class ExamStopped(Exception):
    """One exam gave no answer; the message says which. The others are printed all the same."""


def measured(name: str, folder: Path, rows: int) -> dict[str, Any]:
    """
    Sit one exam in a process of its own, watched from when its files are made.

    Raises ExamStopped; what it said of the reason is on the error stream.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = [sys.executable, __file__, "--measure", name, "--folder", str(folder), "--rows", str(rows)]
    child = subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)
    watched, peak = psutil.Process(child.pid), 0
    assert child.stdout is not None
    child.stdout.readline()
    while child.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(SAMPLE_SECONDS)
    said = child.stdout.read().strip().splitlines()
    if child.returncode or not said:
        raise ExamStopped(f"The exam {name} stopped; what it said is above.")
    return {**json.loads(said[-1]), "peak_gb": peak / 1e9}


Line = tuple[str, str, str, str, bool | None]


def lines(found: Found) -> Iterator[Line]:
    """What is asked, what the usual default gives, what was measured, the goal, and whether it is met."""
    for name, goal in (("febrl4", 0.9990), ("febrl3", 0.9980)):
        if name in found:
            yield _least(f"{name}: F1 of pairs", found[name]["f1"], goal)
    if "febrl4" in found:
        yield _least("febrl4: precision", found["febrl4"]["precision"], 0.9998)
    if "messy" in found:
        yield from _messy(found["messy"])
    if "families" in found:
        yield from _families(found["families"], found.get("usual", {}))
    if "nights" in found:
        yield from _nights(found["nights"])
    if "spark" in found:
        yield _spark(found["spark"])
    if "million" in found:
        yield from _cost("1,000,000 rows", found["million"], 90)
        yield _least("1,000,000 rows: precision", found["million"]["precision"], 0.998)
        yield _least("1,000,000 rows: recall", found["million"]["recall"], 0.96)
    if "night-on-million" in found:
        one = found["night-on-million"]
        told = f"{one['night_wall']:.0f} s ({one['night_cpu']:.0f} s CPU)"
        label = f"{one['new']:,} new rows on 1,000,000, with ids, ledger and queue"
        yield label, "", told, "12 s", one["night_wall"] <= 12
        yield (
            "  pairs scored; groups built again",
            "",
            f"{one['pairs_scored']:,}; {one['groups_built_again']:,}",
            "",
            None,
        )


def _messy(one: dict[str, Any]) -> Iterator[Line]:
    from messy_exam import ASKED, TWINS_MERGED

    for name, (precision, recall) in ASKED.items():
        yield _least(f"messy, {name}: precision", one[name]["precision"], precision)
        yield _least(f"messy, {name}: recall", one[name]["recall"], recall)
        twins = one[name].get("twins", {"pairs": 0})
        if twins["pairs"]:
            share, told = twins["share_merged"], f"{twins['share_merged']:.1%} ({twins['merged']} of {twins['pairs']})"
            yield f"messy, {name}: twins merged", "", told, f"{TWINS_MERGED:.0%} or fewer", share <= TWINS_MERGED


def _families(mine: dict[str, Any], usual: dict[str, Any]) -> Iterator[Line]:
    def other(name: str, show: str) -> str:
        return format(usual[name], show) if usual else ""

    share = mine["twins_share"]
    told = f"{share:.1%} ({mine['twins_merged']} of {mine['twins']})"
    yield "families: twin pairs merged", other("twins_share", ".1%"), told, "2% or fewer", share <= 0.02
    for label, name, most in (
        ("families: twins merged whose numbers conflict", "twins_in_conflict", 0),
        ("families: parent and child merged", "parents_merged", 10),
    ):
        goal = "0" if most == 0 else f"{most} or fewer"
        yield label, other(name, "d"), str(mine[name]), goal, mine[name] <= most
    yield _least("families: precision", mine["precision"], 0.998, other("precision", ".4f"))
    yield _least("families: recall", mine["recall"], 0.96, other("recall", ".4f"))
    gap, review = mine["ethnic_gap"], mine["review_share"]
    label = "families: recall gap of the two largest ethnic groups"
    yield label, other("ethnic_gap", ".2f"), f"{gap:.2f} points", "1 point or less", gap <= 1
    yield "families: pairs to review, of records", "", f"{review:.2%}", "1% or fewer", review <= 0.01


def _nights(one: dict[str, Any]) -> Iterator[Line]:
    for label, name in (
        ("sealed records found anywhere", "sealed_found"),
        ("withheld addresses shown", "withheld_shown"),
        ("withheld addresses in a household", "withheld_lived_at"),
        ("ids changed on a shuffled rerun", "ids_changed_when_shuffled"),
    ):
        yield label, "", f"{one[name]:,}", "0", one[name] == 0
    changed = one["ids_changed_after_new"]
    yield "ids changed after 1% new rows", "", f"{changed:.4%}", "0.1% or fewer", changed <= 0.001
    yield "every night is in the ledger", "", "yes" if one["is_in_ledger"] else "no", "yes", one["is_in_ledger"]
    yield _least(f"incremental against whole ({one['way']}): pairs agreed", one["incremental"], 0.9995)
    is_same = one["undone_ids"] == one["undone_tables"] == 0
    told = f"{one['undone_ids']} ids, {one['undone_tables']} tables differ"
    yield f"1,000 merges and splits undone ({one['upset']:,} records moved)", "", told, "0", is_same
    yield "the ledger only grows", "", "yes" if one["ledger_grew_only"] else "no", "yes", one["ledger_grew_only"]


def _spark(one: dict[str, Any]) -> Line:
    if one["missing"]:
        return "Spark against DuckDB: pairs agreed", "", f"skipped: no {', '.join(one['missing'])}", "0.9995", None
    label = f"Spark against DuckDB: {one['records']:,} records, {one['pairs']:,} pairs, agreed"
    return _least(label, one["agreement"], 0.9995)


def _cost(label: str, one: dict[str, Any], seconds: int) -> Iterator[Line]:
    told = f"{one['wall']:.0f} s ({one['cpu']:.0f} s CPU)"
    yield f"{label}: time", "", told, f"{seconds} s on two cores", one["wall"] <= seconds
    yield f"{label}: most memory", "", f"{one['peak_gb']:.1f} GB", "4 GB", one["peak_gb"] <= 4


def _least(label: str, value: float, goal: float, usual: str = "") -> Line:
    return label, usual, f"{value:.4f}", f"{goal:.4f}", value >= goal


def table_of(found: Found) -> Table:
    table = Table(title="The exam of linkage")
    for name in ("asked", "usual default", "measured", "goal", "met"):
        table.add_column(name, justify="left" if name == "asked" else "right")
    for label, usual, told, goal, is_met in lines(found):
        table.add_row(label, usual, told, goal, "" if is_met is None else "yes" if is_met else "no")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exams", nargs="*", help=f"of {', '.join(EXAMS)}; all when none is named")
    parser.add_argument("--keep", type=Path, help="folder for the files made here, used again when they are there")
    parser.add_argument("--rows", type=int, default=100_000, help="records of the families")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure_here(asked.measure, asked.folder, asked.rows), default=str))
        return
    unknown = [name for name in asked.exams if name not in EXAMS]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; choose of {', '.join(EXAMS)}")
    place = asked.keep or Path(tempfile.mkdtemp(prefix="kinfold-exam-"))
    found: Found = {}
    stopped: list[str] = []
    try:
        for name in asked.exams or EXAMS:
            print(f"  {name}", file=sys.stderr, flush=True)
            size = MILLION if name.endswith("million") else asked.rows
            own = name if name.startswith(OF_THEIR_OWN) else f"families-{size}"
            try:
                found[name] = measured(name, place / own, size)
            except ExamStopped as why:
                stopped.append(str(why))
    finally:
        if not asked.keep:
            shutil.rmtree(place, ignore_errors=True)
    Console(width=150).print(table_of(found))
    if stopped:
        raise SystemExit("\n".join(stopped))


if __name__ == "__main__":
    main()
