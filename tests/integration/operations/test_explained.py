"""Every point of a child's figure is a line, and every line leads to rows that are in the lake."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kinfold.operations.explain import explain
from kinfold.operations.home import open_home

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


def figure_of(told, kinds, adjustments):
    return sum(
        line["points"]
        for line in told["lines"]
        if line["kind"] in kinds or (line["kind"] == "adjustment" and line["marker"].startswith(adjustments))
    )


@pytest.fixture(scope="module")
def highest(council):
    """The child with the highest figure, and children whose sum was adjusted."""
    children = sorted(council.rows("priority_child"), key=lambda row: -row["figure"])
    adjusted = {row["person_id"] for row in council.rows("priority_line") if row["kind"] == "adjustment"}
    return [children[0]["person_id"], *sorted(adjusted)[:5]]


def test_the_lines_of_a_kind_and_their_adjustments_sum_to_its_figure(council, highest):
    home = open_home(council.home)
    for person_id in highest:
        told = explain(home, person_id)
        assert figure_of(told, ("pressure",), "pressure_") == told["pressures"]
        assert figure_of(told, ("need", "lost"), "need_") == told["unmet_needs"]


def test_the_command_says_the_same_and_every_row_of_evidence_is_in_the_lake(council, highest):
    told = json.loads(council.kinfold("explain", highest[0], "--json").stdout)
    evidence = [row for line in told["lines"] for row in line["evidence"]]

    assert told["person_id"] == highest[0]
    assert told["pressures"] > 0
    assert figure_of(told, ("pressure",), "pressure_") == told["pressures"]
    assert evidence
    for row in evidence:
        assert is_in_the_lake(council, row), row


def test_of_fifty_children_every_sum_is_the_lists_and_every_row_is_there(council, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from proof_exams import Sitting
    from proof_exams import explain as exam

    monkeypatch.setattr(exam, "CHILDREN", 50)
    rows = list(exam.exam(Sitting(tmp_path, seed=3, children=300, home=council.home)))

    assert rows[0].measured == "50"
    assert len(rows) == 5 and not [row.asked for row in rows if not row.is_met]


def test_a_day_whose_list_is_not_kept_is_worked_out_again(council, highest, unchanged, tmp_path):
    day = json.loads((council.home / "demonstration.json").read_text(encoding="utf-8"))["as_at"]
    kept = json.loads(council.kinfold("explain", highest[0], "--as-at", day, "--json").stdout)

    assert kept["as_at"] == day
    refused = council.kinfold("explain", highest[0], "--as-at", "2021-01-04", code=1).stderr
    assert "the rules of that day are not known" in " ".join(refused.split())
    unchanged()


def is_in_the_lake(council, row):
    """Both the mapped row and the line of the file as it was landed."""
    mapped = pq.read_table(council.home / "lake" / "mapped" / row["delivery_id"] / f"{row['table']}.parquet")
    is_mapped = any(
        (one["part"], one["row_number"], one["source"]) == (row["part"], row["row_number"], row["source"])
        for one in mapped.to_pylist()
    )
    landed = (council.home / "deliveries").glob(f"*/{row['delivery_id']}/landed/*.parquet")
    lines = {number for path in landed for number in pq.read_table(path).column("row_number").to_pylist()}
    return is_mapped and row["row_number"] in lines


def test_whoever_is_not_in_the_snapshot_is_refused_in_the_words_for_everybody(council, unchanged):
    said = council.kinfold("explain", "P-nobody", code=1).stderr

    assert said.strip() == "No child with that id is in the snapshot."
    unchanged()


def test_a_look_by_the_command_line_is_in_the_audit_trail(council, highest):
    before = json.loads(council.kinfold("audit", "verify", "--json").stdout)
    council.kinfold("explain", highest[0], "--json")
    after = json.loads(council.kinfold("audit", "verify", "--json").stdout)

    assert after["holds"] is True
    assert after["entries"] > before["entries"]
