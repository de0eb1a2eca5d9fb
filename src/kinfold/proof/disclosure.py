"""
Small numbers are not shown: with four children in a row, somebody who knows one of them learns of the other three.

A report is kept whole for machines; whatever is read by people goes through `shown`.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

LEAST = 5
COUNTED = {
    "bands": ("children", "events"),
    "fairness": ("children", "events"),
    "points": ("children", "events"),
    "without_marker": ("children",),
    "without_feed": ("children",),
    "calibration": ("seen",),
    "reach": ("of_events",),
}
"""By list of the report: which of its columns count children."""
REST = {
    "bands": ("rate", "low", "high", "share_of_events"),
    "fairness": ("missed", "miss_rate", "low", "high", "others", "others_events", "ratio", "ratio_alike", "auc",
                 "miss_rate_top_20", "ratio_top_20", "ratio_alike_top_20"),
    "points": ("rate", "times_others"),
    "reach": ("expected_share", "low", "high"),
}  # fmt: skip
"""Figures from which a hidden count could be worked out again."""


def shown(told: Mapping[str, Any]) -> dict[str, Any]:
    """
    The report with counts from 1 to 4 null (`hidden` is true of their row), and what they could be worked out from.

    Where just one row of a grouping, of the bands or of what a week reaches is hidden, the next smallest is too, or a
    subtraction would tell.
    """
    made = copy.deepcopy(dict(told))
    for name, columns in COUNTED.items():
        rows = made.get(name) or []
        for rows_of in _together(name, rows):
            _hide(rows_of, name, columns)
    if 0 < (made.get("unseen_events") or 0) < LEAST:
        made["unseen_events"] = None
    return made


def _together(name: str, rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows whose counts add up to something that is shown elsewhere."""
    if name == "fairness":
        return [[row for row in rows if row["by"] == by] for by in dict.fromkeys(row["by"] for row in rows)]
    return [rows] if name in ("bands", "calibration", "reach") else [[row] for row in rows]


def _hide(rows: list[dict[str, Any]], name: str, columns: tuple[str, ...]) -> None:
    for column in columns:
        small = [row for row in rows if _is_small(row[column])]
        others = sorted((row for row in rows if row not in small and row[column]), key=lambda row: row[column])
        for row in [*small, *(others[:1] if len(small) == 1 and len(rows) > 1 else [])]:
            row.update({column: None, "hidden": True, **dict.fromkeys(REST.get(name, ()))})


def _is_small(count: float | None) -> bool:
    return count is not None and 0 < count < LEAST
