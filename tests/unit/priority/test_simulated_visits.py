"""The exam of visits in short: some working days of one team, in the order the run gives."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
LONGER = pytest.mark.slow


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("simulated_visits")


@pytest.mark.parametrize(
    ("share", "days", "most", "late_protected"),
    [
        pytest.param(0.9, 8, 1.5, 0, id="a week and a half with a tenth too little time"),
        pytest.param(None, 40, 1, 0, id="two months with time enough", marks=LONGER),
        # One child-day of 124 visits: with three visits a day, one decision takes a third of the time (ADR 9).
        pytest.param(0.9, 40, 1.5, 1, id="two months with a tenth too little time", marks=LONGER),
    ],
)
def test_hardly_a_protected_child_is_late_nobody_waits_beyond_half_as_long_again_and_nothing_is_put_back(
    simulated, share, days, most, late_protected
):
    told = simulated.Simulation(teams=1, children=50, share=share, seed=3, days=days).run()

    assert told.visits >= 2 * days
    assert told.late_protected <= late_protected
    assert told.acute_waited == told.put_back == 0
    assert told.most_used <= most
    assert share or told.late == 0
