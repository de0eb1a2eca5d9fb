"""
The feeds of an area: who sends each, under which agreement, and how its columns become the twelve tables.

One TOML file per feed in the area's `feeds` folder, in the language of ADR 0002. Built-in formats are the same
kind of parts, so they are read here too. Names of tables and their columns are checked by `kinfold.feeds`,
which knows them; everything else about a file is checked here.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
import string
from pathlib import Path
from typing import Any, Literal

from kinfold.areas import toml
from kinfold.areas.agreements import Agreement, agreement_of
from kinfold.areas.checks import SEVERITIES, Check, CheckSet, check_set, with_years
from kinfold.areas.conditions import Condition, conditions_of
from kinfold.areas.toml import AreaRejected

As = Literal[
    "surname_first", "forename_first", "nhs", "upn", "postcode", "uprn", "phone", "yes_no", "upper", "weeks_to_days",
    "term_start", "term_end",
]  # fmt: skip
AS = frozenset(As.__args__)  # type: ignore[attr-defined]
JSON = "json:"


@dataclasses.dataclass(frozen=True)
class Supplier:
    """Whom to ask when a delivery is wrong or late."""

    name: str
    email: str = ""
    phone: str = ""


@dataclasses.dataclass(frozen=True)
class Covers:
    """What a delivery speaks for, so that its silence can be told from "no". `kind` None means every kind."""

    table: str
    kind: str | None = None
    people: Literal["everyone", "listed"] = "everyone"
    age_from: int | None = None
    age_to: int | None = None
    back_months: int | None = None


@dataclasses.dataclass(frozen=True)
class Value:
    """
    Where a value comes from: exactly one of `template`, `first_of`, `constant`, `total` and `words` is set.

    first_of: columns, or templates (which need all of their columns), the first that is not empty.
    total: the sum of a column over the rows that `per` gathers, those that `when` takes.
    words: each word is there when its conditions hold; null when none is.
    warn: a code that is not listed is counted and said, though `otherwise` gives it a value.
    as_: one of `AS`, or `json:KEY` for what a small JSON document in the cell has under KEY (or several, put together).
    """

    template: str | None = None
    first_of: tuple[str, ...] = ()
    constant: str | None = None
    total: str | None = None
    words: tuple[tuple[str, tuple[Condition, ...]], ...] = ()
    when: tuple[Condition, ...] = ()
    codes: str | None = None
    otherwise: str = "set_aside"
    warn: bool = False
    as_: str | None = None
    take: Literal["surname", "forename"] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        tests = (*self.when, *(condition for _, conditions in self.words for condition in conditions))
        offered = tuple(c for one in self.first_of for c in (template_columns(one) if "{" in one else (one,)))
        named = (*offered, *((self.total,) if self.total else ()), *(c.column for c in tests))
        return (*template_columns(self.template or ""), *named)


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of `table` for each row of the part that `when` takes, or for each group of rows alike in `per`."""

    table: str
    values: dict[str, Value]
    when: tuple[Condition, ...] = ()
    per: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the part that this row reads; a dot leads into a joined part."""
        named = [column for value in self.values.values() for column in value.columns]
        return (*named, *(c.column for c in self.when), *self.per)


@dataclasses.dataclass(frozen=True)
class Join:
    """
    Another part of the same delivery, and which columns of ours equal which of its own.

    may_be_missing: a delivery without the part is as it should be, because there was nobody to list in it.
    """

    part: str
    on: dict[str, str]
    may_be_missing: bool = False


@dataclasses.dataclass(frozen=True)
class Part:
    """
    One kind of file, sheet or block: the columns it is known by, and the rows it makes.

    also, unread: columns it is known to have and that are not read; `unread` says why of each.
    called: what else a column is called, each a name or, after ~, a pattern of its words in lower case.
    about: what the part is, and why it is not read when it is not.
    may_be_missing: columns that are read when they are there, and that a file without them is not asked for.
    checks: what is asked of its rows, beside what the mapping asks.
    """

    name: str
    recognise: tuple[str, ...]
    rows: tuple[Row, ...] = ()
    join: dict[str, Join] = dataclasses.field(default_factory=dict)
    also: tuple[str, ...] = ()
    unread: dict[str, str] = dataclasses.field(default_factory=dict)
    called: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    about: str = ""
    checks: tuple[Check, ...] = ()
    may_be_missing: tuple[str, ...] = ()

    @property
    def check_columns(self) -> tuple[str, ...]:
        """Every column that its checks look at, and the keys of the parts beside it."""
        if not self.checks:
            return ()
        keys = [f"{alias}.{theirs}" for alias, join in self.join.items() for theirs in join.on.values()]
        ours = [column for join in self.join.values() for column in join.on]
        return (*(name for check in self.checks for name in check.reads), "delivery.year", *keys, *ours)

    @property
    def check_days(self) -> frozenset[str]:
        """The columns that its checks read as dates."""
        return frozenset(name for check in self.checks for name in check.days)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of its own that the part is known to have."""
        read = [column for row in self.rows for column in row.columns if "." not in column]
        ours = [column for join in self.join.values() for column in join.on if "." not in column]
        return tuple(dict.fromkeys((*self.recognise, *read, *ours, *self.also, *self.unread)))


