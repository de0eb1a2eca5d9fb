"""How far an incremental night is from a whole run over the same records; where they differ, the whole run stands."""

from __future__ import annotations

import numpy as np


def disagreement(whole: np.ndarray, changes: np.ndarray) -> dict[str, int | float]:
    """
    Pairs of records that are one person in one result and two in the other.

    whole, changes: for each record any number that its person shares. agreement: share of the pairs together in either
    that are together in both, from 0 to 1; 1 when there are none.
    """
    both = _pairs(np.stack([whole, changes], axis=1))
    only_whole, only_changes = _pairs(whole) - both, _pairs(changes) - both
    either = both + only_whole + only_changes
    return {
        "together_only_in_the_whole_run": only_whole,
        "together_only_in_the_incremental_run": only_changes,
        "pairs_together_in_both": both,
        "agreement": both / either if either else 1.0,
    }


def _pairs(labels: np.ndarray) -> int:
    _, sizes = np.unique(labels, axis=0, return_counts=True)
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())
