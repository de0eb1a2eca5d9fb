"""
The checks of one kind of part, put into the same working table as its mapping, so that each value is read once.

A row check adds one column of yes or no; those that set aside give the row its reason, the others become the bits of
one number, so that 50 checks cost a table one column. Checks of several rows are asked beforehand, of the few
columns they need.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from kinfold.areas.checks import BEFORE, OF_ROWS_TOGETHER, OF_THE_DELIVERY, Check
from kinfold.feeds import cells
from kinfold.feeds.checks import rows, together
from kinfold.feeds.landing import Landed
from kinfold.feeds.values import Columns, holds

SEPARATOR = "\t"
PLACE_BITS = 40  # see `parts.PLACES`
Fault = tuple[ir.BooleanValue, ir.StringValue]
Others = Mapping[tuple[str, str], Sequence[Landed]]


class Asking:
    """
    The checks that are asked of these parts of one kind.

    values: what they add to the working table. noted: the checks that are told by the bits of `wrong`, in order.
    """

    def __init__(self, parts: Sequence[Landed], columns: Columns, others: Others) -> None:
        self.parts, self.columns, self.others = parts, columns, others
        feed = parts[0].delivery.feed
        joins = parts[0].part.join
        keys = {name: f"{name}.{next(iter(join.on.values()))}" for name, join in joins.items()}
        self.looking = rows.Looking(columns, feed.checks, keys)
        self.checks = [check for check in parts[0].part.checks if check.predicate not in OF_THE_DELIVERY]
        self.noted = [check for check in self.checks if check.severity != "set_aside"]
        self.values: dict[str, ir.Value] = {}
        self._rows: dict[str, str] = {}
        self._together: dict[str, tuple[str, ir.BooleanValue]] = {}
        for number, check in enumerate(self.checks):
            self._add(check, f"k{number}")

    def _add(self, check: Check, called: str) -> None:
        asked = self._asked(check)
        if asked is None:
            return
        if check.predicate in OF_ROWS_TOGETHER:
            there = [self.columns.said(name).notnull() for name in together.keys_of(check)]
            self._together[check.code] = called, ibis.and_(asked, *there)
        else:
            self._rows[check.code] = called
            self.values[called] = (asked & rows.wrong(check, self.looking)).fill_null(False)

    def _asked(self, check: Check) -> ir.BooleanValue | None:
        """Of which rows a check is asked; None when of none, because no part has what it looks at."""
        places = [place for place, landed in enumerate(self.parts) if self._can_be_asked(check, landed)]
        if not places:
            return None
        asked = holds(check.when, self.columns)
        if check.aged is not None:
            known = self.looking.day(check.aged.birth).notnull() & self.looking.day(check.aged.at).notnull()
            asked = asked & known & ~rows.outside_age(check.aged, self.looking)
        if len(places) < len(self.parts):
            asked = asked & (self.columns.table.row_id >> ibis.literal(PLACE_BITS, "int64")).isin(places)
        return asked

    def _can_be_asked(self, check: Check, landed: Landed) -> bool:
        """A column that is not in the file, or a part that did not come, is another fault than what stands in it."""
        year = landed.delivery.year
        if year is not None and not (check.from_year or year) <= year <= (check.to_year or year):
            return False
        needed = [name for name in check.reads if not name.startswith(("delivery.", f"{BEFORE}."))]
        own = [name for name in needed if "." not in name and name not in _offered(check)]
        if any(landed.column_of(name) is None for name in own):
            return False
        aliases = {name.partition(".")[0] for name in needed if "." in name}
        if check.predicate == "exists_in":
            aliases.add(check.setting)
        return all(self._came(alias, landed) for alias in aliases)

    def _came(self, alias: str, landed: Landed) -> bool:
        return bool(self.others.get((landed.delivery.id, landed.part.join[alias].part)))

    def faults(self, table: ir.Table) -> list[Fault]:
        """For each check that sets a row aside by itself, where it does and the reason to give."""
        return [
            (table[self._rows[check.code]], ibis.literal(reason_of(check)))
            for check in self.checks
            if check.severity == "set_aside" and check.code in self._rows
        ]

    def wrong(self, table: ir.Table) -> ir.IntegerValue:
        """The other row checks that a row is wrong by, as bits in the order of `noted`."""
        return _bits({bit: table[self._rows[c.code]] for bit, c in enumerate(self.noted) if c.code in self._rows})

    def of_rows_together(self, is_header: ir.BooleanValue) -> ir.Table | None:
        """
        `row_id`, `also_reason` and `also_wrong` of each row that is wrong beside others; None when nothing is asked.

        Only the columns that it takes are read, over all rows at once: what is far apart in a file is found too.
        """
        asked = [check for check in self.checks if check.code in self._together]
        if not asked:
            return None
        base = self.columns.table
        needs = {name: value for check in asked for name, value in together.needs(check, self.columns).items()}
        counts = {called: test & ~is_header for called, test in self._together.values()}
        table = base.select("row_id", place=base.row_id >> ibis.literal(PLACE_BITS, "int64"), **needs, **counts)
        called = {check.code: self._together[check.code][0] for check in asked}
        tested = {
            f"{called[check.code]}_wrong": together.wrong(check, table, table[called[check.code]], table.place)
            for check in asked
        }
        table = table.select("row_id", *counts, **tested)
        found = {code: (table[name] & table[f"{name}_wrong"]).fill_null(False) for code, name in called.items()}
        aside = [(found[c.code], ibis.literal(reason_of(c))) for c in asked if c.severity == "set_aside"]
        noted = {bit: found[check.code] for bit, check in enumerate(self.noted) if check.code in found}
        reason = ibis.cases(*aside, else_=cells.no_text()) if aside else cells.no_text()
        answer = table.select("row_id", also_reason=reason, also_wrong=_bits(noted))
        return answer.filter(answer.also_reason.notnull() | (answer.also_wrong != 0))


def label_of(check: Check) -> str:
    """The columns of the file to look at."""
    return ", ".join(name for name in check.columns if "." not in name)


def reason_of(check: Check) -> str:
    return f"{check.code}{SEPARATOR}{label_of(check)}"


def _offered(check: Check) -> frozenset[str]:
    """Columns of which one is enough: a file may have either."""
    return frozenset(check.columns) if check.predicate == "filled" and check.setting == "at_least_one" else frozenset()


def _bits(wrong: Mapping[int, ir.BooleanValue]) -> ir.IntegerValue:
    none = ibis.literal(0, "int64")
    parts = [ibis.ifelse(test, ibis.literal(1 << bit, "int64"), none) for bit, test in wrong.items()]
    return functools.reduce(operator.add, parts, none)
