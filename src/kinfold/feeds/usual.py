"""How many rows of a feed usually come, by what came before: one rule for checks, screens and the profile."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Sequence

DELIVERIES_COMPARED = 8
FEWEST_COMPARED = 3  # with fewer before it, nobody knows what is usual
FEWEST_ROWS = 10  # where fewer are usual, half of them is chance
SHRUNKEN_BELOW = 0.5  # share of the usual rows


def usual_rows(
    came: Sequence[tuple[datetime.date, int]], *, delivers: str, compared: int = DELIVERIES_COMPARED
) -> float | None:
    """
    How many rows the newest delivery of a feed would usually have; null with fewer than three before it.

    came: day and rows of each delivery that stands, oldest first, the newest last. A feed that delivers everything is
    measured by the median of the eight before (`compared` of them); one that delivers changes by the median of their
    rows a day since the delivery before each, because a week holds less than a quarter.
    """
    by_day: dict[datetime.date, int] = {}
    for day, rows in came:
        by_day[day] = by_day.get(day, 0) + rows if delivers == "changes" else rows
    days = list(by_day)
    if delivers == "everything":
        measured, times = [float(rows) for rows in by_day.values()], 1
    else:
        spans = [(later - day).days for day, later in zip(days, days[1:], strict=False)]
        measured = [by_day[day] / span for day, span in zip(days[1:], spans, strict=True)]
        times = spans[-1] if spans else 1
    before = measured[:-1][-compared:]
    return statistics.median(before) * times if len(before) >= FEWEST_COMPARED else None


def is_shrunken(last: object, usual: object) -> bool:
    """Whether a delivery has under half of its feed's usual rows; no when what is usual is not known, or too few."""
    if not isinstance(last, int) or not isinstance(usual, int | float) or usual < FEWEST_ROWS:
        return False
    return last < SHRUNKEN_BELOW * usual
