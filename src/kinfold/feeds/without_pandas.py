"""
Importing this keeps pandas out of the process.

pyarrow reads the whole of pandas when it first meets a Python value: a fifth of a second and 40 MB for each process in
which files are opened, none of which uses it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class _NotHere(MetaPathFinder):
    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not used in this process", name=name)
        return None


sys.meta_path.insert(0, _NotHere())
