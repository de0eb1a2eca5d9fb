"""A sketch with what a person said of a column or of a row put into it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from kinfold.operations import proposals
from kinfold.operations.home import Home
from kinfold.operations.proposals import Column, Part, Sketch, Use

NOT_READ = "somebody said it is not read"


def with_part(sketch: Sketch, number: int, part: Part) -> Sketch:
    parts = list(sketch.parts)
    parts[number] = proposals.settled(part)
    return dataclasses.replace(sketch, parts=tuple(parts))


def with_column(part: Part, number: int, column: Column) -> Part:
    columns = list(part.columns)
    columns[number] = column
    return dataclasses.replace(part, columns=tuple(columns))


def corrected(home: Home, receipt_id: str, part: Part, column: Column, uses: list[Use], *, by: str) -> Column:
    """A column with the uses somebody said; one that newly holds codes has its values looked at again."""
    known = proposals.meanings()
    made = []
    for use in uses:
        codes = known[use.meaning].codes
        if codes and not use.codes:
            found = proposals.codes_of(home, receipt_id, part=part.name, column=column.name, codes=codes)
            use = dataclasses.replace(use, codes=found)
        made.append(dataclasses.replace(use, why=f"by {by}"))
    return dataclasses.replace(column, uses=tuple(made), unread="" if made else NOT_READ)


def of_row(part: Part, said: Mapping[str, Any]) -> Part:
    """A part with what somebody said of its rows: what makes one, what kind of work or event, and who is who."""
    row_id = tuple(said["row_id"])
    people = []
    for number, one in enumerate(part.people):
        role, tie = said[f"role_{number}"], said.get(f"tie_{number}", "")
        own = len(one.key) == 1 and bool(part.using("person_id", one.name))
        people.append(dataclasses.replace(one, role=role, tie=tie, key=one.key if own else row_id))
    event_id = part.event_id if set(part.event_id) <= set(row_id) else row_id
    return dataclasses.replace(
        part,
        row_id=row_id,
        event_id=event_id,
        stage=said["stage"],
        agency=said["agency"],
        event_kind=said["event_kind"],
        people=tuple(people),
        remarks=(),
        only=said["only"],
        only_how=said["only_how"] or "is",
        only_is=tuple(said["only_is"]),
    )
