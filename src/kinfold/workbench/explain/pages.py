"""A child's sum put together for the page: what may be shown of it, and which days can be asked for. No request."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from kinfold.operations import explain, explain_words
from kinfold.operations.home import Home

KINDS = {
    "pressure": "Pressures",
    "need": "Unmet needs",
    "lost": "Unmet needs: not seen in our feeds",
    "strength": "Strengths, shown and never counted",
    "adjustment": "Caps and adjustments",
}
SUMMED = ("pressure", "need", "lost")
Told = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Group:
    """The lines of one kind under their heading."""

    heading: str
    lines: Sequence[Mapping[str, Any]]


def groups(told: Told) -> list[Group]:
    found = []
    for kind, heading in KINDS.items():
        lines = [line | {"evidence": _each_once(line["evidence"])} for line in told["lines"] if line["kind"] == kind]
        if lines:
            found.append(Group(heading, lines))
    return found


def _each_once(rows: Sequence[Told]) -> list[Told]:
    """Rows of which none is said twice: one line of a file may hold several facts alike."""
    said = {(row["delivery_id"], row["part"], row["row_number"], row["date"], row["says"]): row for row in rows}
    return list(said.values())


def without(told: Told, is_shown: Callable[[Mapping[str, Any]], bool]) -> Told:
    """
    The same explanation, every line that rests on a row that is not shown put together into one line of its figure.

    The sums still add up; what the lines were, and of whom, is not said.
    """
    kept, back = [], {"pressure": 0.0, "need": 0.0}
    is_any = False
    for line in told["lines"]:
        if all(is_shown(row | {"marker": line["marker"]}) for row in line["evidence"]):
            kept.append(line)
        else:
            is_any = True
            if line["kind"] in SUMMED:
                back["pressure" if line["kind"] == "pressure" else "need"] += line["points"]
    if not is_any:
        return told
    lumps: list[Told] = [
        {"marker": "", "kind": kind, "domain": "", "points": points, "label": "What is not shown to you", "rule": None,
         "says": f"{explain_words.count(points)} in all", "says_roughly": f"{explain_words.count(points)} in all",
         "evidence": []}
        for kind, points in back.items() if points
    ]  # fmt: skip
    # When the child was last seen may rest on what is kept back, so it is not said.
    place = told["place"] | {"seen": "", "seen_roughly": ""}
    shown = told | {"lines": [*kept, *lumps], "keeps_back": True, "place": place}
    return shown | {"sums": explain_words.sums(shown, told["needs_share"])}


@dataclasses.dataclass(frozen=True)
class Day:
    """A day whose list is kept, as the page offers it."""

    on: datetime.date
    is_chosen: bool


def days(home: Home, chosen: datetime.date | None) -> list[Day]:
    """The days that can be explained at once, newest first."""
    held = sorted({on for on, _ in explain.kept_days(home)}, reverse=True)
    return [Day(on, on == (chosen or held[0])) for on in held]


def asked_day(text: str, kept: Collection[datetime.date]) -> datetime.date | None:
    """The day asked for in an address, when its list is kept; else None, which is the live list."""
    try:
        on = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return on if on in kept else None
