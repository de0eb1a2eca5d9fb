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
    holds: when there is not time for every visit, those of this stage keep their limit and come before the others.
    """

    stage: str
    basis: Literal["national", "local"]
    source: str
    every_working_days: int | None = None
    every_days: int | None = None
    first_within_days: int | None = None
    holds: bool = False


@dataclasses.dataclass(frozen=True)
class Forward:
    """
    What brings a visit forward: the share of the interval that is left, 0.7 to 1. Nothing puts a visit back.

    bands: by band, which is the child's rank by need. ratings: by the worker's own rating. The lowest share counts.
    """

    bands: dict[str, float]
    ratings: dict[str, float]


@dataclasses.dataclass(frozen=True)
class Timescales:
    """
    When children are visited.

    longest: when there is not time for every visit, no child waits beyond this share of the limit, 1 to 2; one whose
        limit holds does not wait beyond the limit.
    """

    visit: tuple[VisitRule, ...]
    forward: Forward
    in_force: str = ""
    longest: float = 1.5


NATIONAL_MOST = {"looked_after": (42, 7), "placement": (42, 7)}
"""Days between visits and to the first visit: Care Planning Regulations 2010, regulation 28 (first year)."""
NO_NEARER = 0.7
"""Least share of an interval that need or a rating may leave of it."""
BANDS = ("decide_today", "priority", "soon", "watch")
RATINGS = ("low", "medium", "high")


def load(folder: Path) -> Timescales:
    """Read `timescales.toml`. Raises `toml.AreaRejected`, also for a limit longer than the national one."""
    path = folder / "timescales.toml"
    timescales = toml.settle(Timescales, toml.read(path), file=path.name)
    for key, allowed in (("bands", BANDS), ("ratings", RATINGS)):
        _shares(getattr(timescales.forward, key), allowed, file=path.name, at=f"forward.{key}")
    if not 1 <= timescales.longest <= 2:
        raise toml.AreaRejected(f"{path.name}: longest must be from 1 to 2, a share of the limit.")
    for rule in timescales.visit:
        _one_interval(rule, file=path.name)
        _within_the_law(rule, file=path.name)
    return timescales


def _shares(shares: dict[str, float], allowed: tuple[str, ...], *, file: str, at: str) -> None:
    for name, share in shares.items():
        if name not in allowed:
            raise toml.AreaRejected(f"{file}: {at}.{name} is not one of {', '.join(allowed)}.")
        if not NO_NEARER <= share <= 1:
            raise toml.AreaRejected(
                f"{file}: {at}.{name} must be from {NO_NEARER} to 1: a visit comes no nearer than {NO_NEARER} "
                "of its interval, and nothing puts it back."
            )


def _one_interval(rule: VisitRule, *, file: str) -> None:
    if (rule.every_days is None) == (rule.every_working_days is None):
        raise toml.AreaRejected(f"{file}: visit {rule.stage} needs one of every_days and every_working_days.")
    for key in ("every_days", "every_working_days", "first_within_days"):
        length = getattr(rule, key)
        if length is not None and length < 1:
            raise toml.AreaRejected(f"{file}: visit {rule.stage}.{key} must be 1 or more.")


def _within_the_law(rule: VisitRule, *, file: str) -> None:
    if rule.stage not in NATIONAL_MOST:
        return
    every, first = NATIONAL_MOST[rule.stage]
    if rule.every_days is None or rule.every_days > every or (rule.first_within_days or every) > first:
        raise toml.AreaRejected(
            f"{file}: visit {rule.stage} may not be longer than the national limit of {first} days, then {every} days."
        )
