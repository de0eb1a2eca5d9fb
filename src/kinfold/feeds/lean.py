"""Keep a process that does nothing but take deliveries in small; this reads nothing of ours or of anybody else's."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec

LOOKS_SELDOM = (50_000, 20, 100)


def stay_lean(*not_needed: str) -> None:
    """
    Make libraries look as if they were not installed, and have Arrow give memory back, to the end of this process.

    Call it before pyarrow is read, and only where nothing else runs that would miss the libraries. pyarrow reads the
    whole of pandas when it first meets a Python value: a third of a second and 60 MB. Its own allocator keeps what it
    once had, that of the system does not: 340 MB against 430 for a CIN census of 50,000 children. Expressions are made
    of many small objects that live to the end; Python looks through them for rings less often, which saves a fifteenth
    of a small load's work.
    """
    gc.set_threshold(*LOOKS_SELDOM)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    sys.meta_path.insert(0, _NotHere(not_needed))


class _NotHere(MetaPathFinder):
    def __init__(self, names: Sequence[str]) -> None:
        self.names = frozenset(names)

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        if name in self.names:
            raise ModuleNotFoundError(f"{name} is not used in this process", name=name)
        return None
