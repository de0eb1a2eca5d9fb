"""What the workbench's pages ask of the pipeline: how each feed stands, what a delivery changed, what is hidden."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from kinfold.areas.feeds import Feed, Part, Supplier
from kinfold.feeds import compare, deliveries, settings, settled
from kinfold.feeds.compare import Change
from kinfold.feeds.headers import plain
from kinfold.feeds.usual import is_shrunken
from kinfold.operations import assemble, intake, receipts
from kinfold.operations.home import Home
from kinfold.operations.intake import DeliveryState
from kinfold.operations.receipts import Receipt
from kinfold.profile import standing
from kinfold.store import engine as engines

DELIVERIES_SHOWN = 8
STANDS = ("loaded", "superseded")
TELLS_WHO = frozenset({"name", "identifier", "address", "contact"})
KEYS = frozenset({"person_key", "other_key", "source_id", "birth_on", "expected_on", "worker_ref", "worker_name"})


@dataclasses.dataclass(frozen=True)
class Came:
    """One delivery of a feed, in a row of its last ones. share: its rows of the largest shown, 0 to 1."""

    delivery_id: str
    delivered: datetime.date
    rows: int
    share: float


@dataclasses.dataclass(frozen=True)
class FeedNow:
    """
    One feed of the area today. state: live, shrunken, late, silent or not_connected.

    last: its newest deliveries that stand, oldest first. usual_rows: what its newest delivery would usually have; null
    when nobody knows yet. is_shrunken: the newest has under half of them, whatever the state says.
    not_agreed: why nothing of it could be loaded today, as the end of a sentence; "" when it can.
    """

    name: str
    label: str
    agency: str
    supplier: Supplier
    purpose: str
    delivers: str
    cadence_days: int
    state: str
    last_delivered_on: datetime.date | None
    due_on: datetime.date | None
    usual_rows: float | None
    is_shrunken: bool
    last: tuple[Came, ...]
    not_agreed: str


def feeds_now(home: Home, came: Sequence[DeliveryState], *, at: datetime.datetime) -> list[FeedNow]:
    """
    Every feed of the area as it stands on the day of `at`, by label. Needs Django to be set up.

    came: everything that came in, as `intake.states` gives it.
    """
    on = at.astimezone().date()
    feeds = dict(intake.feeds_for(home, at=at))
    loaded = [_delivered(one) for one in reversed(came) if one.state in STANDS and one.corrects is None]
    facts = assemble.feed_facts(loaded, feeds, as_at=on)
    now = standing.feeds_on(facts, as_at=on)
    usual = {row["feed"]: row for row in facts.to_pylist()}
    found = [
        FeedNow(
            name=name,
            label=feed.label,
            agency=feed.agency,
            supplier=feed.supplier,
            purpose=feed.purpose,
            delivers=feed.delivers,
            cadence_days=feed.cadence_days,
            state=now[name].state,
            last_delivered_on=now[name].last_delivered_on,
            due_on=now[name].due_on,
            usual_rows=usual[name]["usual_rows"],
            is_shrunken=is_shrunken(usual[name]["last_rows"], usual[name]["usual_rows"]),
            last=_last([one for one in loaded if one.feed == name and one.delivered <= on]),
            not_agreed=feed.not_agreed if feed.agreement is None else "",
        )
        for name, feed in feeds.items()
    ]
    return sorted(found, key=lambda feed: feed.label)


def _delivered(one: DeliveryState) -> assemble.Delivered:
    return assemble.Delivered(
        delivery_id=one.delivery_id or "",
        feed=one.feed or "",
        delivered=one.delivered,
        state="loaded",
        heard_again=one.heard_again,
        rows=one.rows_in,
    )


def _last(loaded: Sequence[assemble.Delivered]) -> tuple[Came, ...]:
    shown = loaded[-DELIVERIES_SHOWN:]
    largest = max((one.rows for one in shown), default=0)
    return tuple(
        Came(one.delivery_id, one.delivered, one.rows, one.rows / largest if largest else 0.0) for one in shown
    )


def bytes_are_kept(home: Home, receipt: Receipt) -> bool:
    """Whether the received files are still here, so that they can be checked or loaded again."""
    return len(receipts.paths(home, receipt)) == len(receipt.files)


def days_kept(home: Home, receipt: Receipt) -> int:
    """How many days the area keeps its files."""
    return receipts.days_kept(home, receipt)


def tables_of(home: Home, delivery_id: str) -> dict[str, int]:
    """Rows of each of the twelve tables that a delivery was mapped to."""
    import pyarrow.parquet as pq

    folder = deliveries.mapped_folder_of(home.folder, delivery_id)
    return {path.stem: pq.read_metadata(path).num_rows for path in sorted(folder.glob("*.parquet"))}


def changes_of(home: Home, one: DeliveryState, came: Iterable[DeliveryState]) -> list[Change] | None:
    """
    What a delivery changed since the one before it; None for the first, and for a correction.

    For a feed that delivers everything, compared with the delivery that stood before; else with every earlier one.
    """
    feed = settings.load(home.area).get(one.feed or "")
    earlier = [
        other.delivery_id
        for other in came
        if other.feed == one.feed and other.state in STANDS and other.corrects is None and other.delivery_id
        and (other.delivered, other.delivery_id) < (one.delivered, one.delivery_id or "")
    ]  # fmt: skip
    if feed is None or one.corrects is not None or not earlier or one.delivery_id is None:
        return None
    is_whole = feed.delivers == "everything"
    before = tuple(earlier[:1] if is_whole else sorted(earlier))
    return _changes(home.folder, one.delivery_id, before, is_whole)


@functools.lru_cache(maxsize=64)
def _changes(home: Path, delivery_id: str, before: tuple[str, ...], is_whole: bool) -> list[Change]:
    """Mapped deliveries never change, so that a comparison is worked out once."""
    folders = [deliveries.mapped_folder_of(home, one) for one in before]
    with tempfile.TemporaryDirectory(prefix="kinfold-compare-") as work, engines.duckdb(work=Path(work)) as engine:
        now = deliveries.mapped_folder_of(home, delivery_id)
        return compare.compare(engine, now, folders, delivers_everything=is_whole)


def columns_that_tell_who(home: Home, feed: str, part: str, columns: Iterable[str]) -> frozenset[str]:
    """
    Those of a part's columns that may say who somebody is.

    Columns that the mapping makes names, identifiers, addresses, contacts, keys or dates of birth of, expected ones
    too; and columns that it
    does not read, because nobody has said what they hold.
    """
    known = settings.load(home.area).get(feed)
    kind = next((one for one in known.parts if one.name == settled.base_name(part)), None) if known else None
    if known is None or kind is None:
        return frozenset(columns)
    read = {plain(column) for row in kind.rows for column in row.columns}
    who = _who(kind, known)
    return frozenset(column for column in columns if plain(column) in who or plain(column) not in read)


def _who(part: Part, feed: Feed) -> set[str]:
    found: set[str] = set()
    for row in part.rows:
        for name, value in row.values.items():
            if (row.table in TELLS_WHO and name not in ("kind", "from_on", "to_on")) or name in KEYS:
                found |= {plain(column) for column in value.columns}
    return found
