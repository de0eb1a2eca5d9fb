"""
What a page leaves out because it is about somebody else, whose record is closed to its reader.

A row about them is not there. A statement that rests on their facts alone is not there either; one that rests on
them in part keeps its name and loses its words, its date and its count, and says whom to ask. Who it is about is
never said, and of a sealed record not even that there is one.

What somebody says is not this child's (`Overlay`) is left out in the same way, for everybody: the rows of that record,
and the words of whatever rests on them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TypeVar

from kinfold.record.published import Evidence, Involvement, Statement, TimelineEntry
from kinfold.record.wording import listed

Row = TypeVar("Row", bound=Evidence | Involvement | TimelineEntry)

PART_OF_IT = "Part of what this rests on cannot be shown to you. Ask {owner}."
CHALLENGED = "Part of what this rests on is said to be wrong. It is hidden until that is settled."
BEING_CHECKED = "Part of what this rests on is being checked: it may be about another child."


def ids(*texts: str) -> set[str]:
    """Person ids out of texts that hold several, parted by spaces."""
    return {person_id for text in texts for person_id in text.split()}


@dataclasses.dataclass(frozen=True)
class Hidden:
    """
    What is said not to be these people's. records: (person id, record_ref). rows: (person id, delivery, part, row).

    agencies: (person id, agency) of whoever told what is hidden.
    pages: (child, delivery, part, row) of rows that the child's own page does not show, whoever they are about.
    statements: (person id, marker) of statements that are hidden themselves. challenged, doubted: of whom something is
    hidden because a worker says that it is wrong, or that it is another child's.
    rests: by (person id, marker), whether all that the statement rests on is hidden; nothing for one that is untouched.
    """

    records: frozenset[tuple[str, str]] = frozenset()
    rows: frozenset[tuple[str, str, str, int | None]] = frozenset()
    agencies: frozenset[tuple[str, str]] = frozenset()
    rests: Mapping[tuple[str, str], bool] = dataclasses.field(default_factory=dict)
    pages: frozenset[tuple[str, str, str, int | None]] = frozenset()
    statements: frozenset[tuple[str, str]] = frozenset()
    challenged: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()

    def hides(self, row: Evidence | Involvement | TimelineEntry) -> bool:
        about = row.about_id or row.person_id
        place = (about, row.delivery_id, row.part, row.row_number)
        if (row.person_id, *place[1:]) in self.pages:
            return True
        return (about, row.record_ref) in self.records or place in self.rows

    def touches(self, *about_ids: str) -> bool:
        """Whether anything is hidden of anybody named."""
        return bool(ids(*about_ids) & self.people)

    def touches_agency(self, person_id: str, agency: str) -> bool:
        """Whether something that an agency told is hidden of the person, such as social care visits and due days."""
        return (person_id, agency) in self.agencies

    @property
    def people(self) -> set[str]:
        return {person for person, _ in (*self.records, *self.statements)} | {row[0] for row in self.rows}

    def __bool__(self) -> bool:
        return bool(self.records or self.rows or self.statements)


@dataclasses.dataclass(frozen=True)
class Veil:
    """
    closed: by person closed to the reader, the restriction's kind and whom to ask (`governance.closed_to`).
    hidden: what is said not to be these people's, whoever reads.
    """

    closed: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    hidden: Hidden = dataclasses.field(default_factory=Hidden)

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """Rows that are not about somebody closed to the reader, and that nobody says are another's."""
        return [row for row in rows if row.about_id not in self.closed and not self.hidden.hides(row)]

    def statements(self, rows: Iterable[Statement]) -> list[Statement]:
        """Statements as they may be shown: whole, with their name alone, or not at all."""
        rests, hidden = self.hidden.rests, self.hidden.statements
        kept = [row for row in rows if (row.person_id, row.marker) not in hidden]
        kept = [row for row in kept if not rests.get((row.person_id, row.marker), False)]
        return [self._veiled(row) for row in kept if not self._is_all_of_closed(row)]

    def is_whole(self, person_id: str, about_ids: str) -> bool:
        """Whether what the run wrote of a child as one sentence may be shown: nothing behind it is closed or hidden."""
        return not self.touches(about_ids) and not self.hidden.touches(person_id, about_ids)

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
            row.has_lost_its_words = True
            row.text, row.caveat, row.on, row.times, row.points = "", "", None, None, None
        elif (row.person_id, row.marker) in self.hidden.rests:
            row.veiled = BEING_CHECKED if self.hidden.doubted else CHALLENGED
            row.has_lost_its_words = True
            row.text, row.caveat, row.on, row.times, row.points = "", "", None, None, None
        return row
