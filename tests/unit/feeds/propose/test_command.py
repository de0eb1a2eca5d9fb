"""`kinfold feeds propose`: the mapping for a person, the sketch for a machine, a refusal in words; no cell in any."""

from __future__ import annotations

import json
import tomllib

import pytest
from click.testing import CliRunner
from tests.unit.feeds.propose.seen import SEEN

from kinfold.cli import main


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(main, ["feeds", "propose", *map(str, words)])


def test_the_mapping_is_written_and_each_column_told(run, tmp_path):
    out = tmp_path / "rents.toml"
    done = run(SEEN[1].write(tmp_path), "--out", out)
    assert done.exit_code == 0, done.output
    assert "TENANT_1_DOB: date of birth of the adult (certain)" in done.output
    assert tomllib.loads(out.read_text(encoding="utf-8"))["agency"] == "housing"
    again = run(SEEN[1].write(tmp_path), "--out", out)
    assert again.exit_code == 1
    assert "rents.toml is there already" in again.output


def test_a_machine_is_given_the_sketch_and_the_toml(run, tmp_path):
    done = run(SEEN[1].write(tmp_path), "--json")
    told = json.loads(done.stdout)
    assert told["parts"][0]["row_id"] == ["TENANCY_REF"]
    assert tomllib.loads(told["toml"])["part"][0]["name"] == "rents"
    assert "OKAFOR/" not in done.output


def test_what_cannot_be_read_is_refused_with_one(run, tmp_path):
    bare = tmp_path / "bare.csv"
    bare.write_text("1,2\n3,4\n", encoding="utf-8")
    done = run(bare)
    assert done.exit_code == 1
    assert "no table with a row of column names" in done.output
