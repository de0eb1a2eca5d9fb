"""The faults that every feed is asked for, whatever its format: the same four kinds and three severities as checks."""

from __future__ import annotations

import dataclasses

from kinfold.areas.checks import Kind, Severity
from kinfold.feeds import cells


@dataclasses.dataclass(frozen=True)
class BuiltIn:
    """A fault that comes with reading and mapping. words: what is said of the column, the row or the part."""

    code: str
    kind: Kind
    severity: Severity
    words: str


def _row(code: str, kind: Kind, severity: Severity) -> BuiltIn:
    return BuiltIn(code, kind, severity, cells.FAULTS[code])


EVERY = (
    BuiltIn("file_rejected", "shape", "refuse", "the file cannot be read, or is no feed's"),
    BuiltIn("held_back", "shape", "refuse", "another file that came with it cannot be used"),
    BuiltIn("no_rows", "shape", "refuse", "the files have a header and no rows"),
    BuiltIn("no_room", "shape", "refuse", "the disk is full"),
    BuiltIn("not_agreed", "shape", "refuse", "there is no agreement in date for the feed"),
    BuiltIn("rows_not_agreed", "shape", "warn", "the agreement does not cover the people of some rows"),
    BuiltIn("columns_removed", "shape", "warn", "a column is not in the agreement and was removed before anything"),
    BuiltIn("column_missing", "shape", "warn", "a column that the mapping reads is not in the file"),
    BuiltIn("part_not_recognised", "shape", "warn", "a part of the file is none of the feed's"),
    BuiltIn("part_missing", "reference", "warn", "a part that another is read with is not in the delivery"),
    BuiltIn("overtaken", "sense", "warn", "a newer delivery of everything stands in its place"),
    BuiltIn("row_repeated", "sense", "warn", "a row says exactly what an earlier one says"),
    _row("header_repeated", "shape", "set_aside"),
    _row("value_needed", "shape", "set_aside"),
    _row("not_a_date", "value", "set_aside"),
    _row("not_a_number", "value", "set_aside"),
    _row("not_a_whole_number", "value", "set_aside"),
    _row("not_yes_or_no", "value", "set_aside"),
    _row("code_not_listed", "reference", "set_aside"),
    _row("code_not_ours", "reference", "set_aside"),
    _row("spelling_not_known", "reference", "warn"),
    _row("ends_before_it_starts", "sense", "set_aside"),
    _row("check_letter_wrong", "value", "warn"),
    _row("postcode_not_valid", "value", "warn"),
    _row("identifier_not_valid", "value", "warn"),
    BuiltIn("fewer_rows", "sense", "warn", "has fewer than half of its usual rows"),
    BuiltIn("hardly_any_rows", "sense", "refuse", "has fewer than a tenth of its usual rows"),
    BuiltIn("more_rows", "sense", "warn", "has more than three times its usual rows"),
)
BY_CODE = {one.code: one for one in EVERY}
