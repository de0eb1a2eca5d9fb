"""Where a child stands among others, and by what: the band, what kept it there, and what settles a tie. No file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinfold.areas.priority import Priority
from kinfold.operations.explain_words import figure
from kinfold.vocabulary.bands import BANDS

A_MONTH = 30
Row = Mapping[str, Any]


def place(child: Row, weighing: Row, settings: Priority) -> dict[str, Any]:
    """
    What is said of a child's place beside its sum.

    child: of `priority_child`. weighing: of `weighing`; empty where a run kept none, and what needs it is left out.
    Returns rank (1 first; None not kept), band_was (None: not on the list before), says, and seen and seen_roughly, how
    long ago the child was last seen: to the day, and in months for whoever may work out no day.
    """
    band, was = child["band"], weighing.get("band_was")
    says = [
        f"{BANDS[band]}: {_of_band(band, settings)}",
        *_before(band, was, settings),
        (
            f"Lists go by household: its highest child counts in full, each other child for "
            f"{settings.household_share:.0%}, {figure(settings.household_most)} points at most."
        ),
        (
            "Between households that count alike comes first whose child was seen longest ago, then of whom less is "
            "known, then who is youngest. Never a name, a number or a lot."
        ),
    ]
    seen, roughly = _seen(weighing)
    return {"rank": child.get("rank"), "band_was": was, "says": says, "seen": seen, "seen_roughly": roughly}


def _of_band(band: str, settings: Priority) -> str:
    bands = settings.bands
    alone = f", of {' and '.join(bands.never_alone)} alone" if bands.never_alone else ""
    return {
        "decide_today": "something is true of the child that a person must decide today, whatever the points.",
        "priority": (
            f"{figure(bands.priority_least)} points or more from {bands.least_domains} domains or more, in a household "
            "that this week has room for."
        ),
        "soon": f"{figure(bands.soon_least)} points or more, in a household that comes next.",
        "watch": f"something counts, but under {figure(bands.soon_least)} points{alone}, or with no room for it yet.",
        "not_enough_known": (
            f"under {bands.least_coverage:.0%} of what we ask can be answered, so that nobody may call it low."
        ),
        "none": "as far as the feeds that come can tell, and they can tell enough.",
    }.get(band, "")


def _before(band: str, was: str | None, settings: Priority) -> list[str]:
    if was is None:
        return []
    if was != band:
        return [f"On the list before: {BANDS[was]}."]
    if band in ("priority", "soon"):
        stays = f"Once here, a child stays while it is within {settings.bands.margin:.0%} of the line, so that nobody"
        return [f"The same as on the list before. {stays} drops in and out from night to night."]
    return ["The same as on the list before."]


def _seen(weighing: Row) -> tuple[str, str]:
    if "days_since_seen" not in weighing:
        return "", ""
    days = weighing["days_since_seen"]
    if days is None:
        never = "Not seen in our feeds, which counts as longest ago."
        return never, never
    months = days // A_MONTH
    roughly = "less than a month" if months < 1 else f"about {months} month{'' if months == 1 else 's'}"
    return f"Last seen {days:,} day{'' if days == 1 else 's'} before.", f"Last seen {roughly} before."
