"""
The checks of a format or a feed, as data: what is asked of which column, how grave it is, and what is said of it.

A check is one `[[check]]` with a code, a kind, a severity, a message and exactly one predicate; the predicates are the
fields of `Asked`. `kinfold.feeds.checks` compiles them. The language is described in docs/guides/checks.md.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Literal

from kinfold.areas import toml
from kinfold.areas.conditions import Condition, conditions_of
from kinfold.areas.toml import AreaRejected

Kind = Literal["shape", "value", "reference", "sense"]
Severity = Literal["refuse", "set_aside", "warn"]
KINDS: tuple[Kind, ...] = ("shape", "value", "reference", "sense")
SEVERITIES: tuple[Severity, ...] = ("refuse", "set_aside", "warn")
CODE = re.compile(r"[A-Z0-9]{2,6}-[A-Z0-9]{2,6}-[0-9]{2,3}")
LATEST = 9999


@dataclasses.dataclass(frozen=True)
class Bounds:
    """Lowest and highest value that is right, both included; null where there is no bound."""

    from_: float | None = None
    to: float | None = None


@dataclasses.dataclass(frozen=True)
class Within:
    """The day is no more than `days` days after the one in column `of` (and not asked where it is before)."""

    of: str
    days: int


@dataclasses.dataclass(frozen=True)
class Age:
    """The age in whole years, at the day in column `at`, of someone born on the day in column `birth`."""

    birth: str
    at: str
    from_: int | None = None
    to: int | None = None


@dataclasses.dataclass(frozen=True)
class Periods:
    """Half-open periods of what is alike in `per`; no end means that it goes on."""

    per: tuple[str, ...]
    start: str
    end: str


@dataclasses.dataclass(frozen=True)
class Chain:
    """The next period of what is alike in `per` starts as this one ends; or the one before ended as this starts."""

    per: tuple[str, ...]
    start: str
    end: str
    side: Literal["next", "previous"] = "next"


@dataclasses.dataclass(frozen=True)
class AtMost:
    """No more than `rows` rows for what is alike in `per`."""

    per: tuple[str, ...]
    rows: int


@dataclasses.dataclass(frozen=True)
class Change:
    """
    Rows of the part, as a share of the usual: the median of the feed's last `last` deliveries, by rows a day
    where it delivers changes; nothing is usual before three.

    under: fewer than this share is wrong. over: more than this share is wrong.
    """

    under: float | None = None
    over: float | None = None
    last: int = 8


@dataclasses.dataclass(frozen=True)
class Asked:
    """
    What can be asked of rows; a check has exactly one of these.

    needed: has something in it. empty: has nothing in it (where `when` holds). one_of: a list, or the name of a list
    by return year. matches: a pattern, whole. is_date: a date that can be read. whole_number, number: one within
    bounds. identifier: has the shape (postcode, uprn) or the check letter or digit (upn, nhs) of its kind.
    not_before, not_after: the day in another column, `delivery.on`, or a date. within: no later than so many days
    after. filled: how many of the columns have something. same_as, same_day_as, differs_from: another column.
    exists_in: the key is in that part of the delivery. unique: the columns together are there once.
    no_overlap, chain, at_most_per: of the rows together. age_between: see `Age`. never: the conditions of `when`.
    in_return: the return of that year has this part (or, with columns, these columns).
    rows_change: see `Change`. same_as_last_delivery: as the feed's delivery before said of what is alike in these.
    """

    needed: Literal[True] | None = None
    empty: Literal[True] | None = None
    one_of: Any = None
    matches: str | None = None
    is_date: Literal[True] | None = None
    whole_number: Bounds | None = None
    number: Bounds | None = None
    identifier: Literal["upn", "nhs", "postcode", "uprn"] | None = None
    not_before: str | None = None
    not_after: str | None = None
    within: Within | None = None
    filled: Literal["exactly_one", "at_least_one", "all_or_none"] | None = None
    same_as: str | None = None
    same_day_as: str | None = None
    differs_from: str | None = None
    exists_in: str | None = None
    unique: Literal[True] | None = None
    no_overlap: Periods | None = None
    chain: Chain | None = None
    at_most_per: AtMost | None = None
    age_between: Age | None = None
    never: Literal[True] | None = None
    in_return: Literal[True] | None = None
    rows_change: Change | None = None
    same_as_last_delivery: tuple[str, ...] | None = None


PREDICATES = tuple(field.name for field in dataclasses.fields(Asked))
OF_ROWS_TOGETHER = frozenset({"unique", "no_overlap", "chain", "at_most_per"})
OF_THE_DELIVERY = frozenset({"rows_change"})
OF_DAYS = frozenset({"is_date", "not_before", "not_after", "within", "same_day_as"})
BEFORE = "before"  # how the rows of the delivery before are called, beside those of this one


@dataclasses.dataclass(frozen=True)
class Check:
    """
    One thing that is asked of the rows of a part, or of the part as a whole.

    columns: what is asked about, and where the supplier should look. when, aged: rows it is asked of.
    from_year, to_year: return years it is asked for. year_of: the column whose day says which year's list counts,
    where that is not the return's. predicate, setting: what is asked; see `Asked`.
    """

    code: str
    kind: Kind
    severity: Severity
    message: str
    part: str
    predicate: str
    setting: Any
    columns: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    from_year: int | None = None
    to_year: int | None = None
    year_of: str | None = None
    aged: Age | None = None

    @property
    def days(self) -> tuple[str, ...]:
        """The columns it reads as dates."""
        setting = self.setting
        found: tuple[str | None, ...] = (self.year_of,)
        if self.predicate in OF_DAYS:
            found += self.columns
        if self.predicate in ("not_before", "not_after", "same_day_as") and not _is_day(setting):
            found += (setting,)
        if isinstance(setting, Within):
            found += (setting.of,)
        for age in (setting, self.aged):
            if isinstance(age, Age):
                found += (age.birth, age.at)
        if isinstance(setting, Periods | Chain):
            found += (setting.start, setting.end)
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def reads(self) -> tuple[str, ...]:
        """Every column it looks at; a dot leads into another part."""
        setting = self.setting
        found = [*self.columns, *self.days, *(condition.column for condition in self.when)]
        if self.predicate in ("same_as", "differs_from"):
            found.append(setting)
        if isinstance(setting, Periods | Chain | AtMost):
            found += setting.per
        if self.predicate == "same_as_last_delivery":
            found += [*setting, *(f"{BEFORE}.{name}" for name in self.columns)]
        return tuple(dict.fromkeys(found))


@dataclasses.dataclass(frozen=True)
class YearRule:
    """
    Which return year a delivery is of, told by what is in it.

    A return year is called after the year it ends in: 2025 is 2024/25. stated_in: columns that say it. dates_in:
    columns whose days do: the latest year with at least one in fifty of them, none after the delivery.
    month: the month the year starts in.
    """

    month: int = 4
    stated_in: tuple[str, ...] = ()
    dates_in: tuple[str, ...] = ()

    def name(self, year: int) -> str:
        return f"{year - 1}/{year % 100:02d}"


Listed = tuple[tuple[str, int, int], ...]  # a code, and the first and last return year that have it


@dataclasses.dataclass(frozen=True)
class CheckSet:
    """
    The checks of a format or a feed, with what they need.

    beside: for a part, the other parts whose first row of the same key can be read (`header.DOB`), with the columns
    that are equal, ours and theirs. lists: code lists by return year. part_years, column_years: the first and last
    return year that a part or `part.column` is in.
    """

    checks: tuple[Check, ...] = ()
    beside: dict[str, dict[str, dict[str, str]]] = dataclasses.field(default_factory=dict)
    year: YearRule | None = None
    lists: dict[str, Listed] = dataclasses.field(default_factory=dict)
    columns: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    parts: dict[str, tuple[int, int]] = dataclasses.field(default_factory=dict)

    def find(self, code: str) -> Check | None:
        return next((check for check in self.checks if check.code == code), None)

    def of(self, part: str) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.part == part)


@dataclasses.dataclass(frozen=True)
class _CheckFile(Asked):
    code: str = ""
    kind: Kind | None = None
    severity: Severity | None = None
    message: str = ""
    part: str = ""
    columns: tuple[str, ...] = ()
    when: Any = ()
    from_year: int | None = None
    to_year: int | None = None
    year_of: str | None = None
    aged: Age | None = None


@dataclasses.dataclass(frozen=True)
class _ChecksFile:
    check: tuple[dict[str, Any], ...] = ()
    beside: dict[str, dict[str, dict[str, str]]] = dataclasses.field(default_factory=dict)
    year: YearRule | None = None


@dataclasses.dataclass(frozen=True)
class _Difference:
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _YearFile:
    lists: dict[str, _Difference] = dataclasses.field(default_factory=dict)
    columns: _Difference = _Difference()
    parts: _Difference = _Difference()


def check_set(values: dict[str, Any], *, file: str) -> CheckSet:
    """Read the checks, and what they need, out of a file's settings. Raises `toml.AreaRejected`."""
    given = toml.settle(_ChecksFile, values, file=file)
    checks = tuple(_check(one, file=file, at=f"check[{n}]") for n, one in enumerate(given.check))
    codes = [check.code for check in checks]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise AreaRejected(f"{file}: check {', '.join(twice)} is there twice.")
    return CheckSet(checks, given.beside, given.year)


