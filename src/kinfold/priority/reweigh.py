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
from kinfold.priority import bands, lost_contact, rising, sums
from kinfold.priority import pathways as routing
from kinfold.store.engine import Engine

FLAGS = ("is_unseen", "is_acute", "is_pressed")
FIGURES = ("pressures", "unmet_needs", "figure")
OF_CHILDREN = (
    "person_id", "unit_id", "days_since_seen", "coverage_share", "own_level", "is_triggered", "band_was",
)  # fmt: skip
"""What the sum and the order have to know of a child beside its markers: the rest of `weighing` is for the lists."""


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
    marker_then: ir.Table | None = None,
    with_range: bool = True,
) -> Weighed:
    """
    Sum every child's points and cut the bands.

    children: one row per child, as the table `weighing` of a snapshot (`OF_CHILDREN`): own_level is of the cases that
        hold the child (null: none), is_triggered whether something the area names must be decided today, band_was of
        the last run (null: not in it).
    marker_state, evidence: as profile gives them. catalogue: one row per marker (`run.catalogue_of`); a marker that is
        not in it counts for nothing.
    marker_then: marker_state of what was true, as then known, `back_days` ago; without it nobody is rising.
    with_range: also work out what the figures could be, which a what-if does without.
    """
    settings = weights.settings
    lines = engine.keep(sums.lines_of_the_sum(marker_state, catalogue, caps=settings.caps))
    alone = settings.bands.never_alone
    known = joined(children, sums.figures(children, lines, needs_share=settings.needs_share, never_alone=alone))
    if with_range:
        known = joined(known, *_range(children, marker_state, catalogue, settings=settings))
    flags = {
        "is_unseen": lost_contact.unseen(marker_state, markers=settings.lost_contact.markers),
        "is_acute": _decided_today(children, marker_state, catalogue),
        "is_pressed": routing.pressed(marker_state, catalogue, settings=weights.routes),
    }
    known = joined(known, *(people.select("person_id", **{name: ibis.literal(True)}) for name, people in flags.items()))
    known = known.mutate(**{name: known[name].fill_null(False) for name in FLAGS})
    known = engine.keep(routing.standings(known.drop("own_level"), _levels(children)))
    before = children.filter(children.band_was.notnull()).select("person_id", band="band_was")
    banded = _banded(engine, known.drop("band_was"), before, settings)
    rose = _rose(engine, banded, lines, marker_then, evidence, catalogue, weights)
    return Weighed(lines, engine.keep(lost_contact.on_a_list(routing.pathways(rose))))


def _banded(engine: Engine, known: ir.Table, before: ir.Table, settings: Priority) -> ir.Table:
    known = sums.household_figures(known, share=settings.household_share, most=settings.household_most)
    return engine.keep(bands.bands(engine.keep(known), before, settings=settings.bands))


def _range(
    children: ir.Table, marker_state: ir.Table, catalogue: ir.Table, *, settings: Priority
) -> tuple[ir.Table, ir.Table]:
    """The least and the most that each child's figures could be: <figure>_low and <figure>_high."""

    def figures(state: ir.Table, suffix: str) -> ir.Table:
        lines = sums.lines_of_the_sum(state, catalogue, caps=settings.caps)
        made = sums.figures(children, lines, needs_share=settings.needs_share)
        return made.select("person_id", **{f"{name}_{suffix}": name for name in FIGURES})

    return (
        figures(sums.as_if_eased(marker_state, catalogue), "low"),
        figures(sums.as_if_true(marker_state, catalogue), "high"),
    )


def _rose(
    engine: Engine,
    banded: ir.Table,
    lines: ir.Table,
    marker_then: ir.Table | None,
    evidence: ir.Table,
    catalogue: ir.Table,
    weights: Weights,
) -> ir.Table:
    """
    The children with `is_rising`.

    Where a child would have stood then is today's order, made with what was known then: homes, cases and coverage are
    today's, so that only what presses and what is needed can lift anybody.
    """
    if marker_then is None:
        return banded.mutate(is_rising=ibis.literal(False))
    settings = weights.settings
    back = settings.rising.within_days
    marker_then = marker_then.filter(marker_then.back_days == back).drop("back_days")
    lines_then = engine.keep(sums.lines_of_the_sum(marker_then, catalogue, caps=settings.caps))
    alone = settings.bands.never_alone
    figures = sums.figures(banded, lines_then, needs_share=settings.needs_share, never_alone=alone)
    as_then = joined(figures, banded.select("person_id", "unit_id", "standing", "days_since_seen", "coverage_share"))
    nobody = banded.filter(ibis.literal(False)).select("person_id", "band")
    then = _banded(engine, as_then.mutate(is_acute=ibis.literal(False)), nobody, settings)
    rose = rising.rising(banded, lines, then, lines_then, evidence, rule=settings.rising, as_at=weights.as_at)
    every = joined(banded, rose.select("person_id", is_rising=ibis.literal(True)))
    return every.mutate(is_rising=every.is_rising.fill_null(False))


def _decided_today(children: ir.Table, marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    acute = catalogue.filter(catalogue.direction == "acute").select("marker")
    true = marker_state.filter(marker_state.state == "true").semi_join(acute, "marker")
    triggered = children.filter(children.is_triggered)
    return true.select("person_id").union(triggered.select("person_id")).distinct()


def _levels(children: ir.Table) -> ir.Table:
    """The cases that count, as `pathways.standings` reads them: of each child only the weightiest matters."""
    held = children.filter(children.own_level.notnull())
    return held.select("person_id", level=held.own_level, is_shut=ibis.literal(False))


def joined(table: ir.Table, *more: ir.Table) -> ir.Table:
    """`table` with the columns of others that have one row or none per person."""
    for other in more:
        new = [name for name in other.columns if name not in table.columns]
        table = table.left_join(other.select("person_id", *new), "person_id").drop("person_id_right")
    return table
