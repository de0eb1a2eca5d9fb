"""
Every check of every format and of the demonstration's feeds, on rows made up from the check itself.

One row breaks it, and one does not.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from kinfold.areas import feeds as area_feeds
from kinfold.areas.checks import LATEST, Age, Check, CheckSet
from kinfold.areas.conditions import Condition
from kinfold.areas.feeds import Feed, Part, Supplier
from kinfold.feeds import settings
from kinfold.feeds.checks.asking import Asking
from kinfold.feeds.landing import Delivery, Landed
from kinfold.feeds.values import Columns, column_name, day_name, said_name

ON = datetime.date(2025, 6, 2)
DAY = datetime.date(2024, 6, 1)
Row = dict[str, Any]


AREA = Path(__file__).resolve().parents[3] / "areas" / "saltmarsh"
Whose = tuple[str, tuple[Part, ...], CheckSet]


def of_formats() -> Iterator[tuple[Whose, Check]]:
    for format_ in settings.formats().values():
        for check in format_.checks.checks:
            yield (format_.name, format_.parts, format_.checks), check


def of_the_demonstration() -> Iterator[tuple[Whose, Check]]:
    """The checks that its feeds ask beside those of their formats."""
    ready = settings.load(AREA)
    for name, feed in area_feeds.load(AREA).items():
        for check in feed.checks.checks:
            yield (name, ready[name].parts, ready[name].checks), check


def every() -> Iterator[Any]:
    for whose, check in (*of_formats(), *of_the_demonstration()):
        yield pytest.param(whose, check, id=check.code)


@pytest.mark.slow
@pytest.mark.parametrize(("whose", "check"), list(every()))
def test_a_row_that_breaks_it_is_found_and_one_that_does_not_is_left(whose, check):
    wrong, right, year = Made(check, whose[2]).rows()
    assert asked(whose, check, wrong, year)[-1], "the rows that break it"
    assert not any(asked(whose, check, right, year)), "the rows that do not"


def test_no_format_is_without_checks_and_no_code_is_used_twice():
    asked_of = Counter(whose[0] for whose, _ in of_formats())
    assert set(asked_of) == set(settings.formats())
    assert min(asked_of.values()) >= 15
    codes = Counter(check.code for _, check in (*of_formats(), *of_the_demonstration()))
    assert codes.most_common(1)[0][1] == 1


class Made:
    """Rows made up for a check: the last of those that break it does, and none of the others do."""

    def __init__(self, check: Check, found: CheckSet) -> None:
        self.check, self.found, self.setting = check, found, check.setting

    def rows(self) -> tuple[list[Row], list[Row], int]:
        base = self._base()
        make = getattr(self, f"_{self.check.predicate}", None) or self._value
        wrong, right, *year = make(base)
        return wrong, right, (year or [2025])[0]

    def _base(self) -> Row:
        """A row that the check is asked of."""
        row: Row = dict.fromkeys(self.check.reads)
        for condition in self.check.when:
            row[condition.column] = _that_holds(condition, row[condition.column])
        if self.check.aged is not None:
            self._aged(row, self.check.aged)
        return row

    def _aged(self, row: Row, age: Age) -> None:
        row[age.birth] = _years(datetime.date(2025, 3, 31), -((age.from_ or 0) + 1) if age.to != 0 else 0)
        if "." not in age.at:
            row[age.at] = DAY

    def _all(self, row: Row, value: Any) -> Row:
        return {**row, **dict.fromkeys(self.check.columns, value)}

    def _value(self, row: Row) -> tuple[list[Row], list[Row]]:
        """Predicates that look at each column by itself: a value that is wrong, and one that is right."""
        bad, good = VALUES[self.check.predicate](self.setting)
        held = {c.column: c for c in self.check.when if c.column in self.check.columns}
        if held:  # the value must hold the check's own condition too
            bad = next(v for v in (bad, *SHAPES) if all(_holds(c, v) for c in held.values()))
        return [self._all(row, bad)], [self._all(row, good)]

    def _one_of(self, row: Row) -> tuple[list[Row], list[Row], int]:
        if not isinstance(self.setting, str):
            return [self._all(row, "no such")], [self._all(row, self.setting[0])], 2025
        if self.check.year_of is not None:
            row = {**row, self.check.year_of: DAY}
        code = next(c for c, first, last in self.found.lists[self.setting] if first <= 2025 <= last)
        return [self._all(row, "no such")], [self._all(row, code)], 2025

    def _needed(self, row: Row) -> tuple[list[Row], list[Row]]:
        empty = {name: None if name in self.check.columns else value for name, value in row.items()}
        return [empty], [self._all(row, "x")]

    def _empty(self, row: Row) -> tuple[list[Row], list[Row]]:
        return [self._all(row, "x")], [row]

    def _never(self, row: Row) -> tuple[list[Row], list[Row]]:
        first = self.check.when[0]
        other = {**row, first.column: _that_fails(first)}
        return [row], [other]

    def _filled(self, row: Row) -> tuple[list[Row], list[Row]]:
        one = {**row, **dict.fromkeys(self.check.columns, None), self.check.columns[0]: "x"}
        none, every = self._all(row, None), self._all(row, "x")
        return {"exactly_one": ([every], [one]), "at_least_one": ([none], [one]), "all_or_none": ([one], [every])}[
            self.setting
        ]

    def _not_before(self, row: Row) -> tuple[list[Row], list[Row]]:
        return self._beside(row, -1)

    def _not_after(self, row: Row) -> tuple[list[Row], list[Row]]:
        return self._beside(row, 1)

    def _same_day_as(self, row: Row) -> tuple[list[Row], list[Row]]:
        return self._beside(row, 1)

    def _beside(self, row: Row, days: int) -> tuple[list[Row], list[Row]]:
        other = {"delivery.on": ON}.get(self.setting, DAY)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", self.setting):
            other = datetime.date.fromisoformat(self.setting)
        row = {**row, **({self.setting: other} if self.setting in row and self.setting != "delivery.on" else {})}
        return [self._all(row, other + datetime.timedelta(days=days))], [self._all(row, other)]

    def _within(self, row: Row) -> tuple[list[Row], list[Row]]:
        row = {**row, self.setting.of: DAY}
        last = DAY + datetime.timedelta(days=self.setting.days)
        return [self._all(row, last + datetime.timedelta(days=1))], [self._all(row, last)]

    def _same_as(self, row: Row) -> tuple[list[Row], list[Row]]:
        row = {**row, self.setting: "a"}
        return [self._all(row, "b")], [self._all(row, "a")]

    def _differs_from(self, row: Row) -> tuple[list[Row], list[Row]]:
        wrong, right = self._same_as(row)
        return right, wrong

    def _exists_in(self, row: Row) -> tuple[list[Row], list[Row]]:
        key = f"{self.setting}.{next(iter(self.found.beside[self.check.part][self.setting].values()))}"
        row = self._all(row, "K1")
        return [{**row, key: None}], [{**row, key: "K1"}]

    def _age_between(self, row: Row) -> tuple[list[Row], list[Row]]:
        at = {"delivery.on": ON}.get(self.setting.at, DAY)
        row = row if self.setting.at.startswith("delivery.") else {**row, self.setting.at: at}
        old, young = self.setting.to, self.setting.from_
        bad = _years(at, -(old + 1) if old is not None else -(young - 1))
        good = _years(at, -(old if old is not None else young))
        return [{**row, self.setting.birth: bad}], [{**row, self.setting.birth: good}]

    def _unique(self, row: Row) -> tuple[list[Row], list[Row]]:
        held = {c.column for c in self.check.when}
        keys = [name for name in self.check.columns if name not in held]
        one = {**row, **dict.fromkeys(keys, "a")}
        other = {**row, **dict.fromkeys(keys, "b")} if keys else {**row, **dict.fromkeys(self.check.columns, OTHER_UPN)}
        return [one, one], [one, other]

    def _at_most_per(self, row: Row) -> tuple[list[Row], list[Row]]:
        one = {**row, **dict.fromkeys(self.setting.per, "a")}
        return [one] * (self.setting.rows + 1), [one] * self.setting.rows

    def _no_overlap(self, row: Row) -> tuple[list[Row], list[Row]]:
        row = {**row, **dict.fromkeys(self.setting.per, "a")}
        first = {**row, self.setting.start: DAY, self.setting.end: DAY + datetime.timedelta(days=9)}
        during = {**first, self.setting.start: DAY + datetime.timedelta(days=5), self.setting.end: None}
        after = {**first, self.setting.start: DAY + datetime.timedelta(days=9), self.setting.end: None}
        return [first, during], [first, after]

    def _chain(self, row: Row) -> tuple[list[Row], list[Row]]:
        row = {**row, **dict.fromkeys(self.setting.per, "a")}
        end = DAY + datetime.timedelta(days=9)
        not_asked = {c.column: _that_fails(c) for c in self.check.when}
        first = {**row, self.setting.start: DAY, self.setting.end: end}
        second = {**row, self.setting.start: end, self.setting.end: end + datetime.timedelta(days=9)}
        if self.setting.side == "next":
            return [first], [first, {**second, **not_asked}]
        return [second], [{**first, **not_asked}, second]

    def _in_return(self, row: Row) -> tuple[list[Row], list[Row], int]:
        row = self._all(row, "x")
        names = [f"{self.check.part}.{name}" for name in self.check.columns]
        first, last = self.found.columns[names[0]] if names else self.found.parts[self.check.part]
        outside, inside = (last + 1, last) if last != LATEST else (first - 1, first)
        return [{**row, "year": outside}], [{**row, "year": inside}], 0

    def _same_as_last_delivery(self, row: Row) -> tuple[list[Row], list[Row]]:
        before = {f"before.{name}": "a" for name in self.check.columns}
        return [{**self._all(row, "b"), **before}], [{**self._all(row, "a"), **before}]


OTHER_UPN = "Z801200005009"
SHAPES = ("B801200005009", "SPECIAL", "Z9", "A1", "U4", "zz")
VALUES = {
    "matches": lambda pattern: (("!?" * 20), next(v for v in EXAMPLES if re.fullmatch(f"(?i){pattern}", v))),
    "is_date": lambda _: ("31/02/2024", "2024-06-01"),
    "whole_number": lambda bounds: (str(int(bounds.to or 0) + 1), str(int(bounds.to or 0))),
    "number": lambda bounds: (str((bounds.to or 0) + 1), str(bounds.from_ or 0)),
    "identifier": lambda kind: {
        "postcode": ("nowhere", "ZZ1 1ZZ"), "uprn": ("12 High St", "100023336956"),
    }[kind],
}  # fmt: skip
EXAMPLES = (
    "1", "0", "C1", "B801200005001", "UN1", "SC012345", "1234567", "SW12345", "B1", "302", "4021", "123456",
    "1234567890", "01/02/2020", "12", "relevant", "/", "2020", "team@early-help.example", "QQ 12 34 56 C",
)  # fmt: skip


def _that_holds(condition: Condition, given: Any) -> Any:
    if condition.present is not None:
        return (given or "x") if condition.present else None
    if condition.is_ is not None:
        return condition.is_[0]
    if condition.is_not is not None:
        return given if given is not None else "other"
    return given if given and _holds(condition, given) else next(v for v in SHAPES if _holds(condition, v))


def _that_fails(condition: Condition) -> Any:
    if condition.present is not None:
        return None if condition.present else "x"
    return condition.is_not[0] if condition.is_not is not None else None


def _holds(condition: Condition, value: Any) -> bool:
    if condition.matches is not None:
        return re.search(f"(?i){condition.matches}", str(value)) is not None
    if condition.is_ is not None:
        return value in condition.is_
    return condition.is_not is None or value not in condition.is_not


def _years(day: datetime.date, years: int) -> datetime.date:
    return day.replace(year=day.year + years, day=min(day.day, 28))


def asked(whose: Whose, check: Check, rows: list[Row], year: int) -> list[bool]:
    """Whether the check is wrong of each row, asked of nothing else."""
    name, parts, checks = whose
    year = rows[0].get("year", year)
    rows = [{key: value for key, value in row.items() if key != "year"} for row in rows]
    found = dataclasses.replace(checks, checks=(dataclasses.replace(check, severity="warn"),))
    bound = settings.with_checks(parts, found, file=name)
    part = next(one for one in bound if one.name == check.part)
    feed = Feed(name, name, "social_care", Supplier("x"), "", 1, 1, "everything", None, parts=bound, checks=found)
    delivery = Delivery("d-1", feed, ON, year)
    others = {("d-1", one.name): [_landed(one, delivery)] for one in bound}
    others[("d-1", f"{part.name} before")] = [_landed(part, delivery)]
    base = _table(rows, found, year)
    asking = Asking([_landed(part, delivery)], Columns(base), others)
    table = base.select("row_id", **asking.values)
    table = table.mutate(wrong=asking.wrong(table))
    together = asking.of_rows_together(ibis.literal(False))
    if together is not None:
        table = table.left_join(together, "row_id").mutate(wrong=lambda t: t.wrong + t.also_wrong.coalesce(0))
    return (table.order_by("row_id").wrong > 0).to_pyarrow().to_pylist()


def _landed(part: Part, delivery: Delivery) -> Landed:
    return Landed(delivery, part.name, "x.csv", part, Path(), part.columns, (), 0, 0)


def _table(rows: list[Row], found: CheckSet, year: int) -> ibis.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    days = {name for check in found.checks for name in check.days} | {n for n in names if _is_day(rows, n)}
    columns: dict[str, Any] = {"row_id": pa.array(range(len(rows)), pa.int64())}
    columns["delivery_id"] = pa.array(["d-1"] * len(rows))
    for name in names:
        values = [row.get(name) for row in rows]
        text = [None if value is None else str(value) for value in values]
        columns[column_name(name)] = columns[said_name(name)] = pa.array(text, pa.string())
        if name in days:
            columns[day_name(name)] = pa.array([_day(value) for value in values], pa.date32())
    columns[column_name("delivery.year")] = pa.array([str(year)] * len(rows))
    for name, day in (("delivery.on", ON), ("delivery.year_end", datetime.date(2025, 3, 31))):
        columns[day_name(name)] = pa.array([day] * len(rows), pa.date32())
    return ibis.memtable(pa.table(columns))


def _is_day(rows: list[Row], name: str) -> bool:
    return any(isinstance(row.get(name), datetime.date) for row in rows)


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.date):
        return value
    is_day = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    return datetime.date.fromisoformat(value) if is_day else None
