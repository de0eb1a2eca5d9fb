"""A child as a reader of a study sees it: what was known on the day, and nothing of the order. No request."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence

from kinfold.governance import queries as governance
from kinfold.governance.models import User
from kinfold.record import overlays, queries, wording
from kinfold.record.published import Evidence, Involvement, Statement
from kinfold.record.snapshot import Snapshot
from kinfold.record.veil import Veil, ids
from kinfold.vocabulary import words
from kinfold.workbench.study import copying
from kinfold.workbench.study.models import Answer, Subject

GROUPS = {
    "strength": "Strengths",
    "need": "Unmet needs",
    "pressure": "Pressures on the family",
    "acute": "Pressures on the family",
    "lost": "Not seen in our feeds",
}


@dataclasses.dataclass(frozen=True)
class Told:
    """One statement and the facts behind it."""

    statement: Statement
    facts: tuple[Evidence, ...]


@dataclasses.dataclass(frozen=True)
class Working:
    """A service at work: whose case it is, "" when the child's own; what it does."""

    service: str
    doing: str
    about: str
    since: datetime.date | None


@dataclasses.dataclass(frozen=True)
class Shown:
    """groups: heading to statements, newest first. not_known: questions nobody can answer, in words."""

    age: str
    coverage: str
    groups: dict[str, list[Told]]
    working: tuple[Working, ...]
    not_known: tuple[str, ...]


def shown(subject: Subject, snapshot: Snapshot, user: User, at: datetime.datetime) -> Shown:
    """The kept copy, without what is closed to this reader or hidden since. The gate has answered for the child."""
    copy = subject.copy or {}
    said, facts = copying.rows(copy, Statement), copying.rows(copy, Evidence)
    working = copying.rows(copy, Involvement)
    about = [row.about_ids for row in said] + [row.about_id for row in facts] + [row.about_id for row in working]
    others = ids(*about) - {subject.person_id}
    flagged = queries.flagged(snapshot, others)
    closed = governance.closed_to(user, others, at, flagged=flagged)
    veil = Veil(closed, overlays.hidden(snapshot, {subject.person_id, *others}, of=[subject.person_id]))
    kept = veil.statements(said)
    true = [row for row in kept if row.state == "true"]
    return Shown(
        age=copy["age"],
        coverage=copy["coverage"],
        groups=_groups(true, veil.rows(facts)),
        working=_working(veil.rows(working)),
        not_known=tuple(sorted({row.label for row in kept if row.state == "unknown"})),
    )


def _groups(said: Sequence[Statement], facts: Sequence[Evidence]) -> dict[str, list[Told]]:
    # By day and then by name: the run's own order is of points, and would tell what it thought most of.
    in_order = sorted(said, key=lambda row: (-(row.on or datetime.date.min).toordinal(), row.label))
    found: dict[str, list[Told]] = {heading: [] for heading in GROUPS.values()}
    for row in in_order:
        behind = [fact for fact in facts if fact.marker == row.marker and fact.fact]
        once = {(fact.fact, fact.about_words, fact.feed_label, fact.on): fact for fact in behind}
        newest = sorted(once.values(), key=lambda fact: (-(fact.on or datetime.date.min).toordinal(), fact.fact))
        found[GROUPS[row.kind]].append(Told(row, () if row.veiled else tuple(newest)))
    return found


def _working(rows: Sequence[Involvement]) -> tuple[Working, ...]:
    found: dict[tuple[str, str, str], Working] = {}
    for row in rows:
        service = row.service_name or words.AGENCY.get(row.agency, row.agency)
        doing = words.STAGE.get(row.stage, row.stage.replace("_", " ").capitalize())
        about = "" if row.about_words in ("", "this child") else row.about_words
        found.setdefault((service, doing, about), Working(service, doing, about, row.since))
    return tuple(sorted(found.values(), key=lambda one: (one.about, one.service, one.doing)))


def after(answers: Sequence[Answer], number: int) -> int | None:
    """The number of the next child without an answer, going round; None when there is none."""
    waiting = [row.number for row in answers if not row.said and not row.subject.why_gone]
    return next((other for other in waiting if other > number), waiting[0] if waiting else None)


adds_to = wording.adds_to
