"""What share of the useful conversations a week's capacity is expected to reach, and what it will miss."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from kinfold.proof import metrics, resum
from kinfold.proof.cohort import Cohort

PROOF_REACH = pa.schema(
    [
        pa.field("standing", pa.string()),  # no_service, front_door, other_service, social_care
        pa.field("capacity", pa.int64()),  # households that can be reached in a week
        pa.field("expected_share", pa.float64()),  # of the children who came to it, 0 to 1; null where none did
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("of_events", pa.int64()),
        pa.field("as_at", pa.date32()),  # the past day that it was tried on
    ]
)


def reach(cohort: Cohort, *, capacity: Mapping[str, int], share: float, most: float) -> pa.Table:
    """
    One row per standing: how much of what came was among the first `capacity` households of the day's list.

    capacity: households a week, by standing. share, most: of a household's figure (`resum.of_households`).
    The interval is Wilson's.
    """
    household = resum.of_households(cohort.figure, cohort.unit, share=share, most=most)
    rows = []
    for standing, places in capacity.items():
        here = cohort.standing == standing
        events = int((here & cohort.event).sum())
        found = float(_reached(household[here], cohort.unit[here], places)[cohort.event[here]].sum()) if events else 0.0
        told = metrics.wilson(found, events)
        shown = [None if math.isnan(one) else one for one in (told.value, told.low, told.high)]
        rows.append((standing, places, *shown, events, cohort.as_at))
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=PROOF_REACH)


def _reached(household: np.ndarray, unit: np.ndarray, places: int) -> np.ndarray:
    """How much of each child is reached: whole households, ties at the cut shared."""
    _, first, back = np.unique(unit, return_index=True, return_inverse=True)
    return metrics.within(household[first], places)[back] if places < len(first) else np.ones(len(unit))
