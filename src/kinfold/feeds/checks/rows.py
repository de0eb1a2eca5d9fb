"""What can be asked of a row by itself, each as an expression that is true where the row is wrong."""

from __future__ import annotations

import dataclasses
import functools
import operator
from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from kinfold.areas.checks import BEFORE, LATEST, Age, Bounds, Check, CheckSet, Within
from kinfold.feeds import cells
from kinfold.feeds.values import Columns
from kinfold.vocabulary import dates

YEAR = "delivery.year"
WHOLE, NUMBER = r"^-?[0-9]{1,15}$", r"^-?[0-9]{1,15}(\.[0-9]{1,15})?$"


@dataclasses.dataclass(frozen=True)
class Looking:
    """
    What the predicates look at: the columns, and the code lists.

    keys: for a part beside this one, a column of its key; null where it has no such row.
    """

    columns: Columns
    found: CheckSet
    keys: dict[str, str]

    def year(self, check: Check) -> ir.IntegerValue:
        """The return year whose list counts: of the delivery, or of the day in the row that the check names."""
        delivery = self.columns.text(YEAR).cast("int64")
        if check.year_of is None:
            return delivery
        day, month = self.columns.day(check.year_of), self.found.year.month if self.found.year else 4
        return ibis.coalesce(day.year() + ibis.ifelse(day.month() >= month, 1, 0), delivery)

    def day(self, name: str) -> ir.DateValue:
        """The day in a column, or the day that is written in the check itself."""
        return ibis.date(name) if name[:1].isdigit() and dates.read_date(name) else self.columns.day(name)


def wrong(check: Check, looking: Looking) -> ir.BooleanValue:
    """Where a row by itself is not as the check asks; null where it cannot be told."""
    return ASKED[check.predicate](check, looking)


def _any(check: Check, test: Callable[[str], ir.BooleanValue]) -> ir.BooleanValue:
    return functools.reduce(operator.or_, (test(name).fill_null(False) for name in check.columns))


def _needed(check: Check, looking: Looking) -> ir.BooleanValue:
    return _any(check, lambda name: looking.columns.said(name).isnull())


def _empty(check: Check, looking: Looking) -> ir.BooleanValue:
    return _any(check, lambda name: looking.columns.said(name).notnull())


def _one_of(check: Check, looking: Looking) -> ir.BooleanValue:
    if isinstance(check.setting, str):
        spans = looking.found.lists[check.setting]
        year = looking.year(check)
        return _any(check, lambda name: ~_listed(looking.columns.said(name).upper(), spans, year))
    codes = sorted({code.upper() for code in check.setting})
    return _any(check, lambda name: ~looking.columns.said(name).upper().isin(codes))


def _listed(text: ir.StringValue, spans: Sequence[tuple[str, int, int]], year: ir.IntegerValue) -> ir.BooleanValue:
    """Whether a code is in the list of that year; codes of the same years are looked for together."""
    by_years: dict[tuple[int, int], list[str]] = {}
    for code, first, last in spans:
        by_years.setdefault((first, last), []).append(code.upper())
    tests = []
    for (first, last), codes in by_years.items():
        test = text.isin(sorted(codes))
        test = test & (year >= first) if first else test
        tests.append(test & (year <= last) if last != LATEST else test)
    return ibis.or_(*tests)


def _matches(check: Check, looking: Looking) -> ir.BooleanValue:
    return _any(check, lambda name: ~looking.columns.said(name).re_search(f"(?i)^(?:{check.setting})$"))


def _is_date(check: Check, looking: Looking) -> ir.BooleanValue:
    return _any(check, lambda name: looking.columns.said(name).notnull() & looking.columns.day(name).isnull())


def _whole_number(check: Check, looking: Looking) -> ir.BooleanValue:
    return _any(check, lambda name: _outside(looking.columns.said(name), WHOLE, check.setting))


def _number(check: Check, looking: Looking) -> ir.BooleanValue:
    return _any(check, lambda name: _outside(looking.columns.said(name), NUMBER, check.setting))


def _outside(said: ir.StringValue, shape: str, bounds: Bounds) -> ir.BooleanValue:
    """Where there is something that is not such a number, or one out of bounds."""
    text = said.re_replace(r"[£,\s]", "").re_replace(r"\.0+$", "")
    is_one = text.re_search(shape)
    value = ibis.ifelse(is_one, text, cells.no_text()).cast("float64")
    tests = [(said.notnull() & ~is_one).fill_null(False)]
    if bounds.from_ is not None:
        tests.append((value < bounds.from_).fill_null(False))
    if bounds.to is not None:
        tests.append((value > bounds.to).fill_null(False))
    return functools.reduce(operator.or_, tests)


