"""The only code that changes the register: keyword-only, one transaction, audit inside."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kinfold.areas.agreements import Agreement as Terms
from kinfold.areas.agreements import values_of
from kinfold.areas.toml import AreaRejected
from kinfold.governance import audit, permissions
from kinfold.governance.agreements import policies, queries
from kinfold.governance.agreements.models import Agreement, Approval, Purge
from kinfold.governance.agreements.through import outside
from kinfold.governance.models import User

SHORTEST_REASON = 10
HELD = ("erase", "keep")
DEMONSTRATION = "Entered by the demonstration for itself"


class UnableToEnter(Exception):
    """The agreement cannot be entered; the message is fit to show."""


class UnableToApprove(Exception):
    """The approval cannot be recorded; the message is fit to show."""


class UnableToEnd(Exception):
    """The agreement cannot be ended, or its end not called off; the message is fit to show."""


def may_keep(user: User, role: str, at: datetime.datetime) -> bool:
    """Whether a person may change the register in a role."""
    held = permissions.roles().find(role)
    return held is not None and held.may_keep_agreements and permissions.may_use(user, role, at)


@transaction.atomic
def enter(*, feed: str, terms: Terms, by: User, role: str, at: datetime.datetime, reason: str) -> Agreement:
    """
    Enter a new version of the agreement of a feed. It is proposed until every office it names has approved it.

    Raises UnableToEnter when the person may not, the reason says nothing, or nothing differs from the newest version.
    """
    if not may_keep(by, role, at):
        raise UnableToEnter("Your role does not keep the register of agreements. Nothing was entered.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToEnter("Say in a few words why this is entered, so that it can be understood later.")
    return _enter(feed, terms, by, role, at, reason.strip())


def _enter(feed: str, terms: Terms, by: User | None, role: str, at: datetime.datetime, reason: str) -> Agreement:
    values = stored(terms)
    before = Agreement.objects.select_for_update().filter(feed=feed).order_by("-version").first()
    ends = Purge.objects.filter(feed=feed, called_off_at=None, narrowed_to=None)
    ended = ends.aggregate(Max("up_to_version"))["up_to_version__max"]
    if before is not None and before.terms == values and before.version > (ended or 0):
        raise UnableToEnter(
            f"Nothing differs from version {before.version}, which is in the register. Nothing was entered."
        )
    row = Agreement(
        feed=feed,
        version=before.version + 1 if before else 1,
        reference=terms.id,
        from_on=terms.from_,
        to_on=terms.to,
        review_on=terms.review,
        terms=values,
        reason=reason,
        entered_by=by,
        entered_at=at,
    )
    row.hash = queries.seal(row)
    row.save()
    audit.record(action="agreement.entered", at=at, user=by, role=role, detail={"feed": feed, "version": row.version})
    return row


def stored(terms: Terms) -> dict[str, Any]:
    """Terms as they are kept: dates as ISO text. Raises UnableToEnter when they would not read back."""
    values = {
        key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in values_of(terms).items()
    }
    try:
        queries.terms_of_values("feed", values)
    except AreaRejected as why:
        raise UnableToEnter(str(why)) from why
    return values


@transaction.atomic
def approve(
    *,
    feed: str,
    version: int,
    offices: Iterable[str],
    by: User,
    role: str,
    at: datetime.datetime,
    note: str,
    held: str = "",
) -> tuple[str, ...]:
    """
    Record that offices approved a version, and where the signed paper is. Returns the offices still missing.

    held: what becomes of deliveries that hold more than the version lets be kept, one of HELD; asked for by the
    approval after which the version holds. Raises UnableToApprove when the person may not, entered the version, names
    an office it does not need, or says nothing of what is held.
    """
    if not may_keep(by, role, at):
        raise UnableToApprove("Your role does not keep the register of agreements. Nothing was recorded.")
    row = Agreement.objects.select_for_update().filter(feed=feed, version=version).first()
    if row is None:
        raise UnableToApprove("There is no such version in the register. Nothing was recorded.")
    if row.entered_by_id == by.pk:
        raise UnableToApprove("Somebody else has to approve what you entered. Nothing was recorded.")
    if len(note.strip()) < SHORTEST_REASON:
        raise UnableToApprove("Say where the signed approval is kept, in a few words.")
    missing = _approve(row, tuple(offices), by, role, at, note.strip())
    if not missing:
        _narrow(row, by, role, at, held)
    return missing


def _narrow(row: Agreement, by: User, role: str, at: datetime.datetime, held: str) -> None:
    """Settle what becomes of what is held outside a version that is approved now. Raises UnableToApprove."""
    if queries.end_waiting(row.feed) is not None:
        return  # everything of the feed is to be erased
    found = outside(settings.HOME, row.feed, queries.terms_of(row))
    if not found:
        return
    if held not in HELD:
        count = "1 delivery holds" if len(found.delivery_ids) == 1 else f"{len(found.delivery_ids):,} deliveries hold"
        raise UnableToApprove(
            f"{count} more than this version lets be kept. Say whether it is erased or stays until its time. "
            "Nothing was recorded."
        )
    detail = {"feed": row.feed, "version": row.version, "deliveries": len(found.delivery_ids), "held": held}
    audit.record(action="agreement.narrowed", at=at, user=by, role=role, detail=detail)
    if held == "erase":
        _call_off_narrowing(row.feed, by, at, f"Version {row.version} leaves out more.")
        Purge.objects.create(
            feed=row.feed, up_to_version=row.version - 1, narrowed_to=row.version, by=by, at=at,
            due_on=max(row.from_on, timezone.localtime(at).date()),
            reason=f"Version {row.version} lets less be kept: {row.reason}"[:400],
        )  # fmt: skip


def _call_off_narrowing(feed: str, by: User, at: datetime.datetime, why: str) -> None:
    waiting = Purge.objects.filter(feed=feed, called_off_at=None, carried_out_at=None, narrowed_to__isnull=False)
    waiting.update(called_off_at=at, called_off_by=by, called_off_reason=why)


def _approve(
    row: Agreement, offices: tuple[str, ...], by: User | None, role: str, at: datetime.datetime, note: str
) -> tuple[str, ...]:
    terms = queries.terms_of(row)
    missing = policies.missing_offices(terms, tuple(row.approvals.all()))
    if not offices or set(offices) - set(missing):
        raise UnableToApprove(
            f"Select an office that has still to approve: {', '.join(missing)}."
            if missing
            else "Every office has approved this version already. Nothing was recorded."
        )
    for office in offices:
        Approval.objects.create(agreement=row, office=office, note=note, by=by, at=at)
    audit.record(
        action="agreement.approved",
        at=at,
        user=by,
        role=role,
        detail={"feed": row.feed, "version": row.version, "offices": len(offices)},
    )
    return tuple(office for office in missing if office not in offices)


@transaction.atomic
def end(*, feed: str, due_on: datetime.date, by: User, role: str, at: datetime.datetime, reason: str) -> Purge:
    """
    End the agreement of a feed: from `due_on` nothing is loaded, and everything that came under it is erased.

    It is erased a week from now at the earliest, unless somebody else confirms it (see policies.erased_from).
    Raises UnableToEnd when the person may not, there is nothing to end, or an end is recorded already.
    """
    if not may_keep(by, role, at):
        raise UnableToEnd("Your role does not keep the register of agreements. Nothing was ended.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToEnd("Say in a few words why the agreement ends, so that it can be understood later.")
    newest = Agreement.objects.select_for_update().filter(feed=feed).order_by("-version").first()
    ends = Purge.objects.filter(feed=feed, called_off_at=None, narrowed_to=None)
    ended = ends.order_by("-up_to_version").first()
    if newest is None or (ended is not None and ended.up_to_version >= newest.version):
        raise UnableToEnd("This agreement has ended already, or its end is recorded. Nothing was changed.")
    if ended is not None and ended.carried_out_at is None:
        raise UnableToEnd("What came under an earlier version still waits to be erased. Carry that out first.")
    _call_off_narrowing(feed, by, at, "The agreement was ended whole.")
    purge = Purge.objects.create(
        feed=feed, up_to_version=newest.version, due_on=due_on, reason=reason.strip(), by=by, at=at
    )
    audit.record(
        action="agreement.ended",
        at=at,
        user=by,
        role=role,
        detail={"feed": feed, "version": newest.version, "due_on": due_on.isoformat()},
    )
    return purge


@transaction.atomic
def confirm_end(*, purge_id: int, by: User, role: str, at: datetime.datetime) -> Purge:
    """Agree, as a second person, that what an ended agreement brought is erased without waiting. Raises UnableToEnd."""
    if not may_keep(by, role, at):
        raise UnableToEnd("Your role does not keep the register of agreements. Nothing was changed.")
    purge = Purge.objects.select_for_update().get(pk=purge_id)
    if purge.by_id == by.pk:
        raise UnableToEnd("Somebody else has to confirm the end that you recorded. Nothing was changed.")
    if policies.erased_from(purge) == purge.due_on or purge.carried_out_at or purge.called_off_at:
        raise UnableToEnd("This end does not wait for anybody to confirm it. Nothing was changed.")
    purge.confirmed_at, purge.confirmed_by = at, by
    purge.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(action="agreement.end_confirmed", at=at, user=by, role=role, detail={"feed": purge.feed})
    return purge


@transaction.atomic
def call_off(*, purge_id: int, by: User, role: str, at: datetime.datetime, reason: str) -> Purge:
    """Call an end off before it is carried out: a mistake, a renewal, a legal hold. Raises UnableToEnd."""
    if not may_keep(by, role, at):
        raise UnableToEnd("Your role does not keep the register of agreements. Nothing was changed.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToEnd("Say in a few words why the end is called off.")
    purge = Purge.objects.select_for_update().get(pk=purge_id)
    if purge.carried_out_at is not None or purge.called_off_at is not None:
        raise UnableToEnd("This end is carried out or called off already. Nothing was changed.")
    purge.called_off_at, purge.called_off_by, purge.called_off_reason = at, by, reason.strip()
    purge.save(update_fields=["called_off_at", "called_off_by", "called_off_reason"])
    audit.record(action="agreement.end_called_off", at=at, user=by, role=role, detail={"feed": purge.feed})
    return purge


@transaction.atomic
def carried_out(*, purge_id: int, report: dict[str, Any], at: datetime.datetime) -> Purge:
    """Record that everything a purge names is erased, with the signed report of it."""
    purge = Purge.objects.select_for_update().get(pk=purge_id)
    purge.carried_out_at, purge.report = at, report
    purge.save(update_fields=["carried_out_at", "report"])
    audit.record(
        action="agreement.purged",
        at=at,
        detail={"feed": purge.feed, "deliveries": len(report.get("deliveries", ())), "signature": report["signature"]},
    )
    return purge


@transaction.atomic
def enter_for_demonstration(*, feed: str, terms: Terms, at: datetime.datetime) -> Agreement:
    """Enter and approve an agreement of the demonstration's own, whose parties are made up."""
    row = _enter(feed, terms, None, "", at, DEMONSTRATION)
    _approve(row, policies.missing_offices(terms, ()), None, "", at, DEMONSTRATION)
    return row
