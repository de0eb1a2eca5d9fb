"""The record as it stands: what is drafted, what people wrote over it, and what is still blank."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from kinfold.governance.agreements import queries as register
from kinfold.governance.models import RoleGrant, TransparencySignOff, TransparencyText
from kinfold.governance.permissions import holds_now
from kinfold.governance.transparency.layout import LAYOUT, Section, Slot
from kinfold.governance.transparency.sources import Sources, read


@dataclasses.dataclass(frozen=True)
class Field:
    """
    One field of the draft. text: what stands, "" for a blank. is_written: by a person. is_behind: the live
    configuration has changed since they wrote. written: their row, null when nobody wrote.
    """

    slot: Slot
    drafted: str
    written: TransparencyText | None

    @property
    def is_written(self) -> bool:
        return self.written is not None and bool(self.written.text)

    @property
    def text(self) -> str:
        return self.written.text if self.written is not None and self.written.text else self.drafted

    @property
    def is_blank(self) -> bool:
        return not self.text

    @property
    def is_behind(self) -> bool:
        return self.is_written and self.written is not None and self.written.drafted != mark_of(self.drafted)


@dataclasses.dataclass(frozen=True)
class Record:
    """The whole draft. made_up: the area is a demonstration's."""

    title: str
    sections: tuple[tuple[Section, tuple[Field, ...]], ...]
    made_up: bool

    @property
    def fields(self) -> Iterator[Field]:
        return (field for _, fields in self.sections for field in fields)

    @property
    def blanks(self) -> list[Field]:
        return [field for field in self.fields if field.is_blank]

    @property
    def hash(self) -> str:
        """Of every field as it stands: what an owner signs."""
        said = json.dumps({field.slot.key: field.text for field in self.fields}, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def mark_of(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def sources() -> Sources:
    at = timezone.now()
    entries = register.register(on=timezone.localdate(at))
    held = RoleGrant.objects.filter(holds_now(at), user__is_active=True).values_list("role").annotate(Count("user"))
    return read(
        Path(settings.HOME),
        Path(settings.AREA_FOLDER),
        agreed={feed: one.in_force.terms for feed, one in entries.items() if one.in_force is not None},
        holders=dict(held),
    )


def record() -> Record:
    """The draft of this moment. Raises register.RegisterAltered as the register does."""
    told, written = sources(), _written()
    sections = tuple(
        (section, tuple(_field(slot, told, written.get(slot.key)) for slot in section.slots)) for section in LAYOUT
    )
    return Record(f"Algorithmic transparency record: {told.area.authority}", sections, told.area.is_demonstration)


def _field(slot: Slot, told: Sources, written: TransparencyText | None) -> Field:
    return Field(slot, slot.draft(told) if slot.draft else "", written)


def _written() -> dict[str, TransparencyText]:
    rows: Iterable[TransparencyText] = TransparencyText.objects.select_related("by").order_by("at", "pk")
    return {row.field: row for row in rows}


def last_sign_off() -> TransparencySignOff | None:
    return TransparencySignOff.objects.select_related("by").order_by("-at", "-pk").first()
