"""How ages, areas and shares are said on a page."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from kinfold.vocabulary.dates import in_words

SHARES = (
    (0.9, "nearly all"),
    (0.7, "most"),
    (0.45, "about half"),
    (0.2, "some"),
    (0.0, "very little"),
)


ORDER_SWAPPED = "forename and surname the other way round"
REASONS = {
    "the only record of this person": "the only record of this person that we hold",
    "surname forename and surname the other way round": ORDER_SWAPPED,
    "forename forename and surname the other way round": ORDER_SWAPPED,
    "home same postcode": "home in the same postcode",
    "home same street": "home in the same street",
    "home same street, typed otherwise": "home in the same street, typed otherwise",
    "home near": "home nearby",
    "birth date same year, day not known": "born in the same year, day not known",
    "birth date year near, day not known": "born near that year, day not known",
}


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
    return _count(count, unit) + " old"


def _count(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def ago(on: datetime.date, *, as_at: datetime.date) -> str:
    """`12 days ago`, counted to the snapshot's day, so that a page agrees with itself; weeks to three months."""
    days = (as_at - on).days
    if days < 0:
        return "in " + _count(-days, "day")
    if days < 2:
        return "yesterday" if days else "today"
    if days < 21:
        return _count(days, "day") + " ago"
    if days < 92:
        return _count(days // 7, "week") + " ago"
    return _count(days * 12 // 365, "month") + " ago" if days < 730 else _count(days // 365, "year") + " ago"


def seen(on: datetime.date | None, alone_on: datetime.date | None, *, as_at: datetime.date) -> str:
    """When the child was last seen and seen alone, as one sentence."""
    if on is None:
        return "Not seen in our feeds."
    met = f"Last seen {in_words(on)} ({ago(on, as_at=as_at)})"
    if alone_on is None:
        return f"{met}; not seen alone in our feeds."
    if alone_on == on:
        return f"{met}, alone."
    return f"{met}; seen alone {in_words(alone_on)} ({ago(alone_on, as_at=as_at)})."


def standing(label: str, state: str, last_on: datetime.date | None, due_on: datetime.date | None) -> str:
    """
    How a feed stands that is not up to date, as one sentence; "" for one that is.

    Late, silent and shrunken (it came with under half of its usual rows) are three different things.
    """
    last = in_words(last_on) if last_on else "a day not known"
    due = f"; it was due on {in_words(due_on)}" if due_on else ""
    said = {
        "late": f"{label} is late: it last came on {last}{due}.",
        "silent": f"{label} has been silent since {last}.",
        "shrunken": f"{label} came on {last} with far fewer rows than usual, so something may be missing.",
    }
    return said.get(state, "")


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


def share(of: float | None) -> str:
    """`41%`; "" when not known."""
    return "" if of is None else f"{round(of * 100)}%"


def how_much_known(of: float | None, sources: int | None, feeds: int) -> str:
    """
    How much is known of a child, as a sentence without a share or a point.

    of: the share of our questions that can be answered. sources: feeds that hold a record of the child; None where the
    number is not known, or is not for the reader. feeds: how many have ever come.
    """
    said = f"Our feeds can answer {coverage(of)} of what we ask about a child of this age"
    return f"{said}: {sources} of {feeds} feeds hold a record of this child." if sources else f"{said}."


def listed(parts: Sequence[str]) -> str:
    """`one, two and three`."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def one_sentence(parts: Iterable[str]) -> str:
    """Statements as one sentence: later ones begin small, unless with letters that stand for a name, such as GP."""
    said = [part.rstrip(" .") for part in parts if part]
    later = [part if part[1:2].isupper() else part[:1].lower() + part[1:] for part in said[1:]]
    return "; ".join([*said[:1], *later]) + "." if said else ""


def adds_to(text: str, label: str) -> bool:
    """Whether a statement's text says more than its label and does not begin by saying the label again."""
    return bool(text) and not text.lower().startswith(label.lower())


def reasons(text: str) -> list[str]:
    """
    Why a record is thought to be this person's, as linkage gives it, for a page: what is the same in one line.

    text: comparisons parted by "; ", such as `surname same; home near`.
    """
    given = [reason for reason in text.split("; ") if reason]
    same = [reason.removesuffix(" same") for reason in given if reason.endswith(" same")]
    first = [f"The same {listed(same)}"] if same else []
    others = [REASONS.get(reason, reason) for reason in given if not reason.endswith(" same")]
    return [*first, *dict.fromkeys(other[:1].upper() + other[1:] for other in others)]


def full_name(forename: str, surname: str) -> str:
    return " ".join(part for part in (forename, surname) if part) or "Name not known"
