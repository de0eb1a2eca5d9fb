"""A row of a list as its reader may see it."""

from __future__ import annotations

import dataclasses
import datetime

from kinfold.governance.gate import Sight
from kinfold.record import pages, policies, wording
from kinfold.record.models import Statement, WorklistRow
from kinfold.worklists.models import KINDS, Outcome

PATHWAYS = {
    "social_care": "Open to children’s social care",
    "other_service": "Open to another service",
    "front_door": "Needs a front door decision",
    "outreach": "No service found in the feeds we hold",
}
GROUPS = {
    "act_today": "Act today",
    "this_week": "This week",
    "waiting": "Waiting for others",
}
SUMMARY = 2  # the level of sight from which dates of visits and plans are shown


@dataclasses.dataclass(frozen=True)
class Shown:
    """
    One child on a list. Empty words and null dates are not shown; has_visits says whether the dates of visits are.

    why: facts this reader may know. offers, strengths: for somebody about to ring a family. days_left: to the due
    day, negative when it has passed.
    """

    row_key: str
    person_id: str
    name: str
    age: str
    birth_on: datetime.date | None
    group: str
    pathway: str
    decide_today: bool
    status: str
    why: str
    changed: str
    due_sentence: str
    due_on: datetime.date | None
    days_left: int | None
    has_visits: bool
    last_seen_on: datetime.date | None
    last_seen_alone_on: datetime.date | None
    interval_days: int | None
    plan_interval_days: int | None
    phone: str
    contact_note: str
    offers: list[str]
    strengths: list[str]
    owner: str
    outcome: Outcome | None
    outcome_words: str


def shown(
    row: WorklistRow, sight: Sight, statements: list[Statement], outcome: Outcome | None, *, as_at: datetime.date
) -> Shown:
    groups = pages.grouped(statements)
    has_visits = sight.level >= SUMMARY
    days = (row.due_on - as_at).days if row.due_on else None
    return Shown(
        row_key=row.row_key,
        person_id=row.person_id,
        name=row.name or "Name not known",
        age=wording.age(row.birth_on, as_at=as_at, expected_on=row.expected_on),
        birth_on=row.birth_on,
        group=row.list_group,
        pathway=PATHWAYS.get(row.pathway, ""),
        decide_today=row.is_acute and has_visits,
        status=row.status,
        why=_why(row, sight, groups),
        changed=row.changed if policies.reads_all(sight) else "",
        due_sentence=row.due_sentence,
        due_on=row.due_on,
        days_left=days,
        has_visits=has_visits and row.pathway in ("social_care", "other_service"),
        last_seen_on=row.last_seen_on,
        last_seen_alone_on=row.last_seen_alone_on,
        interval_days=row.interval_days,
        plan_interval_days=row.plan_interval_days,
        phone=row.phone if sight.may_see("contact") else "",
        contact_note=row.contact_note if sight.may_see("safety") else "",
        offers=list(dict.fromkeys(need.offers for need in groups.needs if need.offers)),
        strengths=[strength.label for strength in groups.strengths],
        owner=row.owner_name,
        outcome=outcome,
        outcome_words=KINDS[outcome.kind] if outcome else "",
    )


def _why(row: WorklistRow, sight: Sight, groups: pages.Statements) -> str:
    """The run's sentence draws on every agency, so it is for those who may read every one; others get what they may."""
    if policies.reads_all(sight) and sight.may_see("pressures"):
        return row.why
    return pages.in_short([*groups.decide_today, *groups.pressures, *groups.needs])
