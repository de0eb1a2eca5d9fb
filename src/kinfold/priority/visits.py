"""
When an open child is next to be seen.

A visit is due at the earliest of the national limit, the local standard and the child's own plan. High need or the
worker's own rating bring it forward; nothing puts it back, neither a need that passes nor a change of stage. Something
done on the due day is in time; where nobody works that day, the last working day before it is the day to act.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.timescales import NO_NEARER, Timescales, VisitRule
from kinfold.priority import words

VISITED = ("social_care", "early_help")
"""Agencies whose workers visit children, and whose plans say how often."""
BASIS = {"national": "national limit", "local": "local standard"}
CANDIDATE = ("person_id", "base_on", "has_visit", "every", "unit", "said", "until_on", "place")
CASE = ("person_id", "agency", "stage", "from_on", "visit_every_days", "worker_rating", "visit_on", "until_on")


def due(
    opened: ir.Table,
    children: ir.Table,
    seen: ir.Table,
    calendar: ir.Table,
    *,
    timescales: Timescales,
    as_at: datetime.date,
    ended: ir.Table | None = None,
    before: ir.Table | None = None,
) -> ir.Table:
    """
    The visit that is due next to each child somebody visits.

    opened: one row per case that stands (`cases.open_involvements`). children: one row per child: person_id, band.
    seen: one row per person: person_id, last_visit_on, last_help_visit_on (`seen.last_seen`).
    calendar: `working_days.calendar`.
    ended: cases that ended while the agency went on working with the child (`cases.ended_since`): a visit that one of
        them asked for, and that has not been made, is still to be made. None: not looked at.
    before: the visit each child had on the last list: person_id, due_on, interval_days. One that was brought forward
        then stays there until a visit is made. None on a first run.
    Each limit runs from the last visit since its stage began, or from that beginning when there was none.
    Returns one row per such child: person_id, due_on, act_by_on (the last working day on or before it), interval_days
    (calendar days from the day counted from to the due day), interval_used (share of it gone, in the clock's own days;
    1 on the due day), used_by_next_day (what that share will be on the next working day, if nobody visits today),
    limit_days_left (working days until the limit, before need shortens it; negative when it has passed),
    last_days_left (the same until the day that this visit cannot wait beyond: the limit where it holds, elsewhere
    `timescales.longest` of it), working_days_long (of the interval), plan_interval_days (null when the plan does not
    say), holds (at a stage whose limit holds) and due_sentence. due_on is null where no visit and no start is known.
    """
    cases = _visited(opened.mutate(until_on=ibis.null("date")), children, seen)
    of_child = _of_child(cases, timescales)
    asking = cases if ended is None else ibis.union(cases, _still_to_be_made(ended, children, seen))
    each = ibis.union(
        *(_by_rule(asking, rule, n) for n, rule in enumerate(timescales.visit)), _by_plan(asking)
    ).semi_join(of_child, "person_id")
    each = each.join(of_child, "person_id").join(children.select("person_id", "band"), "person_id")
    each = _from_a_day(_brought_forward(each, timescales), calendar)
    each = _dated(each, calendar, left="left", due="due_on").mutate(stays=ibis.literal(False))
    each = _with_the_limit(each, calendar, longest=timescales.longest)
    if before is not None:
        each = _kept_forward(_dated(each, calendar, left="least_left", due="nearest_on"), before)
    return _said(_on_the_calendar(_earliest(each), calendar, as_at=as_at), as_at=as_at)


def _visited(cases: ir.Table, children: ir.Table, seen: ir.Table) -> ir.Table:
    """Cases of those who visit, each with the last visit that counts for it: one of early help is not social care's."""
    cases = cases.filter(cases.agency.isin(VISITED)).semi_join(children, "person_id")
    visited = seen.select("person_id", "last_visit_on", "last_help_visit_on")
    cases = cases.left_join(visited, "person_id").drop("person_id_right")
    is_help = cases.agency == "early_help"
    return cases.mutate(visit_on=is_help.ifelse(cases.last_help_visit_on, cases.last_visit_on)).select(*CASE)


def _still_to_be_made(ended: ir.Table, children: ir.Table, seen: ir.Table) -> ir.Table:
    """Of the cases that ended, those that stood at some time since the last visit."""
    cases = _visited(ended.mutate(until_on=ended.to_on), children, seen)
    return cases.filter(cases.visit_on.isnull() | (cases.until_on > cases.visit_on))


def _of_child(cases: ir.Table, timescales: Timescales) -> ir.Table:
    """What the child's own plan and worker say: the shortest interval, and in hundredths what a rating leaves of it."""
    ratings = {name: round(share * 100) for name, share in timescales.forward.ratings.items()}
    rated = cases.worker_rating.cases(*ratings.items(), else_=100) if ratings else ibis.literal(100)
    firm = [rule.stage for rule in timescales.visit if rule.holds]
    return (
        cases.mutate(rated=rated.cast("int64"), is_firm=cases.stage.isin(firm or [""]).ifelse(1, 0))
        .group_by("person_id")
        .agg(
            plan_interval_days=ibis._.visit_every_days.min(), rated=ibis._.rated.min(), holds=ibis._.is_firm.max() == 1
        )
    )


