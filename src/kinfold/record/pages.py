"""A child's rows put in the order and the groups a page shows them in. No query, no request."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator

from kinfold.governance.gate import Sight
from kinfold.record import policies, wording
from kinfold.record.published import Child, Feed, Involvement, Statement, TimelineEntry
from kinfold.vocabulary import words

ENTRIES_A_PAGE = 20
BEING_CHECKED = "Address being checked: ask the allocated worker"
NO_SERVICE = "No service found in the feeds we hold."


@dataclasses.dataclass(frozen=True)
class Identity:
    """The bar at the top of every page of a child. where is "" when the sight does not show it."""

    person_id: str
    name: str
    known_as: str
    age: str
    birth_on: datetime.date | None
    birth_is_sure: bool
    expected_on: datetime.date | None
    where: str
    phone: str
    contact_note: str
    is_restricted: bool
    is_address_withheld: bool


def identity(
    child: Child, sight: Sight, *, as_at: datetime.date, is_whole: bool = True, is_doubted: bool = False
) -> Identity:
    """
    is_whole: nobody whose number the phone may be, or whose note, is closed to the reader.
    is_doubted: a whole record is said to be another's, so that what it may have told of names and homes is not shown.
    """
    where = ""
    if sight.may_see("address"):
        where = BEING_CHECKED if is_doubted and not child.is_address_withheld else _address(child)
    return Identity(
        person_id=child.person_id,
        name=wording.full_name(child.forename, child.surname),
        known_as=child.known_as if child.known_as != child.forename and not is_doubted else "",
        age=wording.age(child.birth_on, as_at=as_at, expected_on=child.expected_on),
        birth_on=child.birth_on,
        birth_is_sure=child.birth_quality in ("", "stated"),
        expected_on=child.expected_on if child.birth_on is None else None,
        where=where,
        phone=child.phone if sight.may_see("contact") and is_whole else "",
        contact_note=child.contact_note if sight.may_see("safety") and is_whole else "",
        is_restricted=child.is_restricted,
        is_address_withheld=child.is_address_withheld,
    )


@dataclasses.dataclass(frozen=True)
class Result:
    """One row of a search: only what tells one child from another."""

    person_id: str
    name: str
    known_as: str
    age: str
    birth_on: datetime.date | None
    expected_on: datetime.date | None
    area: str
    is_restricted: bool


def result(child: Child, *, as_at: datetime.date) -> Result:
    return Result(
        person_id=child.person_id,
        name=wording.full_name(child.forename, child.surname),
        known_as=child.known_as if child.known_as != child.forename else "",
        age=wording.age(child.birth_on, as_at=as_at, expected_on=child.expected_on),
        birth_on=child.birth_on,
        expected_on=child.expected_on if child.birth_on is None else None,
        area=wording.area(child.postcode, is_withheld=child.is_address_withheld),
        is_restricted=child.is_restricted,
    )


def _address(child: Child) -> str:
    if child.is_address_withheld:
        return "Address withheld: ask the allocated worker"
    return ", ".join(part for part in (child.address_lines, child.postcode) if part) or "No address in our feeds"


@dataclasses.dataclass(frozen=True)
class Statements:
    """Statements by what the page does with them. asked_not_known: those we could not answer, by why."""

    decide_today: list[Statement]
    strengths: list[Statement]
    needs: list[Statement]
    pressures: list[Statement]
    not_seen: list[Statement]
    not_known: dict[str, list[Statement]]


def grouped(rows: Iterable[Statement]) -> Statements:
    by_kind: dict[str, list[Statement]] = {kind: [] for kind in policies.SECTION_OF}
    not_known: dict[str, list[Statement]] = {}
    for row in rows:
        if row.state == "unknown":
            not_known.setdefault(row.why_unknown, []).append(row)
        else:
            by_kind[row.kind].append(row)
    return Statements(
        decide_today=by_kind["acute"],
        strengths=by_kind["strength"],
        needs=by_kind["need"],
        pressures=by_kind["pressure"],
        not_seen=by_kind["lost"],
        not_known=not_known,
    )


@dataclasses.dataclass
class Contact:
    """One service that works with the child, and how to reach it. about: whose case it is, "" when the child's own."""

    agency: str
    service: str
    about: str
    worker: str
    phone: str
    email: str
    team: str
    since: datetime.date | None
    as_of: datetime.date | None
    doing: list[str]

    def take(self, *, doing: Iterable[str], since: datetime.date | None, as_of: datetime.date | None) -> None:
        """Say of this contact what another row of the same service says too."""
        self.doing += [stage for stage in doing if stage not in self.doing]
        self.since = min(filter(None, (self.since, since)), default=None)
        self.as_of = max(filter(None, (self.as_of, as_of)), default=None)


def contacts(rows: Iterable[Involvement]) -> list[Contact]:
    """
    Involvements of one service and worker as one contact, listing what they do.

    What a service says without naming anybody belongs to the person of that agency whom another row names.
    """
    found: dict[tuple[str, ...], Contact] = {}
    for row in rows:
        key = (row.agency, row.service_name, row.about_words, row.worker_ref or row.worker_name)
        contact = found.setdefault(key, _contact(row))
        stage = words.STAGE.get(row.stage, row.stage.replace("_", " ").capitalize())
        contact.take(doing=[stage] if row.stage != "allocation" else [], since=row.since, as_of=row.as_of)
    named = {(contact.agency, contact.about): contact for contact in reversed(found.values()) if contact.worker}
    kept = []
    for contact in found.values():
        of_agency = named.get((contact.agency, contact.about))
        if of_agency and not contact.worker and contact.service == contact.agency:
            of_agency.take(doing=contact.doing, since=contact.since, as_of=contact.as_of)
        else:
            kept.append(contact)
    return kept


