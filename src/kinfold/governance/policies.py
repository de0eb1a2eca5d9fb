"""What may happen to anyone, whoever asks."""

from __future__ import annotations

import datetime

from kinfold.governance import queries
from kinfold.governance.models import DutyAccess

REVIEW_WITHIN_WORKING_DAYS = 2
SHORTEST_REASON = 10


def may_open_on_duty(person_id: str, at: datetime.datetime) -> bool:
    """Only a child nobody is allocated to: otherwise there is somebody to ask."""
    return not queries.is_allocated(person_id, at)


def awaits_review(opened: DutyAccess) -> bool:
    return opened.reviewed_at is None
