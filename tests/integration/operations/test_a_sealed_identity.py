"""A sealed identity is in nothing that the run keeps and nothing that people read, by its key or by its numbers."""

from __future__ import annotations

import json

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

    assert len(kept) == len(sealed)
    assert not sealed & texts(kept)
    assert not any(key in json.dumps(kept, default=str) for key in sealed)
