"""How often a key may be used, and how often a wrong one may be tried. Counted in this process alone."""

from __future__ import annotations

from django.core.cache import cache

MINUTE, FIVE_MINUTES = 60, 300
REQUESTS_A_MINUTE = 600
WRONG_KEYS_IN_FIVE_MINUTES = 30


def is_too_often(name: str, *, most: int, seconds: int) -> bool:
    """Count one more of `name`; whether that is more than `most` since the first of these `seconds`."""
    key = f"kinfold.api.{name}"
    if cache.add(key, 1, timeout=seconds):
        return most < 1
    try:
        return cache.incr(key) > most
    except ValueError:  # it ran out between the two
        return False
