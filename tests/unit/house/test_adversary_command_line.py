"""However a command ends, it prints no cell's value."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kinfold import cli
from kinfold.cli import shell


@pytest.fixture
def area(tmp_path):
    from kinfold.operations import home

    made = home.create(tmp_path / "home", area=home.shipped_area(), is_demonstration=True, on=shell.today())
    return made.folder


def run(*words: object):
    return CliRunner().invoke(cli.main, [str(word) for word in words])


def test_an_error_nobody_foresaw_is_said_by_its_kind_and_never_in_its_own_words(monkeypatch, area):
    def breaks(*_: object) -> None:
        raise ValueError("could not convert 'Zebedee Quill' to a date")

    monkeypatch.setattr("kinfold.feeds.deliveries.list_deliveries", breaks)
    done = run("feeds", "list", "--home", area)
    assert done.exit_code == 1
    assert "Zebedee" not in done.output
    assert "ValueError" in done.output


def test_a_feed_that_is_not_there_is_wrong_usage_and_says_which_are(area, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    done = run("feeds", "load", file, "--feed", "nonsense", "--home", area)
    assert done.exit_code == 2
    assert "social_care" in done.output


@pytest.mark.django_db
def test_a_file_without_its_header_is_not_recognised_and_its_first_row_not_repeated(area, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("Zebedee,Quill,2013-02-01\nAda,Quill,2015-02-01\n", encoding="utf-8")
    done = run("feeds", "check", file, "--home", area, "--json")
    assert done.exit_code == 1
    assert "Zebedee" not in done.output
