"""The exam of `make bench-linkage` in short: 10,000 records of made-up families, and their nights."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture
def exams(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    found = importlib.import_module("linkage_exams")
    found.made(tmp_path, 10_000, seed=41)
    return found


def test_families_are_told_apart_and_most_records_find_their_person(exams: ModuleType, tmp_path: Path) -> None:
    found = exams.families(tmp_path)
    assert found["precision"] >= 0.998
    assert found["recall"] >= 0.95
    assert found["twins_in_conflict"] == 0
    assert found["twins_merged"] <= 2
    assert found["parents_merged"] <= 2
    assert found["review_share"] <= 0.015


def test_nights_keep_ids_seals_and_decisions(exams: ModuleType, tmp_path: Path) -> None:
    found = exams.nights(tmp_path)
    nothing = ("sealed_found", "withheld_shown", "withheld_lived_at", "ids_changed_when_shuffled", "undone_ids",
               "undone_tables")  # fmt: skip
    assert {name: found[name] for name in nothing} == dict.fromkeys(nothing, 0)
    assert found["way"] == "changes"
    assert found["incremental"] >= 0.9995
    assert found["ids_changed_after_new"] <= 0.002
    assert found["upset"] > 500
    assert found["is_in_ledger"]
    assert found["ledger_grew_only"]
