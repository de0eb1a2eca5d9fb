"""The only code that reads a child out of a snapshot. Every function takes the sight the gate gave, and obeys it."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from kinfold.governance.gate import Sight
from kinfold.record import policies
from kinfold.record.published import (
    Child,
    Evidence,
    Feed,
    FeedAlarm,
    Housemate,
    Involvement,
    MatchedRecord,
    Statement,
    Tie,
    TimelineEntry,
)
from kinfold.record.snapshot import Snapshot

LONGEST_TIMELINE = 1000
FIRST_STAGES = (
    "allocation",
    "child_protection",
    "looked_after",
    "section47",
    "assessment",
    "child_in_need",
    "early_help",
)


def find_child(snapshot: Snapshot, person_id: str) -> Child | None:
    return snapshot.of(Child).filter(person_id=person_id).first()


def children(snapshot: Snapshot, person_ids: Iterable[str]) -> dict[str, Child]:
    """By person id, those of the ids that the snapshot holds."""
    return {child.person_id: child for child in snapshot.of(Child).filter(person_id__in=list(person_ids))}


def flagged(snapshot: Snapshot, person_ids: Iterable[str]) -> list[str]:
    """Those of some children whose records a feed calls restricted."""
    rows = snapshot.of(Child).filter(person_id__in=list(person_ids), is_restricted=True)
    return list(rows.values_list("person_id", flat=True))


def statements(snapshot: Snapshot, sight: Sight) -> list[Statement]:
    """A child's statements, true and unknown, that the sight may read, in the run's order."""
    rows = _statements(snapshot, sight).filter(person_id=sight.person_id)
    return list(rows.order_by("rank", "id"))


def _statements(snapshot: Snapshot, sight: Sight) -> QuerySet[Statement]:
    """
    Statements of the kinds and agencies the sight may read, every agency behind them included.

    One that joins several agencies' facts says in its words what each of them told. `stale_feed` is a feed behind
    the statement that is late, silent or shrunken; null when each of them is as it should be.
    """
    rows = snapshot.of(Statement).filter(policies.readable(sight), kind__in=policies.kinds_seen(sight))
    told = snapshot.of(Evidence).filter(person_id=OuterRef("person_id"), marker=OuterRef("marker"))
    stale = told.filter(source__in=[feed.feed for feed in late_feeds(snapshot)]).order_by("source")
    rows = rows.annotate(stale_feed=Subquery(stale.values("source")[:1]))
    if policies.reads_all(sight):
        return rows
    behind = snapshot.of(Evidence).filter(person_id=OuterRef("person_id"), marker=OuterRef("marker"))
    return rows.exclude(Exists(behind.exclude(policies.readable(sight))))


def not_known_of_many(snapshot: Snapshot, sights: dict[str, Sight]) -> dict[str, list[Statement]]:
    """What cannot be answered of each child of a list, for one reader who may see that section."""
    found: dict[str, list[Statement]] = {person_id: [] for person_id in sights}
    sight = next(iter(sights.values()), None)
    if sight is None or not sight.may_see("not_known"):
        return found
    rows = _statements(snapshot, sight).filter(person_id__in=list(sights), state="unknown")
    for row in rows.order_by("rank", "id"):
        found[row.person_id].append(row)
    return found


def statements_of_many(snapshot: Snapshot, sights: dict[str, Sight]) -> dict[str, list[Statement]]:
    """Statements that are true of each child of a list, for one reader: the sights of a list share their sections."""
    found: dict[str, list[Statement]] = {person_id: [] for person_id in sights}
    if not sights:
        return found
    sight = next(iter(sights.values()))
    rows = _statements(snapshot, sight).filter(person_id__in=list(sights), state="true")
    for row in rows.order_by("rank", "id"):
        found[row.person_id].append(row)
    return found


def find_statement(snapshot: Snapshot, sight: Sight, marker: str) -> Statement | None:
    rows = _statements(snapshot, sight).filter(person_id=sight.person_id, marker=marker, state="true")
    return rows.order_by("rank", "pk").first()


def evidence(snapshot: Snapshot, sight: Sight, marker: str) -> list[Evidence]:
    """The rows behind a statement, newest first."""
    rows = snapshot.of(Evidence).filter(policies.readable(sight), person_id=sight.person_id, marker=marker)
    return list(rows.order_by(F("on").desc(nulls_last=True), "id"))


def matched_records(snapshot: Snapshot, person_id: str) -> list[MatchedRecord]:
    return list(snapshot.of(MatchedRecord).filter(person_id=person_id).order_by("feed_label", "id"))


def open_to(snapshot: Snapshot, sight: Sight, child: Child) -> list[Involvement]:
    """Services working with the child or an adult who bears on the child now, those who hold the case first."""
    if not sight.may_see("open_to"):
        return []
    rows = snapshot.of(Involvement).filter(policies.readable(sight), person_id=sight.person_id)
    if policies.hides_places(sight, child):
        rows = rows.exclude(stage__in=policies.PLACES)
    now = rows.filter(Q(until=None) | Q(until__gt=snapshot.as_at))
    order = {stage: place for place, stage in enumerate(FIRST_STAGES)}
    return sorted(now, key=lambda row: (order.get(row.stage, len(order)), row.service_name, row.id))


def timeline(snapshot: Snapshot, sight: Sight) -> list[TimelineEntry]:
    """What happened, newest first; the newest thousand."""
    if not sight.may_see("timeline"):
        return []
    rows = snapshot.of(TimelineEntry).filter(policies.readable(sight), person_id=sight.person_id)
    return list(rows.order_by(F("on").desc(nulls_last=True), "-id")[:LONGEST_TIMELINE])


@dataclasses.dataclass(frozen=True)
class Relative:
    """
    One row per person tied to the child or living with them. since: day they came to the home.

    is_restricted: a feed says that only named people may know of them.
    """

    other_id: str
    name: str
    birth_on: datetime.date | None
    kind: str
    is_child: bool
    told_by: str
    since: datetime.date | None
    is_restricted: bool


def relatives(snapshot: Snapshot, sight: Sight) -> tuple[list[Relative], list[Relative]]:
    """Family, from stated ties, and household, from the home now, in one query; each empty when not to be seen."""
    columns = ("table", "other_id", "other_name", "other_birth_on", "what", "child", "told_by", "since", "flagged")
    ties = _people(
        snapshot, snapshot.of(Tie).filter(person_id=sight.person_id),
        table="family", what=F("kind"), told_by=F("source_label"), since=Value(None),
    ).values_list(*columns)  # fmt: skip
    home = _people(
        snapshot, snapshot.of(Housemate).filter(person_id=sight.person_id),
        table="household", what=Value(""), told_by=Value(""), since=F("from_on"),
    ).values_list(*columns)  # fmt: skip
    seen = [rows for section, rows in (("family", ties), ("household", home)) if sight.may_see(section)]
    if not seen:
        return [], []
    found: dict[str, dict[tuple[str, str], Relative]] = {"family": {}, "household": {}}
    for table, *values in seen[0].union(*seen[1:], all=True) if len(seen) > 1 else seen[0]:
        person = Relative(*values)
        found[table].setdefault((person.other_id, person.kind), person)
    return _eldest_first(found["family"]), _eldest_first(found["household"])


def _eldest_first(people: dict[tuple[str, str], Relative]) -> list[Relative]:
    return sorted(people.values(), key=lambda person: (person.birth_on or datetime.date.max, person.name))


def _people(snapshot: Snapshot, rows: QuerySet, *, table: str, what: Any, told_by: Any, since: Any) -> QuerySet:
    """Both tables under the same columns and types, so that one query reads them together."""
    return rows.annotate(
        table=Value(table, output_field=CharField()),
        what=Cast(what, CharField()),
        child=Cast(F("is_child"), BooleanField()),
        told_by=Cast(told_by, CharField()),
        since=Cast(since, DateField()),
        flagged=Exists(snapshot.of(Child).filter(person_id=OuterRef("other_id"), is_restricted=True)),
    )


@functools.lru_cache(maxsize=4)
def feeds(snapshot: Snapshot) -> tuple[Feed, ...]:
    """Every feed and how it stands. A published snapshot never changes, so it is read once for each run."""
    return tuple(snapshot.of(Feed).order_by("label"))


def late_feeds(snapshot: Snapshot) -> list[Feed]:
    """Feeds that have not come when they should, or not whole: the pages say so at the top and beside statements."""
    return [feed for feed in feeds(snapshot) if feed.state in ("late", "silent", "shrunken")]


@functools.lru_cache(maxsize=4)
def feed_alarms(snapshot: Snapshot) -> tuple[FeedAlarm, ...]:
    """Feeds that fell silent and would tell that a child was seen, the longest silent first. Of no child."""
    return tuple(snapshot.of(FeedAlarm).order_by("silent_since", "label"))
