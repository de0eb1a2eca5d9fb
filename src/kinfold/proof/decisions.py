"""
Is a conversation worth it? Net benefit along how many calls that turn out not to be needed one that is, is worth.

Vickers and Elkin, Decision curve analysis, 2006. Beside ringing everybody, nobody, and going by history alone.
"""

from __future__ import annotations

import dataclasses

import numpy as np

WORTH = (5, 8, 10, 15, 20, 30, 50, 80, 100)
"""Conversations that somebody would have for one child who would come to the outcome."""


@dataclasses.dataclass(frozen=True)
class Worth:
    """
    Net benefit for every 1,000 children, in events found less calls that were not needed, weighed.

    conversations: how many one found is worth; a child is rung from a chance of 1 in so many. rung: children rung.
    """

    conversations: int
    rung: float
    order: float
    history: float
    everybody: float


def curve(event: np.ndarray, chance: np.ndarray, by_history: np.ndarray) -> list[Worth]:
    """chance, by_history: chances of the event, learned elsewhere than on these children."""
    return [
        Worth(
            many,
            float((chance >= 1 / many).mean() * 1000),
            _net(event, chance >= 1 / many, 1 / many),
            _net(event, by_history >= 1 / many, 1 / many),
            _net(event, np.ones(len(event), dtype=bool), 1 / many),
        )
        for many in WORTH
    ]


def _net(event: np.ndarray, rung: np.ndarray, at: float) -> float:
    right, wrong = (rung & event).mean(), (rung & ~event).mean()
    return float((right - wrong * at / (1 - at)) * 1000)
