"""Where match review reads the live run, and what a source record and a case are called on a page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kinfold.operations.home import Home


class NothingToShow(Exception):
    """No finished run holds these people, or one of them is not to be shown; the message is fit to show."""


def ref_of(home: Home, person_key: str) -> str:
    """What a form and a published row call a source record: the hash that `publish` gives it."""
    return hashlib.blake2b(person_key.encode(), key=home.key("search"), digest_size=12).hexdigest()


def case_ref(home: Home, keys: Iterable[str]) -> str:
    return hashlib.blake2b("\0".join(sorted(keys)).encode(), key=home.key("search"), digest_size=10).hexdigest()


def is_kept(folder: Path | None) -> bool:
    """Whether a run's tables are there to be read."""
    return folder is not None and (folder / "pairs.parquet").exists()


def live_folder(home: Home) -> Path:
    """The live run's tables. Raises NothingToShow before the first run."""
    folder = home.live_snapshot()
    if folder is None or not is_kept(folder):
        raise NothingToShow("There is no finished run yet, so there is nothing to match.")
    return folder
