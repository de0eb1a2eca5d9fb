"""What a mapping is before it is written: what each column is taken for, whom a row is about, and what makes it one."""

from __future__ import annotations

import dataclasses
from typing import Any

from kinfold.feeds.propose import names
from kinfold.feeds.readers.received import plain_words

CERTAIN, VERY_LIKELY, LIKELY, GUESS, SAID = "certain", "very likely", "likely", "a guess", "said by a person"


ONLY_HOW = ("is", "is_not", "present")


class NotASketch(ValueError):
    """What was given is not in the shape of a sketch."""


@dataclasses.dataclass(frozen=True)
class Use:
    """
    One thing a column is taken for. meaning: a key of `meanings.toml`. person: whose, by `Someone.name`.

    read_as: one of `areas.feeds.AS`, or "" for as its place asks. codes: value in the file and ours, `null` for none.
    unit: of a number; "" for the meaning's own. sure, why: in words.
    """

    meaning: str
    person: str = ""
    read_as: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    sure: str = GUESS
    why: str = ""


@dataclasses.dataclass(frozen=True)
class Column:
    """
    A column of the file. shapes: what its cells look like, masked. filled: share of rows in which it says something.

    unread: why nothing is made of it, when it has no uses.
    """

    name: str
    shapes: tuple[str, ...] = ()
    filled: float = 0.0
    distinct: int = 0
    uses: tuple[Use, ...] = ()
    unread: str = ""


@dataclasses.dataclass(frozen=True)
class Someone:
    """
    A person every row tells of. role: child, adult or unborn. tie: what they are to the first person; "" for none.

    key: columns that make their number in the source, and what is put behind them. part: their part in an event.
    """

    name: str
    role: str
    key: tuple[str, ...]
    behind: str = ""
    tie: str = ""
    part: str = "subject"


@dataclasses.dataclass(frozen=True)
class Part:
    """
    One table of the file. rows: how many were looked at. row_id: columns that together are different in every row.

    event_id: columns that are alike in all rows about one event. stage, event_kind: "" when rows make none.
    only: the column that says which rows are mapped at all, "" for every row; only_how: is, is_not or present; only_is:
    its values.
    """

    name: str
    rows: int
    columns: tuple[Column, ...]
    people: tuple[Someone, ...]
    row_id: tuple[str, ...]
    event_id: tuple[str, ...]
    agency: str
    stage: str = ""
    event_kind: str = ""
    remarks: tuple[str, ...] = ()
    only: str = ""
    only_how: str = "is"
    only_is: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def using(self, meaning: str, person: str = "") -> list[tuple[Column, Use]]:
        """The columns taken for a meaning of a person (or of the row), in the order of the file."""
        return [
            (column, use)
            for column in self.columns
            for use in column.uses
            if use.meaning == meaning and use.person == person
        ]


@dataclasses.dataclass(frozen=True)
class Sketch:
    """A mapping on its way. agency: whose file it is, one of `store.schema.AGENCIES`."""

    label: str
    agency: str
    parts: tuple[Part, ...]
    supplier: str = ""
    delivers: str = "changes"
    cadence_days: int = 30


def as_dict(sketch: Sketch) -> dict[str, Any]:
    return dataclasses.asdict(sketch)


def from_dict(given: Any) -> Sketch:
    """Build a sketch from what `as_dict` gave, through JSON or not. Raises NotASketch."""
    try:
        return Sketch(**{**given, "parts": tuple(_part(part) for part in given["parts"])})
    except (TypeError, KeyError, AttributeError) as why:
        raise NotASketch("This is not a sketch of a mapping.") from why


def checked(sketch: Sketch) -> Sketch:
    """
    A sketch fit to be written and shown, whoever made it: what is text is text, without marks that could hide or break
    a line, and every meaning is one of ours. Raises NotASketch.
    """
    known = {*names.meanings()}
    for part in sketch.parts:
        uses = [use for column in part.columns for use in column.uses]
        if not {use.meaning for use in uses} <= known or not part.columns or not part.people:
            raise NotASketch("This sketch takes a column for something nobody knows.")
        if part.only and (part.column(part.only) is None or part.only_how not in ONLY_HOW):
            raise NotASketch("This sketch maps rows by a column that is not there.")
    return _fit(sketch)


def _fit(value: Any) -> Any:
    if isinstance(value, str):
        return plain_words(value)
    if isinstance(value, tuple):
        return tuple(map(_fit, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        for field in dataclasses.fields(value):
            if field.type == "str" and not isinstance(fields[field.name], str):
                raise NotASketch("A text of this sketch is none.")
        return dataclasses.replace(value, **{name: _fit(one) for name, one in fields.items()})
    if not isinstance(value, int | float):
        raise NotASketch("This sketch holds something that is none of its kinds.")
    return value


def _part(given: dict[str, Any]) -> Part:
    told = dict(given)
    told["columns"] = tuple(_column(column) for column in given["columns"])
    told["people"] = tuple(Someone(**{**one, "key": tuple(one["key"])}) for one in given["people"])
    for name in ("row_id", "event_id", "remarks", "only_is"):
        told[name] = tuple(map(str, given.get(name, ())))
    return Part(**told)


def _column(given: dict[str, Any]) -> Column:
    uses = tuple(Use(**{**use, "codes": tuple((str(a), str(b)) for a, b in use["codes"])}) for use in given["uses"])
    return Column(**{**given, "uses": uses, "shapes": tuple(map(str, given["shapes"]))})
