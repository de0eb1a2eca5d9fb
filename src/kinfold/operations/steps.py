"""What each step of a run cost: rows, wall and CPU seconds, and the most memory held while it ran."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Iterator

import psutil

SAMPLE_SECONDS = 0.05


@dataclasses.dataclass
class Step:
    """rows: what the step produced, null where it produces none. memory_mb: peak resident memory, in MiB."""

    name: str
    rows: int | None = None
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory_mb: float = 0.0


@dataclasses.dataclass
class Steps:
    """Takes the measure of each step, and tells `say` when one starts and ends."""

    say: Callable[[Step, bool], None] = lambda step, is_done: None
    started: list[str] = dataclasses.field(default_factory=list)
    done: list[Step] = dataclasses.field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        step, process = Step(name), psutil.Process()
        self.started.append(name)
        self.say(step, False)
        wall, cpu = time.perf_counter(), _cpu(process)
        with _watching_memory(process, step):
            yield step
        step.wall_seconds = time.perf_counter() - wall
        step.cpu_seconds = _cpu(process) - cpu
        self.done.append(step)
        self.say(step, True)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextlib.contextmanager
def _watching_memory(process: psutil.Process, step: Step) -> Iterator[None]:
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(SAMPLE_SECONDS):
            step.memory_mb = max(step.memory_mb, process.memory_info().rss / 2**20)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
        step.memory_mb = max(step.memory_mb, process.memory_info().rss / 2**20)
