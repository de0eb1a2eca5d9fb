"""Put the files of one command into deliveries: all files of one feed together are one delivery."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from kinfold.areas.feeds import Feed
from kinfold.feeds import readers
from kinfold.feeds.apart import Apart, Opened, OpenedPart
from kinfold.feeds.readers.received import FileRejected, plain_words
from kinfold.feeds.reports import Problem

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class ReceivedFile:
    name: str
    sha256: str
    size: int


@dataclasses.dataclass
class Handed:
    """
    The files and parts of one feed, and what was seen of them so far.

    parts: each with the name of its file. refused: code and message when a file of it may or can not be kept.
    """

    feed: Feed
    files: list[ReceivedFile] = dataclasses.field(default_factory=list)
    parts: list[tuple[str, OpenedPart]] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    refused: tuple[str, str] | None = None

    @property
    def delivery_id(self) -> str:
        """The feed and a hash of the bytes, whatever the files are called and in whichever order they came."""
        whole = hashlib.sha256("".join(sorted(file.sha256 for file in self.files)).encode())
        return f"{self.feed.name}-{whole.hexdigest()[:12]}"


@dataclasses.dataclass(frozen=True)
class Sorted:
    """Deliveries by feed, and what is wrong with each file that belongs to none."""

    handed: tuple[Handed, ...]
    rejected: tuple[tuple[str, str], ...]


def sort(paths: Sequence[Path], *, apart: Apart, on: datetime.date, into: Path, say: Say = lambda _: None) -> Sorted:
    """
    Have each file opened, find whose it is, and write its agreed parts down in `into`.

    A file with the bytes of another is counted once. A file that cannot be read or is nobody's is in `rejected`
    as its name and a message. Raises NoRoom when the disk is full.
    """
    handed: dict[str, Handed] = {}
    rejected: list[tuple[str, str]] = []
    seen: set[str] = set()
    try:
        files = readers.files_in(list(paths))
    except FileRejected as why:
        return Sorted((), ((plain_words(paths[0].name) if paths else "", str(why)),))
    if not files:
        return Sorted((), (("", "There are no files to read here."),))
    for place, path in enumerate(files):
        name = plain_words(path.name)
        say(name)
        try:
            # Opened first: what is refused need not be read to its end for its hash.
            opened = apart.open(path, on=on, into=into / str(place))
            file = _received(path, name)
            if file.sha256 not in seen:
                seen.add(file.sha256)
                _place(file, opened, handed)
        except FileRejected as why:
            rejected.append((name, str(why)))
    return Sorted(tuple(handed.values()), tuple(rejected))


def _received(path: Path, name: str) -> ReceivedFile:
    """The hash of a file that is one, whatever took its place since it was listed."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as handle:
            status = os.fstat(handle.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise FileRejected(f"{name} is not a file. Hand over the file itself.")
            return ReceivedFile(name, hashlib.file_digest(handle, "sha256").hexdigest(), status.st_size)
    except OSError as why:
        raise FileRejected(f"{name} cannot be opened: this account may not read it. Ask who put it there.") from why


def _place(file: ReceivedFile, opened: Opened, handed: dict[str, Handed]) -> None:
    delivery = handed.setdefault(opened.feed.name, Handed(opened.feed))
    delivery.files.append(file)
    delivery.parts += [(file.name, part) for part in opened.parts]
    delivery.refused = delivery.refused or opened.refused
    for name, where in opened.nobodys:
        message = f"{where} was not recognised as a part of {delivery.feed.label}; nothing of it was kept."
        delivery.problems.append(Problem("part_not_recognised", "warn", message, name))
