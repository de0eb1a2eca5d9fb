"""The sample files beside the project: not part of it, so tests that read them say so when they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("The sample files (shared/samples, beside the project) are not on this machine.")
    return SAMPLES
