"""What a what-if said, as a page may say it: counts with small numbers held back, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kinfold.governance.disclosure import said, shown
from kinfold.vocabulary.bands import BANDS
from kinfold.workbench.rules import wording


def bands_of(answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per band: band, before, after, enters, leaves."""
    return [
        {"band": BANDS[row["band"]]} | {c: shown(row[c]) for c in ("before", "after", "enters", "leaves")}
        for row in answer["bands"]
    ]


def moves_of(answer: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per way between bands: was, now, children."""
    return [
        {"was": BANDS[row["was"]], "now": BANDS[row["now"]], "children": said(row["children"])}
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


FIGURES = {
    "auc": ("Puts a child who came to need help before one who did not (0.5 is chance, AUC)", ".3f"),
    "lift_top_5": ("How much likelier than any child one of the first twentieth is to come to it", ".1f"),
    "recall_top_5": ("Of those who came to it, in the first twentieth", ".1%"),
    "precision_top_5": ("Of the first twentieth, came to it", ".1%"),
}
TOO_FEW = "too few to tell"


def further_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """
    What a backtest of a trial said, for the page: figures, the groups that can be told of, and the rest by name.

    Returns figures (said, before, after), groups (by, group, miss_rate_before, miss_rate_after, verdict) and few
    (grouping and names of the groups to which it came too seldom).
    """
    figures = [
        {"said": FIGURES[row["name"]][0]}
        | {
            side: "not known" if row[side] is None else format(row[side], FIGURES[row["name"]][1])
            for side in ("before", "after")
        }
        for row in told.get("figures", [])
    ]
    groups, few = [], dict[str, list[str]]()
    for row in told.get("fairness", []):
        was = row.get("verdict_before", row["verdict"])
        if (was, row["verdict"]) == (TOO_FEW, TOO_FEW):
            few.setdefault(row["by"], []).append(row["group"])
        else:
            said = row["verdict"] if was == row["verdict"] else f"{row['verdict']}; now: {was}"
            groups.append({**row, "verdict": said})
    return {"figures": figures, "groups": groups, "few": few}
