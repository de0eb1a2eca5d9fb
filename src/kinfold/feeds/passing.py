"""What is seen of the rows of a part while they go by in batches: how many, repeats, warnings, and those set aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.areas.checks import Check
from kinfold.feeds.checks.asking import label_of
from kinfold.feeds.headers import plain
from kinfold.feeds.landing import Landed
from kinfold.feeds.parts import numbers_of
from kinfold.feeds.reports import Problem, problem_of
from kinfold.feeds.sheet import SEPARATOR

Doubted = tuple[str, Sequence[int]]
# Faults of reading with the checks that ask the same of a column in the words of its format.
SAME_CAUSE = {
    "value_needed": ("needed",),
    "not_a_date": ("is_date",),
    "not_a_number": ("number", "whole_number"),
    "not_a_whole_number": ("number", "whole_number"),
    "code_not_listed": ("one_of", "matches"),
    "ends_before_it_starts": ("not_before",),
    "postcode_not_valid": ("identifier", "matches"),
    "identifier_not_valid": ("identifier", "matches"),
    "check_letter_wrong": ("identifier", "matches"),
}
WARNED = pa.schema([("row_number", pa.int64()), ("code", pa.string()), ("column", pa.string())])


class Passing:
    """
    The rows of one part.

    warns: worked columns that hold a code where a value was left out, with their labels.
    checks: those that are told by the bits of the worked column `wrong`, in order.
    """

    def __init__(self, landed: Landed, warns: Mapping[str, str], checks: Sequence[Check] = ()) -> None:
        self.landed, self.warns, self.checks = landed, warns, checks
        self.rows = 0
        self._wrong: dict[int, list[np.ndarray]] = {}
        self._left_out: dict[tuple[str, str], list[np.ndarray]] = {}
        self._said: list[np.ndarray] = []
        self._spellings: dict[tuple[str, str], set[int]] = {}
        self._aside: list[pa.Table] = []

    def see(self, rows: pa.Table) -> pa.Table:
        """
        Take note of rows; returns those that can be mapped.

        rows: worked rows with `row_number`, `said` (a hash of the whole row), `reason` (null: can be mapped), `wrong`.
        """
        self.rows += rows.num_rows
        if self.checks:
            self._note(rows)
        self._said.append(numbers_of(rows.column("said")))
        for name in self.warns:
            if rows.column(name).null_count < rows.num_rows:
                self._warn(name, rows.filter(rows.column(name).is_valid()))
        if rows.column("reason").null_count == rows.num_rows:
            return rows
        can_be_mapped = rows.column("reason").is_null()
        self._aside.append(rows.select(["row_number", "reason"]).filter(pc.invert(can_be_mapped)))
        return rows.filter(can_be_mapped)

    def _note(self, rows: pa.Table) -> None:
        """Which rows each check is wrong of."""
        wrong = numbers_of(rows.column("wrong"))
        places = np.flatnonzero(wrong)
        if not places.size:
            return
        wrong, numbers = wrong[places], numbers_of(rows.column("row_number"))[places]
        for bit in range(len(self.checks)):
            if (found := numbers[(wrong >> bit) & 1 == 1]).size:
                self._wrong.setdefault(bit, []).append(found)

    def _warn(self, name: str, rows: pa.Table) -> None:
        said = pc.unique(rows.column(name)).to_pylist()
        # A column's fault is of one kind; what follows its code is a spelling, kept only as a hash, to say how many
        # different ones there are.
        told = max(one.partition(SEPARATOR)[0] for one in said), self.warns[name]
        self._spellings.setdefault(told, set()).update(hash(one) for one in said if SEPARATOR in one)
        self._left_out.setdefault(told, []).append(numbers_of(rows.column("row_number")))

    def warnings(self, doubted: Iterable[Doubted] = ()) -> list[Problem]:
        """
        Values that were left out or doubted while their row was used, what the checks say, and rows that say what an
        earlier one says. One message per cause: of what two of them say of a row's column, the more exact is told.

        doubted: row numbers whose check letter does not hold, by the column it is in.
        """
        found = []
        for (code, label), rows in self._told(doubted).items():
            distinct = len(self._spellings.get((code, label), ()))
            found.append(problem_of(self.landed, code, label, rows.size, int(rows.min()), distinct=distinct))
        return [*found, *self._repeats()]

    def _told(self, doubted: Iterable[Doubted]) -> dict[tuple[str, str], np.ndarray]:
        """The rows that each warning is told of, by its code and column."""
        left_out = {key: np.unique(np.concatenate(rows)) for key, rows in self._left_out.items()}
        for label, numbers in doubted:
            if numbers:
                key = "check_letter_wrong", label
                left_out[key] = np.union1d(left_out.get(key, numbers), numbers)
        noted = [(self.checks[bit], np.unique(np.concatenate(rows))) for bit, rows in sorted(self._wrong.items())]
        aside = self._aside_by_reason()
        by_checks = [(self.landed.delivery.feed.checks.find(code), rows) for (code, _), rows in aside.items()]
        told = {}
        for (code, label), rows in left_out.items():
            same = [found for check, found in (*noted, *by_checks) if check and _says_the_same(code, label, check)]
            told[code, label] = _without(rows, same)
        for check, rows in noted:
            same = [found for (code, label), found in aside.items() if _says_the_same(code, label, check)]
            same += [found for other, found in noted if _is_of_the_shape(other, check)]
            # What refuses a delivery is always told, because it refuses by being told.
            told[check.code, label_of(check)] = rows if check.severity == "refuse" else _without(rows, same)
        return {key: rows for key, rows in told.items() if rows.size}

    def _aside_by_reason(self) -> dict[tuple[str, str], np.ndarray]:
        found: dict[tuple[str, str], np.ndarray] = {}
        aside = self.aside()
        if aside is None:
            return found
        for reason in pc.unique(aside.column("reason")).to_pylist():
            code, _, label = reason.partition(SEPARATOR)
            rows = aside.filter(pc.equal(aside.column("reason"), reason))
            found[code, label] = numbers_of(rows.column("row_number"))
        return found

    def warned(self, doubted: Iterable[Doubted] = ()) -> pa.Table:
        """Each row that was warned about: `row_number`, `code` and `column`, without any value. doubted: as above."""
        tables = [self._warned_rows(*key, numbers) for key, numbers in self._told(doubted).items()]
        return (
            pa.concat_tables(tables).sort_by([("row_number", "ascending"), ("code", "ascending")])
            if tables
            else (WARNED.empty_table())
        )

    def _warned_rows(self, code: str, label: str, numbers: np.ndarray) -> pa.Table:
        column = ", ".join(self.landed.column_of(name) or name for name in label.split(", ") if name) or None
        size = len(numbers)
        return pa.table(
            [pa.array(numbers, pa.int64()), pa.array([code] * size), pa.array([column] * size, pa.string())],
            schema=WARNED,
        )

    def _repeats(self) -> list[Problem]:
        twice = self.rows - (np.unique(np.concatenate(self._said)).size if self._said else 0)
        if not twice:
            return []
        name, say = self.landed.in_words, "1 row says" if twice == 1 else f"{twice:,} rows say"
        message = f"{name}: {say} exactly what an earlier row says; repeats count as mapped."
        return [Problem("row_repeated", "warn", message, self.landed.name, None, None, twice)]

    def aside(self) -> pa.Table | None:
        """`row_number` and `reason` of each row that cannot be mapped, or None when all can."""
        return pa.concat_tables(self._aside) if self._aside else None

    def reasons(self) -> list[Problem]:
        """Each reason to set rows aside, the commonest first."""
        aside = self.aside()
        if aside is None:
            return []
        counted = aside.group_by("reason").aggregate([("row_number", "count"), ("row_number", "min")]).to_pylist()
        found = []
        for one in sorted(counted, key=lambda one: (-one["row_number_count"], one["reason"])):
            code, _, label = one["reason"].partition(SEPARATOR)
            count, row = one["row_number_count"], one["row_number_min"]
            found.append(problem_of(self.landed, code, label or None, count, row))
        return found


def _says_the_same(code: str, label: str, check: Check) -> bool:
    """Whether a fault of a column, and a check that was wrong of the same row, have one cause."""
    asked = {plain(name) for name in check.columns}
    return check.predicate in SAME_CAUSE.get(code, ()) and any(plain(name) in asked for name in label.split(", "))


def _is_of_the_shape(other: Check, check: Check) -> bool:
    """Whether one check asks for the shape of what the other asks for the check letter of."""
    return check.predicate == "identifier" and other.predicate == "matches" and other.columns == check.columns


def _without(rows: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    return np.setdiff1d(rows, np.concatenate(others)) if others else rows
