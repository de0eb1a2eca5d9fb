"""What a blind review reckons with, asked of `proof` for the workbench."""

from __future__ import annotations

from kinfold.proof.agreement import Agreement, of_answers
from kinfold.proof.metrics import Interval, wilson

__all__ = ["Agreement", "Interval", "of_answers", "wilson"]
