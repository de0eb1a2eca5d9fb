"""Why a child is on a list, and what is new about it: one plain sentence each, and never a figure."""

from __future__ import annotations

import datetime

import ibis
import ibis.expr.types as ir

from kinfold.priority import words
from kinfold.priority.bands import ORDER
from kinfold.priority.sums import COUNTED

STATEMENT = ("person_id", "marker", "domain", "direction", "statement", "on", "times", "points")
BAND_WORDS = {
    "decide_today": "decide today",
    "priority": "priority",
    "soon": "soon",
    "watch": "watch",
    "not_enough_known": "not enough known",
    "none": "nothing to act on",
}


def statements(marker_state: ir.Table, catalogue: ir.Table) -> ir.Table:
    """
    What is said of each child: one row per child and true marker, its statement filled in.

    marker_state: person_id, marker, state, points, on, times. catalogue: marker, domain, direction, statement.
    Strengths are said beside, elsewhere; modifiers are not said.
    """
    true = marker_state.filter(marker_state.state == "true").select("person_id", "marker", "points", "on", "times")
    known = true.join(catalogue.select("marker", "domain", "direction", template="statement"), "marker")
    known = known.filter(known.direction.isin((*COUNTED, "acute")))
    said = words.filled_in(known.template, times=known.times, on=known.on)
    return known.mutate(statement=said, points=known.points.fill_null(0.0)).select(*STATEMENT)


def of_triggers(triggered: ir.Table) -> ir.Table:
    """Decide-today triggers as statements; they belong to no domain, so only a list that may say everything does."""
    return triggered.select(
        "person_id",
        "statement",
        "on",
        marker=triggered.name,
        domain=ibis.null("string"),
        direction=ibis.literal("acute"),
        times=triggered.times.cast("int64"),
        points=ibis.literal(0.0, "float64"),
    ).select(*STATEMENT)


def strongest(said: ir.Table) -> ir.Table:
    """
    The two or three strongest statements about a child in one sentence.

    said: one row per child and statement. What must be decided today comes first, then by points, then the latest.
    Returns person_id and why.
    """
    today = (said.direction == "acute").ifelse(0, 1)
    order = [today, said.points.desc(), said.on.desc(nulls_first=False), said.marker]
    ranked = said.mutate(nth=ibis.row_number().over(ibis.window(group_by="person_id", order_by=order)))
    three = ranked.group_by("person_id").agg(
        first=ranked.statement.max(where=ranked.nth == 0),
        second=ranked.statement.max(where=ranked.nth == 1),
        third=ranked.statement.max(where=ranked.nth == 2),
    )
    return three.select("person_id", why=words.one_sentence(three.first, three.second, three.third))


def news(said: ir.Table, earlier: ir.Table | None, *, since: datetime.date) -> ir.Table:
    """
    The strongest statement about a child that was not there at the last run.

    earlier: the lines of the last run: person_id, marker; None on a first run, when what happened after `since`
    is taken to be new.
    Returns person_id and new_statement, one row per child with something new.
    """
    counted = said.filter(said.direction.isin(COUNTED))
    new = counted.filter(counted.on > since) if earlier is None else counted.anti_join(earlier, ["person_id", "marker"])
    order = [new.points.desc(), new.on.desc(nulls_first=False), new.marker]
    ranked = new.mutate(nth=ibis.row_number().over(ibis.window(group_by="person_id", order_by=order)))
    return ranked.filter(ranked.nth == 0).select("person_id", new_statement="statement")


def latest(said: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """The day of the latest fact about each child: person_id, latest_on."""
    past = said.filter(said.on <= as_at)
    return past.group_by("person_id").agg(latest_on=past.on.max())


def changed(children: ir.Table, *, is_first: bool, otherwise: str = "Nothing is recorded.") -> ir.Table:
    """
    What changed for each child since the last run.

    children: one row per child: person_id, band, band_was, is_acute, was_acute, new_statement, latest_on.
    is_first: there was no run before. otherwise: what is said of a child about whom nothing may be or can be said.
    Returns person_id and changed.
    """
    since = "Lately: " if is_first else "New since the last list: "
    order, was = (column.cases(*ORDER.items(), else_=9) for column in (children.band, children.band_was))
    named = tuple(BAND_WORDS.items())
    move = " from " + children.band_was.cases(*named, else_="") + " to " + children.band.cases(*named, else_="") + "."
    moves = children.band_was.notnull() & (children.band != children.band_was)
    text = ibis.cases(
        (children.is_acute & ~children.was_acute.fill_null(False) & (not is_first), "New today: something to decide."),
        (children.new_statement.notnull(), ibis.literal(since) + words.continued(children.new_statement) + "."),
        (moves & (order < was), ibis.literal("Moved up") + move),
        (moves & (order > was), ibis.literal("Moved down") + move),
        (
            children.latest_on.notnull(),
            ibis.literal("Nothing new in the reasons since ") + words.date_in_words(children.latest_on) + ".",
        ),
        else_=otherwise,
    )
    return children.select("person_id", changed=text)
