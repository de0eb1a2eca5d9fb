"""When a child was last seen, and which events they took part in."""

from __future__ import annotations

import datetime

import ibis.expr.types as ir


def took_part(event: ir.Table, participant: ir.Table, link: ir.Table, *, as_at: datetime.date) -> ir.Table:
    """
    One row per person and event they took part in, on or before `as_at`.

    Returns person_id, kind, detail, on, involved_as, was_seen, was_seen_alone.
    """
    happened = event.filter(event.on <= as_at).select("event_key", "kind", "detail", "on").distinct()
    parts = participant.select("event_key", "person_key", "involved_as", "was_seen", "was_seen_alone")
    whose = parts.join(link.select("person_key", "person_id"), "person_key")
    return whose.join(happened, "event_key").select(
        "person_id", "kind", "detail", "on", "involved_as", "was_seen", "was_seen_alone"
    )


def last_seen(parts: ir.Table) -> ir.Table:
    """
    When each person was last seen face to face by anybody, seen alone, and visited.

    parts: as `took_part` returns. Where a source does not say whether the child was seen, a visit counts as made,
    but not as a sighting: unknown is not no, nor is it yes. A visit of early help is not one of social care.
    Returns one row per person with any of these: person_id, last_seen_on, last_seen_alone_on, last_visit_on (by
    social care), last_help_visit_on (by either).
    """
    made = (parts.kind == "visit") & parts.was_seen.fill_null(True)
    dates = parts.group_by("person_id").agg(
        last_seen_on=parts.on.max(where=parts.was_seen | parts.was_seen_alone),
        last_seen_alone_on=parts.on.max(where=parts.was_seen_alone),
        last_visit_on=parts.on.max(where=made & (parts.detail.fill_null("") != "early_help")),
        last_help_visit_on=parts.on.max(where=made),
    )
    return dates.filter(dates.last_seen_on.notnull() | dates.last_help_visit_on.notnull())
