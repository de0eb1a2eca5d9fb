"""Files that arrive in pieces: kept apart until they are whole, and only then received."""

from __future__ import annotations

import datetime
import hashlib
import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kinfold.operations.home import Home
from kinfold.store import locks
from kinfold.store.room import is_full as is_full

FOLDER = "uploads"
KEPT = datetime.timedelta(days=2)
CHUNK = 1 << 20


class WrongOffset(Exception):
    """The piece does not follow what has arrived; `received` is how many bytes have."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes have arrived.")
        self.received = received


class TooMuch(Exception):
    """The piece goes beyond the size the file was said to have."""


class NotWhole(Exception):
    """A file is not what it was said to be. number: which. received: bytes to go on from, 0 when it came damaged."""

    def __init__(self, number: int, received: int) -> None:
        super().__init__(f"File {number} is not whole.")
        self.number, self.received = number, received


class NoRoom(Exception):
    """The disk took no more; what it took is there to go on from."""


class Busy(Exception):
    """Another piece of the same file is being written at this moment."""


def received(home: Home, upload_id: str, number: int) -> int:
    """How many bytes of a file have arrived."""
    path = _path(home, upload_id, number)
    return path.stat().st_size if path.exists() else 0


def append(home: Home, upload_id: str, number: int, *, offset: int, size: int, content: Iterable[bytes]) -> int:
    """
    Add a piece to a file; returns how many bytes of it have arrived, all of them on the disk.

    offset: where the piece begins. size: of the whole file, in bytes. Raises WrongOffset, TooMuch (nothing of the
    piece is kept), NoRoom and Busy. A piece that breaks off leaves what came of it, to go on from.
    """
    path = _path(home, upload_id, number)
    with _room():
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with locks.held(path.with_suffix(".lock")):
            return _append(path, offset=offset, size=size, content=content)
    except locks.Held:
        raise Busy from None


def _append(path: Path, *, offset: int, size: int, content: Iterable[bytes]) -> int:
    have = path.stat().st_size if path.exists() else 0
    if offset != have:
        raise WrongOffset(have)
    # Without a buffer, nothing is left to be written when the file is closed on a full disk.
    with path.open("ab", buffering=0) as file:
        try:
            for chunk in content:
                if file.tell() + len(chunk) > size:
                    raise TooMuch
                with _room():
                    _write(file, chunk)
        except TooMuch:
            file.truncate(offset)
            raise
        finally:
            with _room():
                os.fsync(file.fileno())
        return file.tell()


def _write(file: io.FileIO, chunk: bytes) -> None:
    left = memoryview(chunk)
    while left:
        left = left[file.write(left) :]


@contextmanager
def _room() -> Iterator[None]:
    """An error in writing is no room; one in reading what is sent is another matter, and goes on as it is."""
    try:
        yield
    except OSError:
        raise NoRoom from None


def require_whole(home: Home, upload_id: str, number: int, *, size: int, sha256: str) -> None:
    """Raise NotWhole unless a file has the size and the hash it was said to have; a damaged one begins again."""
    have = received(home, upload_id, number)
    if have != size:
        raise NotWhole(number, have)
    path = _path(home, upload_id, number)
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            path.unlink()
            raise NotWhole(number, 0)


def chunks(home: Home, upload_id: str, number: int) -> Iterator[bytes]:
    with _path(home, upload_id, number).open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def forget(home: Home, upload_id: str) -> None:
    shutil.rmtree(home.folder / FOLDER / upload_id, ignore_errors=True)


def forget_abandoned(home: Home, *, at: datetime.datetime) -> int:
    """Remove what nobody has added to for two days; returns how many."""
    old = [
        folder
        for folder in (home.folder / FOLDER).glob("*")
        if at.timestamp() - max(path.stat().st_mtime for path in (folder, *folder.iterdir())) > KEPT.total_seconds()
    ]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _path(home: Home, upload_id: str, number: int) -> Path:
    assert re.fullmatch(r"[0-9a-f]{32}", upload_id), "made by us alone"
    return home.folder / FOLDER / upload_id / f"{number}.part"
