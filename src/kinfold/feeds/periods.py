"""
Episodes put together: the period a child is looked after for, and each placement in it.

Returns list episodes: a new one begins whenever the law or the placement changes. What a practitioner asks is since
when a child has been looked after and how often they have moved, and no single row of a return says that. A chain may
run over several returns, so it is put together when everything known on a day is, and never written into a delivery.

Every row stays, with the line of the file it came from: it is given the first and last day of the whole that it is a
part of, and rules count what has the same kind and day once (`docs/adr/0003`).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

EPISODE, PLACEMENT, BEGINS = "looked_after", "placement", "looked_after"
CHILD = ["source", "person_key"]
ROW = ["source", "delivery_id", "part", "row_number"]


def without_earlier_words(involvement: ir.Table) -> ir.Table:
    """
    Leave out what was still open in one file of a delivery and has ended in another.

    Several years of a return handed over together tell the same episode twice: open, and then how it ended.

    involvement: one row per period in which a service works with a person.
    """
    same = ibis.window(group_by=["source", "source_id", "stage"])
    told = involvement.mutate(has_ended=involvement.to_on.max().over(same).notnull())
    return told.filter(told.to_on.notnull() | ~told.has_ended).drop("has_ended")


def whole(involvement: ir.Table, event: ir.Table) -> ir.Table:
    """
    Give each episode the days of its period of care, and each placement its own last day.

    A period is a chain of episodes of one source: each begins on the day that the one before it ended with another to
    follow (no outcome). An episode whose row says that the child started to be looked after (an event of that kind)
    begins a new one. Its legal status and its outcome are those of its last episode. A placement lasts until the next
    placement of the period begins, or the period ends; a change of the law alone does not end it. One whose row is
    not that of an episode (SSD lists placements apart) says its own days, and keeps them.

    involvement: one row per period in which a service works with a person; a placement's row is that of the episode it
    began with. event: one row per event.
    Returns the same rows, in the same number.
    """
    episodes = involvement.filter(_is_episode(involvement))
    placements = involvement.filter((involvement.stage == PLACEMENT) & involvement.from_on.notnull())
    of_episodes, apart = placements.semi_join(episodes, ROW), placements.anti_join(episodes, ROW)
    chained = _chained(involvement, of_episodes, event)
    is_either = involvement.stage.isin([EPISODE, PLACEMENT]) & involvement.from_on.notnull()
    others = involvement.filter(~is_either)
    return ibis.union(others, apart, _of_periods(episodes, chained), _of_runs(of_episodes, chained))


def _is_episode(involvement: ir.Table) -> ir.BooleanValue:
    return (involvement.stage == EPISODE) & involvement.from_on.notnull()


def _chained(involvement: ir.Table, placements: ir.Table, event: ir.Table) -> ir.Table:
    """One row per child of a source and day on which episodes began: the number of the period, and of the placement."""
    starts = event.filter(event.kind == BEGINS).select(*ROW).distinct().mutate(is_new=True)
    told = involvement.filter(_is_episode(involvement)).left_join(starts, ROW, rname="start_{name}")
    episodes = told.group_by([*CHILD, "from_on"]).agg(
        to_on=told.to_on.max(),
        is_open=told.to_on.isnull().any(),
        outcome=told.outcome.max(),
        detail=told.detail.max(),
        is_new=told.is_new.fill_null(False).any(),
    )
    moved = placements.select(*CHILD, "from_on").distinct().mutate(moved=True)
    episodes = episodes.left_join(moved, [*CHILD, "from_on"], rname="moved_{name}")
    order = ibis.window(group_by=CHILD, order_by="from_on")
    follows = (
        ~episodes.is_new
        & ~episodes.is_open.lag().over(order)
        & (episodes.to_on.lag().over(order) == episodes.from_on)
        & episodes.outcome.lag().over(order).isnull()
    ).fill_null(False)
    episodes = episodes.mutate(begins=ibis.ifelse(follows, 0, 1), moved=episodes.moved.fill_null(False))
    so_far = ibis.cumulative_window(group_by=CHILD, order_by="from_on")
    steps = episodes.mutate(step=ibis.ifelse((episodes.begins == 1) | episodes.moved, 1, 0))
    return steps.select(
        *CHILD, "from_on", "to_on", "is_open", "outcome", "detail",
        period=steps.begins.sum().over(so_far), run=steps.step.sum().over(so_far),
    )  # fmt: skip


def _of_periods(episodes: ir.Table, chained: ir.Table) -> ir.Table:
    """Episodes with the days, the last legal status and the outcome of their period."""
    last = ibis.row_number().over(group_by=[*CHILD, "period"], order_by=chained.from_on.desc())
    marked = chained.mutate(is_last=last == 0)
    periods = marked.group_by([*CHILD, "period"]).agg(
        began_on=marked.from_on.min(),
        ended_on=marked.to_on.max(where=marked.is_last & ~marked.is_open),
        became=marked.outcome.max(where=marked.is_last),
        status=marked.detail.max(where=marked.is_last),
    )
    found = episodes.join(chained.select(*CHILD, "from_on", "period"), [*CHILD, "from_on"])
    found = found.join(periods, [*CHILD, "period"])
    whole = found.mutate(from_on=found.began_on, to_on=found.ended_on, outcome=found.became, detail=found.status)
    return whole.select(episodes.columns)


def _of_runs(placements: ir.Table, chained: ir.Table) -> ir.Table:
    """Placements with the day on which the last of their episodes ended; those of no episode as they were."""
    runs = chained.group_by([*CHILD, "run"]).agg(
        began_on=chained.from_on.min(), last_on=chained.to_on.max(), is_open=chained.is_open.any()
    )
    found = placements.left_join(
        runs, [*(placements[c] == runs[c] for c in CHILD), placements.from_on == runs.began_on]
    )
    ended = ibis.ifelse(found.is_open, ibis.null("date"), found.last_on)
    return found.mutate(to_on=ibis.ifelse(found.began_on.isnull(), found.to_on, ended)).select(placements.columns)
