"""
Bands by capacity: who comes first is how many the area can reach, not a number somebody chose.

A band orders work; it is not a level of need, which a named person decides.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.areas.priority import Bands

ORDER = {"decide_today": 1, "priority": 2, "soon": 3, "watch": 4, "not_enough_known": 5, "none": 6}
PUT_FORWARD = ("decide_today", "priority", "soon")
STAY_PRIORITY = ("decide_today", "priority")
NEVER_SEEN = 1_000_000
"""Days since seen of somebody with no sighting in our feeds: longer ago than anybody else."""


def bands(children: ir.Table, previous: ir.Table, *, settings: Bands) -> ir.Table:
    """
    The band of each child.

    children: one row per child: person_id, unit_id (household, or the child where none is known), standing
        (social_care, other_service, front_door, no_service), figure, household_figure, domains, lifting_domains,
        is_acute, coverage_share, days_since_seen (null: no sighting in our feeds).
    previous: one row per child of the last run: person_id, band; empty on a first run.

    Capacity counts households of one standing: a household is one conversation. Households go by their figure,
    then by how long it is since a child of theirs was seen (never seen first), then by how little is known. Those
    equal in all three share a place, and where such a tie lies across the line, all of it is let in: who is rung is
    never settled by an id, a name or a lot.
    Once in a band, a child stays while its household is within `margin` of the capacity and its own figure within
    `margin` of the least.
    A child is put forward only on its own points; a sibling with none stays where it is. Where less than
    `least_coverage` is known, a child not put forward is `not_enough_known`, whatever the points.
    Returns the children with `band` and `band_was` (null when the child was not in the last run).
    """
    was = previous.select("person_id", band_was="band")
    known = children.left_join(was, "person_id").drop("person_id_right")
    lifts = known.lifting_domains > 0
    priority_least = _least(known, settings.priority_least, stays=STAY_PRIORITY, margin=settings.margin)
    soon_least = _least(known, settings.soon_least, stays=PUT_FORWARD, margin=settings.margin)
    known = known.mutate(
        may_priority=lifts & (known.domains >= settings.least_domains) & (known.figure >= priority_least),
        may_soon=lifts & (known.figure >= soon_least),
    )
    known = _placed(known, "priority", "may_priority", stays=STAY_PRIORITY, settings=settings)
    known = known.mutate(may_soon=known.may_soon & ~known.in_priority)
    known = _placed(known, "soon", "may_soon", stays=PUT_FORWARD, settings=settings)
    little = known.coverage_share.fill_null(0.0) < settings.least_coverage
    band = ibis.cases(
        (known.is_acute, "decide_today"),
        (known.in_priority, "priority"),
        (known.in_soon, "soon"),
        (little, "not_enough_known"),
        (known.figure > 0, "watch"),
        else_="none",
    )
    return known.mutate(band=band).drop("may_priority", "may_soon", "in_priority", "in_soon")


def _least(children: ir.Table, least: float, *, stays: tuple[str, ...], margin: float) -> ir.NumericValue:
    """The points a child needs for a band: a little fewer when it is there already."""
    is_there = children.band_was.isin(stays).fill_null(False)
    return is_there.ifelse(least * (1 - margin), least)


def _placed(children: ir.Table, band: str, may: str, *, stays: tuple[str, ...], settings: Bands) -> ir.Table:
    """The children with `in_<band>`: those that may, in the households that fit the capacity of their standing."""
    may_be = children[may]
    units = (
        children.filter(may_be)
        .group_by("standing", "unit_id")
        .agg(
            figure=ibis._.household_figure.max(),
            unseen=ibis._.days_since_seen.fill_null(NEVER_SEEN).max(),
            coverage=ibis._.coverage_share.fill_null(0.0).min(),
        )
    )
    order = [units.figure.desc(), units.unseen.desc(), units.coverage.asc()]
    place = ibis.rank().over(ibis.window(group_by="standing", order_by=order)) + 1
    fits = {name: getattr(capacity, band) for name, capacity in settings.capacity.items()}
    most = units.standing.cases(*fits.items(), else_=0)
    at_most = units.standing.cases(
        *((name, int(number * (1 + settings.margin))) for name, number in fits.items()), else_=0
    )
    ranked = units.mutate(fits=place <= most, fits_to_stay=place <= at_most).select("unit_id", "fits", "fits_to_stay")
    placed = children.left_join(ranked, "unit_id").drop("unit_id_right")
    stayed = placed.band_was.isin(stays).fill_null(False) & placed.fits_to_stay.fill_null(False)
    inside = placed[may] & (placed.fits.fill_null(False) | stayed)
    return placed.mutate(**{f"in_{band}": inside}).drop("fits", "fits_to_stay")


def placed(children: ir.Table) -> ir.Table:
    """
    The children with `rank`, 1 first: by band, then the household's figure, then their own.

    What is otherwise equal goes by how long a child is unseen, by how little is known, and by age, the youngest first
    because they can say least for themselves (an unborn child before all). Children equal in all of it share a rank.
    """
    order = [
        children.band.cases(*ORDER.items(), else_=9),
        children.household_figure.desc(),
        children.figure.desc(),
        children.days_since_seen.fill_null(NEVER_SEEN).desc(),
        children.coverage_share.fill_null(0.0),
        children.birth_on.desc(nulls_first=True),
    ]
    return children.mutate(rank=(ibis.rank().over(ibis.window(order_by=order)) + 1).cast("int64"))
