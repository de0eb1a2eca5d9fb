"""A sealed identity is in nothing that the run keeps and nothing that people read, by its key or by its numbers."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@pytest.fixture(scope="module")
def truth(council):
    return {path.stem: pq.read_table(path).to_pylist() for path in (council.home / "truth").glob("*.parquet")}


@pytest.fixture(scope="module")
def everything_kept(council):
    """The rows of every table of the snapshot."""
    return {path.stem: council.rows(path.stem) for path in council.live.glob("*.parquet")}


@pytest.fixture(scope="module")
def published(council):
    return council.published()


def texts(rows):
    return {value for row in rows for value in row.values() if isinstance(value, str)}


def test_no_sealed_key_is_in_any_table(truth, everything_kept, published):
    sealed = {row["person_key"] for row in truth["sealed"]}

    assert sealed
    for rows in (*everything_kept.values(), *published.values()):
        assert not sealed & texts(rows)


def test_no_identifier_of_a_sealed_identity_is_in_any_table(council, truth, everything_kept, published):
    sealed = {row["person_key"] for row in truth["sealed"]}
    mapped = [
        row
        for path in (council.home / "lake" / "mapped").glob("*/identifier.parquet")
        for row in pq.read_table(path).to_pylist()
    ]
    known_by_others = {row["value"] for row in mapped if row["person_key"] not in sealed}
    theirs = {row["value"] for row in mapped if row["person_key"] in sealed} - known_by_others

    assert theirs
    for rows in (*everything_kept.values(), *published.values()):
        assert not theirs & texts(rows)


def test_the_seal_itself_is_kept_only_as_a_keyed_hash(council, truth):
    kept = pq.read_table(council.home / "lake" / "decisions" / "seal.parquet").to_pylist()
    sealed = {row["person_key"] for row in truth["sealed"]}

    assert len(kept) > len(sealed)  # their NHS numbers too, or those would lead back under another key
    assert not sealed & texts(kept)
    assert not any(key in json.dumps(kept, default=str) for key in sealed)


def test_no_key_of_theirs_is_on_a_page_an_export_or_in_what_linkage_remembers(council, truth):
    sealed = {row["person_key"] for row in truth["sealed"]}
    remembered = [pq.read_table(path) for path in (council.home / "lake" / "linkage").rglob("*.parquet")]
    reports = [path.read_text(encoding="utf-8") for path in (council.home / "lake").rglob("*.json")]

    assert remembered
    assert not any(sealed & texts(table.to_pylist()) for table in remembered)
    assert not any(key in report for key in sealed for report in reports)
    told = council.kinfold("link", "report", "--json").stdout
    assert not any(key in told for key in sealed)


def test_no_past_day_holds_them_either(council, truth, tmp_path):
    sealed = {row["person_key"] for row in truth["sealed"]}
    day = min(row["from_on"] for row in truth["sealed"])
    before = json.loads((council.live / "run.json").read_text(encoding="utf-8"))["as_at"]
    asked = day.replace(year=day.year - 1) if day.isoformat() >= before else day

    council.kinfold("run", "--as-at", asked, "--rules", "now", "--out", tmp_path)

    tables = list(tmp_path.rglob("*.parquet"))
    assert tables
    assert not any(sealed & texts(pq.read_table(path).to_pylist()) for path in tables)


def test_a_decision_that_names_one_is_not_kept_for_the_next_run(council, truth):
    from kinfold.operations import home, sealing

    opened = home.open_home(council.home)
    path = opened.decisions / "match_decision.parquet"
    was = path.read_bytes() if path.exists() else None
    old, new = truth["sealed"][0]["person_key"], truth["sealed"][0]["new_person_key"]
    row = {"left": old, "right": new, "kind": "must_link", "on": truth["sealed"][0]["from_on"]}
    pq.write_table(pa.Table.from_pylist([row, row | {"left": "police:1"}]), path)
    try:
        assert sealing.forget_decisions(opened) == 1
        assert [r["left"] for r in pq.read_table(path).to_pylist()] == ["police:1"]
    finally:
        path.unlink() if was is None else path.write_bytes(was)


def test_without_their_key_a_run_stops_and_says_so(council, tmp_path, unchanged):
    other = tmp_path / "another-key"
    other.write_text("x" * 40, encoding="ascii")

    done = council.kinfold("run", "--as-at", "2026-01-01", "--rules", "now", "--out", tmp_path / "out", code=1,
                           KINFOLD_SEAL_KEY_FILE=other)  # fmt: skip

    assert "nobody would be sealed" in done.stderr
    unchanged()