def _by_rule(cases: ir.Table, rule: VisitRule, place: int) -> ir.Table:
    of_stage = _from_last_visit(cases.filter(cases.stage == rule.stage))
    usual = rule.every_days or rule.every_working_days or 0
    first = rule.first_within_days or usual
    basis = BASIS[rule.basis]
    return of_stage.mutate(
        every=of_stage.has_visit.ifelse(usual, first).cast("int64"),
        unit=ibis.literal("days" if rule.every_days else "working days"),
        said=of_stage.has_visit.ifelse(
            f"visits every {_length(usual, rule)} ({basis})",
            f"first visit within {_length(first, rule)} ({basis})",
        ),
        place=ibis.literal(place, "int64"),
    ).select(*CANDIDATE)


def _from_last_visit(cases: ir.Table) -> ir.Table:
    """With the day a case's clock runs from: the last visit since the case began, or that beginning."""
    has_visit = cases.visit_on.notnull() & (cases.from_on.isnull() | (cases.visit_on >= cases.from_on))
    return cases.mutate(has_visit=has_visit, base_on=has_visit.ifelse(cases.visit_on, cases.from_on))


def _length(number: int, rule: VisitRule) -> str:
    if rule.every_working_days:
        return f"{number} working days"
    if number % 7:
        return f"{number} days"
    return "1 week" if number == 7 else f"{number // 7} weeks"


def _by_plan(cases: ir.Table) -> ir.Table:
    planned = _from_last_visit(cases.filter(cases.visit_every_days >= 1))
    length = planned.visit_every_days.cast("string") + " days (the child's plan)"
    return planned.mutate(
        every=planned.visit_every_days.cast("int64"),
        unit=ibis.literal("days"),
        said=planned.has_visit.ifelse(ibis.literal("visits every "), ibis.literal("first visit within ")) + length,
        place=ibis.literal(-1, "int64"),
    ).select(*CANDIDATE)


def _brought_forward(each: ir.Table, timescales: Timescales) -> ir.Table:
    """`left`: the days of the interval that are left when need is high, rounded up and never under the share."""
    bands = {name: round(share * 100) for name, share in timescales.forward.bands.items()}
    ranked = (each.band.cases(*bands.items(), else_=100) if bands else ibis.literal(100)).cast("int64")
    why = ibis.cases(
        ((each.rated < 100) & (each.rated <= ranked), "because the worker rates need as high"),
        (ranked < 100, "because needs are high"),
        else_=ibis.null("string"),
    )
    hundredths = ibis.least(each.rated, ranked)
    least = round(NO_NEARER * 100)
    return each.mutate(left=_share_of(each.every, hundredths), least_left=_share_of(each.every, least), why_forward=why)


def _share_of(every: ir.IntegerValue, hundredths: ir.IntegerValue | int) -> ir.IntegerValue:
    return ((every * hundredths + 99) / 100).floor().cast("int64")


def _from_a_day(each: ir.Table, calendar: ir.Table) -> ir.Table:
    """With the number of the day counted from; a count from before the calendar starts at its first day."""
    first_day = calendar.day.min().as_scalar()
    based = each.mutate(from_day=(each.base_on < first_day).ifelse(first_day, each.base_on))
    start = calendar.select(from_day="day", start_number="day_number", start_working="working_number")
    return based.left_join(start, "from_day").drop("from_day_right")


def _dated(based: ir.Table, calendar: ir.Table, *, left: str, due: str) -> ir.Table:
    """With `due`: the day `left` days after the day counted from, in the clock's own days."""
    plain = calendar.select(plain_due="day", plain_number="day_number")
    working = calendar.filter(calendar.is_working).select(working_due="day", nth_working="working_number")
    dated = based.mutate(plain_at=based.start_number + based[left], working_at=based.start_working + based[left])
    dated = dated.left_join(plain, dated.plain_at == plain.plain_number)
    dated = dated.left_join(working, dated.working_at == working.nth_working)
    day = (dated.unit == "days").ifelse(dated.plain_due, dated.working_due)
    return dated.mutate(**{due: day}).drop(
        "plain_due", "plain_number", "plain_at", "working_due", "nth_working", "working_at"
    )


def _with_the_limit(each: ir.Table, calendar: ir.Table, *, longest: float) -> ir.Table:
    """With the earliest limit of the child, before need shortens it, and the day that no visit waits beyond."""
    each = each.mutate(most_left=(each.every * round(longest * 100) / 100).floor().cast("int64"))
    each = _dated(each, calendar, left="every", due="limit_on")
    each = _dated(each, calendar, left="most_left", due="longest_on")
    of_child = ibis.window(group_by="person_id")
    limit, most = each.limit_on.min().over(of_child), each.longest_on.min().over(of_child)
    return each.mutate(limit_on=limit, last_on=each.holds.ifelse(limit, most)).drop("most_left", "longest_on")


