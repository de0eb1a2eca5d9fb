"""Tell a disk that is full from every other fault, so that it is refused cleanly and in words."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

FULL = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
# SQLite on a disk without one free page cannot so much as open its journal, and calls that an I/O error.
DATABASES = ("sqlite3", "django.db", "psycopg")
DATABASE_SAYS = ("disk is full", "disk I/O error", "No space left")
ENGINE_SAYS = ("No space left", "Disc quota", "Disk quota", "File too large", "max_temp_directory_size")


class NoRoom(Exception):
    """There is no room to write on; the message says what to do."""

    def __init__(self) -> None:
        super().__init__("The disk that holds the live data is full. Make room on it and do this again.")


@contextlib.contextmanager
def needed() -> Iterator[None]:
    """Raise NoRoom for whatever in the block says that the disk is full, in Python's words or the engine's."""
    try:
        yield
    except Exception as why:
        if is_full(why):
            raise NoRoom from why
        raise


def is_full(why: BaseException) -> bool:
    """Whether a fault, says that there is no room on the disk or that no more may be written."""
    if isinstance(why, OSError):
        return why.errno in FULL
    if type(why).__module__.startswith(DATABASES):
        return any(words in str(why) for words in DATABASE_SAYS)
    # The engine gives no number. It is known by its module, so that who only reads files need not import it.
    is_of_the_engine = type(why).__module__.lstrip("_").startswith("duckdb")
    return is_of_the_engine and any(words in str(why) for words in ENGINE_SAYS)
