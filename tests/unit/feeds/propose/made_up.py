"""Files of made-up councils, each in a shape of its own, with what a data engineer takes every column for."""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections.abc import Callable
from pathlib import Path

ROWS = 160
FORENAMES = (
    "Amira Jakub Leila Tomos Chloe Idris Marta Owen Priya Sean Aisha Ben Cara Dev Ella Finn Grace Hugo Isla Jude"
)
SURNAMES = (
    "Okafor Nowak Haddad Price Khan Murphy Silva Evans Patel Byrne Ali Grant Moss Rahman Stone Webb Young Hall Ford"
)
STREETS = ("Mill Lane", "Quay Street", "Harbour View", "Saltings Road", "Cockle Row", "Tern Close")
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

Make = Callable[["Row"], str]


@dataclasses.dataclass
class Row:
    """What the cells of one row go by, so that its columns agree with each other."""

    number: int
    chance: random.Random
    said: dict[str, object] = dataclasses.field(default_factory=dict)

    def keep(self, name: str, make: Callable[[], object]) -> object:
        return self.said.setdefault(name, make())


@dataclasses.dataclass(frozen=True)
class MadeUp:
    """
    A file. columns: header, how a cell is made, and the meaning a data engineer gives it: `person:meaning` for one of
    several people in a row, `-` for one that is not read.
    """

    name: str
    columns: tuple[tuple[str, Make, str], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    above: str = ""

    def write(self, folder: Path) -> Path:
        chance = random.Random(self.name)
        lines = [self.delimiter.join(header for header, _, _ in self.columns)]
        for number in range(ROWS):
            row = Row(number, chance)
            cells = [make(row) for _, make, _ in self.columns]
            lines.append(self.delimiter.join(f'"{one}"' if self.delimiter in one else one for one in cells))
        path = folder / f"{self.name}.csv"
        path.write_text(self.above + "\n".join(lines) + "\n", encoding=self.encoding)
        return path


def ref(prefix: str, start: int = 1000, *, every: int = 1) -> Make:
    return lambda row: f"{prefix}{start + row.number // every}"


def of(*values: str) -> Make:
    return lambda row: row.chance.choice(values)


def forename(row: Row) -> str:
    return row.chance.choice(FORENAMES.split())


def surname(row: Row) -> str:
    return row.chance.choice(SURNAMES.split())


def full(row: Row) -> str:
    return f"{forename(row)} {surname(row)}"


def slashed(row: Row) -> str:
    return f"{surname(row).upper()}/{forename(row).upper()} {row.chance.choice(('MR', 'MRS', 'MS'))}"


def commaed(row: Row) -> str:
    return f"{surname(row)}; {forename(row)}".replace(";", ",")


def born(form: str, first: int = 2008, last: int = 2022) -> Make:
    return lambda row: as_text(some_day(row, first, last), form)


def starts(form: str, name: str = "start") -> Make:
    return lambda row: as_text(row.keep(name, lambda: some_day(row, 2022, 2025)), form)


def ends(form: str, name: str = "start", *, open_as: str = "") -> Make:
    def make(row: Row) -> str:
        day = row.keep(name, lambda: some_day(row, 2022, 2025))
        assert isinstance(day, datetime.date)
        later = day + datetime.timedelta(days=row.chance.randrange(300))
        return as_text(later, form) if row.chance.random() < 0.6 else open_as

    return make


def some_day(row: Row, first: int, last: int) -> datetime.date:
    return datetime.date(first, 1, 1) + datetime.timedelta(days=row.chance.randrange((last - first + 1) * 365))


def as_text(day: object, form: str) -> str:
    assert isinstance(day, datetime.date)
    if form == "serial":
        return str((day - datetime.date(1899, 12, 30)).days)
    return day.strftime(form)


def sometimes(make: Make, share: float = 0.5) -> Make:
    def maybe(row: Row) -> str:
        made = make(row)
        return made if row.chance.random() < share else ""

    return maybe


def street(row: Row) -> str:
    return f"{row.chance.randrange(1, 90)} {row.chance.choice(STREETS)}"


def postcode(row: Row) -> str:
    letters = row.chance.choice("ABDE") + row.chance.choice("FGHJ")
    return f"ZZ{row.chance.randrange(1, 9)} {row.chance.randrange(1, 9)}{letters}"


def uprn(row: Row) -> str:
    return f"1000{row.chance.randrange(10**7, 10**8)}"


def nhs(row: Row) -> str:
    while True:
        digits = f"999{row.chance.randrange(10**6):06d}"
        check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return f"{digits[:3]} {digits[3:6]} {digits[6:]}{check % 11}"


def upn(row: Row) -> str:
    digits = f"999{row.chance.randrange(10**9):09d}"
    total = sum(int(d) * w for d, w in zip(digits, range(2, 14), strict=True))
    return UPN_LETTERS[total % 23] + digits


def nino(row: Row) -> str:
    return f"QQ{row.chance.randrange(10**6):06d}{row.chance.choice('ABCD')}"


def phone(row: Row) -> str:
    return f"07700 900{row.chance.randrange(1000):03d}"


def email(row: Row) -> str:
    return f"{forename(row).lower()}.{row.number}@saltmarsh.example"


def number(low: int, high: int) -> Make:
    return lambda row: str(row.chance.randrange(low, high))


def money(row: Row) -> str:
    return f"{row.chance.randrange(0, 300_000) / 100:.2f}"


def story(_: Row) -> str:
    return "The family spoke about how things are going at home and at school this term and next"
