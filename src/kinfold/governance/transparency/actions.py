"""The only code that writes a field of the record or signs one off, each with its audit row."""

from __future__ import annotations

import datetime

from django.db import transaction

from kinfold.governance import audit
from kinfold.governance.models import TransparencySignOff, TransparencyText, User
from kinfold.governance.transparency.layout import SLOTS
from kinfold.governance.transparency.queries import Record, mark_of

SHORTEST_NOTE = 5


class UnableToWrite(Exception):
    """Nothing was written; the message is fit to show."""


@transaction.atomic
def write(*, field: str, text: str, drafted: str, by: User, role: str, at: datetime.datetime) -> TransparencyText:
    """
    Write a field in one's own words, which later drafts keep; an empty text takes them back. Raises UnableToWrite.

    drafted: what the live configuration said beside it.
    """
    if field not in SLOTS:
        raise UnableToWrite("The record has no such field.")
    row = TransparencyText.objects.create(
        field=field, text=text.replace("\r\n", "\n").strip(), drafted=mark_of(drafted), by=by, at=at
    )
    audit.record(action="transparency.written", at=at, user=by, role=role, detail={"field": field})
    return row


@transaction.atomic
def sign_off(*, record: Record, note: str, by: User, role: str, at: datetime.datetime) -> TransparencySignOff:
    """
    Sign the record off as it stands, for publishing. note: which owner agreed, and where that is written.

    Raises UnableToWrite when a field is still blank.
    """
    if record.blanks:
        raise UnableToWrite(f"{len(record.blanks)} fields are still blank. Fill them before an owner signs.")
    if len(note.strip()) < SHORTEST_NOTE:
        raise UnableToWrite("Say which owner agreed, and where that is written.")
    row = TransparencySignOff.objects.create(hash=record.hash, note=note.strip()[:400], by=by, at=at)
    audit.record(action="transparency.signed_off", at=at, user=by, role=role, detail={"hash": record.hash[:16]})
    return row
