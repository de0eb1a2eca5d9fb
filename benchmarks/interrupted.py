"""
Kill loads at random moments, and look whether anything that was acknowledged is lost, doubled or half there.

A process receives and loads small deliveries one after the other, saying when each was received, and is killed where it
happens to be: receiving, opening, mapping, moving, or putting right what the one before it left. The next one recovers
and goes on. At the end each delivery that was acknowledged has to be there once and whole, and nothing else.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from rich.console import Console

if TYPE_CHECKING:
    from kinfold.operations.home import Home

COLUMNS = ("EPISODE_REF", "NOMINAL", "SURNAME", "FORENAME", "DATE_OF_BIRTH", "SEX", "HOME_ADDRESS", "POSTCODE",
           "REPORTED", "FOUND")  # fmt: skip
ROWS = 200
ON = datetime.date(2026, 6, 15)
# Of so many kills one comes before the process is ready, while it starts or recovers.
EARLY_ONE_IN = 4


def made_up(number: int) -> bytes:
    """A delivery of its own for each number: made-up missing episodes."""
    rows = (
        (f"MIS{number}-{n}", f"NOM99{n:04d}", "TESTWOOD", "AMIRAH", "24/03/2012", "F", "9 Cliff Terrace", "ZZ1 1BF",
         "12/08/2025", "13/08/2025")
        for n in range(ROWS)
    )  # fmt: skip
    return "".join(",".join(row) + "\n" for row in (COLUMNS, *rows)).encode()


def opened(folder: Path) -> Home:
    """The home, with the service set up beside it."""
    from kinfold.operations import home as homes
    from kinfold.operations import night

    home = homes.open_home(folder)
    night.set_up_service(home)
    return home


def make(folder: Path) -> None:
    from kinfold.operations import home as homes

    homes.create(folder, area=homes.shipped_area(), is_demonstration=True, on=ON)
    home = opened(folder)
    from kinfold.operations import agreements  # once the service is set up: it has models

    agreements.enter_from_area(home, by=None, at=_now())


def work(folder: Path, first: int) -> None:
    """Recover, then receive and load deliveries from number `first` on until killed, saying each step."""
    home = opened(folder)
    from kinfold.operations import intake

    intake.recover(home, at=_now())
    print("ready", flush=True)
    received = folder.parent / "received"
    received.mkdir(exist_ok=True)
    number = first
    while True:
        path = received / f"{number}.csv"
        path.write_bytes(made_up(number))
        receipt = intake.receive_paths(home, [path], by="benchmark", delivered=ON, at=_now())
        print(f"received {number}", flush=True)
        intake.load(home, receipt.receipt_id, by="benchmark", at=_now())
        print(f"loaded {number}", flush=True)
        number += 1


def finish(folder: Path) -> None:
    """Recover for the last time, and load again what was given up because it was cut off too often."""
    home = opened(folder)
    from kinfold.operations import intake

    intake.recover(home, at=_now())
    again = [one for one in intake.list_receipts(home) if one.state != "loaded"]
    for receipt in again:
        intake.load(home, receipt.receipt_id, by="benchmark", at=_now())
    print(f"again {len(again)}", flush=True)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Worker:
    """A process that works in a home, and what it has said so far."""

    def __init__(self, folder: Path, *words: object) -> None:
        self.said: list[str] = []
        self._is_ready = threading.Event()
        command = [sys.executable, str(Path(__file__).resolve()), *map(str, words), "--home", str(folder)]
        environment = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "KINFOLD_AREA")
        }
        environment["KINFOLD_HOME"] = str(folder)
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line.strip())
            self._is_ready.set()
        self._is_ready.set()

    def wait_until_ready(self, seconds: float) -> None:
        self._is_ready.wait(seconds)

    def kill(self) -> None:
        self._process.kill()
        self.end()

    def end(self) -> int:
        code = self._process.wait()
        self._listening.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


def kill_many(folder: Path, *, kills: int, seed: int, say: Console) -> dict[str, int]:
    """Kill `kills` workers one after the other; returns what was acknowledged and what became of it."""
    chance = random.Random(seed)
    acknowledged: set[int] = set()
    spent = 1.0
    early = 0
    for turn in range(kills):
        worker = Worker(folder, "work", "--first", turn * 1_000)
        if chance.randrange(EARLY_ONE_IN) == 0:
            worker.wait_until_ready(chance.uniform(0, 3))
            early += 1
        else:
            worker.wait_until_ready(300)
            began = time.perf_counter()
            time.sleep(chance.uniform(0, 2 * spent))
            loaded = sum(line.startswith("loaded") for line in worker.said)
            if loaded:
                spent = min(5.0, (time.perf_counter() - began) / loaded)
        worker.kill()
        acknowledged |= {int(line.split()[1]) for line in worker.said if line.startswith("received")}
        if (turn + 1) % 20 == 0:
            say.print(f"{turn + 1} killed, {len(acknowledged)} deliveries acknowledged")
    last = Worker(folder, "finish")
    assert last.end() == 0, "the last recovery stopped"
    again = int(last.said[-1].split()[1])
    return {"kills": kills, "early": early, "acknowledged": len(acknowledged), "given_up_and_loaded_again": again} | (
        what_became(folder, acknowledged)
    )


def what_became(folder: Path, acknowledged: set[int]) -> dict[str, int]:
    """How many of the acknowledged are lost, doubled or not whole, and what is left over that is nobody's."""
    manifests = list(folder.glob("deliveries/*/*/manifest.json"))
    held = Counter(
        file["sha256"] for path in manifests for file in json.loads(path.read_text(encoding="utf-8"))["files"]
    )
    hashes = {number: hashlib.sha256(made_up(number)).hexdigest() for number in acknowledged}
    ids = {path.parent.name for path in manifests}
    events = [
        source_id
        for id_ in ids
        for source_id in pq.read_table(folder / "lake" / "mapped" / id_ / "event.parquet")
        .column("source_id")
        .to_pylist()
    ]
    landed = [pq.read_metadata(path).num_rows for path in folder.glob("deliveries/*/*/landed/*.parquet")]
    mapped = [path.name for path in (folder / "lake" / "mapped").iterdir()]
    left = [path for path in (folder / ".writing").iterdir() if path.name != "lock"]
    return {
        "deliveries": len(ids),
        "lost": sum(held[one] == 0 for one in hashes.values()),
        "doubled": sum(times > 1 for times in held.values()) + sum(times > 1 for times in Counter(events).values()),
        "not_whole": sum(number != ROWS for number in landed)
        + abs(len(landed) - len(ids))
        + abs(len(events) - ROWS * len(ids)),
        "left_over": len(left) + len(set(mapped) - ids) + len(list(folder.glob("receipts/.*"))),
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("verb", nargs="?", choices=("all", "make", "work", "finish"), default="all")
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--home", type=Path)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    if given.verb != "all":
        {"make": make, "finish": finish, "work": lambda home: work(home, given.first)}[given.verb](given.home)
        return
    with tempfile.TemporaryDirectory(prefix="kinfold-interrupted-") as place:
        folder = Path(place) / "home"
        assert Worker(folder, "make").end() == 0, "the home could not be made"
        told = kill_many(folder, kills=given.kills, seed=given.seed, say=Console(stderr=True))
    if given.json:
        print(json.dumps(told))
    else:
        Console().print(", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in told.items()))
    sys.exit(any(told[name] for name in ("lost", "doubled", "not_whole", "left_over")))


if __name__ == "__main__":
    main()
