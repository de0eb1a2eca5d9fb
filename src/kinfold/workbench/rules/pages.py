"""What a what-if said, as a page may say it: counts with small numbers held back, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinfold.governance.disclosure import said, shown
from kinfold.workbench.rules import wording


def bands_of(answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per band: band, before, after, enters, leaves."""
    return [
        {"band": wording.BANDS[row["band"]]} | {c: shown(row[c]) for c in ("before", "after", "enters", "leaves")}
        for row in answer["bands"]
    ]


def moves_of(answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per way between bands: was, now, children."""
    return [
        {"was": wording.BANDS[row["was"]], "now": wording.BANDS[row["now"]], "children": said(row["children"])}
        for row in answer["moves"]
    ]


def work_of(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One row per list: list, team, before, after, differs."""
    return [
        {
            "list": wording.PATHWAYS.get(row["pathway"], row["pathway"]),
            "team": wording.team(row["team"]),
            "before": shown(row["before"]),
            "after": shown(row["after"]),
            "differs": shown(row["before"]) != shown(row["after"]),
        }
        for row in answer["work"]
    ]


def rising_of(answer: Mapping[str, Any]) -> str:
    """Whose pressures rise, in a sentence."""
    before, after = answer["rising"]["before"], answer["rising"]["after"]
    if after is None:
        return "Whose pressures would be rising cannot be tried on this list; the next night's run works it out."
    return f"Children whose pressures are rising: {said(before)} now, {said(after)} then."


def csv_rows(answer: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """The same numbers as a file: kind, of what, before, after."""
    rows = [("band", row["band"], row["before"], row["after"]) for row in bands_of(answer)]
    for row in work_of(answer):
        rows.append(("list", ": ".join(filter(None, (row["list"], row["team"]))), row["before"], row["after"]))
    return rows
