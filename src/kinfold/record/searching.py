"""
Find a child by any name they have had, their date of birth or an identifier, tolerant of spelling and order.

What was asked never goes into a URL or a log. Identifiers are compared by keyed hash: the snapshot holds no value.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Max, Q, Value, When
from django.db.models.expressions import Combinable

from kinfold.record.published import Child, SearchKey
from kinfold.record.snapshot import Snapshot
from kinfold.vocabulary import names

PAGE_ROWS = 20
LONGEST_LIST = 200  # past this many, somebody should ask more closely
CANDIDATES = 600
# Likeness is 0 to 100. What falls far off the nearest is noise once something near was found.
LIKE_ENOUGH, FALLS_OFF = 55.0, 30.0
BORN_THEN = 35.0  # what a date of birth that agrees makes up for in a name typed badly
ALIKE_DESPITE_BIRTH = 90.0

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DATES = (
    (re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b"), None),
    (re.compile(r"\b(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4}|\d{2})\b"), None),
    (re.compile(r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+(?P<month>[A-Za-z]{3,9})\s+(?P<y>\d{4})\b"), "month"),
)
NHS_NUMBER = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
OTHER_IDENTIFIER = re.compile(r"\b(?=[A-Za-z/-]*\d)[A-Za-z0-9/-]{4,}\b")


@dataclasses.dataclass(frozen=True)
class Asked:
    """What somebody asked for, taken apart. Nothing in it at all is not a search."""

    name: str = ""
    born_on: datetime.date | None = None
    identifiers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(names.tokens(self.name) or self.born_on or self.identifiers)

    @property
    def kinds(self) -> list[str]:
        """What was asked by, in words that may go into the audit trail."""
        given = (("name", self.name), ("date of birth", self.born_on), ("identifier", self.identifiers))
        return [words for words, value in given if value]


@dataclasses.dataclass(frozen=True)
class Found:
    """Children in the order they should be shown, and whether there were more than we list."""

    person_ids: tuple[str, ...]
    is_cut_short: bool = False


def identifier_key(value: str) -> str:
    """What an identifier is found by: a hash keyed by this council's secret; capitals and punctuation do not matter."""
    plain = re.sub(r"[^A-Z0-9]", "", value.upper())
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"record search").digest()
    return hashlib.blake2b(plain.encode(), key=key, digest_size=16).hexdigest()


def read(text: str) -> Asked:
    """Take what was typed apart: a date is a date of birth, words with figures are identifiers, the rest is a name."""
    born_on, rest = _date_in(text)
    identifiers = NHS_NUMBER.findall(rest)
    rest = NHS_NUMBER.sub(" ", rest)
    identifiers += OTHER_IDENTIFIER.findall(rest)
    rest = OTHER_IDENTIFIER.sub(" ", rest)
    return Asked(name=" ".join(rest.split()), born_on=born_on, identifiers=tuple(identifiers))


def _date_in(text: str) -> tuple[datetime.date | None, str]:
    for pattern, words in DATES:
        if not (found := pattern.search(text)):
            continue
        parts = found.groupdict()
        month = _month(parts["month"]) if words else int(parts["m"])
        try:
            born_on = datetime.date(_year(parts["y"]), month, int(parts["d"]))
        except ValueError:
            continue
        return born_on, text[: found.start()] + " " + text[found.end() :]
    return None, text


def _month(word: str) -> int:
    start = word.lower()[:3]
    return MONTHS.index(start) + 1 if start in MONTHS else 0


def _year(figures: str) -> int:
    return int(figures) if len(figures) == 4 else 2000 + int(figures)  # a child's: nobody here was born in the 1900s


def find(snapshot: Snapshot, asked: Asked, *, doubted: frozenset[str] = frozenset()) -> Found:
    """
    Children who may be meant, best first.

    An identifier alone decides. A name needs to be like one they have had; a date of birth narrows a name, and
    lets a name that was typed badly through. Two queries at most.
    doubted: people of whom a whole record is said to be another's. A number, or a name other than the one shown, may be
    that record's and does not find them.
    """
    if asked.identifiers:
        keys = [identifier_key(value) for value in asked.identifiers]
        rows = snapshot.of(SearchKey).filter(kind="identifier", key__in=keys).values_list("person_id", flat=True)
        return _short(sorted(set(rows[:CANDIDATES]) - doubted))
    tokens = names.tokens(asked.name)
    if not tokens:
        return _born_on(snapshot, asked.born_on) if asked.born_on else Found(())
    return _named(snapshot, asked, tokens, doubted)


def _born_on(snapshot: Snapshot, born_on: datetime.date) -> Found:
    rows = snapshot.of(SearchKey).filter(kind="born", key=born_on.isoformat())
    return _short(list(rows.order_by("person_id").values_list("person_id", flat=True)[:CANDIDATES]))


def _named(snapshot: Snapshot, asked: Asked, tokens: list[str], doubted: frozenset[str]) -> Found:
    tests = [_meets(token) for token in tokens[:6]]
    born = Q(kind="born", key=asked.born_on.isoformat()) if asked.born_on else None
    wanted = [*tests, born] if born is not None else tests
    any_of = Q()
    for test in wanted:
        any_of |= test
    hits: Combinable = Value(0)
    for test in wanted:
        hits = hits + Max(Case(When(test, then=1), default=0, output_field=IntegerField()))
    rows = (
        snapshot.of(SearchKey)
        .filter(any_of)
        .values("person_id")
        .annotate(hits=hits, met=Count("id"))
        .order_by("-hits", "-met", "person_id")
        .values_list("person_id", flat=True)[:CANDIDATES]
    )
    return _ranked(snapshot, asked, list(rows), doubted)


def _meets(token: str) -> Q:
    """The token itself, one that starts with it when it is long enough to say something, or one that sounds alike."""
    test = Q(kind="token", key=token)
    if len(token) >= 3:
        test |= Q(kind="token", key__gte=token, key__lte=token + "zzzzzz")
    if heard := names.sound(token):
        test |= Q(kind="sound", key=heard)
    return test


def _ranked(snapshot: Snapshot, asked: Asked, person_ids: list[str], doubted: frozenset[str]) -> Found:
    scores: dict[str, float] = {}
    children = snapshot.of(Child).filter(person_id__in=person_ids)
    for child in children.values("person_id", "forename", "surname", "known_as", "former_names", "birth_on"):
        if child["person_id"] in doubted:
            child |= {"known_as": "", "former_names": ""}
        score = names.likeness(asked.name, all_names(child))
        is_born_then = asked.born_on is not None and child["birth_on"] == asked.born_on
        if asked.born_on is None or is_born_then or score >= ALIKE_DESPITE_BIRTH:
            scores[child["person_id"]] = score + (BORN_THEN if is_born_then else 0)
    floor = max(LIKE_ENOUGH, max(scores.values(), default=0.0) - FALLS_OFF)
    kept = [(-score, person_id) for person_id, score in scores.items() if score >= floor]
    return _short([person_id for _, person_id in sorted(kept)])


def all_names(child: Mapping[str, Any]) -> list[str]:
    """Each full name a child has or had: forename or known-as with the surname, and former names as they were."""
    of_now = [f"{first} {child['surname']}" for first in (child["forename"], child["known_as"]) if first]
    former = [name.strip() for name in child["former_names"].split(";") if name.strip()]
    mixed = [f"{child['forename']} {name}" for name in former if " " not in name]
    return [*of_now, *former, *mixed] or [child["surname"]]


def _short(person_ids: list[str]) -> Found:
    return Found(tuple(person_ids[:LONGEST_LIST]), is_cut_short=len(person_ids) > LONGEST_LIST)
