"""Letting a queue open one child for a while, such as whoever settles what a worker says is wrong there."""

from __future__ import annotations

import datetime

from kinfold.governance import audit
from kinfold.governance.models import Standing


def let_queue_review(*, person_id: str, queue: str, purpose: str, written_by: str, at: datetime.datetime) -> None:
    """Give a queue the standing of a reviewer towards a child, unless it has it. Inside the caller's transaction."""
    _, is_new = Standing.objects.get_or_create(
        holder_kind="queue", holder_ref=queue, person_id=person_id, kind="reviewer", to_at=None,
        defaults={"purpose": purpose, "from_at": at, "written_by": written_by},
    )  # fmt: skip
    if is_new:
        audit.record(action="standing.reviewer", at=at, person_id=person_id, detail={"queue": queue})


def end_queue_review(*, person_id: str, queue: str, at: datetime.datetime) -> int:
    """End it; returns how many standings ended."""
    held = Standing.objects.filter(
        holder_kind="queue", holder_ref=queue, person_id=person_id, kind="reviewer", to_at=None
    )
    ended = held.update(to_at=at)
    if ended:
        audit.record(action="standing.reviewer_ended", at=at, person_id=person_id, detail={"queue": queue})
    return ended
