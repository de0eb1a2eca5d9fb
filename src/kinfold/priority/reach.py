"""What a week's capacity reaches of each standing tonight, beside what a backtest says of it."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.priority import Bands

STANDING = {"social_care": "social_care", "other_service": "other_service", "front_door": "front_door"}
"""By pathway; whoever is on none of these stands before outreach, which rings those whom nobody holds."""


def reach(children: ir.Table, proof: ir.Table | None, *, settings: Bands, as_at: datetime.date) -> ir.Table:
    """
    How many households fit into a week, come next and must wait, and what share of the useful contacts that is.

    children: one row per child: person_id, household_id (null: a household of its own), pathway, band, figure.
    proof: what a backtest measured (`proof_reach`): standing, capacity, expected_share, low, high, of_events, as_at;
        None when there is none. One of a day after `as_at` says nothing of it: a past day is told as it was known.
    Returns one row per standing that the area gives a capacity: standing, capacity, reached (households put first),
    next_households, waiting (households with the points of the lowest band put forward for which there is no room);
    and of the backtest tested_on, tested_capacity, expected_share, low, high and of_events, null when not known.
    """
    has_points = children.figure >= settings.soon_least
    known = children.mutate(
        standing=children.pathway.cases(*STANDING.items(), else_="no_service"),
        unit_id=children.household_id.coalesce(children.person_id),
        place=children.band.cases(("decide_today", 1), ("priority", 1), ("soon", 2), else_=has_points.ifelse(3, 9)),
    )
    units = known.group_by("standing", "unit_id").agg(place=known.place.min())
    counted = units.group_by("standing").agg(
        reached=(units.place == 1).sum(), next_households=(units.place == 2).sum(), waiting=(units.place == 3).sum()
    )
    capacity = ibis.memtable(
        pa.table(
            {
                "standing": list(settings.capacity),
                "capacity": pa.array([one.priority for one in settings.capacity.values()], pa.int64()),
            }
        )
    )
    rows = capacity.left_join(counted, "standing").drop("standing_right")
    counts = ("reached", "next_households", "waiting")
    return _tested(rows.mutate(**{name: rows[name].fill_null(0).cast("int64") for name in counts}), proof, as_at=as_at)


def _tested(rows: ir.Table, proof: ir.Table | None, *, as_at: datetime.date) -> ir.Table:
    if proof is None:
        nothing = {name: ibis.null("float64") for name in ("expected_share", "low", "high")}
        nothing |= {name: ibis.null("int64") for name in ("tested_capacity", "of_events")}
        return rows.mutate(tested_on=ibis.null("date"), **nothing)
    told = proof.filter(proof.as_at <= as_at).rename(tested_on="as_at", tested_capacity="capacity")
    return rows.left_join(told, "standing").drop("standing_right")
