"""
How much came, against what usually comes: a file cut short looks like good news about every child who is not in it.

Asked of each part of a feed that delivers everything, without having to be written down; a feed may ask more closely
with `rows_change`.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

from kinfold.areas.checks import Change, Check
from kinfold.areas.feeds import Feed
from kinfold.feeds.reports import DeliveryReport, PartCount, Problem

AT_LEAST = 2  # deliveries there must be before anything is usual

FEWER = Check("fewer_rows", "sense", "warn", "", "", "rows_change", Change(under=0.5))
HARDLY_ANY = Check("hardly_any_rows", "sense", "refuse", "", "", "rows_change", Change(under=0.1))
MORE = Check("more_rows", "sense", "warn", "", "", "rows_change", Change(over=3))


def problems(feed: Feed, parts: Sequence[PartCount], earlier: Sequence[DeliveryReport]) -> list[Problem]:
    """
    What is wrong with how many rows came, the gravest of each part only.

    earlier: loaded deliveries of the feed, oldest first. Parts of one kind count together; one that usually comes and
    did not has no rows.
    """
    asked = [check for check in feed.checks.checks if check.predicate == "rows_change"]
    if feed.delivers == "everything":
        asked += [HARDLY_ANY, FEWER, MORE]
    rows = _by_kind(parts)
    kinds = dict.fromkeys([*rows, *(kind for one in earlier for kind in _by_kind(one.parts))])
    found = [_gravest(kind, rows.get(kind, 0), asked, earlier) for kind in kinds]
    return [problem for problem in found if problem is not None]


def _gravest(kind: str, rows: int, asked: Iterable[Check], earlier: Sequence[DeliveryReport]) -> Problem | None:
    found = [
        problem
        for check in asked
        if check.part in ("", kind)
        for problem in [_problem(check, kind, rows, earlier)]
        if problem is not None
    ]
    return min(found, key=Problem.gravity, default=None)


def _problem(check: Check, kind: str, rows: int, earlier: Sequence[DeliveryReport]) -> Problem | None:
    setting: Change = check.setting
    usual = _usual(kind, earlier[-setting.last :])
    if usual is None:
        return None
    is_wrong = (setting.under is not None and rows < usual * setting.under) or (
        setting.over is not None and rows > usual * setting.over
    )
    if not is_wrong:
        return None
    said = f"{kind} has {_rows(rows)}, where deliveries usually have about {usual:,.0f}"
    advice = check.message or _ADVICE[check.code]
    return Problem(check.code, check.severity, f"{said}. {advice}.", kind, None, None, rows, check.kind)


_ADVICE = {
    "fewer_rows": "Ask the supplier whether all of it was sent; until then those who are missing would look as if "
    "nothing were known of them",
    "hardly_any_rows": "Ask the supplier to send all of it. If this is really all, load it again and give the reason",
    "more_rows": "Ask the supplier whether it was sent with other people or years than before",
}


def _usual(kind: str, earlier: Sequence[DeliveryReport]) -> float | None:
    """The median of earlier deliveries; null when too few had the part for anything to be usual."""
    counts = [rows for one in earlier for rows in [_by_kind(one.parts).get(kind, 0)]]
    if len(counts) < AT_LEAST or not any(counts):
        return None
    return statistics.median(counts) or None


def _by_kind(parts: Iterable[PartCount]) -> Mapping[str, int]:
    """Rows by kind of part: a second file of a kind is called episodes#2."""
    rows: dict[str, int] = {}
    for part in parts:
        kind = part.part.partition("#")[0]
        rows[kind] = rows.get(kind, 0) + part.rows_in
    return rows


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}" if count else "no rows"
