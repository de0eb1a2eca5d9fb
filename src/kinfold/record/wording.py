"""How ages, areas and shares are said on a page."""

from __future__ import annotations

import datetime

SHARES = (
    (0.9, "nearly all"),
    (0.7, "most"),
    (0.45, "about half"),
    (0.2, "some"),
    (0.0, "very little"),
)


def age(birth_on: datetime.date | None, *, as_at: datetime.date, expected_on: datetime.date | None = None) -> str:
    """`3 weeks old` to eight weeks, `14 months old` to two years, then years. Unborn when only a due date is known."""
    if birth_on is None:
        return "unborn" if expected_on else "age not known"
    days = (as_at - birth_on).days
    if days < 0:
        return "age not known"
    months = (as_at.year - birth_on.year) * 12 + as_at.month - birth_on.month - (as_at.day < birth_on.day)
    if days < 56:
        return _old(days // 7, "week") if days >= 7 else _old(days, "day")
    return _old(months, "month") if months < 24 else _old(months // 12, "year")


def _old(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'} old"


def area(postcode: str, *, is_withheld: bool) -> str:
    """The first half of a postcode: enough to tell one child from another, and not where they live."""
    if is_withheld:
        return "Area withheld"
    return postcode.split(" ")[0] if postcode else "Area not known"


def coverage(share: float | None) -> str:
    """How much of what we ask about a child our feeds can answer, as words for a sentence."""
    if share is None:
        return "it is not known how much"
    return next(words for least, words in SHARES if share >= least)


def full_name(forename: str, surname: str) -> str:
    return " ".join(part for part in (forename, surname) if part) or "Name not known"
