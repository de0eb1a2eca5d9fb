from __future__ import annotations

from collections.abc import Iterator

import pytest

from kinfold.store import engine as engines


@pytest.fixture
def engine() -> Iterator[engines.Engine]:
    with engines.duckdb(memory_gb=2, threads=2) as opened:
        yield opened
