"""`kinfold link` says what it is at while it works, and never where a script reads its answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kinfold.cli import main
from kinfold.cli.shell import under_way

SPEC = """
id = "ref"
forename = "first"
surname = "last"
date_of_birth = "dob"
"""
ROWS = """ref,first,last,dob
1,William,Thornton,12/03/1861
2,Bill,Thornton,1861-03-12
3,Harriet,Pickles,05/09/1870
"""
STEPS = [
    "Reading the files",
    "Reading the names, dates and homes of 3 records",
    "Finding pairs worth comparing",
    "Learning from some pairs what tells people apart here",
    "Comparing 1 pairs",
    "Deciding which pairs are one person",
    "Settling who is one person",
    "Writing the answer",
]


def _linked(folder: Path, *words: str) -> Result:
    people, spec = folder / "people.csv", folder / "spec.toml"
    people.write_text(ROWS, encoding="utf-8")
    spec.write_text(SPEC, encoding="utf-8")
    paths = ("--spec", str(spec), "--out", str(folder / "clusters.parquet"))
    done = CliRunner().invoke(main, ["link", str(people), *paths, *words])
    assert done.exit_code == 0, done.output
    return done


@pytest.mark.slow
def test_each_step_is_a_line_beside_the_answer_and_none_for_a_machine(tmp_path: Path) -> None:
    told = _linked(tmp_path)
    assert told.stderr.splitlines() == STEPS
    assert told.stdout.splitlines()[0] == "3 records are 2 people."
    assert "3 records are too few to show how reliable each column is" in told.stdout
    assert not set(STEPS) & set(told.stdout.splitlines())
    to_a_machine = _linked(tmp_path, "--json")
    assert to_a_machine.stderr == ""
    assert json.loads(to_a_machine.stdout)["people"] == 2


def test_on_a_terminal_each_step_has_its_line_and_the_answer_stays_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with under_way() as say:
        for step in STEPS[:3]:
            say(step)
    shown = capsys.readouterr()
    assert shown.out == ""
    # What is left on the screen: a line for each, none of them moving.
    left = shown.err.split("\x1b[2K")[-1].splitlines()[:3]
    assert [line.split("\x1b")[0].strip() for line in left] == STEPS[:3]
    assert all("0:00:00" in line for line in left)


def test_a_refusal_ends_what_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with pytest.raises(ValueError, match="no such column"), under_way() as say:
        say(STEPS[0])
        raise ValueError("no such column")
    # The cursor is given back, so that the refusal stands on a line of its own.
    assert capsys.readouterr().err.endswith("\x1b[?25h")
