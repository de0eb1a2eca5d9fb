"""What a column can be taken for, and tables and columns of ours, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kinfold.operations import proposals
from kinfold.operations.proposals import Meaning, Part

OF = {"person": "About a person", "row": "About the row", "worker": "About the worker", "measure": "A value"}
TABLES = {
    "person": "people", "name": "names", "identifier": "identifiers", "address": "addresses",
    "contact": "phones and e-mails",
    "relationship": "ties between people", "involvement": "periods of work", "event": "events",
    "participant": "parts in events",
    "measure": "values", "service": "services",
}  # fmt: skip
COLUMNS = {
    "birth_on": "date of birth", "expected_on": "expected date of birth", "died_on": "date of death",
    "from_on": "first day",
    "to_on": "day it ended", "lines": "lines of the address", "uprn": "UPRN", "worker_ref": "worker’s staff number",
    "worker_name": "worker’s name", "worker_phone": "worker’s phone", "worker_email": "worker’s e-mail",
    "visit_every_days": "days between visits", "worker_rating": "worker’s own rating", "on": "day it happened",
    "ended_on": "day it was over", "involved_as": "part in it", "was_seen": "was seen",
    "was_seen_alone": "was seen alone",
    "birth_quality": "how far to trust the date of birth",
}  # fmt: skip
SURENESS = {
    "certain": "green", "very likely": "turquoise", "likely": "yellow", "a guess": "orange", "said by a person": "blue",
}  # fmt: skip
ONLY_HOW = {
    "is": "It is one of these values",
    "is_not": "It is none of these values",
    "present": "It says anything at all",
}
READ_AS = {
    "": "As its place asks",
    "surname_first": "One name, surname first (a comma or slash ends it)",
    "forename_first": "One name, forename first",
    "upper": "In capitals",
    "weeks_to_days": "Weeks, as days",
    "yes_no": "Yes or no",
}
STATES = {
    "draft": ("Being made", "light-blue"),
    "proposed": ("Waiting to be read", "yellow"),
    "approved": ("Approved", "green"),
    "rejected": ("Sent back", "orange"),
}


def column_of_ours(table: str, name: str) -> str:
    return f"{TABLES[table]}: {COLUMNS.get(name, name.replace('_', ' '))}"


def code(text: str) -> str:
    return {"null": "leave out: it says nothing", "F": "female", "M": "male"}.get(text, text.replace("_", " "))


def meaning(one: Meaning) -> str:
    return f"{OF[one.of]}: {one.words}"


def meanings() -> list[tuple[str, str]]:
    """What a column can be taken for, by what it is about."""
    order = list(OF)
    known = [one for one in proposals.meanings().values() if one.of in OF]
    return [(one.name, meaning(one)) for one in sorted(known, key=lambda one: (order.index(one.of), one.words))]


def person(name: str, part: Part) -> str:
    """A person of the row in words."""
    if not name:
        return "the person the row is about"
    return f"the {re.sub(r'^other ', 'person ', name)}"


def people(part: Part) -> list[tuple[str, str]]:
    """Those the row tells of, and others it could."""
    here = [one.name for one in part.people]
    others = [*proposals.whose_words(), *(f"{one} 2" for one in proposals.whose_words())]
    return [(name, person(name, part)) for name in dict.fromkeys((*here, *others))]


def listed(words: Iterable[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