def _kept_forward(dated: ir.Table, before: ir.Table) -> ir.Table:
    """
    What asks for a visit; where need had brought it to an earlier day on the last list and none was made, at that day.

    dated: with nearest_on, the nearest day that need could bring it to. A day before that was of something since
    corrected, and is forgotten; so is one that was counted from another day.
    """
    was = before.filter(before.due_on.notnull()).select("person_id", due_was="due_on", days_was="interval_days")
    known = dated.left_join(was, "person_id").drop("person_id_right")
    same_start = known.due_was.delta(known.base_on, unit="day") == known.days_was
    stays = same_start & (known.due_was < known.due_on) & (known.due_was >= known.nearest_on)
    stays = stays.fill_null(False)
    return known.mutate(due_on=stays.ifelse(known.due_was, known.due_on), stays=stays).drop("due_was", "days_was")


def _earliest(dated: ir.Table) -> ir.Table:
    """Of what asks for a visit, the earliest; of the same day, what stands now before what has ended."""
    order = [dated.due_on.asc(nulls_first=False), dated.until_on.notnull().ifelse(1, 0), dated.place]
    nth = ibis.row_number().over(ibis.window(group_by="person_id", order_by=order))
    dated = dated.mutate(nth=nth)
    return dated.filter(dated.nth == 0).drop("nth")


def _on_the_calendar(first: ir.Table, calendar: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    With the last working day on or before the due day, working days until the limit and until the last day, and the
    share of the interval gone in the clock's days: today and by the next working day.
    """
    working = calendar.filter(calendar.is_working).select(act_by_on="day", nth_working="working_number")
    days = calendar.select(due_day="day", due_number="day_number", due_working="working_number")
    known = first.left_join(days, first.due_on == days.due_day)
    known = known.left_join(working, known.due_working == working.nth_working)
    for day, number in (("limit_on", "limit_working"), ("last_on", "last_working")):
        numbered = calendar.select(**{f"{number}_day": calendar.day, number: calendar.working_number})
        known = known.left_join(numbered, known[day] == numbered[f"{number}_day"])
    today = calendar.filter(calendar.day == as_at)
    today_number, today_working = today.day_number.max().as_scalar(), today.working_number.max().as_scalar()
    in_days = known.unit == "days"
    following = calendar.filter(calendar.is_working & (calendar.day > as_at))
    next_number, next_working = following.day_number.min().as_scalar(), following.working_number.min().as_scalar()
    whole = in_days.ifelse(known.due_number - known.start_number, known.due_working - known.start_working)
    whole = whole.cast("float64").nullif(0)
    gone = in_days.ifelse(today_number - known.start_number, today_working - known.start_working)
    gone_next = in_days.ifelse(next_number - known.start_number, next_working - known.start_working)
    return known.mutate(
        used=gone.cast("float64") / whole,
        used_next=gone_next.cast("float64") / whole,
        limit_left=known.limit_working - today_working,
        last_left=known.last_working - today_working,
        working_long=known.due_working - known.start_working,
    )


def _said(dated: ir.Table, *, as_at: datetime.date) -> ir.Table:
    today = ibis.literal(as_at)
    day = words.weekday_in_words(dated.due_on)
    when = ibis.cases(
        (dated.due_on < today, ibis.literal("Was due ") + day),
        (dated.due_on == today, ibis.literal("Due today, ") + day),
        else_=ibis.literal("Due ") + day,
    )
    is_early = (dated.act_by_on < dated.due_on) & (dated.act_by_on >= today)
    early = is_early.ifelse(ibis.literal(", so by ") + words.weekday_in_words(dated.act_by_on), "").fill_null("")
    unit = (dated.said.contains("weeks") | dated.said.contains("1 week")).ifelse(" days", "")
    shortened = ibis.literal(", shortened to ") + dated.left.cast("string") + unit + " " + dated.why_forward
    how = ibis.cases(
        (dated.stays, ibis.literal(", brought forward because needs were high and not put back")),
        else_=shortened.fill_null(""),
    )
    stood = (ibis.literal(", asked for before the change of ") + words.date_in_words(dated.until_on)).fill_null("")
    never = dated.has_visit.ifelse("", " No visit is recorded yet.")
    interval = dated.due_on.delta(dated.base_on, unit="day")
    return dated.select(
        "person_id",
        "due_on",
        "act_by_on",
        interval_days=interval.cast("int64"),
        interval_used=dated.used,
        used_by_next_day=dated.used_next,
        limit_days_left=dated.limit_left,
        last_days_left=dated.last_left,
        working_days_long=dated.working_long,
        plan_interval_days=dated.plan_interval_days,
        holds=dated.holds,
        due_sentence=(when + early + ": " + dated.said + how + stood + "." + never).fill_null(
            "No visit and no start date are recorded, so when the next visit is due is not known."
        ),
    )
