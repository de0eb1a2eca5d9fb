"""The only code that lists rows of worklists and what was recorded about them."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from kinfold.governance.models import User
from kinfold.governance.queries import accounts_of, opened_by
from kinfold.record.published import WorklistRow
from kinfold.record.snapshot import Snapshot
from kinfold.vocabulary import services
from kinfold.worklists import plain
from kinfold.worklists.models import Outcome

GROUPS = ("act_today", "this_week", "waiting")  # also their order by letter, which the database sorts by
ROWS_A_PAGE = 25
ROWS_TO_PRINT = 100
SEEN_ALONE_WITHIN = datetime.timedelta(weeks=6)
DUE_SOON = datetime.timedelta(days=7)


def counts(snapshot: Snapshot, whose: Q) -> dict[str, int]:
    """Rows by group."""
    shown = snapshot.of(WorklistRow).filter(whose).annotate(shown_group=plain.group(snapshot))
    rows = shown.values("shown_group").annotate(rows=Count("id"))
    found = dict.fromkeys(GROUPS, 0)
    found.update(rows.values_list("shown_group", "rows"))
    return found


def rows(snapshot: Snapshot, whose: Q, *, start: int = 0, most: int = ROWS_A_PAGE) -> list[WorklistRow]:
    """Rows in the order they should be worked: by group, then the run's rank; or plain, while lists are."""
    wanted = snapshot.of(WorklistRow).filter(whose).annotate(shown_group=plain.group(snapshot))
    wanted = wanted.order_by("shown_group", *plain.order(snapshot), "id")
    found: list[WorklistRow] = []
    for row in wanted[start : start + most]:
        row.list_group = row.shown_group
        found.append(row)
    return found


def find_row(snapshot: Snapshot, whose: Q, row_key: str) -> WorklistRow | None:
    return snapshot.of(WorklistRow).filter(whose, row_key=row_key).first()


def outcomes_of(row_keys: Iterable[str], *, since: datetime.datetime) -> dict[str, Outcome]:
    """By row: the last outcome recorded since the list was made, with who recorded it."""
    kept = Outcome.objects.filter(row_key__in=list(row_keys), at__gte=since, undone_at=None)
    return {outcome.row_key: outcome for outcome in kept.select_related("by").order_by("at", "pk")}


def recorded_by(user: User, *, since: datetime.datetime) -> int:
    """Rows somebody has recorded something about since the list was made."""
    kept = Outcome.objects.filter(by=user, at__gte=since, undone_at=None)
    return kept.values("row_key").distinct().count()


@dataclasses.dataclass(frozen=True)
class Load:
    """One row per owner of a team's rows. overdue: due before the snapshot's day. due: within seven days of it."""

    owner_kind: str
    owner_ref: str
    name: str
    children: int
    act_today: int
    overdue: int
    due: int
    not_seen_alone: int

    @property
    def staff_number(self) -> str:
        return services.number_of(self.owner_ref)


def loads(snapshot: Snapshot, whose: Q) -> list[Load]:
    """Who in a team has how much to do, most overdue first. not_seen_alone: in six weeks, of social care's children."""
    today = snapshot.as_at
    long_ago = Q(last_seen_alone_on=None) | Q(last_seen_alone_on__lt=today - SEEN_ALONE_WITHIN)
    grouped = (
        snapshot.of(WorklistRow)
        .filter(whose)
        .annotate(shown_group=plain.group(snapshot))
        .values("owner_kind", "owner_ref", "owner_name")
        .annotate(
            children=Count("person_id", distinct=True),
            act_today=Count("id", filter=Q(shown_group="act_today")),
            overdue=Count("id", filter=Q(due_on__lt=today)),
            due=Count("id", filter=Q(due_on__gte=today, due_on__lte=today + DUE_SOON)),
            not_seen_alone=Count("id", filter=long_ago & Q(pathway="social_care")),
        )
        .order_by("-overdue", "-act_today", "owner_name", "owner_ref")
    )
    columns = [field.name for field in dataclasses.fields(Load)]
    return [Load(*row) for row in grouped.values_list(*[("owner_name" if c == "name" else c) for c in columns])]


def not_opened(snapshot: Snapshot, whose: Q) -> dict[str, int]:
    """By the key of a worker: the children on the worker's list whose page the worker has never opened."""
    rows = snapshot.of(WorklistRow).filter(whose, owner_kind="worker")
    held = set(rows.values_list("owner_ref", "person_id").distinct())
    waiting = held - opened_by([ref for ref, _ in held], [person for _, person in held])
    return Counter(ref for ref, _ in waiting)


def names_of_workers(loads: Iterable[Load]) -> dict[str, str]:
    """By the key of a worker: the name of the account, for workers whom the snapshot does not name."""
    unnamed = [load.owner_ref for load in loads if load.owner_kind == "worker" and not load.name]
    if not unnamed:
        return {}
    return {key: str(account) for key, account in accounts_of(unnamed).items()}


def outcomes_for_run(*, since: datetime.datetime | None = None) -> Iterator[dict[str, Any]]:
    """
    What people recorded, for the next run: rows of `worklist_outcome`, oldest first, undone ones left out.

    by_ref is the staff number, or the account's number where there is none. on is the day in this country's time.
    """
    kept = Outcome.objects.filter(undone_at=None).select_related("by").order_by("at", "pk")
    if since is not None:
        kept = kept.filter(at__gte=since)
    for outcome in kept.iterator(chunk_size=5_000):
        yield {
            "row_key": outcome.row_key,
            "person_id": outcome.person_id,
            "kind": outcome.kind,
            "reason": outcome.reason,
            "until_on": outcome.until_on,
            "by_ref": outcome.by.staff_ref or str(outcome.by_id),
            "on": timezone.localtime(outcome.at).date(),
        }
