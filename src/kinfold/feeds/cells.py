"""
How one cell of text is read as a value, as Ibis expressions over whole columns.

Each reader takes a column of text, null where empty or where it stands for "not known" (see `said`), and gives a
value and a fault: null when the cell could be read, else a code of `FAULTS`.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from kinfold.vocabulary import dates, identifiers

FAULTS = {
    "value_needed": "is empty, and the row cannot be used without it",
    "not_a_date": "is not a date that can be read",
    "not_a_number": "is not a number",
    "not_a_whole_number": "is not a whole number",
    "not_yes_or_no": "is neither yes nor no",
    "code_not_listed": "is not one of the codes of the mapping",
    "spelling_not_known": 'has {distinct} that the mapping does not know, left out or taken for "other"',
    "code_not_ours": "is not one of the values its place can hold",
    "ends_before_it_starts": "is before the day it started",
    "header_repeated": "repeats the header",
    "check_letter_wrong": "has a check letter or digit that does not hold; the row was still used",
    "postcode_not_valid": "is not a postcode and was left out",
    "identifier_not_valid": "does not have the shape of its kind of identifier and was left out",
}
YES = ("Y", "YES", "TRUE", "T", "1", "1.0")
NO = ("N", "NO", "FALSE", "F", "0", "0.0")
TITLES = r"(?i)\b(mr|mrs|miss|ms|mx|dr|master|rev)\b\.?"

Read = tuple[ir.Value, ir.StringValue | None]
FINE = None


def no_text() -> ir.StringScalar:
    return ibis.null("string")


def missing(text: ir.StringValue) -> ir.BooleanValue:
    """Whether there is nothing, or a word that stands for nothing."""
    return text.isnull() | text.upper().isin(dates.MISSING_WORDS)


def said(text: ir.StringValue) -> ir.StringValue:
    """The text, null where it stands for nothing."""
    return ibis.ifelse(missing(text), no_text(), text)


def fault_where(wrong: ir.BooleanValue, code: str) -> ir.StringValue:
    return ibis.ifelse(wrong, ibis.literal(code), no_text())


def as_date(text: ir.StringValue) -> Read:
    """A calendar date; see `vocabulary.dates` for the forms. Days that stand for "not known" read as null."""
    return known_day(text, day_of(dated(text)))


# The steps of `as_date`. A working table takes each over the column that the one before made: an expression that
# held them all would repeat the patterns many times over, and reading it cost more than reading the rows.


def dated(text: ir.StringValue) -> ir.StringValue:
    """The text with year, month and day in this order and hyphens between, when it is a date of two parts or more."""
    ordered = text.upper()
    for form, order in dates.FORMS:
        ordered = ordered.re_replace(form, "-".join(f"\\{order.index(one) + 1}" for one in "ymd"))
    return ibis.ifelse(text.re_search(dates.ISO), text, ordered)


def day_of(ordered: ir.StringValue) -> ir.DateValue:
    """The day that `dated` text, or the serial number of a day, stands for; null when it is none."""
    month = ordered.substr(5, 3)
    number = (ibis.literal("".join(dates.MONTHS)).find(month) / 3 + 1).cast("int64").cast("string")
    is_named = ordered.re_search(dates.ISO_NAMED) & month.isin(dates.MONTHS)
    named = ordered.substr(0, 5) + number + ordered.substr(8, 3)
    iso = ibis.cases((ordered.re_search(dates.ISO), ordered), (is_named, named), else_=no_text()).try_cast("date")
    serial = ordered.re_extract(dates.SERIAL, 1).try_cast("int64")
    return ibis.coalesce(iso, (ibis.literal(dates.SERIAL_START) + serial.as_interval("D")).cast("date"))


def said_day(text: ir.StringValue, day: ir.DateValue) -> ir.StringValue:
    """The text of a day, null when the day stands for "not known"."""
    unknown = day.isin([ibis.literal(d) for d in dates.MISSING_DATES]).fill_null(False)
    return ibis.ifelse(unknown, no_text(), text)


def known_day(text: ir.StringValue, day: ir.DateValue) -> Read:
    """The day that was read from a text, null when it stands for "not known"."""
    unknown = day.isin([ibis.literal(d) for d in dates.MISSING_DATES])
    return ibis.ifelse(unknown, ibis.null("date"), day), fault_where(text.notnull() & day.isnull(), "not_a_date")


def as_birth_date(text: ir.StringValue) -> Read:
    """A date of birth; only a year is its first day, and `quality_of_birth_date` says so."""
    return birth_day(text, day_of(dated(text)))


def birth_day(text: ir.StringValue, day: ir.DateValue) -> Read:
    """The date of birth that was read from a text as a day, or that is only a year."""
    only_year = text.re_search(dates.YEAR_ONLY)
    return known_day(text, ibis.ifelse(only_year, (text + "-01-01").try_cast("date"), day))


def quality_of_birth_date(day: ir.DateValue, only_year: ir.BooleanValue) -> ir.StringValue:
    """How far to trust it: only a year was given, or 1 January, which systems put in by default, or as stated."""
    return ibis.cases(
        (day.isnull(), no_text()),
        (only_year, "year_only"),
        ((day.month() == 1) & (day.day() == 1), "default"),
        else_="stated",
    )


def as_number(text: ir.StringValue) -> Read:
    clean = text.re_replace(r"[£,\s]", "")
    number = clean.try_cast("float64")
    return number, fault_where(clean.notnull() & number.isnull(), "not_a_number")


def as_whole(text: ir.StringValue) -> Read:
    clean = text.re_replace(r"[£,\s]", "").re_replace(r"\.0+$", "")
    whole = ibis.ifelse(clean.re_search(r"^-?[0-9]+$"), clean, no_text()).try_cast("int64")
    return whole, fault_where(clean.notnull() & whole.isnull(), "not_a_whole_number")


def as_yes_no(text: ir.StringValue) -> Read:
    """Yes or no in the field's spellings, with or without the letter in front that some workbooks have."""
    word = text.upper().re_replace(r"^[A-Z]\)\s*", "")
    answer = ibis.cases((word.isin(YES), True), (word.isin(NO), False), else_=ibis.null("boolean"))
    return answer, fault_where(word.notnull() & answer.isnull(), "not_yes_or_no")


