"""Places of a rule set, bands, pathways and teams in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kinfold.areas import rule_sets

PATHWAYS = {
    "social_care": "Social care",
    "other_service": "Another service",
    "front_door": "Front door",
    "outreach": "Outreach",
    "none": "On no list",
}
STANDINGS = {
    "no_service": "Outreach",
    "front_door": "Front door",
    "other_service": "Another service",
    "social_care": "Social care",
}
SETTINGS = {
    ("needs_share",): "Part of unmet needs that counts in the order",
    ("household_share",): "Part of each further child that a household adds",
    ("household_most",): "Most points that further children of a household add",
    ("bands", "margin"): "Margin before a child drops out of a band",
    ("bands", "priority_least"): "Least points for priority",
    ("bands", "soon_least"): "Least points for soon",
    ("bands", "least_coverage"): "Least that must be known of a child to be called low",
    ("bands", "least_domains"): "Domains needed for the two top bands",
    ("rising", "points"): "Points up to be rising",
    ("rising", "within_days"): "Days in which they must have gone up",
    ("rising", "domains"): "Domains in which they must have gone up",
}
KEYS = {
    "points": "points",
    "half_life_months": "half-life in months",
    "lookback_months": "months looked back",
    "file": "file",
}


def place(at: rule_sets.Place, labels: Mapping[str, str]) -> str:
    """A place of a rule set. labels: of markers, by name."""
    kind, rest = at[0], at[1:]
    if kind == "off":
        return f"{labels.get(rest[0], rest[0])}: asked"
    if kind == "marker":
        key = ".".join(rest[1:])
        return f"{labels.get(rest[0], rest[0])}: {KEYS.get(key, key)}"
    if kind == "file":
        return f"Markers of {rest[0]}: {'.'.join(rest[1:])}"
    return setting(rest)


def setting(at: tuple[str, ...]) -> str:
    if at[0] == "caps":
        return f"Cap of {at[1]}"
    if at[:2] == ("bands", "capacity"):
        return f"{STANDINGS.get(at[2], at[2])}: households a week, {at[3]}"
    return SETTINGS.get(at, ".".join(at))


def value(given: Any, *, at: rule_sets.Place, is_before: bool = False) -> str:
    """A value as a table shows it. is_before: of the set that something is changed from."""
    if at[0] == "off":
        return "no" if given else "yes"
    if given is None:
        return "does not fade" if at[-1] == "half_life_months" else "not there"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, float):
        return f"{given:g}"
    if isinstance(given, list | tuple):
        return "; ".join(value(one, at=("", "")) for one in given) or "none"
    if isinstance(given, dict):
        return ", ".join(f"{key} {value(one, at=('', ''))}" for key, one in given.items())
    return str(given)


def changes(differs: Iterable[Iterable[Any]], labels: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What a set changes, as a table shows it: what, was, becomes. A marker that comes or goes whole is one row."""
    rows, whole = [], set[str]()
    for at, was, now in differs:
        spot = tuple(at)
        if spot[0] == "marker" and spot[2:] == ("file",) and None in (was, now):
            whole.add(spot[1])
            before, after = ("there" if was else "not there"), ("there" if now else "taken out")
            rows.append((f"{labels.get(spot[1], spot[1])}: marker", before, after))
    for at, was, now in differs:
        spot = tuple(at)
        if not (spot[0] == "marker" and spot[1] in whole):
            rows.append((place(spot, labels), value(was, at=spot), value(now, at=spot)))
    return rows


def team(ref: str | None) -> str:
    """A team's key, as the snapshot has it, in words."""
    return ref.rpartition("/")[2] if ref else ""
