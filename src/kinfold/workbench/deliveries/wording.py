"""How feeds and deliveries stand, in words: a tag, its colour, and a sentence that says what to do."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from kinfold.operations.workbench import FeedNow
from kinfold.vocabulary.dates import in_words

# The colour only goes with the words, never in place of them.
FEED_STATES = {
    "live": ("Alive", "green"),
    "shrunken": ("Shrunken", "orange"),
    "late": ("Late", "yellow"),
    "silent": ("Silent", "red"),
    "not_connected": ("Not connected", "grey"),
}
DELIVERY_STATES = {
    "received": ("Received", "blue"),
    "checked": ("Checked", "light-blue"),
    "recognised": ("Checked", "light-blue"),
    "loaded": ("Loaded", "green"),
    "superseded": ("Superseded", "grey"),
    "withdrawn": ("Withdrawn", "grey"),
    "refused": ("Refused", "red"),
}
WAYS = {
    "command_line": "the command line",
    "workbench": "an upload here",
    "api": "the supplier’s own system",
    "folder": "the watched folder",
    "mapping": "the mapping screen",
    "demonstration": "kinfold demo",
}
SEVERITIES = {
    "refuse": "Refuses the whole delivery",
    "set_aside": "Sets rows aside",
    "warn": "Warns only",
}
KINDS = {
    "shape": "Shape: columns, parts and files",
    "value": "Value: what one cell says",
    "reference": "Reference: codes, and keys of other parts",
    "sense": "Sense: order of dates, ages, overlaps, volume",
}
TABLES = {
    "person": "people",
    "name": "names",
    "identifier": "identifiers",
    "address": "addresses",
    "contact": "phones and e-mails",
    "relationship": "ties between people",
    "service": "services",
    "involvement": "periods of work with a service",
    "event": "events",
    "participant": "parts played in events",
    "measure": "measures",
}


def in_order(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    """What a delivery became, in words, people first; what it speaks for is not a fact about anybody."""
    return [(words, rows[name]) for name, words in TABLES.items() if rows.get(name)]


def days(count: int) -> str:
    return f"{count:,} day" if count == 1 else f"{count:,} days"


def day(on: datetime.date | None) -> str:
    return in_words(on) if on else "a day not known"


def rows(count: float) -> str:
    return f"{count:,.0f} row" if count == 1 else f"{count:,.0f} rows"


def feed(now: FeedNow, *, on: datetime.date) -> str:
    """How a feed stands, as a sentence or two."""
    said = {
        "live": "Came when it should.",
        "shrunken": "Came when it should.",
        "late": f"Was due on {day(now.due_on)}, {days((on - now.due_on).days) if now.due_on else 'some time'} ago.",
        "silent": f"Nothing has come since {day(now.last_delivered_on)}; it should every {days(now.cadence_days)}.",
        "not_connected": "Nothing has ever come.",
    }[now.state]
    if now.is_shrunken and now.last:
        said += f" The last delivery has {rows(now.last[-1].rows)}; it usually has about {rows(now.usual_rows or 0)}."
    return said


def recent(now: FeedNow) -> str:
    """The rows of the last deliveries as text, for who cannot see the small chart."""
    if not now.last:
        return "No delivery yet"
    return "; ".join(f"{day(one.delivered)}: {one.rows:,}" for one in now.last)


def size(count: int) -> str:
    """Bytes as a person says them."""
    if count < 1000:
        return f"{count:,} bytes"
    for unit, least in (("KB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < least * 1000 or unit == "GB":
            return f"{count / least:,.1f} {unit}"
    raise AssertionError
