"""Tests of one column of a row, as mappings and checks ask them."""

from __future__ import annotations

import dataclasses
from typing import Any

from kinfold.areas import toml
from kinfold.areas.toml import AreaRejected


@dataclasses.dataclass(frozen=True)
class Condition:
    """A test of one column of a row; exactly one of `is_`, `is_not`, `present` and `matches` (a pattern) is set."""

    column: str
    is_: tuple[str, ...] | None = None
    is_not: tuple[str, ...] | None = None
    present: bool | None = None
    matches: str | None = None


def conditions_of(given: Any, *, file: str, at: str) -> tuple[Condition, ...]:
    """One condition or a list of them, all of which must hold. Raises `toml.AreaRejected`."""
    listed = given if isinstance(given, list) else [given]
    conditions = []
    for one in listed:
        if not isinstance(one, dict):
            raise AreaRejected(f"{file}: {at} must be a table, or a list of tables.")
        condition = toml.settle(Condition, one, file=file, at=at)
        tests = (condition.is_, condition.is_not, condition.present, condition.matches)
        if sum(test is not None for test in tests) != 1:
            raise AreaRejected(f"{file}: {at} needs exactly one of is, is_not, present and matches.")
        conditions.append(condition)
    return tuple(conditions)
