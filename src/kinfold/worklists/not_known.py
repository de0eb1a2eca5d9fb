"""
Children of whom too little is known to say "low", with what is not known, which feed would tell and whom to ask.

They are the children that the reader has on a list anyway: knowing little of a child opens nobody's record. How many
more there are on nobody's list is said as a number.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q, QuerySet

from kinfold.areas import priority
from kinfold.governance.gate import Sight
from kinfold.record import wording
from kinfold.record.published import Child, Feed, Statement, WorklistRow
from kinfold.record.snapshot import Snapshot
from kinfold.vocabulary.dates import in_words

NO_FEED = "No feed of this area"


@dataclasses.dataclass(frozen=True)
class Asked:
    """What one feed would tell of a child. how: why it does not. phone: of the supplier, "" when none is given."""

    feed: str
    how: str
    supplier: str
    phone: str
    questions: list[str]


@dataclasses.dataclass(frozen=True)
class LittleKnown:
    """
    One child. known: how much can be answered, in words. coverage: the share as a figure, and between which points the
    sum lies; "" for a role that sees no points. owner: who has the child on a list, and can ask the family.
    """

    person_id: str
    name: str
    age: str
    known: str
    coverage: str
    owner: str
    asked: list[Asked]


def least_coverage() -> float:
    """The share under which a child is never called low, as the area decided it."""
    return _least(settings.AREA_FOLDER)


@functools.lru_cache(maxsize=4)
def _least(folder: Path) -> float:
    return priority.load(folder).bands.least_coverage


def children(snapshot: Snapshot, whose: Q) -> QuerySet[Child]:
    """Those of some lists of whom less than the area's share is known, the least known first, then the youngest."""
    listed = snapshot.of(WorklistRow).filter(whose).values("person_id")
    order = (F("coverage_share").asc(), F("birth_on").desc(nulls_first=True), "id")
    return _little(snapshot).filter(person_id__in=listed).order_by(*order)


def on_no_list(snapshot: Snapshot) -> int:
    """How many more there are whom nobody has on a list."""
    return _little(snapshot).exclude(person_id__in=snapshot.of(WorklistRow).values("person_id")).count()


def _little(snapshot: Snapshot) -> QuerySet[Child]:
    return snapshot.of(Child).filter(coverage_share__lt=least_coverage())


def owners(snapshot: Snapshot, whose: Q, person_ids: Iterable[str]) -> dict[str, str]:
    """By child: who has it on a list, in words."""
    rows = snapshot.of(WorklistRow).filter(whose, person_id__in=list(person_ids))
    return dict(rows.order_by("-rank", "-pk").values_list("person_id", "owner_name"))


def shown(
    child: Child,
    sight: Sight,
    statements: Iterable[Statement],
    feeds: Mapping[str, Feed],
    snapshot: Snapshot,
    *,
    owner: str,
    reads_all: bool,
) -> LittleKnown:
    """statements: those of the child that the reader may read, true or unknown."""
    by_feed: dict[str, list[str]] = {}
    for one in statements:
        if one.state == "unknown":
            by_feed.setdefault(one.source, []).append(one.label)
    in_order = sorted(by_feed, key=lambda feed: (feed not in feeds, -len(by_feed[feed]), feed))  # those to ask first
    coming = sum(feed.state != "not_connected" for feed in feeds.values())
    return LittleKnown(
        person_id=child.person_id,
        name=wording.full_name(child.forename, child.surname),
        age=wording.age(child.birth_on, as_at=snapshot.as_at, expected_on=child.expected_on),
        known=wording.how_much_known(child.coverage_share, child.source_count if reads_all else None, coming),
        coverage=wording.share(child.coverage_share) if sight.may_see("points") else "",
        owner=owner,
        asked=[_asked(feeds.get(feed), by_feed[feed]) for feed in in_order],
    )


def _asked(feed: Feed | None, labels: list[str]) -> Asked:
    questions = sorted(set(labels))
    if feed is None:
        return Asked(NO_FEED, "that we know of would tell", "", "", questions)
    since = f" since {in_words(feed.last_delivered_on)}" if feed.last_delivered_on else ""
    hows = {"silent": f"has been silent{since}", "not_connected": "has never come"}
    how = hows.get(feed.state, "comes, and does not speak of this child")
    return Asked(feed.label, how, feed.supplier, feed.phone, questions)
