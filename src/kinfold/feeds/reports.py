"""What is said of a delivery: what was read, what became of each row, and every problem by row and column."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, Literal

from kinfold.feeds import cells
from kinfold.feeds.landing import Landed

Severity = Literal["error", "warning"]
State = Literal["recognised", "loaded", "refused"]


@dataclasses.dataclass(frozen=True)
class Problem:
    """
    One kind of thing wrong in one column of one part.

    severity: an error set its rows aside (or refused the delivery); a warning did not.
    row: the first row it is in, 1 = first under the header; null when it is about no row.
    count: rows it is in.
    """

    code: str
    severity: Severity
    message: str
    part: str | None = None
    row: int | None = None
    column: str | None = None
    count: int = 1

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


def problem_of(
    landed: Landed,
    code: str,
    label: str | None,
    count: int,
    row: int | None,
    *,
    severity: Severity = "warning",
    distinct: int = 0,
) -> Problem:
    """
    A problem with a column of a part, in words.

    label: columns as the mapping names them; None for a whole row. distinct: how many different spellings it is about.
    """
    fault = cells.FAULTS[code].format(distinct="1 spelling" if distinct == 1 else f"{distinct:,} spellings")
    column = None if label is None else ", ".join(landed.column_of(name) or name for name in label.split(", "))
    where = f" (first: row {row:,})" if row is not None else ""
    subject = f"{column} {fault}" if column else f"the row {fault}"
    message = f"{landed.name}: {subject}, in {count:,} {'row' if count == 1 else 'rows'}{where}."
    return Problem(code, severity, message, landed.name, row, column, count)


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
            "message": self.message,
            "parts": [part.as_json() for part in self.parts],
        }
        if problems:
            made["problems"] = [problem.as_json() for problem in self.problems]
        return made
