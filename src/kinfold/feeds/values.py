"""A mapping's values and conditions, compiled to expressions over the columns of a part."""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.areas.feeds import JSON, Condition, Feed, Part, Value
from kinfold.feeds import cells
from kinfold.feeds.headers import plain
from kinfold.feeds.settings import codes_of
from kinfold.store import schema
from kinfold.vocabulary import dates

PEOPLE_KEYS = ("person_key", "other_key")
KEYS = (*PEOPLE_KEYS, "service_key", "event_key")
READ_AS = {("address", "postcode"): "postcode", ("address", "uprn"): "uprn"}


@dataclasses.dataclass(frozen=True)
class Cell:
    """
    A value over the rows of a part.

    fault: a code of `cells.FAULTS` where the value could not be read; None when it always can.
    warning: a code where the value was left out, or doubted, and the row still used.
    only_year: where a date of birth was only a year; None for everything else.
    """

    value: ir.Value
    fault: ir.StringValue | None = None
    warning: ir.StringValue | None = None
    only_year: ir.BooleanValue | None = None


class Columns:
    """
    The columns of a part, and of parts joined to it, by the names a mapping uses; one that is not there is null.

    Each is there twice: as in the file (`text`), and null where it stands for "not known" (`said`). Those that are
    read as a date are there a third time, as the `day` they stand for.
    """

    def __init__(self, table: ir.Table) -> None:
        self.table = table

    def text(self, name: str) -> ir.StringValue:
        return self._column(name, column_name(name))

    def said(self, name: str) -> ir.StringValue:
        return self._column(name, said_name(name))

    def day(self, name: str) -> ir.DateValue:
        return self.table[day_name(name)] if day_name(name) in self.table.columns else ibis.null("date")

    def _column(self, name: str, column: str) -> ir.StringValue:
        return self.table[column] if column in self.table.columns else cells.no_text()

    def total(self, name: str, when: tuple[Condition, ...]) -> ir.Value:
        return self.table[total_name(name, when)]


def column_name(name: str) -> str:
    """What a mapping's column is called while it is worked on."""
    alias, dot, column = name.rpartition(".")
    return f"j_{alias}_{plain(column)}" if dot else f"c_{plain(column)}"


def said_name(name: str) -> str:
    return f"s{column_name(name)}"


def day_name(name: str) -> str:
    return f"d{column_name(name)}"


def total_name(name: str, when: tuple[Condition, ...]) -> str:
    tests = "_".join(
        f"{plain(c.column)}{plain(' '.join(c.is_ or c.is_not or ()))}{c.matches}{c.is_ is None}" for c in when
    )
    return f"t_{plain(name)}_{tests}"


def holds(conditions: tuple[Condition, ...], columns: Columns) -> ir.BooleanValue:
    """Whether all conditions hold; an empty cell is none of any list."""
    all_of = ibis.literal(True)
    for condition in conditions:
        if condition.present is not None:
            said = columns.said(condition.column)
            test = said.notnull() if condition.present else said.isnull()
        elif condition.matches is not None:
            test = columns.text(condition.column).re_search(f"(?i){condition.matches}").fill_null(False)
        else:
            text = columns.text(condition.column)
            listed = [one.upper() for one in (condition.is_ or condition.is_not or ())]
            test = text.upper().isin(listed).fill_null(False)
            test = ~test if condition.is_ is None else test
        all_of = all_of & test
    return all_of


def read_value(value: Value, columns: Columns, *, feed: Feed, table: str, column: str) -> Cell:
    """Read `value` as the type of a column of one of the twelve tables."""
    of = schema.TABLES[table].column(column)
    if value.constant is not None:
        return Cell(_constant(value.constant, of.type))
    if value.total is not None:
        return Cell(columns.total(value.total, value.when))
    if value.words:
        return Cell(_words(value, columns))
    if is_day(value, of) and (names := whole_columns(value)):
        return _day(value, [(columns.said(name), columns.day(name)) for name in names], (table, column))
    text = _text(value, columns, column)
    if column in KEYS:
        prefix = feed.people_source if column in PEOPLE_KEYS else feed.name
        return Cell(ibis.literal(f"{prefix}:") + text)
    if value.codes is not None:
        spelt = text
        text, fault, unlisted = _coded(spelt, feed.codes[value.codes], value.otherwise)
        coded = _typed(text, value, of, table)
        said = ibis.ifelse(unlisted, ibis.literal("spelling_not_known\t") + spelt.upper(), cells.no_text())
        warning = said if value.warn else coded.warning
        return dataclasses.replace(coded, fault=_first(fault, coded.fault), warning=warning)
    return _typed(text, value, of, table)


