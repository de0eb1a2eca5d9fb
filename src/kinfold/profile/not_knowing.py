"""
The children of whom nobody can say whether a marker is true.

Most markers are asked together: who speaks of a child turns on the feeds and not on what the marker looks at.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.areas import marker_shapes as s
from kinfold.areas.markers import Marker
from kinfold.profile import asking, coverage
from kinfold.profile import children as who
from kinfold.profile.asking import Asked, Known
from kinfold.profile.shapes import sightings

UNKNOWN = ("person_id", "marker", "why_unknown", "source_feed")


def not_known(known: Known, asked: Asked, true: ir.Table) -> ir.Table:
    """
    Children of whom nobody can say whether a marker is true, though a feed is connected that could say it of others.

    true: support of every marker. Returns person_id, why_unknown, source_feed and marker. That no feed is connected is
    not said child by child: it is the same for all of them (`coverage.connections`).
    """
    true = true.select("person_id", "marker").distinct()
    plain = [m for m in asked.markers if not isinstance(m.shape, s.Infant | s.Combination | s.NotSeenSince)]
    found = []
    if plain:
        told = coverage.unknown(known.engine, known.children, plain, true, known.voices, as_at=known.as_at)
        found.append(asking.kept(known, "unknown", told.select(*UNKNOWN)))
    for marker in asked.markers:
        if isinstance(marker.shape, s.NotSeenSince):
            found.append(asking.kept(known, f"unknown_{marker.name}", _nobody_due(known, asked, marker, true)))
    for marker in asked.markers:
        if isinstance(marker.shape, s.Combination):
            rows = _open_still(known, marker, true, asking.together(found or [_nobody(known)]))
            found.append(asking.kept(known, f"unknown_{marker.name}", rows))
    return asking.together(found or [_nobody(known)])


def _nobody(known: Known) -> ir.Table:
    nobody = known.children.filter(ibis.literal(False))
    return nobody.select("person_id", **dict.fromkeys(UNKNOWN[1:], ibis.null("string")))


def _open_still(known: Known, marker: Marker, true: ir.Table, unknown: ir.Table) -> ir.Table:
    """A combination is not known where enough of its parts are true or not known to make it."""
    true_of = true.filter(true.marker == marker.name)
    parts = unknown.filter(unknown.marker.isin(marker.shape.markers)).anti_join(true_of, "person_id")
    told = true.filter(true.marker.isin(marker.shape.markers))
    told = told.group_by("person_id").agg(are_true=told.marker.nunique())
    open_still = parts.group_by("person_id").agg(
        why_unknown=parts.why_unknown.max(), source_feed=parts.source_feed.min(), are_open=parts.marker.nunique()
    )
    open_still = open_still.left_join(told, "person_id").drop("person_id_right")
    enough = open_still.filter(open_still.are_open + open_still.are_true.fill_null(0) >= marker.shape.at_least)
    asked = known.children.filter(who.of_age(known.children, marker.ages))
    rows = enough.semi_join(asked, "person_id").select("person_id", "why_unknown", "source_feed")
    return rows.mutate(marker=ibis.literal(marker.name)).select(*UNKNOWN)


def _nobody_due(known: Known, asked: Asked, marker: Marker, true: ir.Table) -> ir.Table:
    """Neither out of sight nor seen: nobody is due to see the child, or a silent feed might know of a sighting."""
    children = known.children.filter(who.of_age(known.children, marker.ages))
    rows, alive = asked.of(marker), asking.alive(known)
    since = asking.seen_since(known, marker)
    seen = sightings.last_seen(rows, marker.shape, alive, as_at=known.as_at)
    seen = seen.filter(seen.seen_on >= since).select("person_id")
    due = rows.filter(rows.kind.isin(marker.shape.expected_in), rows.holds, rows.source.isin(alive or [""]))
    due = due.select("person_id").anti_join(asking.cannot_say(known, marker, children), "person_id")
    true_of = true.filter(true.marker == marker.name).select("person_id")
    left = children.anti_join(seen.union(due).union(true_of).distinct(), "person_id")
    return coverage.unsaid(left, marker, known.voices, as_at=known.as_at).select(*UNKNOWN)
