"""The only code that decides on a match, takes a decision back, or shows a whole number; each with its audit row."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable

from django.db import transaction

from kinfold.governance import audit
from kinfold.governance.models import User
from kinfold.record import overlays
from kinfold.workbench.matches import policies, queries
from kinfold.workbench.matches.models import KINDS, LONGEST_REASON, UNDO, Decision, Verdict
from kinfold.workbench.matches.policies import Shown

PURPOSE = "data_quality"
Refs = Callable[[str], str]  # what published rows call a source record


class UnableToDecide(Exception):
    """Nothing was written down; the message is fit to show."""


class UnableToShow(Exception):
    """The numbers are not shown; the message is fit to show."""


@transaction.atomic
def decide(
    *,
    ref: str,
    shown: Shown,
    kind: str,
    ticked: Collection[str],
    reason: str,
    ask: str,
    share: float,
    touches_care: bool,
    refs: Refs,
    by: User,
    role: str,
    at: datetime.datetime,
) -> Decision:
    """
    Decide what becomes of a case's records. A case that waits for a second or a third reader is read, not decided anew.

    shown: the people as the page showed them. ticked: records that the reader ticked. share: of decisions, those that
    are drawn for a second reader. refs: a record's name in the snapshot. Doubts that started the case are settled by it
    once it counts. Raises UnableToDecide.
    """
    if kind not in KINDS:
        raise UnableToDecide("Select what you decide.")
    if why := policies.why_not(kind, reason=reason, ask=ask, shown=shown, ticked=ticked):
        raise UnableToDecide(why)
    thread = queries.of_case(ref)
    if thread is not None and thread.state in ("second", "third") and by.pk in thread.readers:
        raise UnableToDecide("You have decided this one. Somebody else reads it now, without knowing what you said.")
    is_read = thread is not None and thread.waits_for(by)
    put = policies.parts(kind, shown, ticked)
    decision = Decision.objects.create(
        at=at, by=by, role=role, kind=kind, reason=reason.strip()[:LONGEST_REASON],
        ask=ask.strip() if kind == "unsure" else "",
        ref=ref,
        keys=sorted(key for person in shown for key in person),
        shown=[sorted(person) for person in shown],
        reading=_reading(thread) if is_read else 1,
        first=thread.first if is_read and thread is not None else None,
        why_second="" if is_read else policies.why_second(kind, ref=ref, share=share, touches_care=touches_care),
    )  # fmt: skip
    said = policies.verdicts(put)
    Verdict.objects.bulk_create(
        [Verdict(decision=decision, left=left, right=right, kind=word) for (left, right), word in said.items()],
        batch_size=2_000,
    )
    audit.record(
        action=f"match.{kind}", at=at, user=by, role=role, purpose=PURPOSE,
        detail={"decision": decision.pk, "case": ref, "records": len(decision.keys), "reading": decision.reading},
    )  # fmt: skip
    _settle(decision.ref, refs=refs, by=by, role=role, at=at)
    return decision


def _reading(thread: queries.Thread | None) -> int:
    return 3 if thread is not None and thread.state == "third" else 2


@transaction.atomic
def undo(*, decision_id: int, reason: str, refs: Refs, by: User, role: str, at: datetime.datetime) -> Decision:
    """
    Take a decision back: what stood before of its pairs counts again. Raises UnableToDecide.

    Only the last reading of a case can be taken back, so that none is left standing on one that is gone.
    """
    if len(reason.strip()) < policies.SHORTEST_REASON:
        raise UnableToDecide("Say why it is taken back, in a few words.")
    thread = queries.get_standing(decision_id)
    if thread is None:
        raise UnableToDecide("This was taken back already, or somebody has read it since. Look at the page again.")
    undone = thread.last
    row = Decision.objects.create(
        at=at, by=by, role=role, kind=UNDO, reason=reason.strip()[:LONGEST_REASON], ref=undone.ref,
        keys=undone.keys, shown=undone.shown, undoes=undone,
    )  # fmt: skip
    audit.record(
        action="match.undone", at=at, user=by, role=role, purpose=PURPOSE,
        detail={"decision": row.pk, "undoes": undone.pk, "case": undone.ref},
    )  # fmt: skip
    overlays.doubt_again(decision=undone.pk, by=by, role=role, at=at)
    _settle(undone.ref, refs=refs, by=by, role=role, at=at)
    return row


def _settle(ref: str, *, refs: Refs, by: User, role: str, at: datetime.datetime) -> None:
    """Uphold or lift the doubts that a case answers, once its answer counts."""
    thread = queries.of_case(ref)
    counted = thread.counted if thread is not None else None
    if counted is None:
        return
    put = policies.parts_from(counted.shown, counted.verdicts.values_list("left", "right", "kind"))
    moved = policies.kept_apart(put, counted.shown)
    overlays.settle(
        decision=counted.pk,
        answers={refs(key): {refs(other) for other in others} for key, others in moved.items()},
        by=by,
        role=role,
        at=at,
    )


def look(*, ref: str, people: Iterable[str], by: User, role: str, at: datetime.datetime) -> None:
    """Write down that a case is about to be shown, before it is."""
    audit.record(
        action="match.opened", at=at, user=by, role=role, purpose=PURPOSE, listed=sorted(set(people)),
        detail={"case": ref},
    )  # fmt: skip


def searched(*, people: Iterable[str], by: User, role: str, at: datetime.datetime) -> None:
    """Write down who was named by a search for somebody to join by hand."""
    found = sorted(set(people))
    audit.record(
        action="match.searched", at=at, user=by, role=role, purpose=PURPOSE, listed=found,
        detail={"shown": len(found)},
    )  # fmt: skip


def reveal(*, ref: str, people: Iterable[str], reason: str, by: User, role: str, at: datetime.datetime) -> None:
    """Write down why somebody needs the whole numbers of a case. Raises UnableToShow."""
    if len(reason.strip()) < policies.SHORTEST_REASON:
        raise UnableToShow("Say why in a few words. It is written in the audit trail.")
    audit.record(
        action="match.revealed", at=at, user=by, role=role, purpose=PURPOSE, listed=sorted(set(people)),
        detail={"case": ref, "reason": reason.strip()},
    )  # fmt: skip
