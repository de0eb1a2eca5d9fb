"""
Names of people: as a page shows them, and as a search compares them (plain tokens, how they sound, how alike).

A key is lower-case letters and figures only, so that every database sorts and compares it alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import jellyfish
from rapidfuzz import fuzz

# Letters that Unicode does not take apart into a letter and its mark.
WRITTEN_OTHERWISE = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
INSIDE_A_NAME = re.compile(r"['’`´‘]")
BETWEEN_NAMES = re.compile(r"[^a-z0-9]+")
# A capital begins each word and stands after a hyphen, the apostrophe of O'Brien, and Mc.
BEGINS = re.compile(r"(?<![^\W\d_])(?<!['’])((?:mc|[^\W\d_]['’])(?=[^\W\d_]{2})|)([^\W\d_])", re.IGNORECASE)


def name_case(name: str) -> str:
    """
    A name as a person writes it, when its source wrote it in capitals or in small letters throughout.

    O'BRIEN-MCKAY is O'Brien-McKay. A name with capitals of its own is left as it is; Mac stays as one word, because
    Mackie and MacKay cannot be told apart.
    """
    if not (name.isupper() or name.islower()):
        return name
    return BEGINS.sub(lambda found: found[1].capitalize() + found[2].upper(), name.lower())


def tokens(*names: str | None) -> list[str]:
    """
    The words of some names, in order and each once: lower case, without marks.

    An apostrophe joins (O'Brien is obrien); a hyphen parts, so a double surname is found by either half.
    """
    found: dict[str, None] = {}
    for name in names:
        plain = unicodedata.normalize("NFKD", (name or "").lower().translate(WRITTEN_OTHERWISE))
        plain = "".join(c for c in plain if not unicodedata.combining(c))
        for token in BETWEEN_NAMES.split(INSIDE_A_NAME.sub("", plain)):
            if token:
                found[token] = None
    return list(found)


def sound(token: str) -> str:
    """How a token sounds, so that two spellings of a name meet; "" when it has no sound of its own, as figures."""
    letters = "".join(c for c in token if c.isalpha() and c.isascii())
    return jellyfish.metaphone(_spoken(letters)).lower().replace(" ", "") if len(letters) > 1 else ""


def _spoken(letters: str) -> str:
    """Spellings that transliteration and English swap freely, brought to one before the sound is taken."""
    for written, heard in (("kh", "k"), ("yu", "u"), ("iu", "u"), ("ou", "u"), ("dh", "d"), ("bh", "b")):
        letters = letters.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", letters)


def keys(*names: str | None) -> list[tuple[str, str]]:
    """What a person is found by: (kind, key) pairs, kind token or sound, each once. Give every name they ever had."""
    found: dict[tuple[str, str], None] = {}
    for token in tokens(*names):
        found["token", token] = None
        heard = sound(token)
        if heard:
            found["sound", heard] = None
    return list(found)


def likeness(asked: str, names: Iterable[str]) -> float:
    """How like the nearest of some names is to what was asked, in any order of words: 0 to 100."""
    wanted = " ".join(tokens(asked))
    return max((_alike(wanted, " ".join(tokens(name))) for name in names if name), default=0.0)


def _alike(wanted: str, name: str) -> float:
    # The set ratio forgives a missing middle name; the sorted one tells the nearer of two that both hold the word.
    return 0.5 * fuzz.token_set_ratio(wanted, name) + 0.5 * fuzz.token_sort_ratio(wanted, name)
