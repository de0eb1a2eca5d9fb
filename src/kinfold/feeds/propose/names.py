"""What the name of a column says: which meanings it could have, and whose it is."""

from __future__ import annotations

import dataclasses
import functools
import re
import tomllib
from pathlib import Path
from typing import Any

from kinfold.feeds.headers import plain

MEANINGS = Path(__file__).with_name("meanings.toml")
UNREAD = "unread"
OF_THE_WORK = frozenset({"team", "visit_days", "rating"})
Words = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Meaning:
    """
    One thing a column can be. of: person, row, worker, measure or unread. holds: kind of value its cells are.

    codes: name of the list of synonyms its values are matched with. why: why it is not read, when it is not.
    """

    name: str
    words: str
    of: str
    holds: str = ""
    codes: str = ""
    unit: str = ""
    kind: str = ""
    why: str = ""
    names: tuple[Words, ...] = ()
    needs_whose: frozenset[Words] = frozenset()


@dataclasses.dataclass(frozen=True)
class Whose:
    """A kind of person that names of columns speak of. See `meanings.toml`."""

    name: str
    role: str
    tie: str
    part: str


@dataclasses.dataclass(frozen=True)
class Service:
    """Whose files speak like this. stage: "" when its rows are events and no periods of work."""

    name: str
    label: str
    agency: str
    stage: str
    event_kind: str
    role: str
    words: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Could:
    """A meaning a name could have. whose: name and number of the person, such as `adult 2`; "" for the row's own."""

    score: float
    meaning: Meaning
    whose: str


@functools.cache
def _settings() -> dict[str, Any]:
    return tomllib.loads(MEANINGS.read_text(encoding="utf-8"))


@functools.cache
def meanings() -> dict[str, Meaning]:
    made = {}
    for name, given in _settings()["field"].items():
        told = {key: value for key, value in given.items() if key not in ("names", "needs_whose")}
        spelt = tuple(dict.fromkeys(words_of(one) for one in given["names"]))
        asked = frozenset(words_of(one) for one in given.get("needs_whose", ()))
        made[name] = Meaning(name=name, **told, names=spelt, needs_whose=asked)
    return made


@functools.cache
def people() -> dict[str, Whose]:
    return {one["name"]: Whose(one["name"], one["role"], one["tie"], one["part"]) for one in _settings()["whose"]}


@functools.cache
def services() -> dict[str, Service]:
    return {
        name: Service(name=name, **{**given, "words": tuple(given["words"])})
        for name, given in _settings()["service"].items()
    }


@functools.cache
def synonyms(codes: str) -> dict[str, str]:
    """What files write for our codes of a list, patterns (after ~) last; ours is `null` when it says nothing."""
    listed = [(spelt, ours) for ours, every in _settings()["codes"][codes].items() for spelt in every]
    found: dict[str, str] = {}
    for spelt, ours in sorted(listed, key=lambda pair: pair[0].startswith("~")):
        found.setdefault(spelt if spelt.startswith("~") else plain(spelt), ours)
    return found


def ours_of(codes: str, value: str) -> tuple[str | None, bool]:
    """Our code for a value of a file, and whether the value is one of our own words and not only like a pattern."""
    known = synonyms(codes)
    if plain(value) in known:
        return known[plain(value)], True
    for spelt, ours in known.items():
        if spelt.startswith("~") and re.search(spelt[1:], value.lower()):
            return ours, False
    return None, False


def words_of(name: str) -> Words:
    """The words of a column's name, short forms in full: `ChildDOB_1` is child, dob, 1."""
    text = re.sub(r"['\u2019`]", "", name)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", text)
    text = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " ", text)
    short = _settings()["short"]
    found = [word for word in re.split(r"[\W_]+", text.casefold()) if word]
    return tuple(part for word in found for part in short.get(word, word).split())


