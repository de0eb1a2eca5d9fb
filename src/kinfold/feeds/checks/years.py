"""Which return year a delivery is of, told by what is in it and by nothing else."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.areas.checks import YearRule
from kinfold.feeds.landing import Landed
from kinfold.vocabulary.dates import read_date

# A year counts when it has one in so many of the dates: a few that were mistyped do not move a return.
ONE_IN = 50


def told(landed: Sequence[Landed]) -> list[Landed]:
    """The landed parts of one delivery, knowing the return year it is of; as they are where the format has none."""
    rule = landed[0].delivery.feed.checks.year if landed else None
    if rule is None:
        return list(landed)
    delivery = dataclasses.replace(landed[0].delivery, year=year_of(rule, landed))
    return [dataclasses.replace(one, delivery=delivery) for one in landed]


def year_of(rule: YearRule, landed: Sequence[Landed]) -> int:
    """
    The return year: as it says itself, else the latest that at least one in fifty of its dates are in.

    Days after the delivery do not count. A delivery that says nothing is of the year of its own day.
    """
    stated: Counter[int] = Counter()
    for text, times in _texts(rule.stated_in, landed):
        if re.fullmatch(r"20\d\d", text):
            stated[int(text)] += times
    if stated:
        return stated.most_common(1)[0][0]
    delivered = landed[0].delivery.delivered
    years: Counter[int] = Counter()
    for text, times in _texts(rule.dates_in, landed):
        with contextlib.suppress(ValueError):
            day = read_date(text)
            if day is not None and day <= delivered:
                years[return_year(rule, day)] += times
    enough = sum(years.values()) / ONE_IN
    return max((year for year, times in years.items() if times >= enough), default=return_year(rule, delivered))


def return_year(rule: YearRule, day: datetime.date) -> int:
    """The year that the return of this day ends in."""
    return day.year + (day.month >= rule.month and rule.month > 1)


def _texts(names: Sequence[str], landed: Sequence[Landed]) -> Iterator[tuple[str, int]]:
    """Each different text of these columns (`part.column`), and how often it is there."""
    for name in names:
        part, _, column = name.partition(".")
        for one in landed:
            found = one.column_of(column) if one.part.name == part else None
            if found is not None:
                for batch in pq.ParquetFile(one.path).iter_batches(columns=[found]):
                    counted = pa.chunked_array([batch.column(0)]).value_counts()
                    for each in counted.to_pylist():
                        if each["values"]:
                            yield each["values"], each["counts"]
