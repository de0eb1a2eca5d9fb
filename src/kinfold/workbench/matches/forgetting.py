"""
What decisions on matches say of records that were erased is erased with them; that somebody decided, and when, stays.

A key may hold a name and a birth date, where a source has no numbers. Rows of decisions are otherwise only ever added:
this is the one exception, and the database is asked for it by name.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator

from django.db import models, transaction
from django.db.models import Q

from kinfold.governance import audit
from kinfold.workbench.matches.models import Decision, Verdict

REASON = "What this was about has been erased."
AT_ONCE = 500


@transaction.atomic
def forget_records(*, keys: Collection[str], at: datetime.datetime) -> int:
    """
    Take record keys out of every decision, with the words of those that were about them; returns how many decisions.

    A verdict on a pair goes when one of the two does. Doing it twice changes nothing more.
    """
    gone = frozenset(keys)
    for some in _in_parts(sorted(gone)):
        models.QuerySet(Verdict).filter(Q(left__in=some) | Q(right__in=some)).delete()
    changed = 0
    for one in Decision.objects.order_by("pk").iterator(chunk_size=AT_ONCE):
        held = gone.intersection([*one.keys, *(key for person in one.shown for key in person)])
        if not held:
            continue
        named = {key: f"{key.partition(':')[0]}:erased-{one.pk}-{n}" for n, key in enumerate(sorted(held), start=1)}
        models.QuerySet(Decision).filter(pk=one.pk).update(
            keys=[named.get(key, key) for key in one.keys],
            shown=[[named.get(key, key) for key in person] for person in one.shown],
            reason=REASON,
            ask="",
        )
        changed += 1
    if changed:
        audit.record(action="match.erased", at=at, detail={"decisions": changed})
    return changed


def _in_parts(keys: list[str]) -> Iterator[list[str]]:
    """In lists that a database takes in one question."""
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
