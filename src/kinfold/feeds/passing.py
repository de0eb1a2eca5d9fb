"""What is seen of the rows of a part while they go by in batches: how many, repeats, warnings, and those set aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kinfold.areas.checks import Check
from kinfold.feeds.checks.asking import label_of
from kinfold.feeds.landing import Landed
from kinfold.feeds.parts import numbers_of
from kinfold.feeds.reports import Problem, problem_of
from kinfold.feeds.sheet import SEPARATOR

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
        self._warned: dict[str, tuple[int, int, str]] = {}
        self._spellings: dict[str, set[int]] = {}
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
        count, first, code = self._warned.get(name, (0, 1 << 62, ""))
        row = pc.min(rows.column("row_number")).as_py()
        said = pc.unique(rows.column(name)).to_pylist()
        # What follows the code is a spelling, kept only as a hash, to say how many different ones there are.
        self._spellings.setdefault(name, set()).update(hash(one) for one in said if SEPARATOR in one)
        code = max(code, *(one.partition(SEPARATOR)[0] for one in said))
        self._left_out.setdefault((code, self.warns[name]), []).append(numbers_of(rows.column("row_number")))
        self._warned[name] = count + rows.num_rows, min(first, row), code

    def warnings(self) -> list[Problem]:
        """Values that were left out while their row was used, and rows that say what an earlier one says."""
        found = [
            problem_of(
                self.landed, self._warned[name][2], label, *self._warned[name][:2], distinct=len(self._spellings[name])
            )
            for name, label in self.warns.items()
            if name in self._warned
        ]
        for bit, numbers in sorted(self._wrong.items()):
            check, rows = self.checks[bit], np.concatenate(numbers)
            found.append(problem_of(self.landed, check.code, label_of(check), rows.size, int(rows.min())))
        return [*found, *self._repeats()]

    def warned(self, doubted: Iterable[tuple[str, Sequence[int]]] = ()) -> pa.Table:
        """
        Each row that was warned about: `row_number`, `code` and `column`, without any value.

        doubted: row numbers whose check letter does not hold, by the column it is in.
        """
        by_code = {(self.checks[bit].code, label_of(self.checks[bit])): found for bit, found in self._wrong.items()}
        by_code |= self._left_out
        by_code |= {("check_letter_wrong", label): [np.array(rows)] for label, rows in doubted if rows}
        tables = [self._warned_rows(*key, np.concatenate(numbers)) for key, numbers in by_code.items()]
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
