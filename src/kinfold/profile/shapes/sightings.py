"""Lost contact: somebody should be seeing the child, and nobody has."""

from __future__ import annotations

import datetime
from collections.abc import Collection

import ibis
import ibis.expr.types as ir

from kinfold.areas.marker_shapes import NotSeenSince
from kinfold.profile.shapes.events import as_fact


def last_seen(rows: ir.Table, shape: NotSeenSince, live: Collection[str], *, as_at: datetime.date) -> ir.Table:
    """
    Every sighting of a child: the columns of `rows`, and seen_on.

    rows: one row per fact of the child's own. A sighting is an event whose row says that the child was seen, an
    event of a kind at which a child always is, or a period of sessions of which the child came to half or more.
    The newest period that a live feed has told stands until the next is due, so it is a sighting on `as_at`.
    """
    events = rows.filter(rows.was_seen.fill_null(False) | rows.kind.isin(shape.seen_at or [""]))
    seen = events.mutate(seen_on=events.day)
    if not shape.attended:
        return seen
    told = rows.filter(rows.kind.isin(shape.attended), rows.possible > 0)
    newest = told.group_by("source", "kind").agg(newest_to=told.to_on.max())
    told = told.join(newest, ["source", "kind"])
    stands = told.holds | ((told.to_on == told.newest_to) & told.source.isin(sorted(live)))
    told = told.filter(told.value / told.possible <= 0.5).mutate(
        seen_on=ibis.ifelse(stands.fill_null(False), ibis.literal(as_at), told.day)
    )
    return seen.union(told.drop("newest_to").select(*seen.columns))


def expected(rows: ir.Table, shape: NotSeenSince, live: Collection[str], *, since: datetime.date) -> ir.Table:
    """
    Open work, begun by `since`, of a stage in which a child is seen, told by a feed that is live.

    Where a feed tells of sessions, work begun after the newest period it has told is not waited for: of a child who
    started school in September a census of the summer says nothing.
    """
    due = rows.filter(
        rows.kind.isin(shape.expected_in),
        rows.holds,
        rows.from_on.isnull() | (rows.from_on <= since),
        rows.source.isin(sorted(live) or [""]),
    )
    if not shape.attended:
        return due
    told = rows.filter(rows.kind.isin(shape.attended)).group_by("source").agg(told_to=lambda t: t.to_on.max())
    due = due.left_join(told, "source").drop("source_right")
    return due.filter(due.told_to.isnull() | due.from_on.isnull() | (due.from_on < due.told_to)).drop("told_to")


def not_seen_since(
    rows: ir.Table,
    shape: NotSeenSince,
    live: Collection[str],
    cannot_say: ir.Table,
    *,
    since: datetime.date,
    as_at: datetime.date,
) -> ir.Table:
    """
    The last sighting of each child who is expected to be seen and was not on `since` or after; where there never was
    one, the open work in which there should have been.

    cannot_say: children (person_id) of whom a silent feed would speak: it might hold a sighting, so of them
    nothing is said.
    """
    seen = last_seen(rows, shape, live, as_at=as_at)
    due = expected(rows, shape, live, since=since)
    lost = due.anti_join(seen.filter(seen.seen_on >= since), "person_id").anti_join(cannot_say, "person_id")
    latest = seen.group_by("person_id").agg(latest_on=seen.seen_on.max())
    last = seen.join(latest, "person_id").filter(lambda t: t.seen_on == t.latest_on).semi_join(lost, "person_id")
    last = last.drop("latest_on").mutate(on=last.seen_on)
    never = lost.anti_join(last, "person_id").mutate(seen_on=ibis.null("date"), on=ibis.null("date"))
    found = last.union(never.select(*last.columns))
    return found.mutate(fact=as_fact(found, found.day), fades_from=ibis.literal(as_at)).drop("seen_on")
