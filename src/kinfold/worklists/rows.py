"""A row of a list as its reader may see it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from types import MappingProxyType

from kinfold.governance.gate import Sight
from kinfold.record import pages, policies, wording
from kinfold.record.published import Statement, WorklistRow
from kinfold.record.veil import Veil
from kinfold.worklists.models import KINDS, Outcome

PATHWAYS = {
    "social_care": "Open to children’s social care",
    "other_service": "Open to another service",
    "front_door": "Needs a front door decision",
    "outreach": "No service found in the feeds we hold",
}
SAYS_PLAN = "(the child's plan)"
OPEN = Veil()  # nobody is closed
NOTHING_NEW = "Nothing new"  # how the run begins when nothing changed
GROUPS = {
    "act_today": "Act today",
    "this_week": "This week",
    "waiting": "Later",
}


@dataclasses.dataclass(frozen=True)
class Shown:
    """
    One child on a list. Empty words are not shown. seen: when the child was last seen, as a sentence.

    pathway: why the child is on this list and what could change it. why: facts this reader may know. offers: what could
    be put in place for the needs that this reader may know, in words. strengths: for somebody about to ring a family.
    days_left: to the due
    day, negative when it has passed. not_up_to_date: of each feed behind the row that is late, silent or shrunken, how
    it stands. asks: whom to ask about somebody close to the child whose record is restricted to this reader.
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
    seen: str
    plan_interval_days: int | None
    phone: str
    contact_note: str
    offers: list[str]
    strengths: list[str]
    owner: str
    outcome: Outcome | None
    outcome_words: str
    not_up_to_date: list[str] = dataclasses.field(default_factory=list)
    asks: list[str] = dataclasses.field(default_factory=list)

    @property
    def is_news(self) -> bool:
        """Whether what changed is worth a line of its own."""
        return bool(self.changed) and not self.changed.startswith(NOTHING_NEW)


def shown(
    row: WorklistRow,
    sight: Sight,
    statements: list[Statement],
    outcome: Outcome | None,
    *,
    as_at: datetime.date,
    feed_words: Mapping[str, str] = MappingProxyType({}),
    veil: Veil = OPEN,
    is_plain: bool = False,
) -> Shown:
    """
    is_plain: lists are plain, and the run's own choice of sentence, which goes by points, is not shown.
    statements: with `stale_feed`, as `record.queries` gives them. feed_words: how feeds that are not up to date stand.
    veil: who of the people behind the rows is closed to the reader; the run's sentences, and a phone that may be
    theirs, are for who may know of everybody behind them.
    """
    groups = pages.grouped(veil.statements(statements))
    is_whole = veil.is_whole(row.person_id, row.about_ids)
    is_doubted = veil.hidden.touches_agency(row.person_id, "social_care")
    sees_visits = policies.sees_visits(sight, row.pathway) and not is_doubted
    is_visited = sees_visits and sight.may_read("social_care") and row.pathway in ("social_care", "other_service")
    days = (row.due_on - as_at).days if row.due_on else None
    return Shown(
        row_key=row.row_key,
        person_id=row.person_id,
        name=row.name or "Name not known",
        age=wording.age(row.birth_on, as_at=as_at, expected_on=row.expected_on),
        birth_on=row.birth_on,
        group=row.list_group,
        pathway=_pathway(row, sight, is_whole=is_whole),
        decide_today=row.is_acute and sees_visits,
        status=row.status,
        why=_why(row, sight, groups, is_whole=is_whole, is_plain=is_plain),
        changed=row.changed if policies.reads_all(sight) and is_whole else "",
        due_sentence=row.due_sentence if sees_visits else "",
        due_on=row.due_on,
        days_left=days,
        seen=wording.seen(row.last_seen_on, row.last_seen_alone_on, as_at=as_at) if is_visited else "",
        # The due sentence says the plan's interval already when it is the plan's that counts.
        plan_interval_days=row.plan_interval_days if is_visited and SAYS_PLAN not in row.due_sentence else None,
        phone=row.phone if sight.may_see("contact") and is_whole else "",
        contact_note=row.contact_note if sight.may_see("safety") and is_whole else "",
        offers=_offers(groups),
        strengths=[strength.label for strength in groups.strengths] if not is_visited else [],
        owner=row.owner_name,
        outcome=outcome,
        outcome_words=KINDS[outcome.kind] if outcome else "",
        not_up_to_date=_not_up_to_date(statements, feed_words),
        asks=veil.asks(row.about_ids),
    )


def _pathway(row: WorklistRow, sight: Sight, *, is_whole: bool) -> str:
    """The run's sentence names services, so it is for who may read every agency; outreach's own names none."""
    if is_whole and row.pathway_sentence and (policies.reads_all(sight) or row.pathway == "outreach"):
        return row.pathway_sentence
    said = PATHWAYS.get(row.pathway, "")
    return f"{said}." if said else ""


def _offers(groups: pages.Statements) -> list[str]:
    """What each need that is shown leads to, once each, in the order of the needs."""
    needs = [*groups.needs, *groups.not_seen]
    return list(dict.fromkeys(offer for need in needs if need.offers for offer in need.offers.split("; ")))


def _not_up_to_date(statements: list[Statement], feed_words: Mapping[str, str]) -> list[str]:
    # Worked out by the query; no column of the table, so its type knows nothing of it.
    stale = {getattr(one, "stale_feed", None) or "" for one in statements}
    return sorted(feed_words[feed] for feed in stale if feed in feed_words)


def _why(row: WorklistRow, sight: Sight, groups: pages.Statements, *, is_whole: bool, is_plain: bool) -> str:
    """
    The run's sentence draws on every agency, so it is for those who may read every one; others get what they may.

    While lists are plain it is for nobody, because points chose it; where nothing is said of a child it names the case.
    """
    said = pages.in_short([*groups.decide_today, *groups.pressures, *groups.needs])
    if policies.reads_all(sight) and sight.may_see("pressures") and is_whole and not (is_plain and said):
        return row.why
    return said
