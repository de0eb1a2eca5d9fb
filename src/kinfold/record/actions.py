"""The only code that moves the pointer to the live snapshot, or takes an old one away."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import transaction

from kinfold.governance import audit
from kinfold.record import loading, snapshot
from kinfold.record.models import Publication
from kinfold.vocabulary.dates import in_words


class UnableToGoLive(Exception):
    """The pointer was not moved; the message says why and what is live now."""


@transaction.atomic
def go_live(
    *,
    run_id: str,
    as_at: datetime.date,
    counts: Mapping[str, int],
    at: datetime.datetime,
    published_at: datetime.datetime | None = None,
) -> snapshot.Snapshot:
    """
    Let people read a snapshot that has been loaded and finished.

    published_at: when people could first read this run, for one that is loaded again; else it is `at`.
    One short transaction on the service database: whoever asks before it gets the old snapshot, after it the new.
    Raises UnableToGoLive when the snapshot's file is not there, or an empty one would replace a full one.
    """
    before = Publication.objects.select_for_update().filter(is_live=True).first()
    if snapshot.is_apart() and not snapshot.file_of(run_id).exists():
        raise UnableToGoLive("The snapshot of this run is not there to be read. What was live stays live.")
    if before and before.tables.get("child") and not counts.get("child"):
        raise UnableToGoLive(
            f"This run found no children, and the list of {in_words(before.as_at)} has {before.tables['child']:,}. "
            "That list stays live. Check the deliveries and run again."
        )
    Publication.objects.filter(is_live=True).update(is_live=False)
    audit.record(action="snapshot.live", at=at, detail={"run": run_id, "children": counts.get("child", 0)})
    row = Publication.objects.create(
        run_id=run_id,
        as_at=as_at,
        published_at=published_at or at,
        is_live=True,
        tables=dict(counts),
        shape=snapshot.shape(),
    )
    return snapshot.Snapshot(run_id=row.run_id, as_at=row.as_at, published_at=row.published_at)


def take_out_of_date(*, run_id: str) -> None:
    """Take away the snapshot of a run that an earlier release published, so that the run can be loaded again."""
    Publication.objects.filter(run_id=run_id).exclude(shape=snapshot.shape()).delete()
    if not Publication.objects.filter(run_id=run_id).exists():
        loading.forget(run_id)


def forget_old(*, keep: int = 3) -> int:
    """
    Take all but the newest `keep` snapshots away for good, and what cut-off loads left; returns how many.

    The live one is never taken. Not one transaction: each is forgotten on its own, and readers do not wait.
    """
    newest = list(Publication.objects.order_by("-published_at").values_list("run_id", flat=True)[:keep])
    old = Publication.objects.filter(is_live=False).exclude(run_id__in=newest)
    runs = list(old.values_list("run_id", flat=True))
    for run_id in runs:
        Publication.objects.filter(run_id=run_id, is_live=False).delete()
        loading.forget(run_id)
    for left in loading.leftovers():
        left.unlink(missing_ok=True)
    return len(runs)
