"""Messy files of other countries and shapes in short; the rest of them are in `make bench-linkage`."""

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
def exam(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("messy_exam")


def test_sources_with_columns_and_dates_of_their_own_are_linked(exam: ModuleType, tmp_path: Path) -> None:
    found = exam.sat("three sources", tmp_path, people=700)
    assert found["precision"] >= 0.99
    assert found["recall"] >= 0.96
    assert found["notes"] == ["Sources whose dates of birth have the month first: 1 of 3."]


def test_twins_are_kept_apart_though_nobody_has_an_address(exam: ModuleType, tmp_path: Path) -> None:
    found = exam.sat("brothers and sisters", tmp_path, people=900)
    assert found["precision"] >= 0.99
    assert found["recall"] >= 0.9
    assert found["twins"]["pairs"] >= 20
    assert found["twins"]["merged"] <= 2
