"""
The audit chain: every look and every change, one row each, each row sealed to the one before.

The hash is keyed, so that nobody with the database alone can rebuild the chain. A chain still holds after its
last rows are cut off, so its length is also written to a file apart from the database (`anchor`).
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from kinfold.governance.models import AuditEntry, AuditHead, User

SEALED = (
    *("number", "user_id", "role", "action", "person_id", "listed", "purpose", "entitlement"),
    *("sections", "path_name", "result", "detail", "prev_hash"),
)
ANCHOR_EVERY = 100  # entries; a run leaves an anchor too, so a quiet trail has one a night


@transaction.atomic(savepoint=False)
def record(
    *,
    action: str,
    at: datetime.datetime,
    user: User | None = None,
    role: str = "",
    person_id: str = "",
    listed: Iterable[str] = (),
    purpose: str = "",
    entitlement: str = "",
    sections: Iterable[str] = (),
    path_name: str = "",
    result: str = "allowed",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """
    Write one entry at the end of the chain, inside the caller's transaction when there is one.

    The head row is locked until that transaction ends, so entries are written one after another. `detail` holds
    text and whole numbers only: no name, no identifier.
    """
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    ids = " ".join(listed)
    entry = AuditEntry(
        number=head.number + 1,
        at=at,
        user=user,
        role=role,
        action=action,
        person_id=person_id,
        listed=f" {ids} " if ids else "",
        purpose=purpose,
        entitlement=entitlement,
        sections=" ".join(sorted(sections)),
        path_name=path_name,
        result=result,
        detail=dict(detail or {}),
        prev_hash=head.hash,
    )
    entry.hash = seal(entry)
    entry.save()
    if entry.number % ANCHOR_EVERY == 0:
        transaction.on_commit(lambda: anchor(at=at))
    return entry


def seal(entry: AuditEntry) -> str:
    """The keyed hash of an entry and the one before it, 64 hex characters."""
    held = {name: getattr(entry, name) for name in SEALED}
    held["at"] = entry.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    text = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(settings.AUDIT_KEY, text.encode(), hashlib.sha256).hexdigest()


@dataclasses.dataclass(frozen=True)
class Report:
    """
    What checking the whole chain found.

    entries: rows read. changed: number of the first row that is not as it was written; null when none.
    missing_after: number after which rows are gone; null when none. anchored: entries known from the anchors.
    """

    entries: int
    changed: int | None
    missing_after: int | None
    anchored: int

    @property
    def holds(self) -> bool:
        return self.changed is None and self.missing_after is None

    @property
    def message(self) -> str:
        if self.changed is not None:
            return f"The audit trail does not hold: entry {self.changed:,} is not as it was written."
        if self.missing_after is not None:
            return f"The audit trail does not hold: entries after {self.missing_after:,} are missing."
        return f"The audit trail holds: {self.entries:,} entries, none changed and none missing."


def verify(*, anchors: Path | None = None) -> Report:
    """Read the whole chain and say whether it holds, against the head and every anchor kept outside the database."""
    known = _anchors(anchors or settings.AUDIT_ANCHORS)
    number, before = 0, ""
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=5000):
        if entry.number != number + 1:
            return Report(number, None, number, _last(known))
        anchored = known.get(entry.number, entry.hash)
        if entry.prev_hash != before or seal(entry) != entry.hash or anchored != entry.hash:
            return Report(number, entry.number, None, _last(known))
        number, before = entry.number, entry.hash
    head = AuditHead.objects.filter(pk=1).first()
    expected = max(_last(known), head.number if head else 0)
    return Report(number, None, number if expected > number else None, _last(known))


def anchor(*, at: datetime.datetime, anchors: Path | None = None) -> int:
    """Write how long the chain is, and its last hash, outside the database; return the number of entries."""
    head = AuditHead.objects.filter(pk=1).first()
    if head is None or head.number == 0:
        return 0
    path = anchors or settings.AUDIT_ANCHORS
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii", newline="\n") as file:
        file.write(json.dumps({"at": at.isoformat(), "number": head.number, "hash": head.hash}) + "\n")
    return head.number


def _anchors(path: Path) -> dict[int, str]:
    if not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line)
    return {line["number"]: line["hash"] for line in lines}


def _last(known: dict[int, str]) -> int:
    return max(known, default=0)
