"""
The whole exam of profile and priority, printed beside its goals.

Nothing was tuned on what is asked here: the council has a seed of its own, and what came of its children was made from
published rates without sight of a marker. Each exam is sat in a process of its own; wall seconds say little on a
shared machine, so compare CPU.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import proof_exams
import psutil
from proof_exams import Row, Sitting
from rich.console import Console
from rich.table import Table

SAMPLE_SECONDS = 0.05
SEED, CHILDREN = 20_263, 30_000
"""A seed that nobody has looked at while writing a rule, and children enough for 100 events in most groups."""


def make_council(home: Path, *, children: int, seed: int) -> None:
    """Stand the council up with the product's own command, unless it is there already."""
    if (home / "lake" / "live.json").exists():
        return
    asked = [sys.executable, "-m", "kinfold.cli", "demo", "--no-serve", "--home", str(home)]
    subprocess.run([*asked, "--children", str(children), "--seed", str(seed)], check=True, stdout=sys.stderr)


def sit_here(name: str, sitting: Sitting) -> dict[str, Any]:
    """Sit one exam in this process."""
    warnings.simplefilter("ignore")
    cpu, wall = time.process_time(), time.perf_counter()
    rows = [dataclasses.asdict(row) for row in proof_exams.found()[name].sit(sitting)]
    return {"rows": rows, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def sit(name: str, sitting: Sitting) -> dict[str, Any]:
    """Sit one exam in a process of its own and watch what it holds."""
    asked = [sys.executable, __file__, "--sit", name, "--folder", str(sitting.folder), "--seed", str(sitting.seed)]
    asked += ["--children", str(sitting.children), *(["--home", str(sitting.home)] if sitting.home else [])]
    answer = sitting.folder / "answer.json"
    child = subprocess.Popen(asked, stdout=sys.stderr)
    watched, peak = psutil.Process(child.pid), 0
    while child.poll() is None:
        try:
            peak = max(peak, sum(one.memory_info().rss for one in (watched, *watched.children(recursive=True))))
        except psutil.NoSuchProcess:
            break
        time.sleep(SAMPLE_SECONDS)
    if child.wait() or not answer.exists():
        failed = Row(f"{name}: the exam", "stopped", "", False, "what it said is above the table")
        return {"rows": [dataclasses.asdict(failed)], "cpu": 0.0, "wall": 0.0, "peak_gb": peak / 1e9}
    return {**json.loads(answer.read_text(encoding="utf-8")), "peak_gb": peak / 1e9}


def table_of(answers: dict[str, dict[str, Any]]) -> Table:
    table = Table(title="The exam of profile and priority")
    for name in ("asked", "measured", "goal", "met", "note"):
        table.add_column(name, justify="right" if name in ("measured", "goal") else "left")
    exams = proof_exams.found()
    for name, answer in answers.items():
        spent = f"{answer['wall']:.0f} s ({answer['cpu']:.0f} s CPU), {answer['peak_gb']:.1f} GB"
        table.add_row(f"[bold]{exams[name].title}[/bold]", "", "", "", f"[dim]{spent}[/dim]")
        for row in (Row(**one) for one in answer["rows"]):
            met = "" if row.is_met is None else "yes" if row.is_met else "[bold]no[/bold]"
            table.add_row(f"  {row.asked}", row.measured, row.goal, met, row.note)
    return table


def main() -> None:
    exams = proof_exams.found()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exams", nargs="*", help=f"of {', '.join(exams)}; all when none is named")
    parser.add_argument("--keep", type=Path, help="folder for what is made here, used again when it is there")
    parser.add_argument("--home", type=Path, help="a council that is made already, instead of making one")
    parser.add_argument("--children", type=int, default=CHILDREN)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--sit", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.sit:
        told = sit_here(asked.sit, Sitting(asked.folder, asked.seed, asked.children, asked.home))
        (asked.folder / "answer.json").write_text(json.dumps(told), encoding="utf-8")
        return
    if unknown := [name for name in asked.exams if name not in exams]:
        parser.error(f"there is no {', '.join(unknown)}; choose of {', '.join(exams)}")
    place = asked.keep or Path(tempfile.mkdtemp(prefix="kinfold-proof-"))
    try:
        answers = sit_all(asked, place, [exams[name] for name in asked.exams or exams])
    finally:
        if not asked.keep:
            shutil.rmtree(place, ignore_errors=True)
    if asked.as_json:
        print(json.dumps(answers, indent=1))
    else:
        Console(width=170).print(table_of(answers))


def sit_all(asked: argparse.Namespace, place: Path, chosen: list[proof_exams.Exam]) -> dict[str, dict[str, Any]]:
    home = asked.home or place / "council"
    if asked.home is None and any(exam.needs_council for exam in chosen):
        make_council(home, children=asked.children, seed=asked.seed)
    answers = {}
    for exam in chosen:
        print(f"  {exam.title}", file=sys.stderr, flush=True)
        folder = place / "exams" / exam.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        answers[exam.name] = sit(
            exam.name, Sitting(folder, asked.seed, asked.children, home if exam.needs_council else None)
        )
    return answers


if __name__ == "__main__":
    main()
