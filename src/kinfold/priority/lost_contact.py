"""
Children whom nobody has been told to have seen, and feeds that have stopped telling.

A child is said to be unseen only while the feeds that would tell of a sighting are alive (`profile.shapes.sightings`).
While one of them is silent nothing is said of the children it speaks for: it is the feed that has to be looked into.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.markers import Marker
from kinfold.priority.schema import FEED_ALARM
from kinfold.vocabulary.dates import in_words

ALIVE = ("live", "late", "shrunken")


def unseen(marker_state: ir.Table, *, markers: Sequence[str]) -> ir.Table:
    """Children of whom one of these markers is true: person_id."""
    told = marker_state.filter(marker_state.state == "true", marker_state.marker.isin(list(markers) or [""]))
    return told.select("person_id").distinct()


def on_a_list(children: ir.Table) -> ir.Table:
    """
    The children, those unseen whom no service holds and nobody would ring with outreach instead of on no list.

    children: one row per child: pathway, is_unseen.
    """
    is_nobodys = children.is_unseen & (children.pathway == "none")
    return children.mutate(pathway=is_nobodys.ifelse("outreach", children.pathway))


def alarms(
    feeds: Iterable[Mapping[str, Any]], markers: Sequence[Marker], *, named: Sequence[str], as_at: datetime.date
) -> pa.Table:
    """
    One row per feed that has fallen silent and would tell of a sighting (`schema.FEED_ALARM`).

    feeds: one row per feed: feed, label, state, last_delivered_on. named: the markers that say a child is unseen.
    What cannot be said meanwhile is said of questions and never of a child: those that no other living feed would
    answer, and those that others go on answering for whom they know.
    """
    feeds = list(feeds)
    alive = {row["feed"] for row in feeds if row["state"] in ALIVE}
    watched = {feed for marker in markers if marker.name in named for feed in marker.feeds}
    rows = [
        {
            "feed": row["feed"],
            "label": row["label"],
            "silent_since": row["last_delivered_on"],
            "silent_days": (as_at - row["last_delivered_on"]).days,
            "sentence": f"{row['label']} has been silent since {in_words(row['last_delivered_on'])}. "
            "Until it comes again, nobody whom it speaks for is said to be unseen.",
            "unanswered": _labels(m for m in markers if row["feed"] in m.feeds and not alive & set(m.feeds)),
            "in_part": _labels(m for m in markers if row["feed"] in m.feeds and alive & set(m.feeds)),
        }
        for row in feeds
        if row["feed"] in watched and row["state"] == "silent"
    ]
    return pa.Table.from_pylist(rows, schema=FEED_ALARM)


def _labels(markers: Iterable[Marker]) -> str:
    return "; ".join(sorted({marker.label for marker in markers}))