def _contact(row: Involvement) -> Contact:
    return Contact(
        agency=words.AGENCY.get(row.agency, row.agency),
        service=row.service_name or row.team or words.AGENCY.get(row.agency, row.agency),
        about="" if row.about_words in ("", "this child") else row.about_words,
        worker=row.worker_name,
        phone=row.worker_phone,
        email=row.worker_email,
        team=row.team if row.team != row.service_name else "",
        since=row.since,
        as_of=row.as_of,
        doing=[],
    )


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What of the timeline somebody asked to see, as read from the address; a code that is not there is no filter."""

    kind: str = ""
    agency: str = ""
    is_significant: bool = False

    @property
    def address(self) -> str:
        """The filter as part of an address, without the page."""
        parts = [("kind", self.kind), ("agency", self.agency), ("significant", "yes" if self.is_significant else "")]
        return "&".join(f"{name}={value}" for name, value in parts if value)


@dataclasses.dataclass(frozen=True)
class Timeline:
    """One page of what passes the filter, newest first. kinds, agencies: code and words to filter by."""

    page: Page
    chosen: Chosen
    kinds: list[tuple[str, str]]
    agencies: list[tuple[str, str]]


def chosen(asked: Mapping[str, str], rows: list[TimelineEntry]) -> Chosen:
    kind, agency = asked.get("kind", ""), asked.get("agency", "")
    return Chosen(
        kind=kind if kind in {row.kind for row in rows} else "",
        agency=agency if agency in {row.agency for row in rows} else "",
        is_significant=asked.get("significant") == "yes",
    )


def alike_once(rows: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Entries of which none says the same as another: what happened to both parents alike is one line."""
    found: dict[tuple[Any, ...], TimelineEntry] = {}
    for row in rows:
        found.setdefault((row.on, row.kind, row.title, row.detail, row.agency), row)
    return list(found.values())


def timeline(rows: list[TimelineEntry], asked: Mapping[str, str]) -> Timeline:
    wanted = chosen(asked, rows)
    passing = [
        row
        for row in rows
        if (not wanted.kind or row.kind == wanted.kind)
        and (not wanted.agency or row.agency == wanted.agency)
        and (not wanted.is_significant or row.is_significant)
    ]
    return Timeline(
        page=Paginator(passing, ENTRIES_A_PAGE).get_page(asked.get("page")),
        chosen=wanted,
        kinds=_choices({row.kind for row in rows}, {**words.STAGE, **words.EVENT}),
        agencies=_choices({row.agency for row in rows}, words.AGENCY),
    )


def _choices(codes: set[str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    named = [(code, labels.get(code, code.replace("_", " ").capitalize())) for code in codes if code]
    return sorted(named, key=lambda pair: pair[1])


@dataclasses.dataclass(frozen=True)
class NotKnown:
    """
    What we do not know, as three different things: feeds not connected, feeds gone silent, and questions that the
    feeds we hold do not cover for this child; and which feeds are late or shrunken. unanswered: by why, the questions
    about this child that nobody can answer. known: how much of it all can be answered, as a sentence without a figure.
    """

    known: str
    not_connected: list[Feed]
    silent: list[Feed]
    late: list[Feed]
    shrunken: list[Feed]
    unanswered: dict[str, list[Statement]]

    def about(self, kind: str) -> int:
        """How many questions of a kind of statement nobody can answer about this child."""
        return sum(row.kind == kind for rows in self.unanswered.values() for row in rows)


def not_known(child: Child, statements: Statements, feeds: Sequence[Feed], *, reads_all: bool) -> NotKnown:
    """reads_all: whether the reader may know of every feed, and so how many hold a record of the child."""
    coming = sum(feed.state != "not_connected" for feed in feeds)
    by_state: dict[str, list[Feed]] = {}
    for feed in feeds:
        by_state.setdefault(feed.state, []).append(feed)
    return NotKnown(
        known=wording.how_much_known(child.coverage_share, child.source_count if reads_all else None, coming),
        not_connected=by_state.get("not_connected", []),
        silent=by_state.get("silent", []),
        late=by_state.get("late", []),
        shrunken=by_state.get("shrunken", []),
        unanswered=statements.not_known,
    )


def standings(feeds: Iterable[Feed]) -> dict[str, str]:
    """By feed: how it stands, as a sentence; only feeds that are late, silent or shrunken."""
    said = {feed.feed: wording.standing(feed.label, feed.state, feed.last_delivered_on, feed.due_on) for feed in feeds}
    return {feed: sentence for feed, sentence in said.items() if sentence}


def working_with(child: Child, sight: Sight, contacts: list[Contact], *, is_whole: bool) -> str:
    """
    Who works with the child: the run's sentence for who reads every agency, else the services that may be named.

    is_whole: nobody whose facts the run's sentence may tell is closed to the reader.

    To a reader of some agencies, finding none is not that there is none.
    """
    if policies.reads_all(sight) and is_whole:
        return child.pathway_sentence or NO_SERVICE
    named = list(dict.fromkeys(contact.service for contact in contacts))
    return f"Open to {wording.listed(named)}." if named else "Not open to a service that you may see."


def why(child: Child, sight: Sight, statements: Statements, *, is_whole: bool) -> str:
    """Why this child is on a list, in facts this reader may know: the run's sentence, or the readable statements."""
    if policies.reads_all(sight) and sight.may_see("pressures") and is_whole:
        return child.why
    return in_short([*statements.decide_today, *statements.pressures, *statements.needs])


def in_short(rows: Iterable[Statement], *, most: int = 3) -> str:
    return wording.one_sentence(row.text or row.label for row in list(rows)[:most])
