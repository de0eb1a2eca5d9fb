"""
The worker: does what is queued behind the pages and the API, in a process of its own beside the server.

A large file then keeps no page waiting, and one that ends its process ends nothing else. The process reads its
standard input and stops when that closes, so that it never outlives the server, however the server ends.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

log = logging.getLogger(__name__)
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_FINISH = 10.0
SECONDS_BEFORE_ANOTHER = 5.0


def work(*, until_closed: IO[bytes] | None) -> None:
    """
    Do what is queued until `until_closed` is, or what is queued now when it is None. Needs Django to be set up.

    The task in hand is finished first; one that takes longer than whoever waits is found again at the next start.
    """
    from django.utils.crypto import get_random_string
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["*"],
        interval=SECONDS_BETWEEN_LOOKS,
        batch=until_closed is None,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    if until_closed is not None:
        threading.Thread(target=_stop_when_closed, args=(worker, until_closed), daemon=True).start()
    worker.run()


def _stop_when_closed(worker: object, until_closed: IO[bytes]) -> None:
    with suppress(OSError):
        while until_closed.read(1024):
            continue
    worker.running = False  # type: ignore[attr-defined]


@contextmanager
def beside(command: list[str]) -> Iterator[None]:
    """Run `command` beside the block: again when it ends by itself, and no longer than the block."""
    stopping = threading.Event()
    keeper = _Keeper(command, stopping)
    thread = threading.Thread(target=keeper.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.stop()
        thread.join(SECONDS_TO_FINISH)


class _Keeper:
    def __init__(self, command: list[str], stopping: threading.Event) -> None:
        self.command, self.stopping = command, stopping
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        while not self.stopping.is_set():
            self.process = _started(self.command)
            code = self.process.wait()
            with suppress(OSError):
                _close(self.process)
            if not self.stopping.is_set():
                log.error("The worker ended by itself (%d) and is started again.", code)
                self.stopping.wait(SECONDS_BEFORE_ANOTHER)

    def stop(self) -> None:
        if self.process is None:
            return
        with suppress(OSError):
            _close(self.process)
        try:
            self.process.wait(SECONDS_TO_FINISH)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    # In a group of its own: Ctrl+C is for the server, which then lets the task in hand be finished.
    is_windows = os.name == "nt"
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own command
        command,
        stdin=subprocess.PIPE,
        start_new_session=not is_windows,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if is_windows else 0,
    )


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()


def command_for(home: str) -> list[str]:
    return [sys.executable, "-m", "kinfold.cli", "work", "--home", home, "--until-closed"]
