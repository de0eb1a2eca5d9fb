"""
A name for a child that says nothing of whom: ten letters and figures, made with the home's own key.

The same child has the same one from night to night, so that what an analyst noted can be found again; without the key
nobody can work it out, and no two homes give a child the same one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from kinfold.operations.home import Home

LETTERS = 10


def pseudonym(home: Home, person_id: str) -> str:
    """The pseudonym of one person, such as `K7QX2M4WTB`."""
    return _made(home.key("pseudonym"), person_id)


def whose(home: Home, pseudonym: str, person_ids: Iterable[str]) -> str | None:
    """Who of some people has a pseudonym, or None. Every one of them is tried: nothing that leads back is kept."""
    key, wanted = home.key("pseudonym"), pseudonym.strip().upper()
    return next((one for one in person_ids if _made(key, one) == wanted), None)


def _made(key: bytes, person_id: str) -> str:
    mixed = hashlib.blake2b(person_id.encode(), key=key, digest_size=8).digest()
    return base64.b32encode(mixed).decode("ascii")[:LETTERS]
