"""What a supplier's system does here: announce a delivery, send it in pieces, say that it is whole, ask after it."""

from __future__ import annotations

import dataclasses
import datetime
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from kinfold.governance import audit
from kinfold.operations import intake, uploads
from kinfold.operations.home import Home
from kinfold.workbench import tasks
from kinfold.workbench.api.models import Incoming, SupplierKey

PURPOSE = "data_quality"
ROLE = "supplier"
MOST_OPEN = 20
LONGEST_TOTAL = 8 << 30


class Refused(Exception):
    """The request is refused. status: of the answer. received: bytes to go on from, where that is the matter."""

    def __init__(self, status: int, message: str, *, received: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.received = status, message, received


@dataclasses.dataclass(frozen=True)
class Wish:
    """A delivery as announced. files: name, size in bytes and sha256 of each."""

    delivered: datetime.date
    files: tuple[dict[str, Any], ...]
    feed: str | None = None
    corrects: str | None = None


def announce(
    home: Home, key: SupplierKey, wish: Wish, *, sent_key: str, at: datetime.datetime
) -> tuple[Incoming, bool]:
    """
    Open a delivery, or find the one that was announced by the same `sent_key`; second, whether it is new.

    Raises Refused.
    """
    feed = _feed(home, key, wish)
    if wish.delivered > at.astimezone().date():
        raise Refused(422, "The day it was delivered is in the future.")
    if sum(file["size"] for file in wish.files) > LONGEST_TOTAL:
        raise Refused(413, f"A delivery holds {LONGEST_TOTAL >> 30} GiB at most. Send it in parts.")
    before = Incoming.objects.filter(key=key, sent_key=sent_key).first()
    if before is None:
        still_open = Incoming.objects.filter(key=key, receipt_id="", announced_at__gt=at - uploads.KEPT).count()
        if still_open >= MOST_OPEN:
            raise Refused(409, f"{MOST_OPEN} deliveries are open already. Complete those first.")
        made = Incoming(
            number=secrets.token_hex(16), key=key, sent_key=sent_key, delivered=wish.delivered, feed=feed,
            corrects=wish.corrects or "", files=list(wish.files), announced_at=at,
        )  # fmt: skip
        try:
            with transaction.atomic():
                made.save()
                _record("announced", made, at=at)
            return made, True
        except IntegrityError:  # announced twice at the same moment
            before = Incoming.objects.get(key=key, sent_key=sent_key)
    said = (before.delivered, before.feed, before.corrects, before.files)
    if said != (wish.delivered, feed, wish.corrects or "", list(wish.files)):
        raise Refused(409, "This Idempotency-Key came before with something else. Use a new one for a new delivery.")
    return before, False


def find(key: SupplierKey, number: str) -> Incoming:
    """A delivery of this key. Raises Refused: one of another's is not there either."""
    found = Incoming.objects.filter(key=key, number=number).first()
    if found is None:
        raise Refused(404, "There is no delivery of that number for this key.")
    return found


def add(home: Home, incoming: Incoming, number: int, *, offset: int, content: Iterable[bytes]) -> int:
    """Add a piece to a file; returns how many bytes of it have arrived. Raises Refused."""
    if incoming.receipt_id:
        raise Refused(409, "This delivery is complete; nothing can be added to it.")
    if number > len(incoming.files):
        raise Refused(404, "The delivery was announced with fewer files.")
    size = incoming.files[number - 1]["size"]
    try:
        return uploads.append(home, incoming.number, number, offset=offset, size=size, content=content)
    except uploads.WrongOffset as why:
        raise Refused(409, "The piece does not follow what has arrived.", received=why.received) from None
    except uploads.TooMuch:
        raise Refused(413, "The piece goes beyond the size that was announced.") from None
    except uploads.NoRoom:
        raise Refused(413, "There is no room for it now. Try again later, or tell the council.") from None
    except uploads.Busy:
        raise Refused(409, "Another piece of this file is arriving. Send one after the other.") from None


def complete(home: Home, incoming: Incoming, *, at: datetime.datetime) -> Incoming:
    """
    Receive a delivery whose files are all there and as announced, and queue it to be loaded. Doing it again is doing
    it once. Raises Refused, with what of the first file that is not whole has arrived.
    """
    if incoming.receipt_id:
        return incoming
    files = list(enumerate(incoming.files, start=1))
    try:
        for number, file in files:
            uploads.require_whole(home, incoming.number, number, size=file["size"], sha256=file["sha256"])
        receipt = intake.receive(
            home,
            ((file["name"], uploads.chunks(home, incoming.number, number)) for number, file in files),
            by=incoming.key.supplier,
            way="api",
            delivered=incoming.delivered,
            at=at,
            feed=incoming.feed,
            key=f"{incoming.key.pk}:{incoming.sent_key}",
            corrects=incoming.corrects or None,
        )
    except uploads.NotWhole as why:
        message = f"File {why.number} is not whole, or came damaged. Go on from `received`."
        raise Refused(409, message, received=why.received) from None
    except intake.KeyUsedBefore as why:
        raise Refused(409, str(why)) from None
    except intake.UnableToReceive as why:
        raise Refused(413, str(why)) from None
    incoming.receipt_id = receipt.receipt_id
    with transaction.atomic():
        incoming.save(update_fields=["receipt_id"])
        _record("received", incoming, at=at)
        tasks.load_receipt.enqueue(receipt.receipt_id, incoming.key.supplier)
    uploads.forget(home, incoming.number)
    return incoming


def look(incoming: Incoming, *, at: datetime.datetime) -> None:
    """Write down that a supplier asked after a delivery."""
    _record("asked_after", incoming, at=at)


def _record(what: str, incoming: Incoming, *, at: datetime.datetime) -> None:
    detail = {"key": incoming.key.prefix, "feed": incoming.feed, "incoming": incoming.number}
    if incoming.receipt_id:
        detail["receipt"] = incoming.receipt_id
    audit.record(action=f"delivery.{what}", at=at, role=ROLE, purpose=PURPOSE, detail=detail)


def _feed(home: Home, key: SupplierKey, wish: Wish) -> str:
    feed = wish.feed
    if wish.corrects is not None:
        corrected = intake.feed_of_delivery(home, wish.corrects)
        if corrected not in key.feeds:
            raise Refused(404, "There is no delivery of that number to correct.")
        if feed not in (None, corrected):
            raise Refused(422, "It corrects a delivery of another feed.")
        feed = corrected
    if feed is None and len(key.feeds) == 1:
        feed = key.feeds[0]
    if feed is None:
        raise Refused(422, "This key delivers more than one feed: say which it is.")
    if feed not in key.feeds:
        raise Refused(403, "This key may not deliver that feed.")
    return str(feed)