def days_of(part: Part) -> frozenset[str]:
    """The columns of a part that are read as dates, whole."""
    read = [
        (value, schema.TABLES[row.table].column(column)) for row in part.rows for column, value in row.values.items()
    ]
    mapped = frozenset(name for value, of in read if is_day(value, of) for name in whole_columns(value))
    return mapped | part.check_days


def is_day(value: Value, of: schema.Column) -> bool:
    """Whether the value is read as a date."""
    has_text = value.constant is None and value.total is None and not value.words and value.codes is None
    return has_text and of.type == schema.DATE and value.as_ in (None, "term_start", "term_end")


def whole_columns(value: Value) -> list[str]:
    """The columns a value is the first of, when each is taken whole; none when a template puts texts together."""
    offered = [one if "{" in one else f"{{{one}}}" for one in value.first_of] or [value.template or ""]
    whole = [re.fullmatch(r"\{([^{}]+)\}", one) for one in offered]
    return [one[1] for one in whole if one] if all(whole) else []


def _day(value: Value, read: Sequence[tuple[ir.StringValue, ir.DateValue]], place: tuple[str, str]) -> Cell:
    """The first of these texts that is not empty, nor a day that stands for "not known", as its day."""
    if len(read) > 1:
        read = [(cells.said_day(said, day), day) for said, day in read]
    text = ibis.coalesce(*(said for said, _ in read))
    branches = [(said.notnull(), day) for said, day in read]
    day = branches[0][1] if len(branches) == 1 else ibis.cases(*branches, else_=ibis.null("date"))
    if place == ("person", "birth_on"):
        return Cell(*cells.birth_day(text, day), only_year=text.re_search(dates.YEAR_ONLY))
    day, fault = cells.known_day(text, day)
    if value.as_ is not None:
        return Cell(cells.term_edge(day, end=value.as_ == "term_end"), fault)
    return Cell(day, fault)


def _first(one: ir.StringValue | None, other: ir.StringValue | None) -> ir.StringValue | None:
    if one is None or other is None:
        return one if other is None else other
    return ibis.coalesce(one, other)


def _constant(text: str, kind: pa.DataType) -> ir.Scalar:
    if kind == schema.DATE:
        return ibis.date(text)
    if kind == schema.WHOLE:
        return ibis.literal(int(text), "int64")
    if kind == schema.NUMBER:
        return ibis.literal(float(text), "float64")
    if kind == schema.YES_NO:
        return ibis.literal(text == "true")
    return ibis.literal(text)


def _words(value: Value, columns: Columns) -> ir.StringValue:
    text: ir.StringValue = ibis.literal("")
    for word, conditions in value.words:
        text = text + ibis.ifelse(holds(conditions, columns), f"{word} ", "")
    return text.strip().nullif("")


def _text(value: Value, columns: Columns, column: str) -> ir.StringValue:
    """The text of a template or of the first column that has one. Codes see words for "unknown"; others do not."""
    read = columns.said if value.codes is None else columns.text
    if value.first_of:
        offered = [one if "{" in one else f"{{{one}}}" for one in value.first_of]
        return ibis.coalesce(*(_filled(one, read, needs_all=True) for one in offered))
    text = _filled(value.template or "", read, needs_all=column in KEYS)
    if value.as_ is not None and value.as_.startswith(JSON):
        return _of_json(text, value.as_.removeprefix(JSON))
    is_words = column not in KEYS and column != "source_id" and len(value.columns) > 1
    return _joined_tidily(text) if is_words else text


def _of_json(text: ir.StringValue, keys: str) -> ir.StringValue:
    """What a JSON document has under a key, or under several, put together as they stand: "FLAT, HOUSE STREET"."""
    if re.fullmatch(r"\w+", keys):
        return cells.in_json(text, keys)
    pieces = re.findall(r"(\w+)|(\W+)", keys)
    found = [cells.in_json(text, key).fill_null("") if key else ibis.literal(between) for key, between in pieces]
    return _joined_tidily(ibis.literal("").concat(*found)).nullif("")


def _filled(template: str, read: Callable[[str], ir.StringValue], *, needs_all: bool) -> ir.StringValue:
    """A template with its columns put in: null when all of them are empty, or, with needs_all, when any is."""
    pieces = [(before, name) for before, name, _, _ in string.Formatter().parse(template)]
    found = {name: read(name) for _, name in pieces if name is not None}
    if len(pieces) == 1 and pieces[0][0] == "" and found:
        return next(iter(found.values()))
    text: ir.StringValue = ibis.literal("")
    for before, name in pieces:
        text = text + before if before else text
        if name is not None:
            text = text + (found[name] if needs_all else found[name].fill_null(""))
    if needs_all or not found:
        return text
    return ibis.ifelse(ibis.and_(*(one.isnull() for one in found.values())), cells.no_text(), text)


