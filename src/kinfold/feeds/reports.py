"""What is said of a delivery: what was read, what became of each row, and every problem by row and column."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any, Literal

from kinfold.areas.checks import SEVERITIES, Check, Kind, Severity, YearRule
from kinfold.feeds.checks import catalogue
from kinfold.feeds.landing import Landed

State = Literal["recognised", "loaded", "refused"]
ROWS_COUNTED = "Row 1 is the first row under the names of the columns."


@dataclasses.dataclass(frozen=True)
class Problem:
    """
    One kind of thing wrong in one column of one part.

    code: of a check of the feed or its format, or of `checks.catalogue`.
    severity: it refused the whole delivery, set its rows aside, or only warns.
    row: the first row it is in, 1 = first under the header; null when it is about no row.
    count: rows it is in. kind: shape, value, reference or sense.
    """

    code: str
    severity: Severity
    message: str
    part: str | None = None
    row: int | None = None
    column: str | None = None
    count: int = 1
    kind: Kind | None = None

    def __post_init__(self) -> None:
        if self.kind is None and self.code in catalogue.BY_CODE:
            object.__setattr__(self, "kind", catalogue.BY_CODE[self.code].kind)

    def gravity(self) -> tuple[int, int]:
        """Where it stands in a list, the gravest and commonest first."""
        return SEVERITIES.index(self.severity), -self.count

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def how_rows_are_counted(problems: Sequence[Problem]) -> str:
    """What a row's number means, for whoever looks for it in the file; nothing where no problem names a row."""
    return ROWS_COUNTED if any(problem.row is not None for problem in problems) else ""


def problem_of(
    landed: Landed, code: str, label: str | None, count: int, row: int | None, *, distinct: int = 0
) -> Problem:
    """
    A problem with a column of a part, in words.

    label: columns as the mapping or the check names them; None for a whole row.
    distinct: how many different spellings it is about.
    """
    column = None if not label else ", ".join(landed.column_of(name) or name for name in label.split(", "))
    check = landed.delivery.feed.checks.find(code)
    if check is not None:
        return _of_check(landed, check, column, count, row)
    fault = catalogue.BY_CODE[code]
    words = fault.words.format(distinct="1 spelling" if distinct == 1 else f"{distinct:,} spellings")
    subject = f"{column} {words}" if column else f"the row {words}"
    where = f" (first: row {row:,})" if row is not None else ""
    message = f"{landed.in_words}: {subject}, in {_rows(count)}{where}."
    return Problem(code, fault.severity, message, landed.name, row, column, count)


def _of_check(landed: Landed, check: Check, column: str | None, count: int, row: int | None) -> Problem:
    first = f", first: row {row:,}" if row is not None else ""
    said = said_of(check, landed.delivery.feed.checks.year, landed.delivery.year)
    message = f"{landed.in_words}: {said} ({_rows(count)}{first})."
    return Problem(check.code, check.severity, message, landed.name, row, column, count, check.kind)


def said_of(check: Check, rule: YearRule | None, year: int | None) -> str:
    """What a check says of a row, about the return year it was held against; null where that is not known."""
    return check.message.replace("{year}", rule.name(year) if rule and year else "that year")


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


@dataclasses.dataclass(frozen=True)
class PartCount:
    """What became of the rows of a part: in = mapped + set aside + refused by agreement."""

    part: str
    file: str
    rows_in: int
    rows_mapped: int
    rows_set_aside: int
    rows_refused_by_agreement: int
    is_used: bool = True

    def __post_init__(self) -> None:
        assert self.rows_in == self.rows_mapped + self.rows_set_aside + self.rows_refused_by_agreement, self.part

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True)
class DeliveryReport:
    """
    One delivery as checked, loaded or refused.

    feed and delivery_id: null when the files were not recognised as any feed's.
    delivered: the day it was handed over; null for one that was not recognised.
    is_new: false when the same bytes had been loaded before, so that nothing changed.
    return_year: the return it is of, by the year it ends in; null where the format has no years.
    corrects: the delivery whose set-aside rows it puts right; null for every other.
    forced: why it was used though a check refuses it; empty for every other.
    message: in one or two sentences what happened and what to do.
    """

    state: State
    message: str
    feed: str | None = None
    delivery_id: str | None = None
    delivered: datetime.date | None = None
    parts: tuple[PartCount, ...] = ()
    columns_refused: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    is_new: bool = True
    return_year: int | None = None
    forced: str = ""
    corrects: str | None = None

    def is_before(self, day: datetime.date) -> bool:
        """Whether it was handed over on this day or earlier."""
        return self.delivered is not None and self.delivered <= day

    @property
    def rows_in(self) -> int:
        return sum(part.rows_in for part in self.parts)

    @property
    def rows_mapped(self) -> int:
        return sum(part.rows_mapped for part in self.parts)

    @property
    def rows_set_aside(self) -> int:
        return sum(part.rows_set_aside for part in self.parts)

    @property
    def rows_refused_by_agreement(self) -> int:
        return sum(part.rows_refused_by_agreement for part in self.parts)

    def as_json(self, *, problems: bool = True) -> dict[str, Any]:
        """The shape of `--json` in the command line; `problems=False` for lists of deliveries."""
        made: dict[str, Any] = {
            "delivery_id": self.delivery_id,
            "feed": self.feed,
            "state": self.state,
            "delivered": self.delivered.isoformat() if self.delivered else None,
            "rows_in": self.rows_in,
            "rows_mapped": self.rows_mapped,
            "rows_set_aside": self.rows_set_aside,
            "rows_refused_by_agreement": self.rows_refused_by_agreement,
            "columns_refused": list(self.columns_refused),
            "is_new": self.is_new,
            "return_year": self.return_year,
            "forced": self.forced,
            "message": self.message,
            "parts": [part.as_json() for part in self.parts],
        }
        if problems:
            made["problems"] = [problem.as_json() for problem in self.problems]
        return made
