"""What is kept no longer: ends of agreements that are due, rows past their time, and received bytes grown old."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from typing import Any

from kinfold.areas import feeds as feed_settings
from kinfold.governance.agreements import policies
from kinfold.operations import agreements, assemble, erasing, night, purge, receipts
from kinfold.operations.home import Home
from kinfold.operations.purge import Erasure
from kinfold.vocabulary.periods import months_before


@dataclasses.dataclass(frozen=True)
class Plan:
    """
    What a retention run would do on a day.

    received: receipts whose bytes are older than the area keeps them. later: feeds of which something is to be erased
    on a later day, with that day. run_out: feeds whose agreement has run out and that nobody has ended.
    """

    erasures: list[Erasure]
    received: list[receipts.Receipt]
    later: list[tuple[str, datetime.date]]
    run_out: list[str]

    @property
    def is_nothing(self) -> bool:
        return not self.erasures and not self.received

    def as_json(self) -> dict[str, Any]:
        return {
            "erasures": [{"feed": one.feed, "why": one.why, **one.counts} for one in self.erasures],
            "received": len(self.received),
            "later": [{"feed": feed, "due_on": on.isoformat()} for feed, on in self.later],
            "run_out": self.run_out,
        }


def plan(home: Home, *, on: datetime.date, stones: list[dict[str, Any]]) -> Plan:
    """What is due on `on`. stones: tombstones, to erase again what came back. Changes nothing."""
    due = purge.due(home, on=on)
    taken = {one.feed for one in due}
    others = [*purge.come_back(home, stones), *_past_their_time(home, on=on)]
    return Plan(
        erasures=[*due, *_each_once(one for one in others if one.feed not in taken)],
        received=receipts.past_their_time(home, on=on),
        later=[(one.feed, policies.erased_from(one)) for one in purge.waiting(on=on)],
        run_out=sorted(agreements.run_out(on=on)),
    )


def _each_once(erasures: Iterable[Erasure]) -> list[Erasure]:
    seen: set[tuple[str, tuple[str, ...]]] = set()
    kept = []
    for one in erasures:
        named = one.feed, tuple(delivered.delivery_id for delivered in one.found.deliveries)
        if named not in seen:
            seen.add(named)
            kept.append(one)
    return kept


def _past_their_time(home: Home, *, on: datetime.date) -> list[Erasure]:
    """
    Deliveries older than their agreement keeps them.

    What a feed that delivers everything said last is kept: it is what is known now, however long ago it came.
    """
    held = agreements.terms_for_run(home, on=on)
    feeds = feed_settings.load(home.area)
    deliveries = assemble.deliveries_of(home)
    newest = {one.feed: one.delivery_id for one in deliveries}
    past = []
    for name, terms in held.items():
        before = months_before(on, terms.retention_months)
        old = [
            one.delivery_id
            for one in deliveries
            if one.feed == name
            and one.delivered < before
            and (name in feeds and feeds[name].delivers == "changes" or newest[name] != one.delivery_id)
        ]
        if old:
            past.append(Erasure(name, "older than the agreement keeps it", erasing.of_deliveries(home, name, old)))
    return past


def carry_out(
    home: Home,
    planned: Plan,
    *,
    on: datetime.date,
    at: datetime.datetime,
    say: night.Say = lambda step, is_done: None,
) -> list[dict[str, Any]]:
    """Do what was planned. Returns the signed reports of what was erased. Raises what a run raises."""
    for receipt in planned.received:
        receipts.forget(home, receipt)
    return purge.carry_out(home, planned.erasures, as_at=on, at=at, say=say)
