"""
Names as linkage compares them: plain words, one key for every way of writing the same name.

Which names are one name, which are no name at all ("baby"), and which are given to brothers alike is data:
`names.toml`.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from kinfold.vocabulary import names as plain


class NamesRejected(ValueError):
    """The list of names contradicts itself; the message says which word stands on two lines."""


@dataclasses.dataclass(frozen=True)
class Equivalents:
    """Key of each known way of writing a name, and the words that are no name."""

    forenames: dict[str, str]
    surnames: dict[str, str]
    placeholders: frozenset[str]
    titles: frozenset[str]
    shared_by_brothers: frozenset[str]
    particles: frozenset[str]
    generations: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Forename:
    """
    A forename field, read. All null or empty when it holds no name.

    text: the word that tells this person from a brother or sister, as written.
    key: the same for every known way of writing `text`; every: keys of all words of the field.
    spelling: the same for ways of writing that differ as transliterations do (`one_spelling`).
    """

    text: str | None = None
    key: str | None = None
    sound: str | None = None
    spelling: str | None = None
    every: tuple[str, ...] = ()
    is_placeholder: bool = False


@dataclasses.dataclass(frozen=True)
class Surname:
    """
    A surname field, read: `text` is its words run together, `every` the key of each word and of all of them.

    as_forename: the key it would have as a forename, for records whose names are the other way round.
    """

    text: str | None = None
    key: str | None = None
    as_forename: str | None = None
    sound: str | None = None
    every: tuple[str, ...] = ()


@functools.cache
def equivalents(path: Path | None = None) -> Equivalents:
    """The list of names of `path`, or the one that comes with the product. Raises NamesRejected."""
    told = tomllib.loads((path or Path(__file__).with_name("names.toml")).read_text(encoding="utf-8"))
    return Equivalents(
        forenames=_keys(told["forenames"]),
        surnames=_keys(told["surnames"]),
        placeholders=frozenset(told["placeholders"]),
        titles=frozenset(told["titles"]),
        shared_by_brothers=frozenset(told["shared_by_brothers"]),
        particles=frozenset(told["particles"]),
        generations=frozenset(told["generations"]),
    )


def _keys(lines: list[str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for line in lines:
        first, *_ = words = line.split()
        for word in words:
            if word in keys:
                raise NamesRejected(f"{word} stands on two lines of the list of names; it can be only one name.")
            keys[word] = first
    return keys


def words_of(name: str | None) -> list[str]:
    """The words of a name; of one written in letters that are not ours, the words as they stand, without marks."""
    words = plain.tokens(name)
    if words or not name:
        return words
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))
    return list(dict.fromkeys(re.findall(r"[^\W_]+", bare)))


@functools.lru_cache(maxsize=200_000)
def read_forename(name: str | None) -> Forename:
    known = equivalents()
    words = [word for word in words_of(name) if word not in known.titles]
    named = [word for word in words if word not in known.placeholders and not word.isdigit()]
    if not named or any(word in known.placeholders for word in words[:1]):
        return Forename(is_placeholder=bool(words))
    keys = [known.forenames.get(word, word) for word in named]
    told_apart_by = 0
    while told_apart_by < len(keys) - 1 and keys[told_apart_by] in known.shared_by_brothers:
        told_apart_by += 1
    if len(keys[told_apart_by]) == 1:
        told_apart_by = 0
    key = keys[told_apart_by]
    return Forename(
        text=named[told_apart_by],
        key=key,
        sound=plain.sound(key) or key,
        spelling=one_spelling(key),
        every=tuple(dict.fromkeys((*keys, *_run_together(named, known)))),
    )


def _run_together(words: list[str], known: Equivalents) -> list[str]:
    """Min Xiu is Minxiu in another list, and Mary Ann Maryann."""
    whole = "".join(words)
    return [known.forenames.get(whole, whole)] if 1 < len(words) < 4 and min(map(len, words)) > 1 else []


def with_learned(forename: Forename, learned: Mapping[str, str]) -> Forename:
    """A forename whose keys are those that an area's own records showed to be the same name."""
    if forename.key is None or not any(key in learned for key in (forename.key, *forename.every)):
        return forename
    key = learned.get(forename.key, forename.key)
    return dataclasses.replace(
        forename,
        key=key,
        sound=plain.sound(key) or key,
        spelling=one_spelling(key),
        every=tuple(dict.fromkeys(learned.get(one, one) for one in forename.every)),
    )


