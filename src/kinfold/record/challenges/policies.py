"""Who settles what, and what a challenge in some state may become. No database, no request."""

from __future__ import annotations

import datetime

from kinfold.areas.roles import Role

SHORTEST = 5
LEAST_LEVEL = 2  # of sight: who sees no facts of a child cannot say which are wrong
HIDES = ("open", "upheld")
STATE_WORDS = {
    "open": "Waiting",
    "upheld": "Upheld",
    "not_upheld": "Not upheld",
    "withdrawn": "Withdrawn",
}
STATE_COLOUR = {"open": "yellow", "upheld": "purple", "not_upheld": "grey", "withdrawn": "grey"}


def settles(role: Role | None, kind: str) -> bool:
    """Whether a role settles challenges of a kind: facts with their supplier, statements as what practice means."""
    if role is None:
        return False
    return role.may_settle_facts if kind == "fact" else role.may_settle_statements


def has_queue(role: Role | None) -> bool:
    return role is not None and (role.may_settle_facts or role.may_settle_statements)


def waits(at: datetime.datetime, now: datetime.datetime) -> str:
    """How long a challenge has waited, in words."""
    days = (now - at).days
    if not days:
        return "since today"
    return "for 1 day" if days == 1 else f"for {days} days"
