"""What the pages of deliveries show, put in order. No request, no change."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

from kinfold.operations import intake
from kinfold.operations.aside import SetAside
from kinfold.operations.home import Home
from kinfold.operations.intake import DeliveryState
from kinfold.operations.receipts import Receipt
from kinfold.operations.workbench import Change, FeedNow
from kinfold.vocabulary.telling import tells_who
from kinfold.workbench.deliveries import wording
from kinfold.workbench.deliveries.models import Message

REFUSED_SHOWN = datetime.timedelta(days=30)
# A check or load that has not ended by then is waiting for a worker that is not there.
TAKES_LONG = datetime.timedelta(minutes=10)


@dataclasses.dataclass(frozen=True)
class Waiting:
    """
    What waits for somebody. unsettled: by feed, rows set aside that nobody has put right, and in how many deliveries.
    """

    received: list[DeliveryState]
    checked: list[DeliveryState]
    refused: list[DeliveryState]
    unsettled: list[tuple[str, int, int]]
    unanswered: list[Message]

    def __bool__(self) -> bool:
        return any((self.received, self.checked, self.refused, self.unsettled, self.unanswered))


def waiting(home: Home, came: Sequence[DeliveryState], unanswered: list[Message], *, at: datetime.datetime) -> Waiting:
    """came: everything that came in, newest first, as `intake.states` gives it."""
    return Waiting(
        received=[one for one in came if one.state == "received"],
        checked=[one for one in came if one.state == "checked"],
        refused=[one for one in came if _is_refused_still(one, came, at)],
        unsettled=unsettled(home, came),
        unanswered=unanswered,
    )


def _is_refused_still(one: DeliveryState, came: Sequence[DeliveryState], at: datetime.datetime) -> bool:
    """Refused lately, and nothing of the feed has been loaded since."""
    if one.state != "refused" or one.received_at is None or at - one.received_at > REFUSED_SHOWN:
        return False
    since = one.received_at
    return one.feed is None or not any(
        other.feed == one.feed and other.state == "loaded" and other.received_at and other.received_at > since
        for other in came
    )


def unsettled(home: Home, came: Iterable[DeliveryState]) -> list[tuple[str, int, int]]:
    """
    Feed, rows and deliveries of what was set aside and still waits, most rows first.

    Only a delivery with a correction has to be read for it: of any other, every row set aside waits.
    """
    came = list(came)
    corrected = {one.corrects for one in came if one.corrects and one.state == "loaded"}
    found: dict[str, tuple[int, int]] = {}
    for one in came:
        if one.state != "loaded" or not one.rows_set_aside or one.delivery_id is None or one.feed is None:
            continue
        left = one.rows_set_aside
        if one.delivery_id in corrected:
            left = intake.set_aside(home, one.delivery_id).waiting
        if left:
            rows, deliveries = found.get(one.feed, (0, 0))
            found[one.feed] = rows + left, deliveries + 1
    return sorted(((feed, *counts) for feed, counts in found.items()), key=lambda row: (-row[1], row[0]))


@dataclasses.dataclass(frozen=True)
class FeedRow:
    """A feed on the first page. bars: height of each of its last deliveries in the small chart, 0 to 20."""

    now: FeedNow
    tag: str
    colour: str
    sentence: str
    recent: str
    bars: list[int]


def feed_row(now: FeedNow, *, on: datetime.date) -> FeedRow:
    tag, colour = wording.FEED_STATES[now.state]
    bars = [max(1, round(one.share * 20)) for one in now.last]
    return FeedRow(now, tag, colour, wording.feed(now, on=on), wording.recent(now), bars)


# What needs somebody first, first.
ORDER = {state: place for place, state in enumerate(("silent", "late", "shrunken", "not_connected", "live"))}


def feed_rows(feeds: Iterable[FeedNow], *, on: datetime.date) -> list[FeedRow]:
    rows = [feed_row(now, on=on) for now in feeds]
    return sorted(rows, key=lambda row: (ORDER[row.now.state], row.now.label))


@dataclasses.dataclass(frozen=True)
class Progress:
    """
    How far a receipt is. steps: name and done, doing or to do. is_working: something goes on in the background.

    is_stuck: it has gone on for so long that nothing seems to work at it.
    """

    steps: list[tuple[str, str]]
    is_working: bool
    is_stuck: bool


def progress(receipt: Receipt, asked: Mapping[str, str] | None, *, at: datetime.datetime) -> Progress:
    """asked: what was asked of it last on this screen ("load" or "check") and when; null when nothing was."""
    asked_at = datetime.datetime.fromisoformat(asked["at"]) if asked else receipt.at
    waits = receipt.result is None or bool(asked and receipt.result.at < asked_at)
    doing = (asked or {}).get("what", "check") if waits else ""
    is_loaded = receipt.state == "loaded"
    steps = [
        ("Received", "done"),
        ("Checked", "doing" if doing == "check" else "done" if receipt.result else "to do"),
        ("Loaded", "doing" if doing == "load" else "done" if is_loaded else "to do"),
    ]
    return Progress(steps, waits, waits and at - asked_at > TAKES_LONG)


def changes(found: list[Change] | None) -> list[Change] | None:
    """What changed, table by table; null when there is nothing to compare with."""
    return None if found is None else [change for change in found if change.table in wording.TABLES]


@dataclasses.dataclass(frozen=True)
class Told:
    """Problems of one severity, in words, by kind."""

    severity: str
    words: str
    kinds: list[tuple[str, list[object]]]


def problems(report: object) -> list[Told]:
    """A report's problems, the gravest first, each severity by kind, the commonest first."""
    found: dict[str, dict[str, list[object]]] = {}
    for problem in sorted(getattr(report, "problems", ()), key=lambda one: one.gravity()):
        kinds = found.setdefault(problem.severity, {})
        kinds.setdefault(wording.KINDS.get(problem.kind or "", "Other"), []).append(problem)
    return [Told(code, words, list(found[code].items())) for code, words in wording.SEVERITIES.items() if code in found]


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing that happened to a delivery. at: null when only the day is known."""

    on: datetime.date
    at: datetime.datetime | None
    what: str
    by: str = ""
    why: str = ""


def history(one: DeliveryState, receipt: Receipt | None, came: Sequence[DeliveryState]) -> list[Step]:
    """What happened to a loaded delivery, oldest first. came: everything that came in."""
    corrections = [other for other in came if other.corrects == one.delivery_id and other.state != "refused"]
    later = next((other for other in came if other.delivery_id == one.superseded_by), None)
    steps = []
    if receipt is not None:
        steps.append(Step(receipt.at.date(), receipt.at, f"Received by {wording.WAYS[receipt.way]}", receipt.by))
        if receipt.result and receipt.state == "loaded":
            forced = one.report.forced if one.report else ""
            what = "Loaded, though a check refused it" if forced else "Loaded"
            steps.append(Step(receipt.result.at.date(), receipt.result.at, what, receipt.result.by, forced))
    elif one.received_at is not None:
        way = f" by {wording.WAYS[one.way]}" if one.way else ""
        steps.append(Step(one.received_at.date(), one.received_at, f"Received and loaded{way}", one.by or ""))
    steps += [Step(day, None, "The same files came again; nothing new was said") for day in one.heard_again]
    steps += [
        Step(other.received_at.date(), other.received_at, "Corrected", other.by or "")
        for other in corrections
        if other.received_at
    ]
    if one.state == "superseded" and later is not None:
        steps.append(Step(later.delivered, None, "Superseded by a later delivery of everything"))
    if one.withdrawn is not None:
        steps.append(Step(one.withdrawn.on, None, "Withdrawn", one.withdrawn.by, one.withdrawn.reason))
    return sorted(steps, key=lambda step: step.on)


@dataclasses.dataclass(frozen=True)
class Cell:
    """One cell of a row set aside. is_hidden: it may say who somebody is, and nobody has said why they need it."""

    text: str
    is_hidden: bool
    is_wrong: bool


@dataclasses.dataclass(frozen=True)
class AsideRow:
    number: int
    reason: str
    cells: list[Cell]


def aside_rows(
    rows: Iterable[Mapping[str, object]], columns: Sequence[str], who: frozenset[str], *, is_revealed: bool
) -> list[AsideRow]:
    """
    Rows set aside as a page shows them.

    who: columns that may say who somebody is. In every other a cell with the shape of an identifier is hidden as well.
    """
    shown = []
    for row in rows:
        wrong = {name.strip() for name in str(row.get("reason_column") or "").split(",")}
        cells = []
        for column in columns:
            text = str(row[column] or "")
            # What is wrong with a cell may be that an identifier was typed where a code belongs.
            is_hidden = not is_revealed and bool(text) and (column in who or tells_who(text))
            cells.append(Cell("" if is_hidden else text, is_hidden, column in wrong))
        shown.append(AsideRow(int(str(row["row_number"])), str(row["reason"]), cells))
    return shown


def ordered_columns(aside: SetAside, part: str, columns: Sequence[str]) -> list[str]:
    """A part's columns, those that something is wrong with first: a reader should not have to scroll for them."""
    wrong = {
        name.strip() for kind in aside.kinds if kind.part == part for name in (kind.column or "").split(",") if name
    }
    return sorted(columns, key=lambda column: column not in wrong)
