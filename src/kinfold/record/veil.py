"""
What a page leaves out because it is about somebody else, whose record is closed to its reader.

A row about them is not there. A statement that rests on their facts alone is not there either; one that rests on
them in part keeps its name and loses its words, its date and its count, and says whom to ask. Who it is about is
never said, and of a sealed record not even that there is one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TypeVar

from kinfold.record.models import Evidence, Involvement, Statement, TimelineEntry
from kinfold.record.wording import listed

Row = TypeVar("Row", Evidence, Involvement, TimelineEntry)

PART_OF_IT = "Part of what this rests on cannot be shown to you. Ask {owner}."


def ids(*texts: str) -> set[str]:
    """Person ids out of texts that hold several, parted by spaces."""
    return {person_id for text in texts for person_id in text.split()}


@dataclasses.dataclass(frozen=True)
class Veil:
    """closed: by person closed to the reader, the restriction's kind and whom to ask (`governance.closed_to`)."""

    closed: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """Rows that are not about somebody closed to the reader."""
        return [row for row in rows if row.about_id not in self.closed]

    def statements(self, rows: Iterable[Statement]) -> list[Statement]:
        """Statements as they may be shown: whole, with their name alone, or not at all."""
        return [self._veiled(row) for row in rows if not self._is_all_of_closed(row)]

    def touches(self, about_ids: str) -> bool:
        """Whether anybody of `about_ids` is closed to the reader."""
        return not self.closed.keys().isdisjoint(about_ids.split())

    def asks(self, *about_ids: str) -> list[str]:
        """Whom to ask about those of `about_ids` whose records are restricted. A sealed one is not mentioned."""
        of_whom = (self.closed[person_id] for person_id in ids(*about_ids) if person_id in self.closed)
        return sorted({owner for kind, owner in of_whom if kind == "restricted"})

    def left_out(
        self, said: Iterable[Statement], *others: Iterable[Evidence | Involvement | TimelineEntry]
    ) -> list[str]:
        """Whom to ask about what is not shown at all, because it is about somebody restricted; none when all is."""
        about = [row.about_ids for row in said if self._is_all_of_closed(row)]
        about += [row.about_id for rows in others for row in rows if row.about_id in self.closed]
        return self.asks(*about)

    def _is_all_of_closed(self, row: Statement) -> bool:
        rests_on = ids(row.about_ids)
        return bool(rests_on) and rests_on <= self.closed.keys()

    def _veiled(self, row: Statement) -> Statement:
        if self.touches(row.about_ids):
            owners = self.asks(row.about_ids)
            row.veiled = PART_OF_IT.format(owner=listed(owners)) if owners else ""
            row.text, row.caveat, row.on, row.times, row.points = "", "", None, None, None
        return row
