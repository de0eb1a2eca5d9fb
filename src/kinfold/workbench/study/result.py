"""
What two readers said, as figures that may be shown: how far they agree, and of whom they would have wanted to know.

A count of 1 to 5 children, or of all but 1 to 5, is shown as that range, and its share and interval as what they could
be over the range: the table is made to be passed on. Rounding to five as well would move a share of twenty children by
an eighth, so it is not done. Nothing is shown of a half of fewer than ten. No database, no request.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence

from kinfold.operations import studies
from kinfold.operations.studies import Agreement
from kinfold.workbench.study.models import REASONS, SAID
from kinfold.workbench.study.queries import Both

FEW = 5
LEAST_OF_A_HALF = 10
HALVES = {True: "Listed", False: "Not listed"}
READERS = ("Reader 1", "Reader 2", "Both readers")


@dataclasses.dataclass(frozen=True)
class Count:
    """How many of how many, as a range that has one value when it may be told. low, high: 95% interval of the share."""

    least: int
    most: int
    of: int
    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        return self.least == self.most

    @property
    def words(self) -> str:
        return f"{self.least}" if self.is_exact else f"{self.least} to {self.most}"

    @property
    def share(self) -> str:
        least, most = (f"{value / self.of:.0%}" for value in (self.least, self.most))
        return least if self.is_exact else f"{least} to {most}"


def count(hits: int, of: int) -> Count:
    """A count as it may be shown, with what its share may be. of: ten or more."""
    least, most = hits, hits
    if 0 < hits <= FEW:
        least, most = 1, FEW
    elif 0 < of - hits <= FEW:
        least, most = of - FEW, of - 1
    return Count(least, most, of, studies.wilson(least, of).low, studies.wilson(most, of).high)


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the table: of which half, who would have wanted to know, of how many."""

    half: str
    reader: str
    count: Count


@dataclasses.dataclass(frozen=True)
class Reason:
    """About how often a reason was given, by both readers together: half and reason in words, answers with it."""

    half: str
    words: str
    times: str


@dataclasses.dataclass(frozen=True)
class Result:
    """
    agreement: over the three answers, every child who stayed. lines: who would have wanted to know, by half and reader.

    missed: not listed, and both readers would have wanted to know. needless: listed, and neither would have. cannot:
    answers "I cannot tell", of all. bare: by half, children of whom nothing was there to read.
    """

    agreement: Agreement
    lines: tuple[Line, ...]
    missed: Count
    needless: Count
    cannot: Count
    bare: dict[str, Count]
    reasons: tuple[Reason, ...]

    @property
    def has_interval(self) -> bool:
        return not math.isnan(self.agreement.low)

    @property
    def has_kappa(self) -> bool:
        return not math.isnan(self.agreement.kappa)


def reckon(told: Sequence[Both]) -> Result | None:
    """The result; None when fewer than ten children of either half are left, of whom nothing may be shown."""
    by_half = {is_listed: [one for one in told if one.subject.is_listed == is_listed] for is_listed in HALVES}
    if any(len(rows) < LEAST_OF_A_HALF for rows in by_half.values()):
        return None
    answers = [said for one in told for said in one.said]
    return Result(
        agreement=studies.of_answers([one.said[0] for one in told], [one.said[1] for one in told]),
        lines=tuple(
            Line(HALVES[is_listed], reader, count(_wanted(rows, place), len(rows)))
            for is_listed, rows in by_half.items()
            for place, reader in enumerate(READERS)
        ),
        missed=count(_wanted(by_half[False], 2), len(by_half[False])),
        needless=count(sum("yes" not in one.said for one in by_half[True]), len(by_half[True])),
        cannot=count(answers.count("cannot"), len(answers)),
        bare={
            HALVES[is_listed]: count(sum(one.subject.is_bare for one in rows), len(rows))
            for is_listed, rows in by_half.items()
        },
        reasons=tuple(_reasons(by_half)),
    )


def _wanted(rows: Iterable[Both], place: int) -> int:
    """Children of whom one reader (0, 1), or both (2), would have wanted to know."""
    if place == 2:
        return sum(one.said == ("yes", "yes") for one in rows)
    return sum(one.said[place] == "yes" for one in rows)


def _reasons(by_half: dict[bool, list[Both]]) -> Iterable[Reason]:
    for is_listed, rows in by_half.items():
        given = [reason for one in rows for reason in one.reasons]
        for code in sorted(set(given), key=lambda code: (-given.count(code), list(REASONS).index(code))):
            yield Reason(HALVES[is_listed], REASONS[code], _rounded(given.count(code)))


def _rounded(times: int) -> str:
    """To the nearest five, so that no small count is left when the others are taken from the whole."""
    return f"1 to {FEW}" if times <= FEW else f"about {5 * round(times / 5)}"


TABLE = ("half", "who", "would have wanted to know", "of", "share", "interval from", "interval to")


def table(found: Result) -> Iterable[tuple[object, ...]]:
    """The table as a file holds it; shares of intervals 0 to 1, to two places."""
    for line in found.lines:
        held = line.count
        yield (line.half, line.reader, held.words, held.of, held.share, f"{held.low:.2f}", f"{held.high:.2f}")
    kappa = found.agreement
    yield ("All", "Said the same", "", kappa.children, f"{kappa.share:.0%}", "", "")
    yield ("All", "Kappa", _two(kappa.kappa), kappa.children, "", _two(kappa.low), _two(kappa.high))


def _two(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


ROWS = ("pseudonym", "age", "coverage", "half", "reader 1", "reason 1", "reader 2", "reason 2")


def rows(told: Iterable[Both]) -> Iterable[tuple[object, ...]]:
    """One row per child under a pseudonym: for the analyst's own work, not to be passed on."""
    for one in told:
        said = [
            words for pair in zip(one.said, one.reasons, strict=True) for words in (SAID[pair[0]], REASONS[pair[1]])
        ]
        yield (one.subject.pseudonym, one.subject.age_band, one.subject.known, HALVES[one.subject.is_listed], *said)
