"""
Which snapshot people read, and how a request reads one snapshot whole.

On SQLite each snapshot is a file of its own, opened read-only through a database alias that is registered when
first asked for. On PostgreSQL the same tables are partitions of the service database. A request asks `live()` once
and reads everything through what it got: a publish meanwhile changes nothing for it.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Max, QuerySet, Subquery, Sum, Value

from kinfold.governance.rules.models import PlainLists
from kinfold.record.models import Challenge, Overlay, Publication
from kinfold.record.published import PUBLISHED, Published

Row = TypeVar("Row", bound=Published)


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """
    One published run. as_at: the day it speaks of. published_at: when people could first read it.

    plain_since, plain_reason: since when and why lists are plain (`governance.rules`); null while the order holds.
    overlay_mark: changes whenever what is hidden of it does; "" when nobody asked. challenge_mark: the same of what is
    challenged.
    """

    run_id: str
    as_at: datetime.date
    published_at: datetime.datetime
    plain_since: datetime.datetime | None = None
    plain_reason: str = ""
    overlay_mark: str = dataclasses.field(default="", compare=False)
    challenge_mark: str = dataclasses.field(default="", compare=False)

    @property
    def alias(self) -> str:
        return alias_of(self.run_id)

    def of(self, model: type[Row]) -> QuerySet[Row]:
        """The rows of one published table in this snapshot."""
        return model._default_manager.using(self.alias).filter(run_id=self.run_id)


def live() -> Snapshot | None:
    """
    The snapshot people read now, or None before the first run. One query.

    None too when an earlier release published it in another shape: its rows lack what the pages have to know, and it
    is loaded again when the service is set up (`operations.publish.bring_up_to_date`).
    """
    row = Publication.objects.filter(is_live=True).annotate(**_marks()).first()
    if row is None or row.shape != shape():
        return None
    marks = {name: getattr(row, name) for name in _marks()}
    hidden, challenged = (
        " ".join(str(mark or 0) for name, mark in marks.items() if name.startswith(of))
        for of in ("hidden", "challenged")
    )
    return Snapshot(
        run_id=row.run_id,
        as_at=row.as_at,
        published_at=row.published_at,
        plain_since=marks["plain_since"],
        plain_reason=marks["plain_reason"] or "",
        overlay_mark=hidden,
        challenge_mark=challenged,
    )


def _marks() -> dict[str, Subquery]:
    """
    How many overlays hide something, which, when one or a challenge last changed, and whether lists are plain: asked
    with the pointer.
    """
    every = Overlay.objects.order_by().annotate(one=Value(1)).values("one")
    standing = every.exclude(state="lifted")
    plain = PlainLists.objects.filter(is_on=True)
    challenged = Challenge.objects.order_by().annotate(one=Value(1)).values("one")
    return {
        "plain_since": Subquery(plain.values("from_at")[:1]),
        "plain_reason": Subquery(plain.values("reason")[:1]),
        "hidden_count": Subquery(standing.annotate(said=Count("id")).values("said")),
        "hidden_sum": Subquery(standing.annotate(said=Sum("id")).values("said")),
        "hidden_changed": Subquery(every.annotate(said=Max("changed_at")).values("said")),
        "challenged_count": Subquery(challenged.annotate(said=Count("id")).values("said")),
        "challenged_changed": Subquery(challenged.annotate(said=Max("changed_at")).values("said")),
    }


@functools.cache
def shape() -> str:
    """Which tables and columns a snapshot of this release has: two releases that publish alike agree on it."""
    told = [f"{model._meta.db_table}.{field.column}" for model in PUBLISHED for field in model._meta.fields]
    return hashlib.blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def is_apart() -> bool:
    """Whether each snapshot is a file of its own (SQLite) and not a partition of the service database."""
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"


def short(run_id: str) -> str:
    """A run's name that any database takes in the name of a table or file."""
    return hashlib.blake2b(run_id.encode(), digest_size=6).hexdigest()


def folder() -> Path:
    return Path(settings.HOME) / "published"


def file_of(run_id: str) -> Path:
    plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in run_id)
    return folder() / f"{plain}.sqlite3"


def alias_of(run_id: str) -> str:
    """The database alias to read a run through, registered when first asked for."""
    if not is_apart():
        return DEFAULT_DB_ALIAS
    path = file_of(run_id)
    alias = f"snapshot_{short(str(path))}"
    if alias not in connections.databases:
        # Immutable: nobody writes to a published file, so SQLite need not lock it or look for a journal.
        name = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        connections.databases[alias] = {
            **connections.databases[DEFAULT_DB_ALIAS],
            "NAME": name,
            "OPTIONS": {},
            "CONN_MAX_AGE": 0,
            "ATOMIC_REQUESTS": False,
        }
    return alias


def let_go(run_id: str) -> None:
    """Close this thread's connection to a run's file and forget its alias."""
    if not is_apart():
        return
    alias = f"snapshot_{short(str(file_of(run_id)))}"
    if alias in connections.databases:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]
