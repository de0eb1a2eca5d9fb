"""Whose pressures have gone up lately, against the past as it was known then."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.priority import Rising
from kinfold.priority.bands import ORDER, PUT_FORWARD
from kinfold.priority.sums import PRESSURES


def rising(
    now: ir.Table,
    lines: ir.Table,
    then: ir.Table,
    lines_then: ir.Table,
    evidence: ir.Table,
    *,
    rule: Rising,
    as_at: datetime.date,
) -> ir.Table:
    """
    Children whose pressures rose by so many points over so many domains, or enough to lift them into a higher band.

    now, then: one row per child: person_id, band; `then` is today's order made with what was known then.
    lines, lines_then: every line of the sums of today and of the start of the last `rule.within_days` days
        (`sums.lines_of_the_sum`): what was known on that day of what had happened by it.
    evidence: one row per child, marker and fact: person_id, marker, on.
    A domain that went up counts only where something in it happened in those days: an old fact told late is news and
    no rise. One that went down counts against the others. Needs and strengths make no rise.
    Returns one row per rising child: person_id, risen (points).
    """
    start = as_at - datetime.timedelta(days=rule.within_days)
    # What there was is taken off what there is, so that neither has to be there.
    there_was = _by_domain(lines_then)
    both = _by_domain(lines).union(there_was.mutate(points=-there_was.points))
    change = both.group_by("person_id", "domain").agg(change=both.points.sum())
    of_domain = lines.filter(lines.kind.isin(PRESSURES)).select("person_id", "marker", "domain")
    lately = evidence.filter(evidence.on > start).select("person_id", "marker").distinct()
    lately = of_domain.semi_join(lately, ["person_id", "marker"]).select("person_id", "domain").distinct()
    known = change.left_join(lately.mutate(is_lately=ibis.literal(True)), ["person_id", "domain"])
    counted = known.filter((known.change < 0) | known.is_lately.fill_null(False))
    totals = counted.group_by("person_id").agg(risen=counted.change.sum(), over=(counted.change > 0).sum())
    totals = totals.left_join(_lifted(now, then), "person_id").drop("person_id_right")
    enough = (totals.risen >= rule.points) & (totals.over >= rule.domains)
    return totals.filter(enough | ((totals.risen > 0) & totals.is_lifted.fill_null(False))).select("person_id", "risen")


def _by_domain(lines: ir.Table) -> ir.Table:
    """What each domain comes to in pressures, within its cap."""
    adjusts = (lines.kind == "adjustment") & lines.marker.startswith("pressure_")
    counted = lines.filter(lines.kind.isin(PRESSURES) | adjusts)
    return counted.group_by("person_id", "domain").agg(points=counted.points.sum().cast("float64"))


def _lifted(now: ir.Table, then: ir.Table) -> ir.Table:
    """Children put forward today in a higher band than they would have been in by what was known then."""
    both = now.select("person_id", "band").join(then.select("person_id", band_then="band"), "person_id")
    order, was = (column.cases(*ORDER.items(), else_=9) for column in (both.band, both.band_then))
    return both.filter(both.band.isin(PUT_FORWARD), order < was).select("person_id", is_lifted=ibis.literal(True))