@dataclasses.dataclass(frozen=True)
class Format:
    """A built-in format: parts that every council has alike."""

    name: str
    label: str
    parts: tuple[Part, ...]
    codes: dict[str, dict[str, str]]
    about: str = ""
    checks: CheckSet = CheckSet()


@dataclasses.dataclass(frozen=True)
class Feed:
    """
    One feed of an area. `format` names a built-in format; its own parts are added to, or replace, that one's.

    severities: how grave a check of the format is here, where the council says otherwise; "off" leaves it out.
    not_agreed: why the register has no agreement to load it under, as the end of a sentence; empty when it has one.
    """

    name: str
    label: str
    agency: str
    supplier: Supplier
    purpose: str
    cadence_days: int
    silent_after_days: int
    delivers: Literal["everything", "changes"]
    agreement: Agreement | None
    covers: tuple[Covers, ...] = ()
    format: str | None = None
    people_of: str | None = None
    parts: tuple[Part, ...] = ()
    codes: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    checks: CheckSet = CheckSet()
    severities: dict[str, str] = dataclasses.field(default_factory=dict)
    not_agreed: str = ""

    @property
    def people_source(self) -> str:
        """Whose person numbers its people have."""
        return self.people_of or self.name


@dataclasses.dataclass(frozen=True)
class _FeedFile:
    label: str
    agency: str
    supplier: Supplier
    purpose: str
    cadence_days: int
    silent_after_days: int
    delivers: Literal["everything", "changes"]
    agreement: dict[str, Any] | None = None
    covers: tuple[Covers, ...] = ()
    format: str | None = None
    people_of: str | None = None
    part: tuple[dict[str, Any], ...] = ()
    codes: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    check: tuple[dict[str, Any], ...] = ()
    beside: dict[str, Any] = dataclasses.field(default_factory=dict)
    year: dict[str, Any] | None = None
    severity: dict[str, str] = dataclasses.field(default_factory=dict)


NOT_THE_FEEDS = ("part", "check", "beside", "year", "severity")


@dataclasses.dataclass(frozen=True)
class _FormatFile:
    label: str
    part: tuple[dict[str, Any], ...]
    codes: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    about: str = ""


@dataclasses.dataclass(frozen=True)
class _PartFile:
    name: str
    recognise: tuple[str, ...]
    row: tuple[dict[str, Any], ...] = ()
    join: dict[str, Join] = dataclasses.field(default_factory=dict)
    also: tuple[str, ...] = ()
    unread: dict[str, str] = dataclasses.field(default_factory=dict)
    called: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    about: str = ""
    may_be_missing: tuple[str, ...] = ()


def load(folder: Path) -> dict[str, Feed]:
    """
    Read every feed of an area, by name. folder: the area's, or its `feeds` folder; one without feeds gives none.

    Raises `toml.AreaRejected` naming the file and the key.
    """
    folder = folder / "feeds" if (folder / "feeds").is_dir() else folder
    if (folder / "area.toml").exists():
        return {}
    return {path.stem: load_feed(path) for path in sorted(folder.glob("*.toml"))}


def load_feed(path: Path) -> Feed:
    """Read one feed; its name is the file's. Raises `toml.AreaRejected`. A file that has not changed is read once."""
    seen = path.stat()
    return _feed_as_of(path.resolve(), seen.st_mtime_ns, seen.st_size)


@functools.lru_cache(maxsize=256)
def _feed_as_of(path: Path, changed_ns: int, size: int) -> Feed:
    return feed_of(path.stem, toml.read(path), file=path.name)