def as_identifier(text: ir.StringValue) -> Read:
    return text.re_replace(r"[\s\-]", "").upper(), FINE


def as_upn(text: ir.StringValue) -> Read:
    """A UPN; the codes UN1 to UN10 say why there is none."""
    upn, _ = as_identifier(text)
    return ibis.ifelse(upn.re_search(r"^UN(10|[1-9])$"), no_text(), upn), FINE


def as_postcode(text: ir.StringValue) -> Read:
    plain = text.re_replace(r"[\s\-]", "").upper()
    whole = plain.re_search(f"^{identifiers.POSTCODE_SHAPE.pattern}$")
    spaced = plain.re_replace(r"^(.+)(.{3})$", r"\1 \2")
    return ibis.ifelse(whole, spaced, no_text()), FINE


def as_uprn(text: ir.StringValue) -> Read:
    digits = text.re_replace(r"\.0+$", "").re_replace(r"^0+", "")
    return ibis.ifelse(digits.re_search(r"^[0-9]{1,12}$"), digits, no_text()), FINE


def as_phone(text: ir.StringValue) -> Read:
    """A number as people write it, spaces made single; null when it has no digit."""
    number = text.re_replace(r"\s+", " ")
    return ibis.ifelse(number.re_search(r"[0-9]"), number, no_text()), FINE


