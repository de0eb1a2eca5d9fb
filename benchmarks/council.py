"""
What the demonstration council costs at several sizes, step by step, and how the cost grows.

Each size is stood up in a process of its own, so that one size's memory does not colour the next.
"""

from __future__ import annotations

import argparse
import datetime
import json
import multiprocessing
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

CONSOLE = Console(width=110)
SIZES = (6_000, 50_000, 150_000)
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # what opens and ends one is not a question


def stand_up(children: int, seed: int, folder: str, found: multiprocessing.Queue[Any]) -> None:
    """Make and run one council; put its steps, the linkage's figures and the pages' cost on `found`."""
    from kinfold.operations import demo

    now = datetime.datetime.now(datetime.UTC)
    home = Path(folder)
    made = demo.make(home, children=children, seed=seed, as_at=now.date(), at=now, say=_say)
    found.put(
        {
            "children": children,
            "rows_in": made.rows_in,
            "steps": [(s.name, s.rows, s.wall_seconds, s.cpu_seconds, s.memory_mb) for s in made.steps],
            "linkage": _linkage(home),
            "pages": _pages(home),
        }
    )


def _say(step: Any, is_done: bool) -> None:
    if is_done:
        print(f"  {step.name}: {step.wall_seconds:.1f} s", file=sys.stderr, flush=True)


def _linkage(home: Path) -> dict[str, Any]:
    from kinfold.linkage.evaluate import evaluate
    from kinfold.operations.home import open_home

    live = open_home(home).live_snapshot()
    assert live is not None
    return evaluate(live / "link.parquet", home / "truth" / "people.parquet")


def _pages(home: Path) -> list[tuple[str, int, float]]:
    """Queries and CPU milliseconds at the server of my day and of a child's page, the median of ten."""
    import statistics
    import time

    from django.conf import settings
    from django.db import connections
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from kinfold.governance.models import User
    from kinfold.governance.permissions import keys_of
    from kinfold.record import snapshot
    from kinfold.record.models import WorklistRow

    settings.ALLOWED_HOSTS = ["testserver"]
    people = json.loads((home / "truth" / "staff.json").read_text(encoding="utf-8"))
    worker = User.objects.get(username=next(p["username"] for p in people if p["role"] == "social_worker"))
    client = Client()
    client.force_login(worker, backend=settings.AUTHENTICATION_BACKENDS[-1])
    live = snapshot.live()
    assert live is not None
    row = live.of(WorklistRow).filter(owner_kind="worker", owner_ref__in=keys_of(worker, worker.staff_ref)).first()
    pages = [("my day", reverse("worklists:my_day"))]
    if row is not None:
        pages.append(("a child", reverse("record:child", args=[row.person_id])))
    measured = []
    for name, url in pages:
        client.get(url)
        took = []
        for _ in range(10):
            with (
                CaptureQueriesContext(connections["default"]) as default,
                CaptureQueriesContext(connections[live.alias]) as published,
            ):
                began = time.process_time()
                response = client.get(url)
                took.append((time.process_time() - began) * 1000)
            assert response.status_code == 200, response.status_code
        asked = [*default, *(published if live.alias != "default" else [])]
        queries = sum(not query["sql"].startswith(TRANSACTION) for query in asked)
        measured.append((name, queries, statistics.median(took)))
    return measured


def print_size(found: dict[str, Any]) -> None:
    table = Table(title=f"{found['children']:,} children, {found['rows_in']:,} rows delivered", box=None)
    table.add_column("step")
    for heading in ("rows", "wall s", "CPU s", "peak MB"):
        table.add_column(heading, justify="right")
    for name, rows, wall, cpu, memory in found["steps"]:
        table.add_row(name, f"{rows:,}" if rows is not None else "", f"{wall:.1f}", f"{cpu:.1f}", f"{memory:,.0f}")
    CONSOLE.print(table)
    told = found["linkage"]
    CONSOLE.print(f"linkage: precision {told['precision']:.4f}, recall {told['recall']:.4f}")
    for name, queries, milliseconds in found["pages"]:
        CONSOLE.print(f"{name}: {queries} queries, {milliseconds:.0f} ms CPU at the server")
    CONSOLE.print()


def print_growth(all_found: list[dict[str, Any]]) -> None:
    """Wall seconds of the last night's run (the second) by size, and per 10,000 children."""
    table = Table(title="How one night's run grows", box=None)
    for heading in ("children", "rows", "wall s", "CPU s", "CPU s per 10,000 children", "peak MB"):
        table.add_column(heading, justify="right")
    for found in all_found:
        night = _last_night(found["steps"])
        wall, cpu = sum(s[2] for s in night), sum(s[3] for s in night)
        memory = max(s[4] for s in night)
        per = cpu / found["children"] * 10_000
        table.add_row(
            f"{found['children']:,}",
            f"{found['rows_in']:,}",
            f"{wall:.0f}",
            f"{cpu:.0f}",
            f"{per:.1f}",
            f"{memory:,.0f}",
        )
    CONSOLE.print(table)


def _last_night(steps: list[Any]) -> list[Any]:
    starts = [n for n, step in enumerate(steps) if step[0] == "Assembling what is known"]
    return steps[starts[-1] :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, default=None, help="keep the homes made here")
    asked = parser.parse_args()
    all_found = []
    for children in asked.children:
        folder = str(asked.keep / f"home-{children}") if asked.keep else tempfile.mkdtemp(prefix="kinfold-bench-")
        context = multiprocessing.get_context("spawn")
        found = context.Queue()
        process = context.Process(target=stand_up, args=(children, asked.seed, folder, found))
        process.start()
        while process.is_alive() and found.empty():
            process.join(1)
        if found.empty():
            sys.exit(f"The council of {children:,} children could not be stood up; see above.")
        all_found.append(found.get())
        process.join()
        print_size(all_found[-1])
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print_growth(all_found)


if __name__ == "__main__":
    main()
