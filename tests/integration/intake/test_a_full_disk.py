"""On a disk without room every verb that needs the service refuses in words, and nothing that was live is lost."""

import errno
import sqlite3

import pytest
from click.testing import CliRunner
from django.db import OperationalError
from tests.integration.intake.conftest import NOTICES, csv, notice

from kinfold import cli
from kinfold.operations import night

SAYS = "The disk that holds the live data is full. Make room on it and do this again. What was live before still is.\n"


@pytest.mark.parametrize(
    "why",
    [
        OperationalError("database or disk is full"),
        OperationalError("disk I/O error"),
        sqlite3.OperationalError("database or disk is full"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
    ids=["django", "journal", "sqlite", "file"],
)
@pytest.mark.parametrize("verb", ["load", "run", "serve"])
def test_it_is_refused_in_words_and_not_as_an_error_nobody_foresaw(verb, why, council, tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise why

    monkeypatch.setattr(night, "set_up_service", full)
    path = tmp_path / "notices.csv"
    path.write_bytes(csv(NOTICES, notice("N1")))
    words = ["feeds", "load", str(path)] if verb == "load" else [verb]
    done = CliRunner().invoke(cli.main, [*words, "--home", str(council.folder)])
    assert (done.exit_code, done.stderr) == (1, SAYS)
    assert not list(council.deliveries.glob("*/*"))


def test_another_fault_of_the_database_is_not_taken_for_a_full_disk(council, monkeypatch):
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("no such table: governance_agreement")

    monkeypatch.setattr(night, "set_up_service", gone)
    done = CliRunner().invoke(cli.main, ["serve", "--home", str(council.folder)])
    assert "an error nobody foresaw: OperationalError" in done.stderr