# Letters that languages written in other scripts, and English ears, put for one another: tried in this order.
WRITTEN_FOR_EACH_OTHER = tuple((re.compile(pattern), put) for pattern, put in (
    (r"^e(?=[bhmns])", "i"), (r"ph", "f"), (r"sch", "sh"), (r"kh|q|ck|c(?![eihy])", "k"), (r"([dbtg])h", r"\1"),
    (r"w", "v"), (r"ou|oo", "u"), (r"(?<=[aeo])[yi](?=[^aeiouy]|$)", "J"), (r"eJ", "aJ"),
    (r"ee|ea|ie", "i"), (r"iy|ij|y", "i"), (r"(?<=[aeiou])h(?![aeiou])", ""), (r"(?<!^)e(?!$)", "a"),
    (r"(.)\1+", r"\1"),
))  # fmt: skip


@functools.lru_cache(maxsize=200_000)
def one_spelling(name: str) -> str | None:
    """
    A name with its spelling evened out: rasheed and rashid, zayn and zain, emran and imran come out alike.

    Null for a name of under three letters, of which too little would be left.
    """
    for pattern, put in WRITTEN_FOR_EACH_OTHER:
        name = pattern.sub(put, name)
    return name if len(name) > 2 else None


# AlHamad, which others write Al-Hamad.
ARTICLE_RUN_ON = re.compile(r"\b(Al|El)(?=[A-Z])")
# K.Indira, J.R.Smith
INITIAL_RUN_ON = re.compile(r"(?<![^\W_])([^\W\d_])\.(?=[^\W\d_])")


@functools.lru_cache(maxsize=200_000)
def read_surname(name: str | None) -> Surname:
    known = equivalents()
    apart = ARTICLE_RUN_ON.sub(r"\1 ", name or "")
    words = [w for w in words_of(apart) if w not in known.titles and w not in ("unknown", "nk", "unk", "na", "null")]
    words = [word for word in words if not word.isdigit()]
    words = [words[0], *(w for w in words[1:] if w not in known.generations)] if words else []
    if not words:
        return Surname()
    keys = [known.surnames.get(word, word) for word in words]
    whole = "".join(words)
    key = known.surnames.get(whole, "".join(keys))
    own = next((word for word in words if word not in known.particles), words[0])
    every = [key, *(k for k in keys if len(k) > 2 and k not in known.particles)]
    return Surname(
        text=whole,
        key=key,
        as_forename=known.forenames.get(own, own),
        sound=plain.sound(key) or key,
        every=tuple(dict.fromkeys(every)),
    )


def in_any_order(name: str | None) -> str | None:
    """The words of a whole name in the order of the alphabet, without titles; null where there are fewer than two."""
    known = equivalents()
    words = [w for w in words_of(name) if w not in known.titles and w not in known.generations]
    return " ".join(sorted(words)) if len(words) > 1 else None


def split_full_name(name: str | None) -> tuple[str | None, str | None]:
    """
    Forenames and surname of a name in one field.

    `SMITH/JOHN MR` and `Smith, John` name the family first, and so does a name whose first words alone are in capitals.
    Else the last word is the surname, with what belongs to it (van der Berg); an initial, a title or a `Jr` is not one.
    """
    text = INITIAL_RUN_ON.sub(r"\1. ", (name or "").strip())
    for mark in ("/", ","):
        before, is_there, after = (part.strip() for part in text.partition(mark))
        if is_there and not _is_no_name(after):
            return after or None, before or None
        text = before
    known = equivalents()
    words = [word for word in text.split() if not _is_in(word, known.titles)]
    while len(words) > 1 and _is_in(words[-1], known.generations):
        words.pop()
    capitals = next((n for n, word in enumerate(words) if not _is_capitals(word)), 0)
    if capitals:
        return " ".join(words[capitals:]), " ".join(words[:capitals])
    initials: list[str] = []
    while len(words) > 2 and len(words[-1].strip(".")) == 1:
        initials.insert(0, words.pop())
    family = max(len(words) - 1, 0)
    while family > 1 and _is_in(words[family - 1], known.particles):
        family -= 1
    return " ".join([*words[:family], *initials]) or None, " ".join(words[family:]) or None


def _is_in(word: str, known: frozenset[str]) -> bool:
    return "".join(plain.tokens(word)) in known


def _is_capitals(word: str) -> bool:
    return word.isupper() and sum(c.isalpha() for c in word) > 1


def _is_no_name(text: str) -> bool:
    """Whether what stands behind a comma is a rank or a `Jr`, and not a forename."""
    words = plain.tokens(text)
    return bool(words) and (words[0][0].isdigit() or all(word in equivalents().generations for word in words))
