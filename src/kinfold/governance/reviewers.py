"""
Letting somebody open some children for a while: a queue that settles what is wrong there, or a person on one page.

What is given through a page is seen by that page alone: it opens neither the child's own page nor a list of any kind.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from kinfold.governance import audit
from kinfold.governance.models import Standing, User


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


def let_page_review(
    *,
    user: User,
    page: str,
    person_ids: Iterable[str],
    purpose: str,
    from_at: datetime.datetime,
    to_at: datetime.datetime,
) -> None:
    """Let a person open some children through one page until `to_at`. Inside the caller's transaction."""
    given = sorted(set(person_ids))
    Standing.objects.bulk_create(
        Standing(
            holder_kind="user", holder_ref=f"{user.pk}/{page}", person_id=person_id, kind="reviewer", purpose=purpose,
            from_at=from_at, to_at=to_at, written_by=page,
        )
        for person_id in given
    )  # fmt: skip
    audit.record(action="standing.reviewer", at=from_at, listed=given, detail={"user": user.pk, "page": page})


def end_page_review(
    *, page: str, at: datetime.datetime, person_ids: Iterable[str] | None = None, user: User | None = None
) -> int:
    """End what a page lets one person, or all, open, of some children or of all; returns how many standings ended."""
    held = Standing.objects.filter(holder_kind="user", holder_ref__endswith=f"/{page}", kind="reviewer", to_at__gt=at)
    if user is not None:
        held = held.filter(holder_ref=f"{user.pk}/{page}")
    if person_ids is not None:
        held = held.filter(person_id__in=list(person_ids))
    gone = sorted(set(held.values_list("person_id", flat=True)))
    ended = held.update(to_at=at)
    if ended:
        audit.record(action="standing.reviewer_ended", at=at, listed=gone, detail={"page": page})
    return ended