def _identifier(check: Check, looking: Looking) -> ir.BooleanValue:
    def bad(name: str) -> ir.BooleanValue:
        said = looking.columns.said(name)
        value, _ = cells.PLAIN_READERS[check.setting](said)
        if check.setting in ("postcode", "uprn"):
            return said.notnull() & value.isnull()
        holds = cells.nhs_holds(value) if check.setting == "nhs" else cells.upn_holds(value)
        return value.notnull() & ~holds

    return _any(check, bad)


def _not_before(check: Check, looking: Looking) -> ir.BooleanValue:
    other = looking.day(check.setting)
    return _any(check, lambda name: looking.columns.day(name) < other)


def _not_after(check: Check, looking: Looking) -> ir.BooleanValue:
    other = looking.day(check.setting)
    return _any(check, lambda name: looking.columns.day(name) > other)


def _within(check: Check, looking: Looking) -> ir.BooleanValue:
    asked: Within = check.setting
    latest = (looking.columns.day(asked.of) + ibis.interval(days=asked.days)).cast("date")
    return _any(check, lambda name: looking.columns.day(name) > latest)


def _filled(check: Check, looking: Looking) -> ir.BooleanValue:
    there = [ibis.ifelse(looking.columns.said(name).notnull(), 1, 0) for name in check.columns]
    count = functools.reduce(operator.add, there)
    if check.setting == "all_or_none":
        return count.notin([0, len(there)])
    return count != 1 if check.setting == "exactly_one" else count == 0


def _same_as(check: Check, looking: Looking) -> ir.BooleanValue:
    other = looking.columns.said(check.setting).upper()
    return _any(check, lambda name: looking.columns.said(name).upper() != other)


def _differs_from(check: Check, looking: Looking) -> ir.BooleanValue:
    other = looking.columns.said(check.setting).upper()
    return _any(check, lambda name: looking.columns.said(name).upper() == other)


def _same_day_as(check: Check, looking: Looking) -> ir.BooleanValue:
    other = looking.day(check.setting)
    return _any(check, lambda name: looking.columns.day(name) != other)


def _exists_in(check: Check, looking: Looking) -> ir.BooleanValue:
    there = looking.columns.text(looking.keys[check.setting])
    return _any(check, lambda name: looking.columns.said(name).notnull()) & there.isnull()


def _age_between(check: Check, looking: Looking) -> ir.BooleanValue:
    return outside_age(check.setting, looking)


def outside_age(asked: Age, looking: Looking) -> ir.BooleanValue:
    """Where the age is not within its bounds; not where one of the days is not known."""
    birth, at = looking.day(asked.birth), looking.day(asked.at)
    tests = []
    if asked.from_ is not None:
        tests.append(at < (birth + ibis.interval(years=asked.from_)).cast("date"))
    if asked.to is not None:
        tests.append(at >= (birth + ibis.interval(years=asked.to + 1)).cast("date"))
    return functools.reduce(operator.or_, (test.fill_null(False) for test in tests))


def _in_return(check: Check, looking: Looking) -> ir.BooleanValue:
    year, found = looking.columns.text(YEAR).cast("int64"), looking.found
    if not check.columns:
        first, last = found.parts.get(check.part, (0, LATEST))
        return (year < first) | (year > last)

    def outside(name: str) -> ir.BooleanValue:
        first, last = found.columns.get(f"{check.part}.{name}", (0, LATEST))
        return looking.columns.said(name).notnull() & ((year < first) | (year > last))

    return _any(check, outside)


def _never(check: Check, looking: Looking) -> ir.BooleanValue:
    return ibis.literal(True)


def _as_before(check: Check, looking: Looking) -> ir.BooleanValue:
    def changed(name: str) -> ir.BooleanValue:
        return looking.columns.said(name).upper() != looking.columns.said(f"{BEFORE}.{name}").upper()

    return _any(check, changed)


ASKED: dict[str, Callable[[Check, Looking], ir.BooleanValue]] = {
    "needed": _needed,
    "empty": _empty,
    "one_of": _one_of,
    "matches": _matches,
    "is_date": _is_date,
    "whole_number": _whole_number,
    "number": _number,
    "identifier": _identifier,
    "not_before": _not_before,
    "not_after": _not_after,
    "within": _within,
    "filled": _filled,
    "same_as": _same_as,
    "same_day_as": _same_day_as,
    "differs_from": _differs_from,
    "exists_in": _exists_in,
    "age_between": _age_between,
    "never": _never,
    "in_return": _in_return,
    "same_as_last_delivery": _as_before,
}
