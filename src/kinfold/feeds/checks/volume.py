"""
How much came, against what usually comes: a file cut short looks like good news about every child who is not in it.

Asked of each kind of part without having to be written down; a feed may ask more closely with `rows_change`. What is
usual is what the profile calls usual (`feeds.usual`). A delivery of everything takes the place of the one before, so
one that has hardly any rows is refused; one of changes takes nobody's place, and may be as small as what happened.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from kinfold.areas.checks import Change, Check
from kinfold.areas.feeds import Feed
from kinfold.feeds.reports import DeliveryReport, PartCount, Problem
from kinfold.feeds.usual import FEWEST_ROWS, SHRUNKEN_BELOW, usual_rows

FEWER = Check("fewer_rows", "sense", "warn", "", "", "rows_change", Change(under=SHRUNKEN_BELOW))
HARDLY_ANY = Check("hardly_any_rows", "sense", "refuse", "", "", "rows_change", Change(under=0.1))
MORE = Check("more_rows", "sense", "warn", "", "", "rows_change", Change(over=3))


Came = list[tuple[datetime.date, int]]


def problems(
    feed: Feed, parts: Sequence[PartCount], earlier: Sequence[DeliveryReport], *, delivered: datetime.date
) -> list[Problem]:
    """
    What is wrong with how many rows came on the day `delivered`, the gravest of each part only.

    earlier: deliveries of the feed that stand, oldest first. Parts of one kind count together; one that usually comes
    and did not has no rows.
    """
    asked = [check for check in feed.checks.checks if check.predicate == "rows_change"]
    now = _by_kind(parts)
    before = [(one.delivered, _by_kind(one.parts)) for one in earlier if one.delivered is not None]
    kinds = dict.fromkeys([*now, *(kind for _, rows in before for kind in rows)])
    found = []
    for kind in kinds:
        came = [(day, rows.get(kind, 0)) for day, rows in before] + [(delivered, now.get(kind, 0))]
        found.append(_gravest(kind, came, asked, feed.delivers))
    return [problem for problem in found if problem is not None]


def is_about_volume(feed: Feed | None, problem: Problem) -> bool:
    """Whether a problem is that too few or too many rows came, and nothing that is wrong with any of them."""
    check = feed.checks.find(problem.code) if feed else None
    return problem.code in _ADVICE or (check is not None and check.predicate == "rows_change")


def _gravest(kind: str, came: Came, asked: Sequence[Check], delivers: str) -> Problem | None:
    checks = [(check, 0) for check in asked if check.part in ("", kind)]
    unasked = (HARDLY_ANY, FEWER, MORE) if delivers == "everything" else (FEWER, MORE)
    checks += [(check, FEWEST_ROWS) for check in unasked]
    found = [_problem(check, kind, came, delivers, fewest) for check, fewest in checks]
    return min((problem for problem in found if problem is not None), key=Problem.gravity, default=None)


def _problem(check: Check, kind: str, came: Came, delivers: str, fewest: int) -> Problem | None:
    setting: Change = check.setting
    usual = usual_rows(came, delivers=delivers, compared=setting.last)
    if not usual or usual < fewest:
        return None
    last = came[-1][0]
    rows = came[-1][1] if delivers == "everything" else sum(count for day, count in came if day == last)
    is_wrong = (setting.under is not None and rows < usual * setting.under) or (
        setting.over is not None and rows > usual * setting.over
    )
    if not is_wrong:
        return None
    as_long = "" if delivers == "everything" else " for as many days"
    said = f"{kind} has {_rows(rows)}, where deliveries usually have about {usual:,.0f}{as_long}"
    advice = check.message or _ADVICE[check.code]
    return Problem(check.code, check.severity, f"{said}. {advice}.", kind, None, None, rows, check.kind)


_ADVICE = {
    "fewer_rows": "Ask the supplier whether all of it was sent; until then those who are missing would look as if "
    "nothing were known of them",
    "hardly_any_rows": "Ask the supplier to send all of it. If this is really all, load it again and give the reason",
    "more_rows": "Ask the supplier whether it was sent with other people or years than before",
}


def _by_kind(parts: Iterable[PartCount]) -> Mapping[str, int]:
    """Rows by kind of part: a second file of a kind is called episodes#2."""
    rows: dict[str, int] = {}
    for part in parts:
        kind = part.part.partition("#")[0]
        rows[kind] = rows.get(kind, 0) + part.rows_in
    return rows


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}" if count else "no rows"
