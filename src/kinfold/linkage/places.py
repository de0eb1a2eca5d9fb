"""
Addresses as linkage compares them: one key for a dwelling, however its lines were typed.

The key is made of postcode and the figures that tell one door from another, or of the first words when a house
has only a name. It never replaces a UPRN that the source gave; it stands beside it.
"""

from __future__ import annotations

import dataclasses
import functools
import re

from kinfold.vocabulary import names as plain

SHORT = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "close": "cl", "drive": "dr",
    "court": "ct", "crescent": "cres", "place": "pl", "terrace": "terr", "gardens": "gdns", "grove": "gr",
    "square": "sq", "house": "hse", "apartment": "flat", "apt": "flat", "unit": "flat", "saint": "st",
}  # fmt: skip
NUMBER = re.compile(r"\d+[a-z]?")
# Written where an address should be; two people with one of these do not live together.
NO_ADDRESS = re.compile(r"\b(no fixed|nfa|unknown|not known|n/a|homeless|c/o|care of|address withheld|confidential)\b")
# Places that families are at and do not live at, unless a street or a house is named after one.
NO_HOME = re.compile(
    r"\b(contact centre|family centre|children'?s centre|civic centre|town hall|council offices?|social services|"
    r"hostel|night shelter|(women'?s )?refuge|(primary|infant|junior|secondary|high) school|health centre|"
    r"medical centre|gp surgery|general hospital|hmp)\b"
    r"(?! (lane|ln|road|rd|street|st|close|cl|drive|dr|avenue|ave|court|ct|house|hse|cottages?|row|place|way|flats?)\b)"
)


@dataclasses.dataclass(frozen=True)
class Place:
    """`key` names a dwelling, or is null when lines and postcode cannot; `text` is for a likeness of typing."""

    key: str | None = None
    text: str | None = None


@functools.lru_cache(maxsize=400_000)
def read_place(lines: str | None, postcode: str | None) -> Place:
    if not lines or NO_ADDRESS.search(lines.lower()):
        return Place()
    words = [SHORT.get(word, word) for word in plain.tokens(lines)]
    if not words:
        return Place()
    text = " ".join(words)
    code = compact(postcode)
    if not code:
        return Place(text=text)
    figures = [word for word in words if NUMBER.fullmatch(word)]
    door = " ".join(figures[:2]) if figures else " ".join(words[:2])
    return Place(key=f"{code}:{door}", text=text)


def compact(postcode: str | None) -> str | None:
    """A postcode upper case without spaces; null when there is none."""
    return re.sub(r"[^A-Z0-9]", "", (postcode or "").upper()) or None


@functools.lru_cache(maxsize=400_000)
def is_no_home(lines: str | None) -> bool:
    """Whether the lines name a contact centre, a hostel, a school or an office: nobody's home, whoever calls it one."""
    return bool(lines and NO_HOME.search(lines.lower().replace("\u2019", "'")))
