"""What a council could do without all this: go by what social care knows already, or count what is there."""

from __future__ import annotations

import numpy as np

from kinfold.proof.cohort import Cohort

COUNTED = ("pressure", "need", "lost")


def history_only(cohort: Cohort) -> np.ndarray:
    """How much social care had to do with the child lately: each piece of work, halved for every year since."""
    return cohort.history


def flat_count(cohort: Cohort) -> np.ndarray:
    """How many pressures, needs and lost contacts are true, each counting one."""
    counted = np.array([one in COUNTED for one in cohort.weighing.directions])
    return cohort.true[:, counted].sum(axis=1).astype(float)
