"""The truth of made-up councils; no file is written."""

import datetime

import pytest

from kinfold.demonstration import world

AS_AT = datetime.date(2026, 11, 22)


@pytest.fixture(scope="package")
def town(tmp_path_factory):
    """A council large enough for its rates to mean something."""
    return world.make(tmp_path_factory.mktemp("town"), children=20_000, seed=3, as_at=AS_AT)


@pytest.fixture(scope="package")
def small_town(tmp_path_factory):
    """A council of the size that a newcomer sees first."""
    return world.make(tmp_path_factory.mktemp("small town"), children=6_000, seed=1, as_at=AS_AT)