def with_years(found: CheckSet, files: dict[int, dict[str, Any]], *, folder: str) -> CheckSet:
    """
    The checks with their code lists, put together from what each year's file says is different from the year before.

    The first year stands for all before it and the last for all after. Raises `toml.AreaRejected`.
    """
    years = {
        year: toml.settle(_YearFile, values, file=f"{folder}/{year}.toml") for year, values in sorted(files.items())
    }
    names = dict.fromkeys(name for one in years.values() for name in one.lists)
    lists = {
        name: _spans({year: one.lists.get(name, _Difference()) for year, one in years.items()}, at=f"{folder}: {name}")
        for name in names
    }
    columns = {name: (a, b) for name, a, b in _spans({y: one.columns for y, one in years.items()}, at=folder)}
    parts = {name: (a, b) for name, a, b in _spans({y: one.parts for y, one in years.items()}, at=folder)}
    return dataclasses.replace(found, lists=lists, columns=columns, parts=parts)


def _spans(years: dict[int, _Difference], *, at: str) -> Listed:
    since: dict[str, int] = {}
    spans: list[tuple[str, int, int]] = []
    for place, (year, difference) in enumerate(years.items()):
        for code in difference.remove:
            if code not in since:
                raise AreaRejected(f"{at}: {year}.toml removes {code}, which the year before does not have.")
            spans.append((code, since.pop(code), year - 1))
        for code in difference.add:
            if code in since:
                raise AreaRejected(f"{at}: {year}.toml adds {code}, which the year before has.")
            since[code] = year if place else 0
    return tuple(sorted([*spans, *((code, first, LATEST) for code, first in since.items())]))


