"""What the cells of a column look like: masked shapes, and the share that passes each test of a kind of value."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import Counter
from collections.abc import Callable, Sequence

from kinfold.vocabulary import dates, identifiers

SHAPES_SHOWN = 3
LONGEST_SHAPE = 40
LONGEST_RUNS = {"A": 4, "a": 3}
TITLE = r"(?i)^(mr|mrs|miss|ms|mx|dr|master|rev)\b|\b(mr|mrs|miss|ms|mx|dr|master|rev)\.?$"
TWO_FIGURE_YEAR = re.compile(r"\d{1,2}[-/. ](\d{1,2}|[A-Za-z]{3})[-/. ]\d{2}( .*)?")
YES_NO = frozenset(("Y", "N", "YES", "NO", "TRUE", "FALSE", "T", "F", "1", "0"))
LIFE = (datetime.date(1900, 1, 2), datetime.date(2100, 1, 1))
MOST_CODES, FEWEST_TIMES, LONGEST_CODE = 30, 5, 60


@dataclasses.dataclass(frozen=True)
class Look:
    """
    A column's cells without the cells.

    filled: share that says something, 0 to 1. distinct: different values among those looked at.
    shares: by kind of value, the share of filled cells that are one. shapes: the commonest, masked.
    first, last: days between which nine in ten of its dates lie; null when it has none.
    """

    filled: float
    distinct: int
    shares: dict[str, float]
    shapes: tuple[str, ...]
    first: datetime.date | None = None
    last: datetime.date | None = None

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0)


def says(cell: str) -> bool:
    """Whether a cell says anything."""
    return bool(cell) and cell.upper() not in dates.MISSING_WORDS


def mask(cell: str) -> str:
    """The shape of a cell: letters as A and a, figures as 9, a word of any length as Aaaa or AAAA."""
    shape = "".join("9" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in cell)
    shape = re.sub(r"[^\w\s/.,:@+()'&#£%-]", "?", shape)
    for letter, longest in LONGEST_RUNS.items():
        shape = re.sub(f"{letter}{{{longest},}}", letter * longest, shape)
    shape = " ".join(shape.split())
    return shape if len(shape) <= LONGEST_SHAPE else shape[: LONGEST_SHAPE - 1] + "…"


def look(cells: Sequence[str]) -> Look:
    """What a column's cells look like."""
    said = [cell for cell in cells if says(cell)]
    counted = Counter(said)
    shares = {kind: _share(counted, test) for kind, test in TESTS.items()} if said else {}
    days = sorted(day for day in map(_day, counted) if day is not None)
    shapes = Counter(mask(cell) for cell in said[:2_000])
    return Look(
        filled=len(said) / len(cells) if cells else 0.0,
        distinct=len(counted),
        shares=shares,
        shapes=tuple(shape for shape, _ in shapes.most_common(SHAPES_SHOWN)),
        first=days[len(days) // 20] if days else None,
        last=days[-1 - len(days) // 20] if days else None,
    )


def few_values(cells: Sequence[str]) -> list[tuple[str, int]]:
    """The values of a column that has few, commonest first; none when it has many, or they look like identifiers."""
    counted = Counter(cell for cell in cells if says(cell))
    if not counted or len(counted) > MOST_CODES:
        return []
    if any(len(value) > LONGEST_CODE or _tells_who(value) for value in counted):
        return []
    return counted.most_common()


def _tells_who(value: str) -> bool:
    figures = sum(c.isdigit() for c in value)
    return figures > 4 or "@" in value or identifiers.postcode(value) is not None or bool(re.search(TITLE, value))


def _share(counted: Counter[str], test: Callable[[str], bool]) -> float:
    return sum(times for cell, times in counted.items() if test(cell)) / counted.total()


def _day(cell: str) -> datetime.date | None:
    try:
        day = dates.read_date(cell)
    except ValueError:
        return None
    return day if day is not None and LIFE[0] <= day <= LIFE[1] else None


def is_date(cell: str) -> bool:
    """Whether the language reads it as a date, also as one that stands for "not known"."""
    try:
        day = dates.read_date(cell)
    except ValueError:
        return False
    return day is None or LIFE[0] <= day <= LIFE[1]


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", re.sub(r"[£,\s]", "", cell)))


def _is_phone(cell: str) -> bool:
    digits = re.sub(r"[\s()+-]", "", cell)
    return digits.isdigit() and 10 <= len(digits) <= 13 and (digits.startswith(("0", "44")))


TESTS: dict[str, Callable[[str], bool]] = {
    "date": is_date,
    "written_date": lambda cell: is_date(cell) and not cell.replace(".", "").isdigit(),
    "open_date": lambda cell: bool(re.match(r"(01/01/1900|1900-01-01|31/12/9999|9999-12-31|1$|0$)", cell)),
    "two_figure_year": lambda cell: bool(TWO_FIGURE_YEAR.fullmatch(cell)),
    "nhs": lambda cell: bool(re.fullmatch(r"\d{3}[ -]?\d{3}[ -]?\d{4}", cell)),
    "nhs_holds": identifiers.is_nhs_number,
    "upn": lambda cell: bool(identifiers.UPN_SHAPE.fullmatch(identifiers.tidy(cell))),
    "upn_holds": identifiers.is_upn,
    "postcode": lambda cell: identifiers.postcode(cell) is not None,
    "uprn": lambda cell: bool(re.fullmatch(r"\d{8,12}(\.0)?", cell)),
    "nino": lambda cell: bool(re.fullmatch(r"[A-Z]{2}\d{6}[A-D]?", identifiers.tidy(cell))),
    "phone": _is_phone,
    "email": lambda cell: bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", cell)),
    "yes_no": lambda cell: cell.upper() in YES_NO,
    "number": _is_number,
    "letters": lambda cell: bool(re.fullmatch(r"[^\W\d_][^\d_@]*", cell)),
    "surname_ends": lambda cell: bool(re.fullmatch(r"[^\W\d_][^\d,/]*[,/][^\d,/]+", cell)),
    "titled": lambda cell: bool(re.search(TITLE, cell)),
    "two_words": lambda cell: bool(re.fullmatch(r"[^\W\d_][^\d,/@]* [^\d,/@]+", cell)),
    "text": lambda cell: len(cell.split()) > 8,
}
