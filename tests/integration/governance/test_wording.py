"""What the audit trail calls each thing that was done."""

from __future__ import annotations

import re
from pathlib import Path

import kinfold
from kinfold.governance import wording

SOURCE = Path(kinfold.__file__).parent
NAMED = re.compile(r'\baction="([a-z_]+(?:\.[a-z_]+)?)"')


def test_everything_that_is_written_to_the_trail_is_said_in_words():
    codes = {code for file in SOURCE.rglob("*.py") for code in NAMED.findall(file.read_text(encoding="utf-8"))}
    assert len(codes) > 50
    assert sorted(codes - set(wording.ACTIONS)) == []
