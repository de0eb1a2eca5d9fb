"""
Files that somebody sent are opened in a process beside this one, with bounds on memory and time.

This process never parses a byte of them. What comes back is Parquet that `opening` wrote and a line of plain facts,
which are checked and cleaned here; never an object.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psutil

import kinfold
from kinfold.areas.feeds import Feed, Part
from kinfold.feeds.propose.sketch import Sketch, checked, from_dict
from kinfold.feeds.readers.received import FileRejected, plain_words
from kinfold.store.room import NoRoom

READY = b"ready\n"
MAX_ANSWER_BYTES = 64 << 20
SECONDS_TO_START = 120
SHORTEST_PAUSE, LONGEST_PAUSE = 0.005, 0.05
# What a process needs of ours to run at all; keys and addresses stay here.
PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "WINDIR")


@dataclasses.dataclass(frozen=True)
class Bounds:
    """
    What opening one file may take.

    memory: bytes held. seconds: of work on any file, and seconds_per_mb more for each megabyte of it. patience: how
    many times as long may pass on the clock, the machine being busy with other things.
    """

    memory: int = 1536 << 20
    seconds: float = 8
    seconds_per_mb: float = 1
    patience: float = 5

    def seconds_for(self, size: int) -> float:
        return self.seconds + self.seconds_per_mb * size / (1 << 20)


@dataclasses.dataclass(frozen=True)
class OpenedPart:
    """A part of a file as it was written down at `path`; see `landing.Landed`."""

    part: Part
    path: Path
    columns: tuple[str, ...]
    columns_refused: tuple[str, ...]
    rows_in: int
    rows_refused: int


@dataclasses.dataclass(frozen=True)
class Opened:
    """
    Whose a file is and its parts, in the order of the file.

    nobodys: name, and how to speak of it, of each part with something in it that the feed does not know.
    refused: code and message when nothing of the file may or can be kept, and `parts` is then empty.
    """

    feed: Feed
    parts: tuple[OpenedPart, ...]
    nobodys: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, str] | None = None


class Apart:
    """
    A process beside this one in which files are opened, one after the other; a new one when a file ended it.

    feeds: what files may be of, ready for use. Use it in a `with`; it starts at once, while the caller goes on.
    """

    def __init__(self, feeds: Mapping[str, Feed], *, bounds: Bounds | None = None) -> None:
        self._feeds = dict(feeds)
        self._bounds = bounds or Bounds()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._start()

    def __enter__(self) -> Apart:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def close(self) -> None:
        """End the process and give its memory back; the next question starts another."""
        self._end()

    def open(self, path: Path, *, on: datetime.date, into: Path) -> Opened:
        """
        Say whose the file is and write down in `into` what its agreement lets us keep of a delivery of `on`.

        Raises FileRejected, with a message for the supplier, also when opening it took too much or ended the process;
        NoRoom when the disk is full.
        """
        into.mkdir(parents=True, exist_ok=True)
        told = self._ask(path, {"ask": "take", "on": on.isoformat(), "folder": str(into)})
        with _believed(path):
            return _opened(told, self._feeds, into)

    def sketch(self, path: Path) -> Sketch:
        """A sketch of a mapping for a file: shapes and codes, never a cell's text. Raises as `open` does."""
        told = self._ask(path, {"ask": "sketch"})
        with _believed(path):
            return checked(from_dict(told["sketch"]))

    def codes(self, path: Path, *, part: str, column: str, codes: str) -> tuple[tuple[str, str], ...]:
        """The values of a column a person says is of codes, with ours, as `propose` allows. Raises as `open` does."""
        told = self._ask(path, {"ask": "codes", "part": part, "column": column, "codes": codes})
        with _believed(path):
            return tuple((plain_words(str(value)), plain_words(str(ours))) for value, ours in told["codes"])

    def _ask(self, path: Path, question: Mapping[str, Any]) -> dict[str, Any]:
        process = self._ready()
        line, breach = self._told(process, {**question, "path": str(path.absolute())}, path)
        if not line.endswith(b"\n"):
            self._end()
            raise FileRejected(_ended_message(path, breach))
        if psutil.Process(process.pid).memory_info().rss > self._bounds.memory / 2:
            self._end()  # so that what one file left behind is not counted against the next
        with _believed(path):
            told = dict(json.loads(line))
        if told.get("full"):
            raise NoRoom
        if "stopped" in told or "fault" in told:
            self._end()  # what state it is in now, nobody knows
        if "stopped" in told:
            raise FileRejected(_ended_message(path, str(told["stopped"])))
        if "fault" in told:
            raise FileRejected(_fault_message(path, plain_words(str(told["fault"]))))
        if "rejected" in told:
            raise FileRejected(plain_words(str(told["rejected"])))
        return told

    def _told(self, process: subprocess.Popen[bytes], question: dict[str, Any], path: Path) -> tuple[bytes, str]:
        assert process.stdin is not None
        assert process.stdout is not None
        with _watched(process, self._bounds, _size(path)) as breach:
            try:
                process.stdin.write(json.dumps(question).encode() + b"\n")
                process.stdin.flush()
                line = process.stdout.readline(MAX_ANSWER_BYTES)
            except OSError:  # it ended before it was asked
                line = b""
        return line, breach[0] if breach else "end"

    def _start(self) -> None:
        environment = {name: value for name in PASSED_ON if (value := os.environ.get(name)) is not None}
        source = str(Path(kinfold.__path__[0]).parent)
        environment |= {"PYTHONPATH": source, "PYTHONUTF8": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
        self._is_ready = False
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "kinfold.feeds.opening", str(self._bounds.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        process = self._process
        assert process is not None
        if not self._is_ready:
            with _watched(process, dataclasses.replace(self._bounds, seconds=SECONDS_TO_START), 0):
                _say(process.stdin, pickle.dumps(self._feeds))
                self._is_ready = process.stdout is not None and process.stdout.readline() == READY
            if not self._is_ready:
                self._end()
                raise RuntimeError("The process in which files are opened did not start.")
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _say(pipe: IO[bytes] | None, words: bytes) -> None:
    with contextlib.suppress(OSError):
        if pipe is not None:
            pipe.write(words)
            pipe.flush()


@contextlib.contextmanager
def _watched(process: subprocess.Popen[bytes], bounds: Bounds, size: int) -> Iterator[list[str]]:
    """End the process when it goes over its bounds in the block; which bound it was is then in the list."""
    done, breach = threading.Event(), list[str]()
    watch = threading.Thread(target=_watch, args=(process, bounds, size, done, breach), daemon=True)
    watch.start()
    try:
        yield breach
    finally:
        done.set()
        watch.join()


def _watch(
    process: subprocess.Popen[bytes], bounds: Bounds, size: int, done: threading.Event, breach: list[str]
) -> None:
    allowed = bounds.seconds_for(size)
    pause = SHORTEST_PAUSE
    with contextlib.suppress(psutil.NoSuchProcess):
        seen = psutil.Process(process.pid)
        before, began = _worked(seen), time.monotonic()
        while not done.wait(pause):
            pause = min(pause * 2, LONGEST_PAUSE)
            is_late = _worked(seen) - before > allowed or time.monotonic() - began > allowed * bounds.patience
            if is_late or seen.memory_info().rss > bounds.memory:
                breach.append("time" if is_late else "memory")
                process.kill()
                return


def _worked(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _ended_message(path: Path, breach: str) -> str:
    name = plain_words(path.name)
    again = "it may be damaged, or made to do harm. Nothing of it was loaded. Ask the supplier to export it again"
    if breach == "memory":
        return f"{name} took more memory to open than a delivery may; {again}, in smaller files if it is large."
    if breach == "time":
        return f"{name} took longer to open than a delivery of its size may; {again}, in smaller files if it is large."
    return f"{name} stopped the program that opens it; {again}."


def _fault_message(path: Path, fault: str) -> str:
    return (
        f"{plain_words(path.name)} cannot be read: it is damaged in a way that was not met before ({fault}). Nothing "
        "of it was kept. Ask the supplier to export it again."
    )


@contextlib.contextmanager
def _believed(path: Path) -> Iterator[None]:
    """An answer that is not in the shape agreed on is that of a process somebody's file has taken over."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise FileRejected(_ended_message(path, "end")) from why


def _opened(told: Mapping[str, Any], feeds: Mapping[str, Feed], into: Path) -> Opened:
    feed = feeds[told["feed"]]
    known = {part.name: part for part in feed.parts}
    refused = told.get("refused")
    return Opened(
        feed=feed,
        parts=tuple(_part(one, known, into / f"{place}.parquet") for place, one in enumerate(told["parts"])),
        nobodys=tuple((plain_words(str(name)), plain_words(str(where))) for name, where in told["nobodys"]),
        refused=None if refused is None else (str(refused[0]), plain_words(str(refused[1]))),
    )


def _part(told: Mapping[str, Any], known: Mapping[str, Part], path: Path) -> OpenedPart:
    rows_in, rows_refused = int(told["rows_in"]), int(told["rows_refused"])
    if not 0 <= rows_refused <= rows_in or not path.is_file():
        raise ValueError("rows of a part that cannot be")
    columns, columns_refused = (tuple(map(str, told[name])) for name in ("columns", "columns_refused"))
    return OpenedPart(
        known[told["part"]], path, columns, tuple(map(plain_words, columns_refused)), rows_in, rows_refused
    )
