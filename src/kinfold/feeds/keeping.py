"""
Where deliveries are built and how they are kept: whole or not at all, and on the disk before anybody is told.

`<home>/.writing/<one load>/` is where a load builds. The machine gives its lock back when the load dies, however it
dies, so that the next can tell what was left from what is being worked on. A delivery counts from the one move that
puts its folder, manifest included, in its place; its rows were moved just before.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kinfold.feeds import deliveries
from kinfold.feeds.shares import Folders
from kinfold.store import locks, room

WRITING, LOCK = ".writing", "lock"
# Flushing is waiting: done side by side, a journal writes many files down at once.
FLUSHED_AT_ONCE = 8


@dataclasses.dataclass(frozen=True)
class Built:
    """A delivery that was built in `folders`, its manifest there too, and may be kept."""

    feed: str
    delivery_id: str
    folders: Folders


class Writing:
    """The folder of one load, in which `opened` takes what came of files and `folders_of` what is made of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def opened(self, nth: int) -> Path:
        return self.folder / "opened" / str(nth)

    def folders_of(self, delivery_id: str) -> Folders:
        made = Folders(self.folder / "deliveries" / delivery_id, self.folder / "mapped" / delivery_id)
        for folder in (made.delivery, made.mapped):
            folder.mkdir(parents=True, exist_ok=True)
        return made


@contextlib.contextmanager
def writing(home: Path) -> Iterator[Writing]:
    """
    A folder to build deliveries in, and none of it left afterwards; what earlier loads left is cleared first.

    Raises NoRoom when the disk is full.
    """
    folder = home / WRITING / uuid.uuid4().hex
    with room.needed():
        clear_leftovers(home)
        with _alone(home):
            folder.mkdir()
            handle = locks.take(folder / LOCK)
    try:
        yield Writing(folder)
    finally:
        os.close(handle)  # before its file goes: Windows removes no file that is open
        shutil.rmtree(folder, ignore_errors=True)


def keep(home: Path, built: Sequence[Built]) -> list[bool]:
    """
    Put deliveries in their places and return once they are on the disk; False for one that came there meanwhile.

    Raises NoRoom when the disk is full; those in their places by then stay, the others leave nothing that counts.
    """
    with room.needed(), _alone(home):
        are_new = [not _manifest(home, one.feed, one.delivery_id).exists() for one in built]
        new = [one for one, is_new in zip(built, are_new, strict=True) if is_new]
        _flush(path for one in new for folder in (one.folders.delivery, one.folders.mapped) for path in _within(folder))
        moved = {_moved(one.folders.mapped, deliveries.mapped_folder_of(home, one.delivery_id)) for one in new}
        _flush(moved)
        placed = {_moved(one.folders.delivery, deliveries.folder_of(home, one.feed, one.delivery_id)) for one in new}
        _flush({*placed, *(path.parent for path in placed), home})
    return are_new


def clear_leftovers(home: Path) -> int:
    """
    Take away what loads that were cut off left behind; returns how many folders. What is being worked on stays.

    Rows without a delivery are those of a load that was cut off between its last two moves: they never counted.
    """
    if not (home / WRITING).exists():
        return 0
    with _alone(home):
        left = [folder for folder in (home / WRITING).iterdir() if folder.is_dir() and not _is_held(folder)]
        known = {path.parent.name for path in (home / "deliveries").glob(f"*/*/{deliveries.MANIFEST}")}
        rows = (home / "lake" / "mapped").glob("*")
        left += [folder for folder in rows if folder.is_dir() and folder.name not in known]
        for folder in left:
            shutil.rmtree(folder, ignore_errors=True)
    return len(left)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One at a time moves and clears in a home; it takes no longer than moving takes."""
    with locks.held(home / WRITING / LOCK, wait=True):
        yield


def _is_held(folder: Path) -> bool:
    try:
        with locks.held(folder / LOCK):
            return False
    except locks.Held:
        return True


def _manifest(home: Path, feed: str, delivery_id: str) -> Path:
    return deliveries.folder_of(home, feed, delivery_id) / deliveries.MANIFEST


def _moved(built: Path, place: Path) -> Path:
    """Move a folder to its place, where nothing that counts can be; returns the folder it is then in."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    built.replace(place)
    return place.parent


def _within(folder: Path) -> list[Path]:
    return [*folder.rglob("*"), folder]


def _flush(paths: Iterable[Path]) -> None:
    with concurrent.futures.ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:
        list(pool.map(_flush_one, paths))


def _flush_one(path: Path) -> None:
    is_windows = os.name == "nt"
    if is_windows and path.is_dir():
        return  # a folder cannot be opened there; the file system's own journal has to do
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0) if is_windows else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
