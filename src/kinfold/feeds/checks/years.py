"""Which return year a delivery, or each file of it, is of, told by what is in it and by nothing else."""

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
    """
    The landed parts of one delivery, each knowing the return year its file is of; as they are where there is none.

    A delivery is of one year unless it holds a second file of some part: then each file is asked for its own.
    """
    rule = landed[0].delivery.feed.checks.year if landed else None
    if rule is None:
        return list(landed)
    years = _by_file(rule, landed)
    return [
        dataclasses.replace(one, delivery=dataclasses.replace(one.delivery, year=years[one.of_file])) for one in landed
    ]


def _by_file(rule: YearRule, landed: Sequence[Landed]) -> dict[int, int]:
    """
    The year of each file of the delivery, by its number.

    The dated part that came in most files tells how many returns there are, and of which years. Another part that came
    in as many is taken in the same order, which is that of the folders they were in. One that came in fewer is of the
    first of those years that its own dates allow; one without dates is of the last.
    """
    files: dict[int, list[Landed]] = {}
    having: dict[str, list[int]] = {}
    for one in landed:
        files.setdefault(one.of_file, []).append(one)
        if one.of_file not in having.setdefault(one.part.name, []):
            having[one.part.name].append(one.of_file)
    leading = max((numbers for part, numbers in having.items() if part in _dated_parts(rule)), key=len, default=[])
    own = {number: _own_year(rule, parts) for number, parts in files.items()} if len(leading) > 1 else {}
    if not any(own.get(number) for number in leading):
        return dict.fromkeys(files, year_of(rule, landed))
    last = max(year for number in leading if (year := own[number]) is not None)
    years = [own[number] or last for number in leading]
    found = {number: min((one for one in years if one >= (own[number] or last)), default=last) for number in files}
    for numbers in having.values():
        if len(numbers) == len(leading) and not set(numbers) & set(leading):
            found |= dict(zip(numbers, years, strict=True))
    return found | dict(zip(leading, years, strict=True))


def _dated_parts(rule: YearRule) -> set[str]:
    return {name.partition(".")[0] for name in (*rule.stated_in, *rule.dates_in)}


def year_of(rule: YearRule, landed: Sequence[Landed]) -> int:
    """
    The return year: as it says itself, else the latest that at least one in fifty of its dates are in.

    Days after the delivery do not count. A delivery that says nothing is of the year of its own day.
    """
    return _own_year(rule, landed) or return_year(rule, landed[0].delivery.delivered)


def _own_year(rule: YearRule, landed: Sequence[Landed]) -> int | None:
    """The return year that these parts say, or their dates; None when they say nothing."""
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
    return max((year for year, times in years.items() if times >= enough), default=None)


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
