"""The page of checks, from the formats and the demonstration area's own feeds: what is asked, how gravely, of what."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kinfold.areas.checks import KINDS, Check
from kinfold.feeds import settings
from kinfold.feeds.checks import catalogue

SEVERITY = {"refuse": "refuses the delivery", "set_aside": "sets the row aside", "warn": "warns"}
KIND = {
    "shape": "Shape: is everything there that should be?",
    "value": "Value: can it be read, and is it possible?",
    "reference": "Reference: does it lead to something that is there?",
    "sense": "Sense: can it be true?",
}


def page(area: Path) -> str:
    """Every check, by format and kind; area: whose own feeds' checks are told too."""
    formats = settings.formats().values()
    parts = [
        "# What is asked of a delivery\n",
        "A check *refuses the delivery*, *sets the row aside* until the supplier has put it right, or *warns*. How to",
        "write one, or to change how grave it is, is in [the guide](../guides/checks.md).\n",
        "## Every feed\n",
        "| code | kind | what it does | said of |",
        "|---|---|---|---|",
        *(f"| `{one.code}` | {one.kind} | {SEVERITY[one.severity]} | {one.words} |" for one in catalogue.EVERY),
        "",
    ]
    for format_ in formats:
        if format_.checks.checks:
            parts += [f"## {format_.label} ({len(format_.checks.checks)})\n", *_by_kind(format_.checks.checks)]
            parts += _years(format_.checks.lists, {**format_.checks.parts, **format_.checks.columns})
    for feed in settings.load(area).values():
        known = {check.code for format_ in formats for check in format_.checks.checks}
        own = [check for check in feed.checks.checks if check.code not in known]
        if own:
            parts += [f"## {feed.label} ({len(own)})\n", *_by_kind(own)]
    return "\n".join(parts)


def _by_kind(checks: Iterable[Check]) -> Iterable[str]:
    for kind in KINDS:
        found = [check for check in checks if check.kind == kind]
        if found:
            yield f"### {KIND[kind]}\n"
            yield "| code | part | what it does | message |\n|---|---|---|---|"
            for check in found:
                said = check.message.replace("{year}", "that year").replace("|", "\\|")
                yield f"| `{check.code}` | {check.part} | {SEVERITY[check.severity]} | {said}. |"
            yield ""


def _years(lists: dict[str, tuple[tuple[str, int, int], ...]], others: dict[str, tuple[int, int]]) -> Iterable[str]:
    """Codes, parts and columns that not every return year has."""
    spans = [(f"{name} {code}", first, last) for name, codes in lists.items() for code, first, last in codes]
    spans += [(name, first, last) for name, (first, last) in others.items()]
    changed = [one for one in spans if one[1] or one[2] != 9999]
    if changed:
        yield "### What changes with the return year\n"
        yield "| what | from | to |\n|---|---|---|"
        yield from (f"| {what} | {_said(first)} | {_said(last)} |" for what, first, last in sorted(changed))
        yield ""


def _said(year: int) -> str:
    return "" if year in (0, 9999) else f"{year - 1}/{year % 100:02d}"
