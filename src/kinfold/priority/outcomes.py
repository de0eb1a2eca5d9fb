"""What people decided about rows of their lists, as the next run reads it."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.areas.priority import Rests
from kinfold.priority import words


def latest(outcome: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """The last thing somebody decided about each row by `as_at`: row_key, outcome, outcome_on, until_on."""
    made = outcome.filter(outcome.on <= as_at)
    order = [made.on.desc(), made.kind.desc(), made.until_on.desc(nulls_first=False)]
    made = made.mutate(nth=ibis.row_number().over(ibis.window(group_by="row_key", order_by=order)))
    return made.filter(made.nth == 0).select("row_key", "until_on", outcome="kind", outcome_on="on")


def heeded(
    rows: ir.Table,
    outcome: ir.Table,
    *,
    rests: Rests,
    soon: datetime.date,
    previous_at: datetime.date | None,
    as_at: datetime.date,
) -> ir.Table:
    """
    The rows with what was decided about them taken into account.

    rows: one row per row of a list: row_key, list_group, changed, due_on, latest_on (the latest fact), is_news
        (something is true that was not at the last run), is_acute_news (something to decide today that was not),
        has_risen (its band is higher than at the last run), was_listed (it was on the list of the last run).
    outcome: as `latest` returns. soon: a visit due by then is work for this week.
    previous_at: the day of the last run.

    done: the row leaves until something new happens or the next visit comes near; a visit marked done that does not
        come through the feed brings it back after `rests.done_awaits_feed` days.
    deferred: it waits until the date. not_useful: it rests, unless its band rises. wrong: it waits, flagged as
    contested. What must be decided today, and was not there when it was decided, brings any row back; a row that
    has come back stays until somebody decides again.
    """
    known = rows.left_join(outcome, "row_key").drop("row_key_right")
    today = ibis.literal(as_at)
    gone = today.delta(known.outcome_on, unit="day")
    back = known.is_acute_news
    if previous_at is not None:
        back = back | (known.was_listed & (known.outcome_on < previous_at) & known.outcome.isin(["done", "not_useful"]))
    newer = known.is_news | (known.latest_on > known.outcome_on).fill_null(False)
    next_due = ((known.due_on > known.outcome_on) & (known.due_on <= soon)).fill_null(False)
    not_told = ((known.due_on <= known.outcome_on) & (gone >= rests.done_awaits_feed)).fill_null(False)
    until = known.until_on.coalesce((known.outcome_on + ibis.interval(days=rests.wrong)).cast("date"))
    decided = known.mutate(
        done_rests=(known.outcome == "done") & ~(back | newer | next_due | not_told),
        not_useful_rests=(known.outcome == "not_useful") & (gone < rests.not_useful) & ~(back | known.has_risen),
        waits=(known.outcome == "deferred") & (known.until_on > as_at) & ~known.is_acute_news,
        contested=(known.outcome == "wrong") & (until > as_at) & ~known.is_acute_news,
        not_told=(known.outcome == "done") & not_told & ~newer,
    )
    decided = decided.mutate(**{name: decided[name].fill_null(False) for name in FLAGS})
    kept = decided.filter(~decided.done_rests & ~decided.not_useful_rests)
    on = words.date_in_words(kept.outcome_on)
    changed = ibis.cases(
        (kept.waits, ibis.literal("Deferred until ") + words.date_in_words(kept.until_on) + "."),
        (kept.contested, ibis.literal("What is said here was contested on ") + on + "."),
        (kept.not_told, ibis.literal("Marked done on ") + on + "; no visit has come through the feed since."),
        else_=kept.changed,
    )
    group = (kept.waits | kept.contested).ifelse("waiting", kept.list_group)
    return kept.mutate(changed=changed, list_group=group).drop(*FLAGS, "outcome", "outcome_on", "until_on")


FLAGS = ("done_rests", "not_useful_rests", "waits", "contested", "not_told")