def _check(values: dict[str, Any], *, file: str, at: str) -> Check:
    at = str(values.get("code", at))
    given = toml.settle(_CheckFile, values, file=file, at=at)
    for key in ("code", "kind", "severity", "message"):
        if not getattr(given, key):
            raise AreaRejected(f"{file}: {at}.{key} is missing.")
    if not CODE.fullmatch(given.code):
        raise AreaRejected(f"{file}: {at}.code must be like 903-EP-012.")
    asked = [name for name in PREDICATES if getattr(given, name) is not None]
    if len(asked) != 1:
        raise AreaRejected(f"{file}: {at} needs exactly one of {', '.join(PREDICATES)}.")
    [predicate] = asked
    setting = getattr(given, predicate)
    assert given.kind is not None and given.severity is not None
    check = Check(
        given.code, given.kind, given.severity, given.message.rstrip(". "), given.part, predicate, setting,
        given.columns, conditions_of(given.when, file=file, at=f"{at}.when") if given.when else (),
        given.from_year, given.to_year, given.year_of, given.aged,
    )  # fmt: skip
    _require_whole(check, file=file, at=at)
    return check


def _require_whole(check: Check, *, file: str, at: str) -> None:
    """Raise AreaRejected for a check that lacks what its predicate needs."""
    whole_part = check.predicate in ("rows_change", "in_return", "no_overlap", "chain", "at_most_per", "age_between")
    if not check.part and check.predicate != "rows_change":
        raise AreaRejected(f"{file}: {at}.part is missing.")
    if not check.columns and not whole_part:
        raise AreaRejected(f"{file}: {at}.columns must name at least one column.")
    if check.predicate == "filled" and len(check.columns) < 2:
        raise AreaRejected(f"{file}: {at}.columns must name at least two columns for filled.")
    if check.predicate in ("never", "empty") and not check.when:
        raise AreaRejected(f"{file}: {at}.when is missing; {check.predicate} needs it.")
    if check.predicate == "one_of" and not (isinstance(check.setting, str) or _are_texts(check.setting)):
        raise AreaRejected(f"{file}: {at}.one_of must be a list of codes, or the name of a list by year.")
    if check.predicate in OF_THE_DELIVERY and check.severity == "set_aside":
        raise AreaRejected(f"{file}: {at}.severity must be refuse or warn; it is not about a row.")
    if check.predicate == "matches":
        try:
            re.compile(check.setting)
        except re.error as why:
            raise AreaRejected(f"{file}: {at}.matches is not a pattern: {why}.") from why


def _are_texts(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(one, str) for one in given)


def _is_day(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text))
