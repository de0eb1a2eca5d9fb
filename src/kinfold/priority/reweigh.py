"""
The sum and the order of every child, from what is true of them and an area's weights.

A night's run and a what-if ask this one function, so that what somebody tries out is what a run would do. Everything
about a child that no weight changes (home, who holds the case, when seen, the band of the last run) is worked out once
by the run and kept with the snapshot as the table `weighing`.
"""

from __future__ import annotations

import dataclasses
import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.pathways import Pathways
from kinfold.areas.priority import Priority
from kinfold.priority import bands, rising, sums
from kinfold.priority import pathways as routing
from kinfold.store.engine import Engine

FLAGS = ("is_rising", "is_acute", "is_pressed")


@dataclasses.dataclass(frozen=True)
class Weights:
    """What an area decides of weights: `priority.toml`, and of `pathways.toml` who goes to the front door first."""

    settings: Priority
    routes: Pathways
    as_at: datetime.date


@dataclasses.dataclass(frozen=True)
class Weighed:
    """lines: every line of every sum. children: the children given, with figures, flags, standing, band, pathway."""

    lines: ir.Table
    children: ir.Table


def reweigh(
    engine: Engine,
    children: ir.Table,
    marker_state: ir.Table,
    evidence: ir.Table,
    catalogue: ir.Table,
    *,
    weights: Weights,
    with_range: bool = True,
) -> Weighed:
    """
    Sum every child's points and cut the bands.

    children: one row per child, as the table `weighing` of a snapshot: person_id, unit_id, days_since_seen,
        coverage_share, own_level (of the cases that hold the child; null: none), is_triggered (something the area
        names must be decided today), band_was (in the last run; null: not in it).
    marker_state, evidence: as profile gives them. catalogue: one row per marker (`run.catalogue_of`); a marker that is
        not in it counts for nothing.
    with_range: also work out figure_high, which a what-if does without.
    """
    settings, as_at = weights.settings, weights.as_at
    lines = engine.keep(sums.lines_of_the_sum(marker_state, catalogue, caps=settings.caps))
    alone = settings.bands.never_alone
    known = _with(children, sums.figures(children, lines, needs_share=settings.needs_share, never_alone=alone))
    if with_range:
        if_true = sums.lines_of_the_sum(sums.as_if_true(marker_state, catalogue), catalogue, caps=settings.caps)
        most = sums.figures(children, if_true, needs_share=settings.needs_share)
        known = _with(known, most.select("person_id", figure_high="figure"))
    rose = rising.rising(marker_state, evidence, catalogue, caps=settings.caps, rule=settings.rising, as_at=as_at)
    flags = {
        "is_rising": rose,
        "is_acute": _decided_today(children, marker_state, catalogue),
        "is_pressed": routing.pressed(marker_state, catalogue, settings=weights.routes),
    }
    known = _with(known, *(people.select("person_id", **{name: ibis.literal(True)}) for name, people in flags.items()))
    known = known.mutate(figure_low=known.figure, **{name: known[name].fill_null(False) for name in FLAGS})
    known = sums.household_figures(
        routing.standings(known.drop("own_level"), _levels(children)),
        share=settings.household_share,
        most=settings.household_most,
    )
    before = children.filter(children.band_was.notnull()).select("person_id", band="band_was")
    banded = bands.bands(engine.keep(known.drop("band_was")), before, settings=settings.bands)
    return Weighed(lines, engine.keep(routing.pathways(engine.keep(banded))))


def _decided_today(children: ir.Table, marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    acute = catalogue.filter(catalogue.direction == "acute").select("marker")
    true = marker_state.filter(marker_state.state == "true").semi_join(acute, "marker")
    triggered = children.filter(children.is_triggered)
    return true.select("person_id").union(triggered.select("person_id")).distinct()


def _levels(children: ir.Table) -> ir.Table:
    """The cases that count, as `pathways.standings` reads them: of each child only the weightiest matters."""
    held = children.filter(children.own_level.notnull())
    return held.select("person_id", level=held.own_level, is_shut=ibis.literal(False))


def _with(table: ir.Table, *more: ir.Table) -> ir.Table:
    for other in more:
        new = [name for name in other.columns if name not in table.columns]
        table = table.left_join(other.select("person_id", *new), "person_id").drop("person_id_right")
    return table
