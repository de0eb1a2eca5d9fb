"""
What is done in the process beside: open one file somebody sent, say whose it is, and write down what is agreed.

`apart.Apart` starts it as `python -m kinfold.feeds.opening`, gives it the feeds, then a question per line, and gets an
answer per line, both JSON. It ends when who asked is gone, however they went.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import pickle
import queue
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from kinfold.feeds.lean import stay_lean

if __name__ == "__main__":
    stay_lean("pandas", "numpy")  # before pyarrow is read, which reads numpy where it is

from kinfold.areas.feeds import Feed
from kinfold.feeds import agreement, readers
from kinfold.feeds.agreement import NotAgreed
from kinfold.feeds.landing import Delivery, Landed, land
from kinfold.feeds.readers.received import FileRejected, RawPart
from kinfold.feeds.recognise import Recognised, not_recognised_message, recognise
from kinfold.store.room import is_full

READY = b"ready\n"
MAX_WRITTEN_BYTES = 8 << 30


def main() -> None:
    answers = _channel()
    with contextlib.suppress(ValueError, OSError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is interrupted, and ends this
    _bound(int(sys.argv[1]))
    feeds: dict[str, Feed] = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process, never by a file
    answers.write(READY)
    for question in _questions():
        answers.write(json.dumps(_answer(question, feeds)).encode() + b"\n")


def _channel() -> BinaryIO:
    """Where answers go, kept apart from whatever a library prints."""
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return os.fdopen(kept, "wb", buffering=0)


def _bound(memory: int) -> None:
    """
    What the system itself enforces, where it can, should memory be taken faster than it is watched from outside.

    Addresses are not memory: the allocators reserve more than they use, so the bound on them is wider.
    """
    try:
        import resource
    except ImportError:  # Windows; the watch from outside holds there too
        return
    for name, most in (
        ("RLIMIT_AS", memory + (1 << 30)), ("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", MAX_WRITTEN_BYTES),
    ):  # fmt: skip
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (most, most))


def _questions() -> Iterator[dict[str, Any]]:
    """Each question in turn. A thread waits for them, so that the end of who asks ends us in the middle of a file."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def listen() -> None:
        for line in sys.stdin.buffer:
            waiting.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield json.loads(waiting.get())


def _answer(question: Mapping[str, Any], feeds: Mapping[str, Feed]) -> dict[str, Any]:
    path = Path(question["path"])
    try:
        if question["ask"] == "sketch":
            return {"sketch": _sketched(path)}
        if question["ask"] == "codes":
            return {"codes": _codes(path, question)}
        on, folder = datetime.date.fromisoformat(question["on"]), Path(question["folder"])
        tempfile.tempdir = str(folder)  # so that what a reader puts down goes with the rest, whatever ends it
        return _taken(path, feeds, on=on, folder=folder)
    except FileRejected as why:
        return {"rejected": str(why)}
    except MemoryError:
        return {"stopped": "memory"}
    except BaseException as why:  # noqa: BLE001 - whatever a file does to a reader is about the file, Rust's panics too
        return {"full": True} if is_full(why) else {"fault": _fault(why)}


def _sketched(path: Path) -> dict[str, Any]:
    """A mapping guessed for a file; asked for so seldom that no load waits for the words it goes by."""
    from kinfold.feeds.propose.reading import sketched
    from kinfold.feeds.propose.sketch import as_dict

    return as_dict(sketched(path))


def _codes(path: Path, question: Mapping[str, Any]) -> list[tuple[str, str]]:
    from kinfold.feeds.propose.reading import codes_of

    return codes_of(path, part=question["part"], column=question["column"], codes=question["codes"])


def _fault(why: BaseException) -> str:
    """The kind of a fault and where in our code it showed; its own words may quote the file."""
    ours = [frame for frame in traceback.extract_tb(why.__traceback__) if "kinfold" in frame.filename]
    return f"{type(why).__name__}, {Path(ours[-1].filename).name} {ours[-1].lineno}"


def _taken(path: Path, feeds: Mapping[str, Feed], *, on: datetime.date, folder: Path) -> dict[str, Any]:
    raw = readers.read(path)
    found = [(part, recognise(part, feeds)) for part in raw]
    known = [one for _, one in found if one is not None]
    if not known:
        filled = [part for part in raw if _has_text(part)]
        if not filled:
            raise FileRejected(f"{path.name} has nothing in it. Ask the supplier to send it again.")
        raise FileRejected(not_recognised_message(max(filled, key=lambda part: len(part.preview)), feeds))
    names = {one.feed.name for one in known}
    if len(names) > 1:
        raise FileRejected(f"{path.name} has parts of {len(names)} feeds: {', '.join(sorted(names))}. Send them apart.")
    nobodys = [(part.name, part.where) for part, one in found if one is None and _has_text(part)]
    return {"feed": known[0].feed.name, "nobodys": nobodys, **_landed(known, on=on, folder=folder)}


def _has_text(part: RawPart) -> bool:
    return any(any(cell for cell in row) for row in part.preview)


def _landed(known: list[Recognised], *, on: datetime.date, folder: Path) -> dict[str, Any]:
    """Each part written into `folder` under its number; or why none of it may or can be."""
    delivery = Delivery("", known[0].feed, on)
    try:
        agreement.require_in_date(delivery.feed, on=on)
        return {"parts": [_facts(land(one, delivery, str(n), folder)) for n, one in enumerate(known)]}
    except NotAgreed as why:
        return {"parts": [], "refused": ["not_agreed", str(why)]}
    except FileRejected as why:
        return {"parts": [], "refused": ["file_rejected", str(why)]}


def _facts(landed: Landed) -> dict[str, Any]:
    return {
        "part": landed.part.name,
        "columns": landed.columns,
        "columns_refused": landed.columns_refused,
        "rows_in": landed.rows_in,
        "rows_refused": landed.rows_refused,
    }


if __name__ == "__main__":
    main()
