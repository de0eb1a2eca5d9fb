"""Whom a row is about, what makes it one, and what it tells: a sketch of one table from guesses about its columns."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import re
from collections.abc import Sequence

from kinfold.feeds.propose import guessing, names
from kinfold.feeds.propose.guessing import Guess
from kinfold.feeds.propose.names import Service
from kinfold.feeds.propose.shapes import Look, look, says
from kinfold.feeds.propose.sketch import CERTAIN, LIKELY, Column, Part, Someone, Use
from kinfold.vocabulary import dates
from kinfold.vocabulary.periods import months_before

ALWAYS = 0.999
KEY_COLUMNS, MOST_IN_KEY = 10, 4
TELLS_OF_SOMEBODY = frozenset({"forename", "surname", "full_name", "birth", "nhs", "upn", "person_id", "nino"})
TELLS_OF_THE_FIRST = TELLS_OF_SOMEBODY - {"nhs", "upn", "nino"}
FIRST = ("", "child", "adult", "victim", "suspect")
WORK = ("start", "end", "worker_ref", "worker_name", "team", "stage")
OF_A_HOME = ("tenancy", "liability")
EVENTS_ONLY = ("on", "ended_on", "severity", "place", "event_kind", "involved", "seen", "seen_alone")


def mapping_name(column: str) -> str:
    """The name of a column as a mapping writes it: marks that the language needs for itself become spaces."""
    return " ".join(re.sub(r"[.{}:!\[\]]", " ", column).split()) or column


def sketch_part(name: str, headers: Sequence[str], rows: Sequence[Sequence[str]], *, said: str = "") -> Part:
    """A sketch of one table. headers: unique names. rows: those looked at. said: name of the file or sheet."""
    cells = [[row[at] for row in rows] for at in range(len(headers))]
    looks = [look(column) for column in cells]
    service = guessing.service_of(headers, said=said)
    found = guessing.guesses(headers, looks)
    uses = [guessing.use_of(guess, column, seen) for guess, column, seen in zip(found, cells, looks, strict=True)]
    found = [guessing.as_used(guess, use) for guess, use in zip(found, uses, strict=True)]
    table = _Table([mapping_name(header) for header in headers], cells, looks, found, uses, service)
    table.settle()
    return table.part(name, len(rows))


class _Table:
    """One table on its way from guesses to a sketch."""

    def __init__(
        self,
        headers: list[str],
        cells: list[list[str]],
        looks: list[Look],
        found: list[Guess],
        uses: list[Use | None],
        service: Service,
    ) -> None:
        self.headers, self.cells, self.looks, self.found = headers, cells, looks, found
        self.uses, self.service = uses, service
        self.unread = [self._why_unread(guess, use) for guess, use in zip(found, uses, strict=True)]
        self.remarks: list[str] = []

    def settle(self) -> None:
        """Put right what only the row as a whole can tell."""
        self._dates_of_the_row()
        if not self._has(*EVENTS_ONLY[:1]) or self.service.stage == "":
            self._no_events() if not self._has("on") else None
        self._people_without_names()
        if self._has("rating") and not self._works():
            self._take_for("rating", "severity" if self._has("on") and not self._has("severity") else None)
        if self._has("severity") and not self._has("on"):
            self._take_for("severity", "rating" if self._works() and not self._has("rating") else None)
        if not self._works():
            for one in ("outcome", "worker_ref", "worker_name", "worker_phone", "worker_email", "team", "visit_days"):
                self._take_for(one, None, why="the row tells of no period of work it could belong to")
        if not self._works() and not self._has("on"):
            self._take_for("detail", None, why="the row tells of nothing it could belong to")
        self._ties()
        self._birth_is_only_a_day()

    def part(self, name: str, count: int) -> Part:
        whose = self._whose()
        row_id = self._row_id()
        people = tuple(self._someone(one, whose[0], row_id) for one in whose)
        event_id = self._at_of("row_id")[:1] if self._has("on") else []
        columns = tuple(
            Column(header, seen.shapes, round(seen.filled, 4), seen.distinct, (use,) if use else (), "" if use else why)
            for header, seen, use, why in zip(self.headers, self.looks, self.uses, self.unread, strict=True)
        )
        return Part(
            name=name,
            rows=count,
            columns=columns,
            people=people,
            row_id=tuple(self.headers[at] for at in row_id),
            event_id=tuple(self.headers[at] for at in event_id) or tuple(self.headers[at] for at in row_id),
            agency=self.service.agency,
            stage=(self.service.stage or "caseload") if self._works() else "",
            event_kind=self.service.event_kind if self._has("on") else "",
            remarks=tuple(self.remarks),
        )

    # -- what columns are taken for ------------------------------------------------------------------------------

    def _has(self, *meanings: str) -> bool:
        return any(use is not None and use.meaning in meanings for use in self.uses)

    def _works(self) -> bool:
        of_home = self.service.stage in OF_A_HOME and self._has("address_from")
        return bool(self.service.stage) and (of_home or self._has(*WORK))

    def _at_of(self, meaning: str, person: str | None = None) -> list[int]:
        return [
            at for at, use in enumerate(self.uses)
            if use is not None and use.meaning == meaning and person in (None, use.person)
        ]  # fmt: skip

    def _take_for(self, meaning: str, other: str | None, *, why: str = "") -> None:
        for at in self._at_of(meaning):
            use = self.uses[at]
            assert use is not None
            if other is None:
                self.uses[at] = None
                self.unread[at] = why or "the row tells of nothing it could belong to"
                continue
            known = names.meanings()[other]
            codes = guessing.codes_for(known.codes, self.cells[at]) if known.codes else use.codes
            self.uses[at] = dataclasses.replace(use, meaning=other, codes=codes)

    def _dates_of_the_row(self) -> None:
        """A service without periods of work tells of events; one with them may call its first day a date."""
        if not self.service.stage:
            if not self._has("on"):
                self._take_for("start", "on")
            if self._has("on") and not self._has("ended_on"):
                self._take_for("end", "ended_on")
            self._take_for("start", None, why="the day it happened is read instead")
            self._take_for("end", None, why="the day it was over is read instead")
        elif self._has("on") and not self._has("start") and self._has("end"):
            self._take_for("on", "start")
        start, end = self._at_of("start"), self._at_of("end")
        if start and end:
            share = self._in_order(start[0], end[0])
            if share is not None:
                self._say(end[0], f"after the start in {share:.0%} of rows that have both")
                if share < 0.7:
                    self.remarks.append(
                        "Many rows end before they start: see whether the two dates are the right way round."
                    )

    def _no_events(self) -> None:
        for one in EVENTS_ONLY:
            if one == "severity" and self._works() and not self._has("rating"):
                continue
            self._take_for(one, None, why="the row has no day on which something happened")

    def _in_order(self, start: int, end: int) -> float | None:
        both = [
            (first, last)
            for one, other in zip(self.cells[start], self.cells[end], strict=True)
            if (first := _day(one)) is not None and (last := _day(other)) is not None
        ]
        return sum(first <= last for first, last in both) / len(both) if both else None

    def _say(self, at: int, words: str) -> None:
        use = self.uses[at]
        if use is not None:
            self.uses[at] = dataclasses.replace(use, why=f"{use.why}; {words}")

    def _people_without_names(self) -> None:
        """What is said of a person nobody names or numbers belongs to the row's first person."""
        every = {use.person for use in self.uses if use is not None and self._is_of_person(use)}
        named = {
            use.person for use in self.uses
            if use is not None and use.meaning in (TELLS_OF_SOMEBODY if use.person else TELLS_OF_THE_FIRST)
        }  # fmt: skip
        if not named and any(use.meaning in TELLS_OF_SOMEBODY for use in self.uses if use is not None):
            named = {""}
        first = self._order(named)[0] if named else ""
        for at, use in enumerate(self.uses):
            if use is not None and self._is_of_person(use) and use.person in every - named:
                clash = use.meaning not in guessing.SEVERAL and self._at_of(use.meaning, first)
                if clash:
                    self.uses[at], self.unread[at] = None, "it is said of somebody whom the row does not name"
                else:
                    self.uses[at] = dataclasses.replace(use, person=first)

    def _is_of_person(self, use: Use) -> bool:
        return names.meanings()[use.meaning].of in ("person", "measure")

    def _ties(self) -> None:
        if self._has("tie") and not self._has("other_id"):
            self._take_for("tie", None, why="the row does not say to whom")
        if self._has("other_id") and not self._has("tie"):
            self._take_for("other_id", None, why="the row does not say what they are to each other")

    def _birth_is_only_a_day(self) -> None:
        for at in self._at_of("birth"):
            if self.looks[at].share("two_figure_year") > 0.3:
                self.remarks.append("Dates of birth with two figures for the year cannot be read: ask for four.")

    def _why_unread(self, guess: Guess, use: Use | None) -> str:
        if use is not None:
            return ""
        return guess.could.meaning.why if guess.could is not None else guess.unread

    # -- whom a row is about --------------------------------------------------------------------------------------

    def _whose(self) -> list[str]:
        named = {use.person for use in self.uses if use is not None and self._is_of_person(use)}
        return self._order(named) or [""]

    def _order(self, named: set[str]) -> list[str]:
        places = {use.person: at for at, use in reversed(list(enumerate(self.uses))) if use is not None}

        def rank(one: str) -> tuple[int, int]:
            kind = one.partition(" ")[0]
            later = " " in one
            return (FIRST.index(kind) if kind in FIRST and not later else len(FIRST)), places.get(one, 0)

        return sorted(named, key=rank)

    def _someone(self, whose: str, first: str, row_id: list[int]) -> Someone:
        kind = names.people().get(re.sub(r" \d+$", "", whose)) or names.people()["joint"]
        is_first = whose == first
        own = [at for at in self._at_of("person_id", whose) if self.looks[at].filled >= ALWAYS or not is_first]
        label = whose or "person"
        tie = "" if is_first else self._tie(kind.name, kind.tie, first)
        role = kind.role or self._role_by_birth(whose)
        if own:
            return Someone(whose, role, (self.headers[own[0]],), "", tie, kind.part)
        behind = "" if is_first else f"/{label.replace(' ', '_')}"
        return Someone(whose, role, tuple(self.headers[at] for at in row_id), behind, tie, kind.part)

    def _tie(self, kind: str, tie: str, first: str) -> str:
        if kind == "adult" and names.people().get(first.partition(" ")[0], names.people()[""]).role == "child":
            return "carer"
        return tie if tie != "other" else ""

    def _role_by_birth(self, whose: str) -> str:
        """Child when most were under 18 on the latest day that the file speaks of."""
        births = [day for at in self._at_of("birth", whose) for cell in self.cells[at] if (day := _day(cell))]
        if not births:
            return self.service.role or "child"
        later = [
            seen.last for seen, use in zip(self.looks, self.uses, strict=True)
            if use is not None and use.meaning in ("start", "on", "address_from") and seen.last is not None
        ]  # fmt: skip
        latest = max(later, default=max(births))
        children = sum(day > months_before(latest, 18 * 12) for day in births)
        return "child" if children * 2 >= len(births) else "adult"

    # -- what makes a row one -------------------------------------------------------------------------------------

    def _row_id(self) -> list[int]:
        """Columns that are always filled and together different in every row, the fewest that are."""
        always = [at for at in range(len(self.headers)) if self.looks[at].filled >= ALWAYS]
        fit = [at for at in self._may_make_key() if at in always]
        given = [at for at in self._at_of("row_id") if at in always][:1]
        if given and self._are_different(given):
            return given
        for more in range(1, MOST_IN_KEY):
            for others in itertools.combinations([at for at in fit if at not in given], more):
                if self._are_different([*given, *others]):
                    return [*given, *others]
        if not given and not fit:
            fit = sorted(always, key=lambda at: -self.looks[at].distinct)
        self.remarks.append(
            "No few columns are different in every row: some rows may be the same, or one that counts them is missing."
        )
        return [*given, *[at for at in fit if at not in given][: MOST_IN_KEY - len(given)]] or [0]

    def _may_make_key(self) -> list[int]:
        order = ("line", "person_id", "nhs", "upn", "start", "on", "full_name", "surname", "forename", "birth", "uprn",
                 "address_from", "event_kind", "involved", "detail", "postcode")  # fmt: skip
        found = [at for meaning in order for at in self._at_of(meaning)]
        return list(dict.fromkeys(found))[:KEY_COLUMNS]

    def _are_different(self, places: Sequence[int]) -> bool:
        rows = list(zip(*(self.cells[at] for at in places), strict=True))
        return len(set(rows)) >= len(rows) * ALWAYS


