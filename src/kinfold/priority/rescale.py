"""
A marker's points under another weight, from the points that a run gave it.

What is left of a fact after fading is its points over the marker's own, so neither needs the facts again. A change of
what a marker turns on does: then it is put to them afresh (`profile.run`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from kinfold.areas.markers import Marker

TURNS_ON = ("shape", "ages", "feeds", "reach", "lookback_months", "extra", "halved_by", "hastened_by")


def turns_on_the_same(was: Marker, now: Marker) -> bool:
    """Whether the same facts make both true of the same children."""
    return all(getattr(was, name) == getattr(now, name) for name in TURNS_ON)


def can_rescale(was: Marker, now: Marker) -> bool:
    """
    Whether `now`'s points follow from those that `was` gave.

    Not where a part of them was added for something the points no longer show, or where nothing was given to scale.
    """
    if not turns_on_the_same(was, now):
        return False
    if (was.points, was.half_life_months) == (now.points, now.half_life_months):
        return True
    if was.extra or not was.points:
        return False
    if was.half_life_months == now.half_life_months:
        return True
    return bool(was.half_life_months and now.half_life_months) and was.halved_by is None


@dataclasses.dataclass(frozen=True)
class Weight:
    """Points of a marker before fading, and its half-life; None: it does not fade."""

    points: float
    half_life_months: float | None


def rescaled(marker_state: ir.Table, weights: Mapping[str, tuple[Weight, Weight]]) -> ir.Table:
    """
    The same states with other points. weights: by marker, the weight it had and the one it has; others stay.

    Every marker in `weights` must be one that `can_rescale`. Points are of facts: those of evidence scale alike only
    where the half-life stays, so only states are scaled.
    """
    points = marker_state.points
    cases = [
        (marker_state.marker == name, _scaled(points, was, now))
        for name, (was, now) in weights.items()
        if was != now and was.points
    ]
    return marker_state.mutate(points=ibis.cases(*cases, else_=points)) if cases else marker_state


def _scaled(points: ir.FloatingValue, was: Weight, now: Weight) -> ir.FloatingValue:
    if was.half_life_months == now.half_life_months or not (was.half_life_months and now.half_life_months):
        return points * now.points / was.points
    left = points / was.points
    return (left ** (was.half_life_months / now.half_life_months)) * now.points
