"""The only code that lists the register."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from kinfold.areas.agreements import WHOLE_FORMAT, agreement_of
from kinfold.areas.agreements import Agreement as Terms
from kinfold.governance.agreements import policies
from kinfold.governance.agreements.models import Agreement, Approval, Purge
from kinfold.governance.agreements.policies import Version

DATES = ("from", "to", "review")


class RegisterAltered(Exception):
    """A row of the register is not as it was entered; the message says which and what to do."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """
    One feed in the register on a day: its versions, newest first.

    shown: the version in force, else the newest. waiting: a newer one that is proposed or has not begun; null when
    there is none.
    """

    feed: str
    versions: tuple[Version, ...]

    @property
    def in_force(self) -> Version | None:
        return next((one for one in self.versions if one.loads), None)

    @property
    def shown(self) -> Version:
        return self.in_force or self.versions[0]

    @property
    def waiting(self) -> Version | None:
        newest = self.versions[0]
        return newest if newest is not self.shown and newest.state in ("proposed", "approved") else None


def register(*, on: datetime.date) -> dict[str, Entry]:
    """Every feed that has an agreement, by name, as the register stands on `on`. Raises RegisterAltered."""
    by_feed: dict[str, list[Agreement]] = {}
    for row in Agreement.objects.select_related("entered_by").order_by("feed", "-version"):
        by_feed.setdefault(row.feed, []).append(row)
    approvals: dict[int, list[Approval]] = {}
    for approval in Approval.objects.select_related("by").order_by("at", "pk"):
        approvals.setdefault(approval.agreement_id, []).append(approval)
    purges: dict[str, list[Purge]] = {}
    for purge in _ends().filter(called_off_at=None).select_related("by").order_by("up_to_version", "pk"):
        purges.setdefault(purge.feed, []).append(purge)
    return {
        feed: Entry(feed, tuple(_versions(rows, approvals, purges.get(feed, ()), on))) for feed, rows in by_feed.items()
    }


def _versions(
    rows: list[Agreement], approvals: dict[int, list[Approval]], purges: Iterable[Purge], on: datetime.date
) -> Iterable[Version]:
    """rows: newest first."""
    is_replaced = False
    for row in rows:
        terms = terms_of(row)
        given = tuple(approvals.get(row.pk, ()))
        missing = policies.missing_offices(terms, given)
        ended_by = next((purge for purge in purges if purge.up_to_version >= row.version), None)
        state = policies.state_of(row, missing, ended_by, is_replaced=is_replaced, on=on)
        yield Version(row, terms, given, missing, state, ended_by)
        is_replaced |= state in policies.LOADS or (state == "ended" and not missing)


def terms_of(row: Agreement) -> Terms:
    """The terms of a version. Raises RegisterAltered when the row is not as it was entered."""
    if not hmac.compare_digest(row.hash, seal(row)):
        raise RegisterAltered(
            f"Version {row.version} of the agreement for {row.feed} is not as it was entered in the register. Nothing "
            "is loaded under it. Restore the service's database, or enter the agreement again."
        )
    return terms_of_values(row.feed, row.terms)


def terms_of_values(feed: str, values: dict[str, Any]) -> Terms:
    """
    The terms that stored values say: dates are ISO text in them.

    Raises areas.toml.AreaRejected when they do not make an agreement.
    """
    read = {key: datetime.date.fromisoformat(value) if key in DATES else value for key, value in values.items()}
    return agreement_of(read, file=f"{feed}.toml", is_of_format=values.get("fields") == WHOLE_FORMAT)


def seal(row: Agreement) -> str:
    """The keyed hash of a version's row, 64 hex characters."""
    held = {name: getattr(row, name) for name in ("feed", "version", "reference", "terms", "reason", "entered_by_id")}
    held |= {name: str(getattr(row, name)) for name in ("from_on", "to_on", "review_on")}
    held["entered_at"] = row.entered_at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    text = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(settings.AUDIT_KEY, text.encode(), hashlib.sha256).hexdigest()


def is_empty() -> bool:
    """Whether nothing was ever entered: a home made before there was a register."""
    return not Agreement.objects.exists()


def _ends() -> QuerySet[Purge]:
    """Ends of whole agreements; what a narrower version leaves out ends nothing."""
    return Purge.objects.filter(narrowed_to=None)


def purges_waiting() -> QuerySet[Purge]:
    """What is to be erased, of ended and of narrowed agreements, neither carried out nor called off; earliest first."""
    return Purge.objects.filter(called_off_at=None, carried_out_at=None).order_by("due_on", "pk")


def end_waiting(feed: str) -> Purge | None:
    """The end of a feed's agreement that is neither carried out nor called off."""
    return _ends().filter(feed=feed, called_off_at=None, carried_out_at=None).first()


def purge_waiting(feed: str) -> Purge | None:
    """What is to be erased of a feed, whether its agreement was ended or narrowed."""
    return purges_waiting().filter(feed=feed).first()


def purges_of(feed: str) -> QuerySet[Purge]:
    """Everything of a feed that was, or is, to be erased, the latest first."""
    return Purge.objects.filter(feed=feed).select_related("by", "called_off_by", "confirmed_by").order_by("-at", "-pk")