def in_json(text: ir.StringValue, key: str) -> ir.StringValue:
    """
    What a small JSON document has under `key`: a text, a number, true or false; null for anything else.

    By pattern and not by a JSON reader: one document cut short would end the reading of every row, in every engine.
    """
    name = re.escape(key)
    quoted = text.re_extract(f'"{name}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"', 1).nullif("")
    bare = text.re_extract(f'"{name}"\\s*:\\s*([A-Za-z0-9.+-]+)', 1).nullif("").nullif("null")
    return quoted.re_replace(r'\\(["\\/])', r"\1").coalesce(bare)


def as_upper(text: ir.StringValue) -> Read:
    return text.upper(), FINE


def as_weeks(text: ir.StringValue) -> Read:
    """Weeks as days."""
    weeks, fault = as_whole(text)
    return weeks * 7, fault


def part_of_name(text: ir.StringValue, *, surname_first: bool, take: str) -> ir.StringValue:
    """
    The surname or the forenames out of a name in one field.

    A comma or a slash ends the surname (SMITH/JOHN MR); without one it is the first word, or the last.
    """
    name = text.re_replace(TITLES, " ").re_replace(r"\s+", " ").strip()
    split = r"^([^,/]*)[,/](.*)$"
    first, last = r"^(\S+) ?(.*)$", r"^(.*?) ?(\S+)$"
    plain = (first, r"\1", r"\2") if surname_first else (last, r"\2", r"\1")
    into = {"surname": (r"\1", plain[1]), "forename": (r"\2", plain[2])}[take]
    found = ibis.ifelse(name.re_search(r"[,/]"), name.re_replace(split, into[0]), name.re_replace(plain[0], into[1]))
    return found.strip().nullif("")


def nhs_holds(value: ir.StringValue) -> ir.BooleanValue:
    """Ten digits whose last is the modulus 11 check of the rest."""
    check = 11 - _weighted(value, range(9), range(10, 1, -1)) % 11
    holds = (check != 10) & (check % 11 == _digit(value, 9))
    return value.re_search(r"^[0-9]{10}$") & holds.fill_null(False)


def upn_holds(value: ir.StringValue) -> ir.BooleanValue:
    """A UPN whose first letter is the check of the rest; the last may be a letter (a temporary one)."""
    alphabet = ibis.literal(identifiers.UPN_LETTERS)
    last = value.substr(12, 1)
    last_value = ibis.coalesce(last.try_cast("int64"), alphabet.find(last).nullif(-1))
    total = _weighted(value, range(1, 12), range(2, 13)) + last_value * 13
    holds = alphabet.substr((total % 23).cast("int32"), 1) == value.substr(0, 1)
    return value.re_search(f"^{identifiers.UPN_SHAPE.pattern}$") & holds.fill_null(False)


def _digit(text: ir.StringValue, place: int) -> ir.IntegerValue:
    return text.substr(place, 1).try_cast("int64")


def _weighted(text: ir.StringValue, places: range, weights: range) -> ir.IntegerValue:
    terms = [_digit(text, place) * weight for place, weight in zip(places, weights, strict=True)]
    return functools.reduce(operator.add, terms)


def term_edge(day: ir.DateValue, *, end: bool) -> ir.DateValue:
    """First day of, or after, the school term before the one `day` falls in; see `vocabulary.periods.term_before`."""
    year, month = day.year(), day.month()
    starts = [(month >= 9, year, 9 if end else 4), (month >= 4, year, 4 if end else 1)]
    branches = [(now, ibis.date(y, m, 1)) for now, y, m in starts]
    return ibis.cases(*branches, else_=ibis.date(year, 1, 1) if end else ibis.date(year - 1, 9, 1))


PLAIN_READERS: dict[str, Callable[[ir.StringValue], Read]] = {
    "nhs": as_identifier,
    "upn": as_upn,
    "postcode": as_postcode,
    "uprn": as_uprn,
    "phone": as_phone,
    "upper": as_upper,
    "yes_no": as_yes_no,
    "weeks_to_days": as_weeks,
}
