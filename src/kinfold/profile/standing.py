"""Whether each feed is alive, and of whom it speaks. A feed that is quiet says nothing; it does not say no."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

import ibis.expr.types as ir
import pyarrow as pa

from kinfold.feeds.usual import is_shrunken
from kinfold.profile.children import GROWN_UP
from kinfold.profile.schema import FEED_STANDING

Speaks = Iterable["Spoken"]


@dataclasses.dataclass(frozen=True)
class Feed:
    """
    One feed on the day of the profile.

    state: live, shrunken (it came, with under half of its usual rows), late (still spoken for), silent,
    not_connected. A shrunken feed still speaks; whoever reads what it tells is told.
    """

    feed: str
    label: str
    agency: str
    state: str
    last_delivered_on: datetime.date | None
    due_on: datetime.date | None

    @property
    def is_alive(self) -> bool:
        return self.state in ("live", "shrunken", "late")


@dataclasses.dataclass(frozen=True)
class Spoken:
    """One row of `coverage`: of which facts and which people a feed speaks, and the row that says so."""

    source: str
    table_name: str
    kind: str | None
    people: str
    age_from: int | None
    age_to: int | None
    from_on: datetime.date | None
    to_on: datetime.date | None
    known_from: datetime.date
    source_id: str
    delivery_id: str
    part: str
    row_number: int


def feeds_on(feeds: pa.Table, *, as_at: datetime.date) -> dict[str, Feed]:
    """
    Each feed's standing on `as_at`.

    feeds: one row per feed: feed, label, agency, cadence_days, silent_after_days, last_delivered_on (null when
    nothing has ever come; a later delivery than `as_at` has not come yet), last_rows (rows that came on the last day of
    delivery), usual_rows (see `feeds.usual`; null when not known).
    Late when more than `cadence_days` have passed since the last delivery, silent when more than
    `silent_after_days` have. One that is neither is shrunken when its last delivery has under half of its usual rows.
    """
    return {row["feed"]: _feed(row, as_at) for row in feeds.to_pylist()}


def _feed(row: dict[str, object], as_at: datetime.date) -> Feed:
    last, cadence, silent_after = row["last_delivered_on"], row["cadence_days"], row["silent_after_days"]
    if not isinstance(last, datetime.date) or last > as_at:
        return Feed(str(row["feed"]), str(row["label"]), str(row["agency"]), "not_connected", None, None)
    days = (as_at - last).days
    state = "shrunken" if is_shrunken(row.get("last_rows"), row.get("usual_rows")) else "live"
    if isinstance(cadence, int) and days > cadence:
        state = "late"
    if isinstance(silent_after, int) and days > silent_after:
        state = "silent"
    due = last + datetime.timedelta(days=cadence) if isinstance(cadence, int) else None
    return Feed(str(row["feed"]), str(row["label"]), str(row["agency"]), state, last, due)


def spoken(coverage: ir.Table, *, as_at: datetime.date) -> list[Spoken]:
    """The coverage that stands on `as_at`; of rows that say the same, the one we were told last."""
    rows = coverage.filter(coverage.known_from <= as_at)
    rows = rows.filter(rows.known_until.isnull() | (rows.known_until > as_at))
    names = [field.name for field in dataclasses.fields(Spoken)]
    newest: dict[tuple[object, ...], Spoken] = {}
    told = [Spoken(**row) for row in rows.select(*names).distinct().to_pyarrow().to_pylist()]
    for one in sorted(told, key=lambda s: (s.known_from, s.delivery_id, s.row_number)):
        newest[(one.source, one.table_name, one.kind, one.people, one.age_from, one.age_to)] = one
    return sorted(newest.values(), key=lambda s: (s.source, s.table_name, s.kind or "", s.people))


def standing_table(feeds: dict[str, Feed], told: Sequence[Spoken]) -> pa.Table:
    """One row per feed, with whom it speaks for in words."""
    rows = [
        {
            "feed": feed.feed,
            "label": feed.label,
            "agency": feed.agency,
            "state": feed.state,
            "last_delivered_on": feed.last_delivered_on,
            "due_on": feed.due_on,
            "speaks_for": _in_words([one for one in told if one.source == feed.feed]),
        }
        for feed in feeds.values()
    ]
    return pa.Table.from_pylist(rows, schema=FEED_STANDING)


def _in_words(told: Sequence[Spoken]) -> str | None:
    if not told:
        return None
    everyone = [one for one in told if one.people == "everyone"]
    if not everyone:
        return "only the people it lists"
    of_children = [one for one in everyone if (one.age_from or 0) < GROWN_UP]
    whom = _children_in_words(of_children) if of_children else "every adult"
    return whom if len(everyone) == len(told) else f"{whom}, and for some facts only the people it lists"


def _children_in_words(told: Sequence[Spoken]) -> str:
    last = GROWN_UP - 1
    youngest = min(one.age_from or 0 for one in told)
    oldest = max(last if one.age_to is None else min(one.age_to, last) for one in told)
    return "every child" if (youngest, oldest) == (0, last) else f"every child aged {youngest} to {oldest}"