def feed_of(name: str, values: dict[str, Any], *, file: str | None = None) -> Feed:
    """Build the feed `name` from the settings of its file. Raises `toml.AreaRejected`."""
    file = file or f"{name}.toml"
    given = toml.settle(_FeedFile, values, file=file)
    if not given.format and not given.part:
        raise AreaRejected(f"{file}: give format, or at least one [[part]].")
    fields = {f.name: getattr(given, f.name) for f in dataclasses.fields(_FeedFile) if f.name not in NOT_THE_FEEDS}
    codes = _codes(given.codes, file=file)
    if given.agreement is not None:
        fields["agreement"] = agreement_of(given.agreement, file=file, is_of_format=given.format is not None)
    fields["codes"] = codes
    fields["checks"] = check_set({key: values[key] for key in ("check", "beside", "year") if key in values}, file=file)
    fields["severities"] = _severities(given.severity, file=file)
    parts = _parts(given.part, codes, file=file, whole=given.format is None)
    return Feed(name=name, parts=parts, **fields)


def _severities(given: dict[str, str], *, file: str) -> dict[str, str]:
    for code, severity in given.items():
        if severity not in (*SEVERITIES, "off"):
            raise AreaRejected(f'{file}: severity."{code}" must be one of {", ".join(SEVERITIES)} and off.')
    return given


def load_format(path: Path) -> Format:
    """
    Read a built-in format, with the checks and code lists by year that are in the folder of its name.

    Raises `toml.AreaRejected`.
    """
    given = toml.settle(_FormatFile, toml.read(path), file=path.name)
    codes = _codes(given.codes, file=path.name)
    return Format(
        path.stem,
        given.label,
        _parts(given.part, codes, file=path.name),
        codes,
        given.about,
        _checks_of(path.with_suffix("")),
    )


def _checks_of(folder: Path) -> CheckSet:
    if not (folder / "checks.toml").exists():
        return CheckSet()
    found = check_set(toml.read(folder / "checks.toml"), file=f"{folder.name}/checks.toml")
    years = {int(path.stem): toml.read(path) for path in folder.glob("[0-9][0-9][0-9][0-9].toml")}
    return with_years(found, years, folder=folder.name)


