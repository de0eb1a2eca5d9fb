"""
What was true of each child some time ago, as it was known then: what today is held against.

The facts are those of the deliveries that counted on that day. Who is who, and who lives with whom, is as we know it
today: a match that was put right since is no change in a child's life.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from kinfold.areas.area import Calendar
from kinfold.areas.feeds import Feed
from kinfold.areas.markers import Marker
from kinfold.operations import assemble
from kinfold.operations.home import Home
from kinfold.profile import run as profile
from kinfold.store.engine import Engine

TOLD_THEN = ("event", "participant", "involvement", "measure", "coverage")
AS_TODAY = ("person", "link", "people", "occupancy", "family", "struck_statement")
Settle = Callable[[dict[str, ir.Table]], dict[str, ir.Table]]


def markers_then(
    engine: Engine,
    home: Home,
    deliveries: list[assemble.Delivered],
    feeds: dict[str, Feed],
    today: Mapping[str, ir.Table],
    markers: Sequence[Marker],
    *,
    back_days: Iterable[int],
    calendar: Calendar,
    settle: Settle,
    as_at: datetime.date,
) -> ir.Table:
    """
    `marker_state` of the rows that were true, with `back_days`: so many days before `as_at`.

    deliveries: all that the home holds. today: the tables of the run, profile's among them. settle: takes away from
    the tables of a past day what today's run takes away (sealed records, facts that people have struck out).
    A marker that no feed could tell of then is taken to be as it is today, so that a feed which an area begins with
    makes nobody's pressures rise.
    """
    found = []
    for days in sorted(set(back_days)):
        day = as_at - datetime.timedelta(days=days)
        counted = assemble.counting(deliveries, feeds, as_at=day)
        told = settle(assemble.assemble(engine, home, counted, feeds, as_at=day, names=TOLD_THEN, under="past"))
        tables = told | {name: today[name] for name in AS_TODAY if name in today}
        facts = assemble.feed_facts(deliveries, feeds, as_at=day)
        then = profile.true_then(engine, tables, markers, feeds=facts, as_at=day, terms=calendar.terms)
        rows = then["marker_state"].mutate(back_days=ibis.literal(days, "int64"))
        unheard = then["marker_connection"].filter(~then["marker_connection"].is_connected)
        now = today["marker_state"].filter(today["marker_state"].state == "true").semi_join(unheard, "marker")
        rows = rows.union(now.mutate(back_days=ibis.literal(days, "int64")).select(*rows.columns))
        found.append(engine.keep(rows, f"markers_{days}_days_ago"))
        engine.forget("past_")
    return engine.keep(ibis.union(*found) if len(found) > 1 else found[0], "marker_then")