def with_people(part: Part) -> Part:
    """A corrected part with the people its columns speak of: new ones get a number, those nobody speaks of go."""
    known = names.meanings()
    spoken = dict.fromkeys(
        use.person for column in part.columns for use in column.uses if known[use.meaning].of in ("person", "measure")
    )
    before = {one.name: one for one in part.people}
    order = [name for name in before if name in spoken] + [name for name in spoken if name not in before]
    people = [_numbered(part, name, before.get(name), is_first=at == 0) for at, name in enumerate(order)]
    return dataclasses.replace(part, people=tuple(people) or part.people[:1])


def _numbered(part: Part, name: str, before: Someone | None, *, is_first: bool) -> Someone:
    kind = names.people().get(re.sub(r" \d+$", "", name)) or names.people()["joint"]
    own = tuple(column.name for column, _ in part.using("person_id", name))[:1]
    behind = "" if is_first or own else f"/{(name or 'person').replace(' ', '_')}"
    tie = "" if is_first else before.tie if before and before.tie else ("" if kind.tie == "other" else kind.tie)
    role = before.role if before else kind.role or "child"
    return Someone(name, role, own or part.row_id, behind, tie, before.part if before else kind.part)


def _day(cell: str) -> datetime.date | None:
    try:
        return dates.read_date(cell) if says(cell) else None
    except ValueError:
        return None


def sure_of_key(part: Part) -> tuple[str, str]:
    """How sure the number of a row is, and why, in words."""
    together = "its column is" if len(part.row_id) == 1 else "these columns are together"
    if part.remarks and part.remarks[-1].startswith("No few"):
        return LIKELY, "no few columns are different in every row; see whether rows are sent twice"
    return CERTAIN, f"{together} different in each of the {part.rows:,} rows looked at"
