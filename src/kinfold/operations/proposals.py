"""Mappings for files of a shape nobody has met: proposed, tried, and put into the area's folder by a named person."""

from __future__ import annotations

import datetime
import difflib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from kinfold.areas import feeds as area_feeds
from kinfold.areas.toml import AreaRejected
from kinfold.feeds import apart, settings
from kinfold.feeds.propose import names, rows, trying
from kinfold.feeds.propose.composing import Composed, Made
from kinfold.feeds.propose.names import Meaning, Service
from kinfold.feeds.propose.sketch import Column, NotASketch, Part, Sketch, Someone, Use, as_dict, checked, from_dict
from kinfold.feeds.propose.trying import Shown, Tried, feed_of_toml
from kinfold.feeds.propose.writing import places, toml_of
from kinfold.feeds.readers.received import FileRejected
from kinfold.operations import receipts
from kinfold.operations.home import Home, write_whole
from kinfold.operations.receipts import Given, Receipt, UnableToReceive
from kinfold.store import schema

__all__ = [
    "AreaRejected", "Column", "Composed", "FileRejected", "Made", "Meaning", "NotASketch", "Part", "Service",
    "Shown", "Sketch", "Someone", "Tried", "UnableToPlace", "UnableToReceive", "Use", "as_dict", "checked",
    "codes_of", "difference", "event_kinds", "example_path", "feed_of_toml", "forget", "forget_old", "from_dict",
    "is_small", "keep_example", "meanings", "ours_of", "place", "places", "services", "settled", "sketch_of",
    "tables", "toml_of", "try_out", "whose_words",
]  # fmt: skip

KEPT = datetime.timedelta(days=7)
SMALL_BYTES = 2 << 20
NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


class UnableToPlace(Exception):
    """The mapping was not put into the area's folder; the message says why. Nothing was changed."""


def sketch_of(path: Path) -> Sketch:
    """Propose a mapping for a file, which a process beside this one opens. Raises FileRejected."""
    with apart.Apart({}) as opening:
        return opening.sketch(path)


def codes_of(home: Home, receipt_id: str, *, part: str, column: str, codes: str) -> tuple[tuple[str, str], ...]:
    """The values of a column that a person says holds codes, with ours; our words alone once the example is gone."""
    path = example_path(home, receipt_id)
    if path is not None:
        try:
            with apart.Apart({}) as opening:
                return opening.codes(path, part=part, column=column, codes=codes)
        except FileRejected:
            pass
    return tuple((spelt, ours) for spelt, ours in names.synonyms(codes).items() if not spelt.startswith("~"))


def keep_example(home: Home, file: Given, *, by: str, on: datetime.date, at: datetime.datetime) -> Receipt:
    """Receive one file to make a mapping from. It is no delivery, and goes after seven days. Raises UnableToReceive."""
    return receipts.receive(home, [file], by=by, way="mapping", delivered=on, at=at)


def example_path(home: Home, receipt_id: str) -> Path | None:
    """Where the example is; None once it is gone."""
    found = receipts.find(home, receipt_id)
    kept = receipts.paths(home, found) if found else []
    return kept[0] if kept else None


def is_small(home: Home, receipt_id: str) -> bool:
    """Whether trying a mapping of it takes a moment only."""
    path = example_path(home, receipt_id)
    return path is not None and path.stat().st_size <= SMALL_BYTES


def try_out(home: Home, receipt_id: str, *, name: str, text: str, on: datetime.date) -> Tried | None:
    """What a mapping makes of the example; None when the example is gone. Raises AreaRejected."""
    path = example_path(home, receipt_id)
    return trying.try_out(path, name=name, text=text, on=on) if path else None


def forget(home: Home, receipt_id: str) -> None:
    """Remove an example at once, because nothing can be made of it."""
    shutil.rmtree(receipts.folder_of(home, receipt_id) / "files", ignore_errors=True)


def forget_old(home: Home, *, on: datetime.date) -> int:
    """Remove the bytes of examples older than seven days that were not loaded; returns how many."""
    old = [
        one for one in receipts.list_receipts(home)
        if one.way == "mapping" and one.state != "loaded" and on - one.at.date() > KEPT and receipts.paths(home, one)
    ]  # fmt: skip
    for one in old:
        forget(home, one.receipt_id)
    return len(old)


def place(home: Home, *, name: str, text: str, may_replace: bool) -> Path:
    """
    Put a mapping into the area's folder as `feeds/<name>.toml`, whole or not at all.

    Raises UnableToPlace when there is one of that name already that differs and may_replace is false, or when the feeds
    of the area would not be in order with it.
    """
    if not NAME.fullmatch(name):
        raise UnableToPlace("The feed’s name must be small letters, figures and underscores, such as early_help.")
    path = home.area / "feeds" / f"{name}.toml"
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before is not None and before != text and not may_replace:
        raise UnableToPlace(f"{path.name} is there already and says something else. Read what would change first.")
    try:
        feed_of_toml(name, text)
        settings.ready({**area_feeds.load(home.area), name: feed_of_toml(name, text)})
    except AreaRejected as why:
        raise UnableToPlace(str(why)) from None
    try:
        write_whole(path, text)
    except OSError as why:
        path.with_name(f".{path.name}.{os.getpid()}.writing").unlink(missing_ok=True)
        raise UnableToPlace(
            f"{path.name} could not be written: {why.strerror or 'the disk refused it'}. Nothing was changed."
        ) from None
    return path


def difference(home: Home, *, name: str, text: str) -> list[str] | None:
    """The lines that would change in the area's folder; None when it has no feed of that name."""
    path = home.area / "feeds" / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.exists():
        return None
    before = path.read_text(encoding="utf-8").splitlines()
    return list(difflib.unified_diff(before, text.splitlines(), "now", "then", lineterm="", n=1))


def meanings() -> dict[str, Meaning]:
    return names.meanings()


def services() -> dict[str, Service]:
    return names.services()


def ours_of(codes: str) -> tuple[str, ...]:
    """Our codes of a list, in order, `null` last."""
    found = dict.fromkeys(ours for ours in names.synonyms(codes).values())
    return tuple(sorted(one for one in found if one != "null")) + ("null",)


def event_kinds() -> frozenset[str]:
    return schema.EVENT_KINDS


def settled(part: Part) -> Part:
    """The part with the people its columns speak of: new ones get a number of their own, those nobody speaks of go."""
    return rows.with_people(part)


def whose_words() -> Iterable[str]:
    return [name for name in names.people() if name]


def tables() -> dict[str, schema.Table]:
    return schema.TABLES
