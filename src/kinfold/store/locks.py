"""A lock that the machine itself gives back when its holder dies, however it dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE_SECONDS = 0.02


class Held(Exception):
    """Somebody else, in this process or another, holds the lock."""


@contextmanager
def held(path: Path, *, wait: bool = False) -> Iterator[None]:
    """
    Hold `path` while the block runs. Raises Held when somebody else does; with `wait`, waits for them instead.

    The file stays: taking away a file that others may be waiting on would let two of them in.
    """
    handle = take(path, wait=wait)
    try:
        yield
    finally:
        os.close(handle)


def take(path: Path, *, wait: bool = False) -> int:
    """As `held`, until the handle that is returned is closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            try:
                _lock(handle)
                return handle
            except Held:
                if not wait:
                    raise
                time.sleep(PAUSE_SECONDS)
    except BaseException:
        os.close(handle)
        raise


if os.name == "nt":  # pragma: no cover - the other half runs on the machine that tests
    import msvcrt

    def _lock(handle: int) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            raise Held from None

else:
    import fcntl

    def _lock(handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held from None
