"""Whose pressures have gone up lately."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.priority import Rising

DAYS_IN_A_MONTH = 365.25 / 12


def rising(
    marker_state: ir.Table,
    evidence: ir.Table,
    catalogue: ir.Table,
    *,
    caps: dict[str, float],
    rule: Rising,
    as_at: datetime.date,
) -> ir.Table:
    """
    Children whose pressures rose by so many points lately, over more than one domain.

    A pressure rose when something new happened in the last `rule.within_days` days: by its points now less what the
    latest fact before then was still worth at the start of those days. An old fact told late is no rise, needs make
    none, and a pressure that eased meanwhile is not set against another.
    evidence: one row per child, marker and fact: person_id, marker, on.
    catalogue: one row per marker: marker, domain, direction, points, half_life_months (null: does not fade).
    Returns one row per rising child: person_id, risen (points, capped by domain).
    """
    start = as_at - datetime.timedelta(days=rule.within_days)
    pressures = catalogue.filter(catalogue.direction == "pressure")
    pressures = pressures.select("marker", "domain", "half_life_months", full=pressures.points)
    dates = evidence.group_by("person_id", "marker").agg(
        latest=evidence.on.max(), before=evidence.on.max(where=evidence.on <= start)
    )
    true = marker_state.filter(marker_state.state == "true").select("person_id", "marker", "points")
    rose = true.join(pressures, "marker").join(dates.filter(dates.latest > start), ["person_id", "marker"])
    rose = rose.mutate(risen=rose.points - _worth(rose, start))
    domains = rose.filter(rose.risen > 0).group_by("person_id", "domain").agg(risen=ibis._.risen.sum())
    cap = domains.domain.cases(*((name, float(most)) for name, most in caps.items()), else_=ibis.literal(1e9))
    domains = domains.mutate(risen=(domains.risen > cap).ifelse(cap, domains.risen))
    totals = domains.group_by("person_id").agg(risen=domains.risen.sum(), over=ibis._.count())
    return totals.filter((totals.risen >= rule.points) & (totals.over >= rule.domains)).select("person_id", "risen")


def _worth(rose: ir.Table, start: datetime.date) -> ir.FloatingValue:
    """What the latest fact before `start` was worth then; 0 when there was none."""
    months = ibis.literal(start).delta(rose.before, unit="day").cast("float64") / DAYS_IN_A_MONTH
    left = (ibis.literal(0.5) ** (months / rose.half_life_months)).fill_null(1.0)
    return rose.before.isnull().ifelse(0.0, rose.full * left)
