"""
When to ask whether help could be less. It asks, with its evidence; it closes nothing, and a person decides.
"""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.priority import Priority
from kinfold.priority import sums
from kinfold.vocabulary.dates import in_words

CONCERNS = ("pressure", "lost", "acute")


def step_down(
    children: ir.Table,
    opened: ir.Table,
    marker_state: ir.Table,
    evidence: ir.Table,
    catalogue: ir.Table,
    marker_then: ir.Table,
    *,
    settings: Priority,
    as_at: datetime.date,
) -> ir.Table:
    """
    Children whose pressures have fallen and stayed down, or are low with the plan's goals on track.

    children: one row per child: person_id, pressures, coverage_share, is_acute, is_rising, is_unseen.
    opened: open involvements: person_id, stage, worker_rating. marker_then: what was true `back_days` ago, as known
        then.
    Against it speak: graver work than is asked about, a worker's high rating, anything to decide today, a rise, being
    unseen, a concern that happened in the held days or was not known before them, a silent feed of concerns, and
    little known of the child.
    Returns `schema.STEP_DOWN`: one row per child.
    """
    rule = settings.step_down
    start = as_at - datetime.timedelta(days=rule.held_days)
    then = marker_then.filter(marker_then.back_days == rule.held_days)
    lines = sums.lines_of_the_sum(then.drop("back_days"), catalogue, caps=settings.caps)
    figures = sums.figures(children, lines, needs_share=0).select("person_id", pressures_then="pressures")
    known = children.join(figures, "person_id")
    low = known.filter(known.pressures <= rule.at_most, known.coverage_share.fill_null(0.0) >= rule.least_coverage)
    calm = low.filter(~low.is_acute, ~low.is_rising, ~low.is_unseen)
    calm = calm.semi_join(opened.filter(opened.stage.isin(rule.stages)), "person_id")
    for against in (_other_work(opened, rule.stages), _new(marker_state, evidence, catalogue, then, start)):
        calm = calm.anti_join(against, "person_id")
    goals = marker_state.filter(marker_state.state == "true", marker_state.marker.isin(rule.goals or [""]))
    goals = goals.group_by("person_id").agg(goals_on=goals.on.max(), has_goals=ibis.literal(True))
    calm = calm.left_join(goals, "person_id").drop("person_id_right").mutate(held_from=ibis.literal(start))
    on_track = calm.has_goals.fill_null(False)
    fell = calm.pressures_then - calm.pressures >= rule.fallen
    asked = calm.filter(fell | on_track)
    eased = fell.ifelse(ibis.literal("what pressed has eased since ") + in_words(start) + ", ", "")
    goals_said = on_track.ifelse(", and the plan's goals are on track", "")
    said = ibis.literal("Consider stepping down: ") + eased + f"nothing new came for {rule.held_days} days" + goals_said
    return asked.mutate(sentence=said + ".", has_fallen=fell, is_on_track=on_track).select(
        "person_id",
        "pressures",
        "pressures_then",
        "held_from",
        "has_fallen",
        "is_on_track",
        "goals_on",
        "sentence",
    )


def said_beside(rows: ir.Table, asked: ir.Table, *, everything: tuple[str, ...]) -> ir.Table:
    """
    The rows of lists with the question behind their reasons.

    rows: person_id, pathway, whose, why. everything: the pathways whose lists may say everything; another list is told
    only that the plan's goals are on track, for what has eased may be another service's.
    """
    short = asked.is_on_track.ifelse("Consider stepping down: the plan's goals are on track.", ibis.null("string"))
    said = asked.select("person_id", asked_whole="sentence", asked_short=short)
    known = rows.left_join(said, "person_id").drop("person_id_right")
    question = known.pathway.isin(everything or ("",)).ifelse(known.asked_whole, known.asked_short)
    mine = (known.whose == "self").fill_null(False) & question.notnull()
    why = mine.ifelse((known.why + " ").fill_null("") + question, known.why)
    return known.mutate(why=why).drop("asked_whole", "asked_short")


def _other_work(opened: ir.Table, stages: tuple[str, ...]) -> ir.Table:
    """Children on a plan, looked after or in an enquiry, and those whose worker rates their need high."""
    graver = opened.stage.isin(["section47", "child_protection", "looked_after", "assessment"]) & opened.stage.notin(
        stages
    )
    return opened.filter(graver | (opened.worker_rating == "high").fill_null(False)).select("person_id").distinct()


def _new(
    marker_state: ir.Table, evidence: ir.Table, catalogue: ir.Table, then: ir.Table, start: datetime.date
) -> ir.Table:
    """Children with a concern that is new in its date or in our knowledge, or of which a silent feed would tell."""
    concerns = catalogue.filter(catalogue.direction.isin(CONCERNS)).select("marker")
    lately = evidence.filter(evidence.on > start).semi_join(concerns, "marker").select("person_id")
    now = marker_state.semi_join(concerns, "marker")
    unheard_of = now.filter(now.state == "true").anti_join(then, ["person_id", "marker"]).select("person_id")
    silent = now.filter((now.why_unknown == "silent").fill_null(False)).select("person_id")
    return lately.union(unheard_of).union(silent).distinct()