def _joined_tidily(text: ir.StringValue) -> ir.StringValue:
    """Without the spaces and commas that an empty column leaves behind."""
    text = text.re_replace(r"\s+", " ").re_replace(r"( ?, ?)+", ", ")
    return text.re_replace(r"^[ ,]+|[ ,]+$", "")


def _coded(
    text: ir.StringValue, codes: dict[str, str], otherwise: str
) -> tuple[ir.StringValue, ir.StringValue | None, ir.BooleanValue]:
    """
    A code of the file as ours, its fault, and whether it is one that is not listed.

    A code that begins with ~ is a pattern, tried after the plain ones. Of two for the same text the first counts.
    """
    upper = text.upper()
    plain_codes: dict[str, str] = {}
    for code, ours in codes.items():
        if not code.startswith("~"):
            plain_codes.setdefault(code.upper(), ours)
    by_ours: dict[str, list[str]] = {}
    for code, ours in plain_codes.items():
        by_ours.setdefault(ours, []).append(code)
    branches = [(upper.isin(listed), _ours(ours)) for ours, listed in by_ours.items()]
    branches += [
        (text.re_search(f"(?i){code[1:]}"), _ours(ours)) for code, ours in codes.items() if code.startswith("~")
    ]
    listed = ibis.or_(*(test for test, _ in branches)) if branches else ibis.literal(False)
    unlisted = ~listed.fill_null(False) & ~cells.missing(text)
    if otherwise == "set_aside":
        found = ibis.cases(*branches, else_=cells.no_text())
        return found, cells.fault_where(unlisted, "code_not_listed"), unlisted
    return ibis.cases(*branches, (unlisted, _ours(otherwise)), else_=cells.no_text()), None, unlisted


def _ours(text: str) -> ir.StringScalar:
    return cells.no_text() if text == "null" else ibis.literal(text)


def _typed(text: ir.StringValue, value: Value, of: schema.Column, table: str) -> Cell:
    in_json = value.as_ is not None and value.as_.startswith(JSON)
    read_as = READ_AS.get((table, of.name)) if in_json else value.as_ or READ_AS.get((table, of.name))
    if value.take is not None:
        return Cell(cells.part_of_name(text, surname_first=value.as_ == "surname_first", take=value.take))
    if read_as in ("term_start", "term_end"):
        day, fault = cells.as_date(text)
        return Cell(cells.term_edge(day, end=read_as == "term_end"), fault)
    if read_as in ("postcode", "uprn", "phone"):
        found, _ = cells.PLAIN_READERS[read_as](text)
        code = "postcode_not_valid" if read_as == "postcode" else "identifier_not_valid"
        return Cell(found, warning=cells.fault_where(text.notnull() & found.isnull(), code))
    if read_as is not None:
        return _cast(Cell(*cells.PLAIN_READERS[read_as](text)), of)
    return _by_type(text, of, table)


def _cast(cell: Cell, of: schema.Column) -> Cell:
    """A yes or no where the table holds a number (a measure in yes_no) counts 1 or 0."""
    if of.type == schema.NUMBER and cell.value.type().is_boolean():
        return dataclasses.replace(cell, value=cell.value.cast("float64"))
    if of.type == schema.NUMBER and cell.value.type().is_integer():
        return dataclasses.replace(cell, value=cell.value.cast("float64"))
    return cell


def _by_type(text: ir.StringValue, of: schema.Column, table: str) -> Cell:
    if (table, of.name) == ("person", "birth_on"):
        return Cell(*cells.as_birth_date(text), only_year=text.re_search(dates.YEAR_ONLY))
    if of.type == schema.DATE:
        return Cell(*cells.as_date(text))
    if of.type == schema.WHOLE:
        return Cell(*cells.as_whole(text))
    if of.type == schema.NUMBER:
        return Cell(*cells.as_number(text))
    if of.type == schema.YES_NO:
        return Cell(*cells.as_yes_no(text))
    if (table, of.name) == ("identifier", "value"):
        return Cell(text.re_replace(r"\s", "").upper())
    return _of_codes(text, codes_of(table, of.name))


def _of_codes(text: ir.StringValue, codes: frozenset[str] | None) -> Cell:
    if codes is None:
        return Cell(text)
    text = text.upper() if all(code.isupper() for code in codes) else text.lower()
    ours = text.isin(sorted(codes))
    return Cell(ibis.ifelse(ours, text, cells.no_text()), cells.fault_where(text.notnull() & ~ours, "code_not_ours"))
