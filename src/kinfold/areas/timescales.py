"""How often an open child is seen: national limits, local standards, and how far need brings a visit forward."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

from kinfold.areas import toml


@dataclasses.dataclass(frozen=True)
class VisitRule:
    """
    How often a child at this stage is visited. Exactly one of the two intervals is given.

    every_working_days, every_days: between visits. first_within_days: from the start of the stage to the first
        visit, when that is another limit.
    basis: national limits may be shortened by an area and never lengthened; local standards are the area's own.
    source: who says so.
    """

    stage: str
    basis: Literal["national", "local"]
    source: str
    every_working_days: int | None = None
    every_days: int | None = None
    first_within_days: int | None = None


@dataclasses.dataclass(frozen=True)
class Forward:
    """
    What brings a visit forward. Nothing puts one back.

    to: share of the interval that is left, 0 to 1. ratings: a worker's own ratings that do it.
    bands: bands that do it, because needs are high.
    """

    to: float = 0.7
    ratings: tuple[str, ...] = ("high",)
    bands: tuple[str, ...] = ("decide_today", "priority")


@dataclasses.dataclass(frozen=True)
class Timescales:
    visit: tuple[VisitRule, ...]
    forward: Forward = Forward()
    in_force: str = ""


NATIONAL_MOST = {"looked_after": (42, 7)}
"""Days between visits and to the first visit: Care Planning Regulations 2010, regulation 28 (first year)."""


def load(folder: Path) -> Timescales:
    """Read `timescales.toml`. Raises `toml.AreaRejected`, also for a limit longer than the national one."""
    path = folder / "timescales.toml"
    timescales = toml.settle(Timescales, toml.read(path), file=path.name)
    if not 0.7 <= timescales.forward.to <= 1:
        raise toml.AreaRejected(f"{path.name}: forward.to must be from 0.7 to 1: a visit comes no nearer than 0.7.")
    for rule in timescales.visit:
        _one_interval(rule, file=path.name)
        _within_the_law(rule, file=path.name)
    return timescales


def _one_interval(rule: VisitRule, *, file: str) -> None:
    if (rule.every_days is None) == (rule.every_working_days is None):
        raise toml.AreaRejected(f"{file}: visit {rule.stage} needs one of every_days and every_working_days.")


def _within_the_law(rule: VisitRule, *, file: str) -> None:
    if rule.stage not in NATIONAL_MOST:
        return
    every, first = NATIONAL_MOST[rule.stage]
    if rule.every_days is None or rule.every_days > every or (rule.first_within_days or 0) > first:
        raise toml.AreaRejected(
            f"{file}: visit {rule.stage} may not be longer than the national limit of {first} days, then {every} days."
        )
