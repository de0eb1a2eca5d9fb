"""The only code that lists challenges: marks beside what is challenged, what waits, and what the next run reads."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from kinfold.areas import markers as marker_settings
from kinfold.record.challenges.models import Challenge
from kinfold.record.published import Evidence, Statement, TimelineEntry
from kinfold.record.snapshot import Snapshot

SETTLED_SHOWN = 50


@dataclasses.dataclass(frozen=True)
class Marks:
    """What of some people is challenged or was, to be said beside it. Withdrawn ones leave no mark."""

    rows: tuple[Challenge, ...] = ()

    def of_statement(self, row: Statement) -> list[Challenge]:
        """None of a statement whose words are not shown to this reader: an answer would say them again."""
        if row.has_lost_its_words:
            return []
        return [
            one
            for one in self.rows
            if one.kind == "statement" and (one.person_id, one.marker) == (row.person_id, row.marker)
        ]

    def of_fact(self, row: Evidence | TimelineEntry) -> list[Challenge]:
        place = (row.about_id or row.person_id, row.delivery_id, row.part, row.row_number)
        return [
            one
            for one in self.rows
            if one.kind == "fact" and (one.about_id, one.delivery_id, one.part, one.row_number) == place
        ]


@functools.lru_cache(maxsize=4)
def _remembered(mark: str) -> tuple[Challenge, ...]:
    return tuple(Challenge.objects.exclude(state="withdrawn").select_related("by").order_by("at", "pk"))


def marks(snapshot: Snapshot, person_ids: Iterable[str]) -> Marks:
    """
    The marks on the pages of some people.

    There are few, so a process remembers them until the mark that comes with the pointer changes.
    """
    if snapshot.challenge_mark.startswith("0 "):
        return Marks()
    held = _remembered(snapshot.challenge_mark) if snapshot.challenge_mark else _remembered.__wrapped__("")
    wanted = set(person_ids)
    return Marks(tuple(row for row in held if row.person_id in wanted or row.about_id in wanted))


def find(challenge_id: int) -> Challenge | None:
    return Challenge.objects.select_related("by").filter(pk=challenge_id).first()


def waiting(kinds: Collection[str]) -> list[Challenge]:
    """Challenges that wait to be settled: those hidden meanwhile first, then the oldest."""
    rows = Challenge.objects.filter(state="open", kind__in=kinds).select_related("by")
    return list(rows.order_by("-is_harmful", "at", "pk"))


def settled(kinds: Collection[str]) -> list[Challenge]:
    """The last that were settled or withdrawn, newest first."""
    rows = Challenge.objects.filter(kind__in=kinds).exclude(state="open").select_related("by")
    return list(rows.order_by("-settled_at", "-pk")[:SETTLED_SHOWN])


def for_run() -> Iterator[dict[str, Any]]:
    """Every challenge that was not withdrawn, as the next run reads them. Nobody's words or name travel."""
    columns = ("id", "kind", "person_id", "about_id", "marker", "source", "table_name", "delivery_id", "part",
               "row_number", "on", "fact_kind", "state", "settled_at")  # fmt: skip
    yield from Challenge.objects.exclude(state="withdrawn").order_by("pk").values(*columns)


def owner_of(marker: str) -> str:
    """Who answers for a marker, in words of the area; "" for one the area no longer has."""
    return _owners(settings.AREA_FOLDER).get(marker, "")


@functools.lru_cache(maxsize=4)
def _owners(area: Path) -> dict[str, str]:
    return {marker.name: marker.owner for marker in marker_settings.load(area)}
