"""The only code that changes anything about deliveries on somebody's behalf, each with its audit row."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from kinfold.governance import audit
from kinfold.governance.models import AuditEntry, User
from kinfold.operations import intake
from kinfold.operations.home import Home
from kinfold.operations.receipts import Receipt
from kinfold.workbench.deliveries.models import KINDS, LONGEST_TEXT, Message

PURPOSE = "data_quality"
SHORTEST_REASON = 5
EXPORTS_AN_HOUR = 20
AN_HOUR = datetime.timedelta(hours=1)


class UnableToSay(Exception):
    """Nothing was written down; the message is fit to show."""


class UnableToShow(Exception):
    """The rows are not shown or given out; the message is fit to show."""


def receive(
    home: Home,
    *,
    files: Iterable[UploadedFile],
    delivered: datetime.date,
    feed: str | None,
    corrects: str | None,
    by: User,
    role: str,
    at: datetime.datetime,
) -> Receipt:
    """
    Keep uploaded files under a receipt. Raises intake.UnableToReceive, and nothing is then kept.

    The audit row comes after the files: it locks the trail, which must not wait for a large file to be written.
    """
    streams = ((file.name or "file", file.chunks()) for file in files)
    receipt = intake.receive(
        home, streams, by=str(by), way="workbench", delivered=delivered, at=at, feed=feed, corrects=corrects
    )
    detail = {"receipt": receipt.receipt_id, "files": len(receipt.files)}
    audit.record(action="delivery.received", at=at, user=by, role=role, purpose=PURPOSE, detail=detail)
    return receipt


@transaction.atomic
def say(*, about: str, feed: str, kind: str, text: str, by: User, role: str, at: datetime.datetime) -> Message:
    """Add a message about a delivery. Raises UnableToSay."""
    if kind not in KINDS:
        raise UnableToSay("Select who the message is from or for.")
    if not text.strip():
        raise UnableToSay("Write what was said.")
    if len(text) > LONGEST_TEXT:
        raise UnableToSay(f"Write {LONGEST_TEXT:,} characters or fewer.")
    message = Message.objects.create(about=about, feed=feed, kind=kind, by=by, at=at, text=text.strip())
    audit.record(
        action="delivery.message", at=at, user=by, role=role, purpose=PURPOSE, detail={"about": about, "kind": kind}
    )
    return message


def ask(*, action: str, receipt_id: str, by: User, role: str, at: datetime.datetime, forced: str = "") -> None:
    """
    Write down that somebody asked for a receipt to be checked or loaded. action: check_asked or load_asked.

    forced: why it is to be loaded though far fewer or more rows came than usual.
    """
    detail = {"receipt": receipt_id} | ({"forced": forced} if forced else {})
    audit.record(action=f"delivery.{action}", at=at, user=by, role=role, purpose=PURPOSE, detail=detail)


def look_at_rows(
    *, delivery_id: str, part: str, rows: int, is_revealed: bool, by: User, role: str, at: datetime.datetime
) -> None:
    """Write down that rows set aside are about to be shown, and whether with the columns that say who somebody is."""
    audit.record(
        action="delivery.rows_seen", at=at, user=by, role=role, purpose=PURPOSE,
        detail={"delivery": delivery_id, "part": part, "rows": rows, "who": int(is_revealed)},
    )  # fmt: skip


def reveal(*, delivery_id: str, reason: str, by: User, role: str, at: datetime.datetime) -> None:
    """Write down why somebody needs to see who a delivery's rows are about. Raises UnableToShow."""
    _reasoned(reason)
    audit.record(
        action="delivery.revealed", at=at, user=by, role=role, purpose=PURPOSE,
        detail={"delivery": delivery_id, "reason": reason.strip()},
    )  # fmt: skip


@transaction.atomic
def export(*, delivery_id: str, form: str, rows: int, reason: str, by: User, role: str, at: datetime.datetime) -> None:
    """
    Write down that rows set aside leave in a file, before they do. form: csv or xlsx.

    Raises UnableToShow without a reason, or after twenty files in an hour.
    """
    _reasoned(reason)
    lately = AuditEntry.objects.filter(user=by, action="delivery.exported", at__gt=at - AN_HOUR).count()
    if lately >= EXPORTS_AN_HOUR:
        raise UnableToShow(
            f"You have made {lately} files in the last hour, which is as many as anybody may. Wait, or ask a colleague."
        )
    audit.record(
        action="delivery.exported", at=at, user=by, role=role, purpose=PURPOSE,
        detail={"delivery": delivery_id, "form": form, "rows": rows, "reason": reason.strip()},
    )  # fmt: skip


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToShow("Say why in a few words. It is written in the audit trail.")
