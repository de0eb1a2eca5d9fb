"""
What was known of a child on the day of the draw, kept so that both readers read the same, and read back.

Kept are statements with the rows behind them, and services at work. Never kept: name, address, school, band, order,
points, the sentences a run writes over a child, rows of worklists.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models import QuerySet

from kinfold.record import wording
from kinfold.record.policies import PLACES
from kinfold.record.published import Child, Evidence, Involvement, Published, Statement
from kinfold.record.snapshot import Snapshot

KEPT: dict[type[Published], tuple[str, ...]] = {
    Statement: (
        *("person_id", "marker", "kind", "domain", "label", "text", "on", "times", "caveat", "state", "why_unknown"),
        *("agency", "about_ids"),
    ),
    Evidence: (
        *("person_id", "marker", "about_id", "about_words", "source", "agency", "feed_label", "delivery_id", "part"),
        *("row_number", "known_from", "on", "fact", "record_ref"),
    ),
    Involvement: (
        *("person_id", "about_id", "about_words", "agency", "service_name", "stage", "since", "until", "source"),
        *("delivery_id", "part", "row_number", "record_ref"),
    ),
}
Row = TypeVar("Row", bound=Published)
Copy = dict[str, Any]


def copies(snapshot: Snapshot, person_ids: Iterable[str]) -> dict[str, Copy]:
    """By child: the copy. Four queries, however many children."""
    wanted = list(person_ids)
    found: dict[str, Copy] = {
        child.person_id: {
            "age": wording.age(child.birth_on, as_at=snapshot.as_at, expected_on=child.expected_on),
            "coverage": wording.coverage(child.coverage_share),
            **{model.__name__: [] for model in KEPT},
        }
        for child in snapshot.of(Child).filter(person_id__in=wanted)
    }
    for model, fields in KEPT.items():
        held: QuerySet[Any] = snapshot.of(model)
        for row in held.filter(person_id__in=list(found)).order_by("id").values(*fields):
            if model is Involvement and row["until"] is not None and row["until"] <= snapshot.as_at:
                continue
            if row.get("stage") in PLACES:
                row["service_name"] = ""  # which school it is says where the child lives, and half of who
            found[row["person_id"]][model.__name__].append(row)
    return found


def is_bare(copy: Copy) -> bool:
    """Whether nothing at all was true of the child."""
    return not any(row["state"] == "true" for row in copy[Statement.__name__])


def rows(copy: Copy, model: type[Row]) -> list[Row]:
    """The rows of one table as they were, for the veil to look through; they are never saved."""
    return [model(**_typed(model, kept)) for kept in copy[model.__name__]]


def _typed(model: type[Published], kept: Mapping[str, Any]) -> dict[str, Any]:
    days = {field.name for field in model._meta.fields if isinstance(field, models.DateField)}
    return {
        name: datetime.date.fromisoformat(value) if name in days and isinstance(value, str) else value
        for name, value in kept.items()
    }


def deliveries(copy: Copy | None) -> set[str]:
    """The deliveries whose rows are kept here."""
    if copy is None:
        return set()
    return {row["delivery_id"] for model in (Evidence, Involvement) for row in copy[model.__name__]}
