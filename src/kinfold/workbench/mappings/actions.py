"""The only code that changes a mapping, each time with its audit row."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import secrets
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from kinfold.governance import audit
from kinfold.governance.models import User
from kinfold.operations import proposals
from kinfold.operations.home import Home
from kinfold.operations.proposals import Sketch
from kinfold.workbench.mappings import queries
from kinfold.workbench.mappings.models import MappingProposal

PURPOSE = "data_quality"
SHORTEST_REASON = 5


class UnableToChange(Exception):
    """Nothing was changed; the message is fit to show."""


def start(
    home: Home,
    *,
    file: UploadedFile,
    name: str,
    label: str,
    supplier: str,
    on: datetime.date,
    by: User,
    role: str,
    at: datetime.datetime,
) -> MappingProposal:
    """
    Keep a file as an example and propose a mapping for it.

    Raises UnableToChange when it cannot be kept or read; nothing of it is then kept.
    """
    try:
        receipt = proposals.keep_example(home, (file.name or "file", file.chunks()), by=str(by), on=on, at=at)
    except proposals.UnableToReceive as why:
        raise UnableToChange(str(why)) from None
    path = proposals.example_path(home, receipt.receipt_id)
    assert path is not None, "it was received a moment ago"
    try:
        sketch = dataclasses.replace(proposals.sketch_of(path), label=label, supplier=supplier)
    except proposals.FileRejected as why:
        proposals.forget(home, receipt.receipt_id)
        raise UnableToChange(str(why)) from None
    made = MappingProposal(mapping=secrets.token_hex(16), version=0, name=name, receipt_id=receipt.receipt_id)
    return _version(made, sketch, what="Proposed from the file", by=by, role=role, at=at)


def change(
    before: MappingProposal, sketch: Sketch, *, what: str, by: User, role: str, at: datetime.datetime
) -> MappingProposal:
    """Make a new version. Raises UnableToChange when it waits or is approved, or when nothing can be mapped so."""
    if not before.may_change:
        raise UnableToChange("This version waits to be read or is approved, so that it stays as it is.")
    return _version(before, sketch, what=what, by=by, role=role, at=at)


def write(before: MappingProposal, text: str, *, by: User, role: str, at: datetime.datetime) -> MappingProposal:
    """Make a version of a mapping's own text. Raises UnableToChange as `change` does, and when nothing differs."""
    if not before.may_change:
        raise UnableToChange("This version waits to be read or is approved, so that it stays as it is.")
    text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
    if text == before.toml:
        raise UnableToChange("Nothing differs from the version before. Nothing was saved.")
    return _kept(before, text, {}, what="Written as text", by=by, role=role, at=at)


def _version(
    before: MappingProposal, sketch: Sketch, *, what: str, by: User, role: str, at: datetime.datetime
) -> MappingProposal:
    text = proposals.toml_of(proposals.checked(sketch))
    return _kept(before, text, proposals.as_dict(sketch), what=what, by=by, role=role, at=at)


def _kept(
    before: MappingProposal, text: str, sketch: dict[str, Any], *, what: str, by: User, role: str, at: datetime.datetime
) -> MappingProposal:
    try:
        label = proposals.feed_of_toml(before.name, text).label
    except proposals.AreaRejected as why:
        raise UnableToChange(f"Nothing can be mapped this way. {why}") from None
    with transaction.atomic():
        newest = queries.versions(before.mapping).select_for_update(of=("self",)).first()
        if newest is not None and newest.version != before.version:
            raise UnableToChange(
                "Somebody has changed this mapping since you opened the page. Look again, then change it."
            )
        made = MappingProposal.objects.create(
            mapping=before.mapping, version=before.version + 1, name=before.name, label=label[:120],
            receipt_id=before.receipt_id, sketch=sketch, toml=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(), what=what[:300], by=by, at=at,
        )  # fmt: skip
        _write(made, "mapping.changed", by=by, role=role, at=at)
    return made


@transaction.atomic
def undo(given: MappingProposal, *, by: User, role: str, at: datetime.datetime) -> MappingProposal:
    """Take the last change back; returns the version before it. Raises UnableToChange."""
    before = queries.versions(given.mapping).filter(version=given.version - 1).first()
    if given.state != "draft" or before is None:
        raise UnableToChange("There is no change to undo.")
    _write(given, "mapping.undone", by=by, role=role, at=at)
    given.delete()
    return before


@transaction.atomic
def propose(given: MappingProposal, *, by: User, role: str, at: datetime.datetime) -> None:
    """Ask a second person to read a mapping. Raises UnableToChange."""
    if given.state != "draft":
        raise UnableToChange("Only a mapping that is being made can be saved for review.")
    given.state = "proposed"
    given.save(update_fields=["state"])
    _write(given, "mapping.proposed", by=by, role=role, at=at)


@transaction.atomic
def decide(
    given: MappingProposal, *, is_approved: bool, reason: str, by: User, role: str, at: datetime.datetime
) -> None:
    """Approve a mapping or send it back, with a reason. Raises UnableToChange; nobody approves what they made."""
    locked = MappingProposal.objects.select_for_update().get(pk=given.pk)
    if locked.state != "proposed":
        raise UnableToChange("This mapping does not wait to be read.")
    if by.pk in {one.by_id for one in queries.versions(given.mapping)}:
        raise UnableToChange("You made some of this mapping. Ask a colleague to read it.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToChange("Say why in a few words. It is written in the audit trail.")
    locked.state = "approved" if is_approved else "rejected"
    locked.decided_by, locked.decided_at, locked.reason = by, at, reason.strip()
    locked.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _write(locked, f"mapping.{locked.state}", by=by, role=role, at=at, reason=reason.strip())


def place(home: Home, given: MappingProposal, *, may_replace: bool, by: User, role: str, at: datetime.datetime) -> None:
    """Put an approved mapping into the area's folder. Raises UnableToChange."""
    if given.state != "approved":
        raise UnableToChange("Only an approved mapping can be put into the area’s folder.")
    try:
        proposals.place(home, name=given.name, text=given.toml, may_replace=may_replace)
    except proposals.UnableToPlace as why:
        raise UnableToChange(str(why)) from None
    with transaction.atomic():
        given.placed_by, given.placed_at = by, at
        given.save(update_fields=["placed_by", "placed_at"])
        _write(given, "mapping.placed", by=by, role=role, at=at)


def keep_tried(given: MappingProposal, tried: dict[str, Any]) -> None:
    """Keep what came of trying a version: counts, reasons and shapes."""
    given.tried = tried
    given.save(update_fields=["tried"])


def download(given: MappingProposal, *, by: User, role: str, at: datetime.datetime) -> None:
    """Write down that somebody took a mapping away in a file."""
    _write(given, "mapping.exported", by=by, role=role, at=at)


def _write(
    given: MappingProposal, action: str, *, by: User, role: str, at: datetime.datetime, reason: str = ""
) -> None:
    detail = {"feed": given.name, "version": given.version, "sha256": given.sha256[:16]}
    if reason:
        detail["reason"] = reason
    audit.record(action=action, at=at, user=by, role=role, purpose=PURPOSE, detail=detail)
