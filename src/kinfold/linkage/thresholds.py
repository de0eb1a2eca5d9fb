"""
Where the bands could begin, worked out from pairs that people decided; a proposal, never applied by itself.

A threshold is only as good as the pairs it was found on, so it is the cautious end of the interval that has to be
good enough. With too few pairs, or none that proves it, the cautious default stands and the report says why.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pyarrow as pa

from kinfold.linkage import judge, labelled

FEWEST_LABELS = 200
PRECISION_AT_LEAST = 0.998
# Below the review threshold, no more than this share may be one person after all.
MISSED_AT_MOST = 0.01


@dataclasses.dataclass(frozen=True)
class Proposal:
    """
    link, review: weights (log2 of the odds) from which to link, and to ask a person; the default where `why` says so.

    link_low: lower bound of precision from `link` up. labels: pairs it was worked out from.
    """

    link: float
    review: float
    labels: int
    link_low: float | None
    link_is_default: bool
    review_is_default: bool
    why: str

    def as_told(self) -> dict[str, Any]:
        default = judge.Thresholds()
        return dataclasses.asdict(self) | {"default_link": default.link, "default_review": default.review}


def proposed(weighed: pa.Table) -> Proposal:
    """
    Thresholds that labelled pairs bear out.

    weighed: one row per labelled pair, `weight` and `is_same`.
    """
    default = judge.Thresholds()
    pairs = sorted(zip(weighed["weight"].to_pylist(), weighed["is_same"].to_pylist(), strict=True), reverse=True)
    if len(pairs) < FEWEST_LABELS:
        why = f"{len(pairs):,} labelled pairs; at least {FEWEST_LABELS} are needed. The cautious default stands."
        return Proposal(default.link, default.review, len(pairs), None, True, True, why)
    found, low = _lowest_link(pairs)
    link = default.link if found is None else found
    review = _highest_review(pairs, below=link)
    is_default = found is None
    if is_default:
        why = (f"From no weight up do {len(pairs):,} labelled pairs prove a precision of {PRECISION_AT_LEAST} at the "
               "lower bound. The cautious default stands.")  # fmt: skip
    else:
        why = f"From this weight up precision is at least {low:.4f}, with 95% confidence."
    return Proposal(link, min(default.review, link) if review is None else review, len(pairs), low, is_default,
                    review is None, why)  # fmt: skip


def _lowest_link(pairs: list[tuple[float, bool]]) -> tuple[float | None, float | None]:
    """The lowest weight from which up the lower bound holds, whole weights together; pairs: heaviest first."""
    found: tuple[float | None, float | None] = (None, None)
    right = 0
    for place, (weight, is_same) in enumerate(pairs):
        right += is_same
        if place + 1 < len(pairs) and pairs[place + 1][0] == weight:
            continue
        bounds = labelled.wilson(right, place + 1)
        if bounds and bounds[0] >= PRECISION_AT_LEAST:
            found = (weight, bounds[0])
    return found


def _highest_review(pairs: list[tuple[float, bool]], *, below: float) -> float | None:
    """The highest weight, at most `below`, under which hardly any pair is one person; None when nothing proves one."""
    found, same = None, 0
    lightest = pairs[::-1]
    for place, (weight, is_same) in enumerate(lightest):
        same += is_same
        is_last = place + 1 == len(lightest) or lightest[place + 1][0] > below
        if not is_last and lightest[place + 1][0] == weight:
            continue
        bounds = labelled.wilson(same, place + 1)
        if bounds and bounds[1] <= MISSED_AT_MOST:
            found = below if is_last else lightest[place + 1][0]
        if is_last:
            break
    return found
