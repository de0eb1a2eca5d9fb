"""
Small numbers are not shown: with what else somebody knows, a count of two can say who the two are.

The internal rule: 1 to 5 is said as that, everything else is rounded to the nearest 5, totals are made of rounded
parts. What anybody may read goes further: 7 and fewer are not shown at all, nor is what they could be worked out from.
Source: OpenSAFELY's and DfE's practice, as summed up in the area's disclosure policy.
"""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 6
SMALLEST_IN_PUBLIC = 8
STEP = 5


def rounded(count: int) -> int:
    """To the nearest 5, and 0 for a number that is not shown."""
    return STEP * int((count + STEP / 2) // STEP) if count >= SMALLEST else 0


def shown(count: int) -> str:
    """A count as a table may show it, beside a line that says how: `0`, `1 to 5`, `1,240`."""
    if count <= 0:
        return "0"
    return f"{rounded(count):,}" if count >= SMALLEST else f"1 to {SMALLEST - 1}"


def said(count: int) -> str:
    """A count as a sentence may say it: `nobody`, `1 to 5`, `about 1,240`."""
    if count <= 0:
        return "nobody"
    return f"about {shown(count)}" if count >= SMALLEST else shown(count)


def in_public(counts: Sequence[int | None]) -> list[int | None]:
    """
    Counts of the parts of one whole as anybody may read them: rounded to the nearest 5; null for 7 and fewer.

    Where just one part is not shown, the next smallest is not either, or a subtraction would tell. Null stays null.
    """
    hidden = {place for place, count in enumerate(counts) if count is None or count < SMALLEST_IN_PUBLIC}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min((place for place in range(len(counts)) if place not in hidden), key=lambda at: counts[at] or 0))
    return [None if place in hidden or count is None else rounded(count) for place, count in enumerate(counts)]
