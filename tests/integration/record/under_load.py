"""
Read and write audit rows in one process while another publishes, and print what was seen as JSON.

Run by `test_loading.py` on a database and a home folder of its own, because a test's own database is in memory.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import time

import django

ROWS = 150_000
DAY = datetime.date(2026, 3, 3)


def publish(run_id: str, rows: int) -> None:
    import pyarrow as pa

    from kinfold.record import actions, loading, published

    with loading.begin(run_id) as load:
        for model in (published.Child, published.Statement):
            load.load(model, pa.table({"person_id": [f"C{n}" for n in range(rows)]}))
        counts = load.finish()
    actions.go_live(run_id=run_id, as_at=DAY, counts=counts, at=datetime.datetime.now(datetime.UTC))


def counts(snapshot) -> tuple[int, int]:
    from kinfold.record import published

    return snapshot.of(published.Child).count(), snapshot.of(published.Statement).count()


def read() -> dict[str, object]:
    from django.core.management import call_command

    from kinfold.governance import audit
    from kinfold.record import actions
    from kinfold.record.snapshot import live

    call_command("migrate", verbosity=0)
    publish("before", 10)
    before, seen, waits = live(), set(), []
    began = time.perf_counter()
    publisher = subprocess.Popen([sys.executable, __file__, "publish"])
    while (now := live()).run_id == before.run_id and publisher.poll() in (None, 0):
        seen.add(counts(now))
        started = time.perf_counter()
        audit.record(action="child.opened", at=datetime.datetime.now(datetime.UTC), person_id="C1")
        waits.append(time.perf_counter() - started)
        time.sleep(0.02)
    publishing = time.perf_counter() - began
    publisher.wait(timeout=60)
    old_list_after = counts(before)
    forgotten = actions.forget_old(keep=1)
    return {
        "counts_seen": sorted(seen),
        "counts_of_old_list_after": old_list_after,
        "forgotten": forgotten,
        "counts_after": counts(live()),
        "looks": len(waits),
        "longest_wait_as_share_of_publishing": max(waits) / publishing,
    }


if __name__ == "__main__":
    django.setup()
    if sys.argv[1:] == ["publish"]:
        publish("after", ROWS)
    else:
        print(json.dumps(read()))  # noqa: T201
