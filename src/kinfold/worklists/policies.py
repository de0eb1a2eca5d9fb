"""What may be recorded about a row, by anyone."""

from __future__ import annotations

import datetime

LONGEST_DEFERRAL_DAYS = 28
SHORTEST_REASON = 5


def why_not(*, kind: str, reason: str, until_on: datetime.date | None, on: datetime.date) -> str:
    """Why this cannot be recorded, in a sentence for the form; "" when it can."""
    if len(reason.strip()) < SHORTEST_REASON:
        return "Say why in a few words."
    if kind != "deferred":
        return ""
    if until_on is None:
        return "Enter the date it should come back to your list."
    if until_on <= on:
        return "The date it comes back must be after today."
    if (until_on - on).days > LONGEST_DEFERRAL_DAYS:
        return f"It can be put off for {LONGEST_DEFERRAL_DAYS} days at most. Talk to your manager about a longer time."
    return ""
