"""Put the files of one command into deliveries: all files of one feed together are one delivery."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kinfold.areas.feeds import Feed
from kinfold.feeds import readers
from kinfold.feeds.readers.received import FileRejected
from kinfold.feeds.recognise import Recognised, not_recognised_message, recognise
from kinfold.feeds.reports import Problem

Say = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class ReceivedFile:
    name: str
    sha256: str
    size: int


@dataclasses.dataclass
class Handed:
    """The files and parts of one feed, and what was seen of them so far."""

    feed: Feed
    files: list[ReceivedFile] = dataclasses.field(default_factory=list)
    parts: list[Recognised] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)

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


def sort(paths: Sequence[Path], feeds: Mapping[str, Feed], *, say: Say = lambda _: None) -> Sorted:
    """
    Read the head of each file and find whose it is.

    A file with the bytes of another is counted once. A file that cannot be read or is nobody's is in `rejected`
    as its name and a message.
    """
    handed: dict[str, Handed] = {}
    rejected: list[tuple[str, str]] = []
    seen: set[str] = set()
    try:
        files = readers.files_in(list(paths))
    except FileRejected as why:
        return Sorted((), ((paths[0].name if paths else "", str(why)),))
    if not files:
        return Sorted((), (("", "There are no files to read here."),))
    for path in files:
        say(path.name)
        try:
            file = ReceivedFile(path.name, _hash(path), path.stat().st_size)
            if file.sha256 in seen:
                continue
            seen.add(file.sha256)
            _place(path, file, feeds, handed)
        except FileRejected as why:
            rejected.append((path.name, str(why)))
    return Sorted(tuple(handed.values()), tuple(rejected))


def _hash(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _place(path: Path, file: ReceivedFile, feeds: Mapping[str, Feed], handed: dict[str, Handed]) -> None:
    raw = readers.read(path)
    found = [(part, recognise(part, feeds)) for part in raw]
    known = [one for _, one in found if one is not None]
    if not known:
        filled = [part for part in raw if any(any(cell for cell in row) for row in part.preview)]
        if not filled:
            raise FileRejected(f"{path.name} has nothing in it. Ask the supplier to send it again.")
        raise FileRejected(not_recognised_message(max(filled, key=lambda part: len(part.preview)), feeds))
    names = {one.feed.name for one in known}
    if len(names) > 1:
        raise FileRejected(f"{path.name} has parts of {len(names)} feeds: {', '.join(sorted(names))}. Send them apart.")
    delivery = handed.setdefault(known[0].feed.name, Handed(known[0].feed))
    delivery.files.append(file)
    delivery.parts += known
    for part, one in found:
        if one is None and any(any(cell for cell in row) for row in part.preview):
            message = f"{part.where} was not recognised as a part of {delivery.feed.label}; nothing of it was kept."
            delivery.problems.append(Problem("part_not_recognised", "warn", message, part.name))
