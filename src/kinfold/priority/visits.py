"""
When an open child is next to be seen.

A visit is due at the earliest of the national limit, the local standard and the child's own plan. High need or the
worker's own rating bring it forward; nothing puts it back. Something done on the due day is in time.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.timescales import Timescales, VisitRule
from kinfold.priority import words

VISITED = ("social_care", "early_help")
"""Agencies whose workers visit children, and whose plans say how often."""
BASIS = {"national": "national limit", "local": "local standard"}
CANDIDATE = ("person_id", "base_on", "has_visit", "every", "unit", "said", "place")


def due(
    opened: ir.Table,
    children: ir.Table,
    seen: ir.Table,
    calendar: ir.Table,
    *,
    timescales: Timescales,
    as_at: datetime.date,
) -> ir.Table:
    """
    The visit that is due next to each child somebody visits.

    opened: one row per case that stands (`cases.open_involvements`). children: one row per child: person_id, band.
    seen: one row per person: person_id, last_visit_on, last_help_visit_on (`seen.last_seen`).
    calendar: `working_days.calendar`.
    Each limit runs from the last visit since its stage began, or from that beginning when there was none.
    Returns one row per such child: person_id, due_on, interval_days (from the day counted from to the due day),
    interval_used (share of it gone; 1 on the due day), plan_interval_days (null when the plan does not say) and
    due_sentence. due_on is null where no visit and no start is known.
    """
    cases = opened.filter(opened.agency.isin(VISITED)).semi_join(children, "person_id")
    visited = seen.select("person_id", "last_visit_on", "last_help_visit_on")
    cases = cases.left_join(visited, "person_id").drop("person_id_right")
    is_help = cases.agency == "early_help"
    cases = cases.mutate(visit_on=is_help.ifelse(cases.last_help_visit_on, cases.last_visit_on))
    plans = _plans(cases, timescales)
    each = ibis.union(*(_by_rule(cases, rule, n) for n, rule in enumerate(timescales.visit)), _by_plan(cases, plans))
    each = each.join(plans, "person_id").join(children.select("person_id", "band"), "person_id")
    dated = _dated(_brought_forward(each, timescales), calendar)
    first = ibis.window(group_by="person_id", order_by=[dated.due_on.asc(nulls_first=False), dated.place])
    dated = dated.mutate(nth=ibis.row_number().over(first))
    return _said(dated.filter(dated.nth == 0), as_at=as_at)


def _plans(cases: ir.Table, timescales: Timescales) -> ir.Table:
    """What the child's own plan and worker say: the shortest interval, and whether a rating is high enough."""
    return cases.group_by("person_id").agg(
        plan_interval_days=cases.visit_every_days.min(),
        is_rated=cases.worker_rating.isin(timescales.forward.ratings).fill_null(False).ifelse(1, 0).max() == 1,
        began_on=cases.from_on.min(),
    )


def _by_rule(cases: ir.Table, rule: VisitRule, place: int) -> ir.Table:
    of_stage = cases.filter(cases.stage == rule.stage)
    began = of_stage.group_by("person_id").agg(began_on=of_stage.from_on.max(), visit_on=of_stage.visit_on.max())
    has_visit = began.visit_on.notnull() & (began.began_on.isnull() | (began.visit_on >= began.began_on))
    usual = rule.every_days or rule.every_working_days or 0
    first = rule.first_within_days or usual
    basis = BASIS[rule.basis]
    return began.select(
        "person_id",
        base_on=has_visit.ifelse(began.visit_on, began.began_on),
        has_visit=has_visit,
        every=has_visit.ifelse(usual, first).cast("int64"),
        unit=ibis.literal("days" if rule.every_days else "working days"),
        said=has_visit.ifelse(
            f"visits every {_length(usual, rule)} ({basis})",
            f"first visit within {_length(first, rule)} ({basis})",
        ),
        place=ibis.literal(place, "int64"),
    ).select(*CANDIDATE)


