"""Loads that are killed anywhere leave nothing half done, and nothing that was acknowledged is lost or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "interrupted.py"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_eight_kills_lose_and_double_nothing():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--kills", "8", "--seed", "3", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["acknowledged"] >= 1
    assert told["deliveries"] >= told["acknowledged"]
    assert [told[name] for name in ("lost", "doubled", "not_whole", "left_over")] == [0, 0, 0, 0]
