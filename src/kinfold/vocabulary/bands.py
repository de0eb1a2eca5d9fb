"""The bands of a list, the first to be read first, and what each is called on every page."""

from __future__ import annotations

BANDS = {
    "decide_today": "Decide today",
    "priority": "Priority",
    "soon": "Soon",
    "watch": "Watch",
    "not_enough_known": "Not enough known",
    "none": "Nothing that counts",
}