def template_columns(template: str) -> tuple[str, ...]:
    """Names between braces, in order. Raises ValueError when a brace is not closed."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def _codes(given: dict[str, dict[str, Any]], *, file: str) -> dict[str, dict[str, str]]:
    for name, table in given.items():
        for code, ours in table.items():
            if not isinstance(ours, str):
                raise AreaRejected(f'{file}: codes.{name}."{code}" must be text.')
    return given


def _parts(
    given: tuple[dict[str, Any], ...], codes: dict[str, Any], *, file: str, whole: bool = True
) -> tuple[Part, ...]:
    """whole: False where the parts may join those of a built-in format, which are not known here."""
    parts = tuple(_part(values, codes, file=file, at=f"part[{n}]") for n, values in enumerate(given))
    names = [part.name for part in parts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AreaRejected(f"{file}: part {', '.join(twice)} is there twice.")
    for part in parts:
        for alias, join in part.join.items():
            if whole and join.part not in names:
                raise AreaRejected(f"{file}: part {part.name} joins {join.part} as {alias}, which is not a part here.")
    return parts


def _part(values: dict[str, Any], codes: dict[str, Any], *, file: str, at: str) -> Part:
    given = toml.settle(_PartFile, values, file=file, at=at)
    if not given.recognise:
        raise AreaRejected(f"{file}: {at}.recognise must name at least one column.")
    each = [(one, f"{given.name}.row[{n}]") for n, row in enumerate(given.row) for one in _each(row, file=file, at=at)]
    rows = tuple(_row(row, codes, file=file, at=place) for row, place in each)
    for row in rows:
        for column in row.columns:
            alias = column.partition(".")[0]
            if "." in column and alias not in given.join and alias != "delivery":
                raise AreaRejected(f"{file}: {given.name} uses {column}, but joins nothing as {alias}.")
    _patterns(given.called, file=file, at=f"{at}.called")
    told = {f.name: getattr(given, f.name) for f in dataclasses.fields(_PartFile) if f.name != "row"}
    return Part(rows=rows, **told)


def _patterns(called: dict[str, tuple[str, ...]], *, file: str, at: str) -> None:
    for column, names in called.items():
        for name in names:
            try:
                re.compile(name[1:] if name.startswith("~") else "")
            except re.error as why:
                raise AreaRejected(f'{file}: {at}."{column}" has a pattern that cannot be read.') from why


def _each(row: dict[str, Any], *, file: str, at: str) -> list[dict[str, Any]]:
    """
    A row with `each = [...]` as one row for each, `{each}` in its texts put in.

    Where `each` lists tables, `{each.KEY}` is what a table has under KEY.
    """
    if "each" not in row:
        return [row]
    listed = row["each"]
    words = [one if isinstance(one, dict) else {"": one} for one in listed] if isinstance(listed, list) else []
    if not words or not all(isinstance(text, str) for one in words for text in one.values()):
        raise AreaRejected(f"{file}: {at}.each must be a list of texts, or of tables of texts.")
    plain = {key: value for key, value in row.items() if key != "each"}
    return [
        _filled(plain, {f"{{each.{key}}}" if key else "{each}": text for key, text in one.items()}) for one in words
    ]


def _filled(given: Any, words: dict[str, str]) -> Any:
    if isinstance(given, str):
        for word, text in words.items():
            given = given.replace(word, text)
        return given
    if isinstance(given, dict):
        return {_filled(key, words): _filled(value, words) for key, value in given.items()}
    return [_filled(one, words) for one in given] if isinstance(given, list) else given


def _row(values: dict[str, Any], codes: dict[str, Any], *, file: str, at: str) -> Row:
    values = dict(values)
    table = values.pop("table", None)
    if not isinstance(table, str):
        raise AreaRejected(f"{file}: {at}.table is missing.")
    when = conditions_of(values.pop("when", []), file=file, at=f"{at}.when")
    per = values.pop("per", [])
    if not isinstance(per, list):
        raise AreaRejected(f"{file}: {at}.per must be a list of columns.")
    made = {name: _value(value, codes, file=file, at=f"{at}.{name}") for name, value in values.items()}
    if not per and any(value.total for value in made.values()):
        raise AreaRejected(f"{file}: {at} has a total, so it needs per = [...].")
    return Row(table, made, when, tuple(per))


def _value(given: Any, codes: dict[str, Any], *, file: str, at: str) -> Value:
    if isinstance(given, str):
        return Value(template=_template(given, file=file, at=at))
    if not isinstance(given, dict):
        raise AreaRejected(f"{file}: {at} must be a template or a table with column, first_of, constant or total.")
    given = dict(given)
    sources = [key for key in ("column", "first_of", "constant", "template", "total", "words") if key in given]
    if len(sources) != 1:
        raise AreaRejected(f"{file}: {at} needs exactly one of column, first_of, constant, template, total and words.")
    if "column" in given:
        given["template"] = "{" + str(given.pop("column")) + "}"
    if "constant" in given:
        given["constant"] = _constant(given["constant"], file=file, at=at)
    conditions = conditions_of(given.pop("when", []), file=file, at=f"{at}.when")
    words = tuple(
        (word, conditions_of(test, file=file, at=f"{at}.words.{word}")) for word, test in given.pop("words", {}).items()
    )
    value = dataclasses.replace(toml.settle(Value, given, file=file, at=at), when=conditions, words=words)
    if value.template is not None:
        _template(value.template, file=file, at=at)
    if value.codes is not None and value.codes not in codes:
        raise AreaRejected(f"{file}: {at} uses codes.{value.codes}, which is not in the file.")
    if value.as_ is not None and value.as_ not in AS and not value.as_.startswith(JSON):
        raise AreaRejected(f"{file}: {at}.as must be one of {', '.join(sorted(AS))}, or {JSON}KEY.")
    if value.warn and value.codes is None:
        raise AreaRejected(f"{file}: {at}.warn needs codes.")
    if (value.take is not None) != (value.as_ in ("surname_first", "forename_first")):
        raise AreaRejected(f"{file}: {at} needs take with surname_first and forename_first, and only there.")
    return value


def _constant(given: Any, *, file: str, at: str) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, str | int | float | datetime.date):
        return str(given)
    raise AreaRejected(f"{file}: {at}.constant must be text, a number, a date, true or false.")


def _template(text: str, *, file: str, at: str) -> str:
    try:
        template_columns(text)
    except ValueError as why:
        raise AreaRejected(f"{file}: {at} has a brace that is not closed.") from why
    return text