@functools.cache
def _spoken_of() -> list[tuple[Words, str, str]]:
    """Words that say whose a column is, longest first, with the kind (person, worker, elsewhere) and the name."""
    given = _settings()
    found = [(words_of(one), "person", whose["name"]) for whose in given["whose"] for one in whose["words"]]
    found += [(words_of(one), kind, "") for kind in ("worker", "elsewhere") for one in given[kind]["words"]]
    return sorted(found, key=lambda one: -len(one[0]))


@dataclasses.dataclass(frozen=True)
class _Name:
    """A name taken apart. rest: without the words that say whose it is. kind: "" when no word does."""

    whole: Words
    rest: Words
    kind: str
    whose: str


def _taken_apart(name: str) -> _Name:
    whole = words_of(name)
    for spoken, kind, whose in _spoken_of():
        for at in range(len(whole) - len(spoken) + 1):
            if whole[at : at + len(spoken)] == spoken:
                before, after = whole[:at], whole[at + len(spoken) :]
                number = ""
                if kind == "person" and after[:1] and after[0].isdigit():
                    number, after = after[0], after[1:]
                rest = tuple(word for word in (*before, *after) if word not in ("of", "s", "the"))
                again = _inner(rest) if kind == "person" and rest != () else None
                if again is not None:
                    return _Name(whole, again, "worker", "")
                return _Name(whole, rest, kind, f"{whose} {number}".strip() if number not in ("", "1") else whose)
    if len(whole) > 1 and whole[-1].isdigit() and whole[-1] != "1":
        return _Name(whole, whole[:-1], "number", f"other {whole[-1]}")
    if len(whole) > 1 and whole[-1] == "1":
        return _Name(whole, whole[:-1], "number", "")
    return _Name(whole, whole, "", "")


def _inner(rest: Words) -> Words | None:
    """The rest of a name that speaks of a worker after a person, such as `client key worker name`."""
    for spoken, kind, _ in _spoken_of():
        if kind == "worker" and len(spoken) > 1 and rest[: len(spoken)] == spoken:
            return rest[len(spoken) :]
    return None


def could_be(name: str) -> list[Could]:
    """The meanings a column's name could have, the likeliest first. score: 1 when it is said in so many words."""
    given = _taken_apart(name)
    found: dict[tuple[str, str], Could] = {}
    for meaning in meanings().values():
        for spelt in meaning.names:
            score = _score(given, meaning, spelt)
            whose = given.whose if meaning.of in ("person", "measure", UNREAD) else ""
            if meaning.of == "person" and given.kind == "number" and spelt == given.whole:
                whose = ""
            before = found.get((meaning.name, whose))
            if score > 0 and (before is None or score > before.score):
                found[meaning.name, whose] = Could(score, meaning, whose)
    return sorted(found.values(), key=lambda one: -one.score)


def _score(given: _Name, meaning: Meaning, spelt: Words) -> float:
    if meaning.of == "worker":
        return (0.97 if spelt == given.rest else 0.0) if given.kind == "worker" else 0.0
    if spelt == given.whole:
        return 0.5 if spelt in meaning.needs_whose and meaning.name == "person_id" else 1.0
    if given.kind in ("worker", "elsewhere"):
        if given.kind == "worker" and spelt == given.rest and meaning.name in OF_THE_WORK:
            return 0.95
        is_wider = len(spelt) > 1 and _within(spelt, given.whole) and meaning.of in ("row", UNREAD, "measure")
        return 0.6 if is_wider else 0.0
    if not spelt:
        return 0.0
    if spelt == given.rest:
        return 0.97 if meaning.of in ("person", "measure", UNREAD) else 0.9
    if spelt in meaning.needs_whose:
        return 0.0
    if given.kind == "person" and given.rest == () and meaning.name == "full_name":
        return 0.9
    if _within(spelt, given.rest):
        return 0.45 + 0.45 * len(spelt) / len(given.rest)
    return 0.0


def _within(words: Words, longer: Words) -> bool:
    return any(longer[at : at + len(words)] == words for at in range(len(longer) - len(words) + 1))