def _length(number: int, rule: VisitRule) -> str:
    if rule.every_working_days:
        return f"{number} working days"
    if number % 7:
        return f"{number} days"
    return "1 week" if number == 7 else f"{number // 7} weeks"


def _by_plan(cases: ir.Table, plans: ir.Table) -> ir.Table:
    planned_for = cases.filter(cases.visit_every_days.notnull())
    visits = planned_for.group_by("person_id").agg(visit_on=planned_for.visit_on.max())
    planned = plans.filter(plans.plan_interval_days.notnull()).join(visits, "person_id")
    has_visit = planned.visit_on.notnull() & (planned.began_on.isnull() | (planned.visit_on >= planned.began_on))
    return planned.select(
        "person_id",
        base_on=has_visit.ifelse(planned.visit_on, planned.began_on),
        has_visit=has_visit,
        every=planned.plan_interval_days,
        unit=ibis.literal("days"),
        said=ibis.literal("visits every ") + planned.plan_interval_days.cast("string") + " days (the child's plan)",
        place=ibis.literal(-1, "int64"),
    ).select(*CANDIDATE)


def _brought_forward(each: ir.Table, timescales: Timescales) -> ir.Table:
    """`left`: the days of the interval that are left when need is high, rounded up and never under the share."""
    is_needed = each.band.isin(timescales.forward.bands)
    hundredths = round(timescales.forward.to * 100)
    fewer = ((each.every * hundredths + 99) / 100).floor().cast("int64")
    why = ibis.cases(
        (each.is_rated, "because the worker rates need as high"),
        (is_needed, "because needs are high"),
        else_=ibis.null("string"),
    )
    return each.mutate(left=(is_needed | each.is_rated).ifelse(fewer, each.every), why_forward=why)


def _dated(each: ir.Table, calendar: ir.Table) -> ir.Table:
    """The due day of each limit, read off the calendar; a count from before it starts at its first day."""
    first_day = calendar.day.min().as_scalar()
    based = each.mutate(from_day=(each.base_on < first_day).ifelse(first_day, each.base_on))
    start = calendar.select(from_day="day", start_number="day_number", start_working="working_number")
    based = based.left_join(start, "from_day").drop("from_day_right")
    plain = calendar.select(plain_due="day", plain_number="day_number")
    working = calendar.filter(calendar.is_working).select(working_due="day", working_number="working_number")
    based = based.mutate(plain_at=based.start_number + based.left, working_at=based.start_working + based.left)
    based = based.left_join(plain, based.plain_at == plain.plain_number)
    based = based.left_join(working, based.working_at == working.working_number)
    due_on = (based.unit == "days").ifelse(based.plain_due, based.working_due)
    return based.mutate(due_on=due_on).drop("plain_due", "plain_number", "plain_at", "working_due", "working_number")


def _said(dated: ir.Table, *, as_at: datetime.date) -> ir.Table:
    today = ibis.literal(as_at)
    day = words.weekday_in_words(dated.due_on)
    when = ibis.cases(
        (dated.due_on < today, ibis.literal("Was due ") + day),
        (dated.due_on == today, ibis.literal("Due today, ") + day),
        else_=ibis.literal("Due ") + day,
    )
    shortened = ibis.literal(", shortened to ") + dated.left.cast("string") + " " + dated.unit + " " + dated.why_forward
    never = dated.has_visit.ifelse("", " No visit is recorded yet.")
    interval = dated.due_on.delta(dated.base_on, unit="day")
    gone = today.delta(dated.base_on, unit="day")
    return dated.select(
        "person_id",
        "due_on",
        interval_days=interval.cast("int64"),
        interval_used=gone.cast("float64") / interval.cast("float64").nullif(0),
        plan_interval_days=dated.plan_interval_days,
        due_sentence=(when + ": " + dated.said + shortened.fill_null("") + "." + never).fill_null(
            "No visit and no start date are recorded, so when the next visit is due is not known."
        ),
    )
