"""
What every test shares: which database the service runs on, and a home folder of its own.

`--db=postgres` runs the service's tests on the PostgreSQL of `postgres.py`; DATABASE_URL names one of your own. The
default is SQLite. Settings are read before this file, so what differs for tests is put right in `pytest_configure`.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgres"), default="sqlite", help="the service's database")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from tests.together import ByCouncil

    return ByCouncil(config, log)


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings
    from django.middleware import csrf

    home = Path(tempfile.mkdtemp(prefix="kf-home-"))
    config.stash[HOME] = home
    settings.HOME = home
    settings.AUDIT_ANCHORS = home / "audit-anchors.jsonl"
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Pages are tested before styles are collected; the manifest is for a browser's cache.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    if config.getoption("--db") == "postgres":
        _use_postgres(settings)
    elif settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # A file, as in a council's home: a database in memory locks in another way.
        settings.DATABASES["default"]["NAME"] = home / "service.sqlite3"
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(home / "test.sqlite3")
    # A page's random words are of these alone, so that no test finds a name, a postcode or a figure in one by chance.
    csrf.CSRF_ALLOWED_CHARS = "QXZqxz"
    _let_the_trail_be_emptied()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    if "ibis" in sys.modules:  # loading it for a test that never asks would cost more than it spares
        from tests import written_once

        written_once.remember()
    # What is there by now stays to the end; looking through it for rubbish again and again is a twentieth of the CPU.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(autouse=True)
def no_test_points_the_next_at_a_home() -> Iterator[None]:
    """Setting the service up names its home and area in the environment; a later test would write into them."""
    before = {name: os.environ.get(name) for name in ("KINFOLD_HOME", "KINFOLD_AREA")}
    yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def pytest_unconfigure(config: pytest.Config) -> None:
    if home := config.stash.get(HOME, None):
        shutil.rmtree(home, ignore_errors=True)


def _use_postgres(settings: object) -> None:
    import dj_database_url
    from django.db import connections
    from tests import postgres

    settings.DATABASES["default"].clear()
    settings.DATABASES["default"].update(dj_database_url.parse(postgres.server().url("kinfold")))
    for kept in ("settings", "databases"):
        connections.__dict__.pop(kept, None)
    if hasattr(connections._connections, "default"):
        del connections._connections.default


def _let_the_trail_be_emptied() -> None:
    """A test that commits empties the database afterwards, which the audit trail's triggers would refuse."""
    from django.db import connection
    from django.test import TransactionTestCase

    empty = TransactionTestCase._fixture_teardown

    def emptied(case: TransactionTestCase) -> None:
        from kinfold.governance import triggers

        triggers.lift(connection)
        try:
            empty(case)
        finally:
            triggers.put(connection)

    TransactionTestCase._fixture_teardown = emptied


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The home folder of this test process."""
    yield request.config.stash[HOME]
