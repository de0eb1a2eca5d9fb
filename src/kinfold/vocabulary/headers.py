"""Names of columns made comparable: files, mappings and agreements write the same name in many ways."""

from __future__ import annotations

import functools
import re


@functools.lru_cache(maxsize=20_000)
def plain(name: str) -> str:
    """The letters and digits of a column name, in lower case."""
    return re.sub(r"[\W_]", "", name).casefold()
