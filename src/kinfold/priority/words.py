"""
Sentences made inside the engine: dates in words, how often, statements filled in.

Formats of dates differ between engines, so days and months are spelt from their numbers.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from kinfold.vocabulary.dates import MONTH_NAMES

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OFTEN = {1: "once", 2: "twice"}


def date_in_words(day: ir.DateValue) -> ir.StringValue:
    """3 March 2026; null when the day is."""
    month = day.month().cast("int64").cases(*enumerate(MONTH_NAMES, start=1))
    return day.day().cast("string") + " " + month + " " + day.year().cast("string")


def weekday_in_words(day: ir.DateValue) -> ir.StringValue:
    """Tuesday 3 March 2026; null when the day is."""
    name = day.day_of_week.index().cast("int64").cases(*enumerate(WEEKDAYS))
    return name + " " + date_in_words(day)


def times_in_words(times: ir.IntegerValue) -> ir.StringValue:
    """once, twice, 3 times."""
    return times.cast("int64").cases(*OFTEN.items(), else_=times.cast("string") + " times")


def filled_in(statement: ir.StringValue, *, times: ir.IntegerValue, on: ir.DateValue) -> ir.StringValue:
    """
    A statement filled in, without its full stop: `{times} times` as once, twice or 3 times, `{times}` as a number,
    `{on}` as a date.
    """
    known = times.fill_null(1)
    said = statement.replace("{times} times", times_in_words(known)).replace("{times}", known.cast("string"))
    return said.replace("{on}", date_in_words(on).fill_null("an unknown date")).re_replace(r"\.\s*$", "")


def continued(said: ir.StringValue) -> ir.StringValue:
    """A statement as the later part of a sentence: its first letter small, unless a name of letters begins it."""
    second = said.substr(1, 1)
    return (second == second.lower()).ifelse(said.substr(0, 1).lower() + said.substr(1), said)


def one_sentence(first: ir.StringValue, second: ir.StringValue, third: ir.StringValue) -> ir.StringValue:
    """Up to three statements as one sentence; null when there is none."""
    rest = ibis.literal("; ")
    return first + (rest + continued(second)).fill_null("") + (rest + continued(third)).fill_null("") + "."
