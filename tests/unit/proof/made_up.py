"""A cohort of numbers, for the measures: children in households, two markers, chance with a seed."""

from __future__ import annotations

import datetime

import numpy as np

from kinfold.proof import resum
from kinfold.proof.cohort import THIRDS, Cohort
from kinfold.proof.outcomes import OUTCOMES

WEIGHING = resum.Weighing(
    markers=("abuse", "absent", "arrears", "attends_well"),
    domains=("Trio", "School", "Money", "Strength"),
    directions=("pressure", "pressure", "need", "strength"),
    multipliers=(1.0, 1.0, 1.0, 1.0),
    caps={"Trio": 18.0, "School": 12.0, "Money": 6.0},
    needs_share=0.5,
)


def cohort(
    *, children: int = 4000, seed: int = 1, groups: dict[str, np.ndarray] | None = None, **changed: np.ndarray
) -> Cohort:
    """Markers that say something of the event; `changed` replaces arrays of it."""
    rng = np.random.default_rng(seed)
    true = rng.random((children, 4)) < np.array([0.06, 0.12, 0.2, 0.5])
    points = true * np.array([8.0, 4.0, 3.0, -4.0]) * rng.uniform(0.5, 1, (children, 4))
    chance = 0.02 * np.exp(1.2 * true[:, 0] + 0.7 * true[:, 1] + 0.5 * true[:, 2])
    figure = resum.figures(WEIGHING, points, true)
    coverage = rng.uniform(0.4, 1, children)
    thirds = np.array(THIRDS, dtype=object)[np.digitize(coverage, np.quantile(coverage, [1 / 3, 2 / 3]))]
    made = {
        "event": rng.random(children) < chance,
        "figure": figure,
        "rank": np.argsort(np.lexsort((np.arange(children), -figure))) + 1,
        "band": np.where(figure > 8, "priority", "none").astype(object),
        "standing": np.full(children, "no_service", dtype=object),
        "unit": np.arange(children) // 2,
        "coverage": coverage,
        "age": rng.uniform(0, 18, children),
        "history": rng.random(children) * (rng.random(children) < 0.1),
        "points": points,
        "true": true,
        "unknown": rng.random((children, 4)) < 0.1,
    } | changed
    return Cohort(
        outcome=OUTCOMES["child_in_need_start"], as_at=datetime.date(2025, 3, 1), until=datetime.date(2026, 3, 1),
        person_id=np.array([f"P{n:05d}" for n in range(children)], dtype=object),
        by_feed={"police": points * np.array([1, 0, 0, 0]), "school": points * np.array([0, 1, 0, 0])},
        groups={"coverage": thirds} | (groups or {}), weighing=WEIGHING, unseen_events=3, **made,
    )  # fmt: skip
