"""Keys of suppliers' systems: made, listed, revoked, and told from others in constant time."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet

from kinfold.governance import audit
from kinfold.governance.models import User
from kinfold.workbench.api.models import SupplierKey

SHAPE = re.compile(r"kf_([0-9a-f]{8})_([A-Za-z0-9_-]{43})")
LONGEST_LIFE = datetime.timedelta(days=400)
PURPOSE = "data_quality"
NOBODYS = hashlib.sha256(b"nobody's").hexdigest()
USED_EVERY = datetime.timedelta(minutes=10)  # a write for each request would be one too many


class UnableToMakeKey(Exception):
    """No key was made; the message is fit to show."""


class UnableToRevoke(Exception):
    """No key was revoked; the message is fit to show."""


@transaction.atomic
def make(
    *,
    supplier: str,
    feeds: Iterable[str],
    known_feeds: Iterable[str],
    expires_on: datetime.date,
    at: datetime.datetime,
    by: User | None = None,
    role: str = "",
) -> tuple[SupplierKey, str]:
    """
    Make a key for a supplier's system; returns its row and the key, which is shown this once.

    known_feeds: the feeds of the area. by: null from the command line. Raises UnableToMakeKey.
    """
    named, today = sorted(set(feeds)), at.astimezone().date()
    strange = sorted(set(named) - set(known_feeds))
    if not supplier.strip() or len(supplier) > 120:
        raise UnableToMakeKey("Name the supplier, in 120 characters or fewer. No key was made.")
    if not named or strange:
        which = f"{', '.join(strange)} is not a feed of this area" if strange else "Name a feed that it may deliver"
        raise UnableToMakeKey(f"{which}. No key was made.")
    if not today < expires_on <= today + LONGEST_LIFE:
        raise UnableToMakeKey(f"A key ends on a day within {LONGEST_LIFE.days} days from tomorrow. No key was made.")
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    made = SupplierKey.objects.create(
        supplier=supplier.strip(), prefix=prefix, hash=_hash(secret), feeds=named, made_at=at, made_by=by,
        expires_on=expires_on,
    )  # fmt: skip
    audit.record(
        action="key.made", at=at, user=by, role=role, purpose=PURPOSE,
        detail={"key": prefix, "feeds": " ".join(named), "expires_on": expires_on.isoformat()},
    )  # fmt: skip
    return made, f"kf_{prefix}_{secret}"


@transaction.atomic
def revoke(prefix: str, *, at: datetime.datetime, by: User | None = None, role: str = "") -> SupplierKey:
    """Shut a key for good, at once. Revoking it again changes nothing. Raises UnableToRevoke."""
    key = SupplierKey.objects.select_for_update().filter(prefix=prefix).first()
    if key is None:
        raise UnableToRevoke("There is no key that begins so. Nothing was changed.")
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = at, by
        key.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(action="key.revoked", at=at, user=by, role=role, purpose=PURPOSE, detail={"key": prefix})
    return key


def list_keys() -> QuerySet[SupplierKey]:
    """Every key, the newest first."""
    return SupplierKey.objects.select_related("made_by", "revoked_by").order_by("-made_at", "-pk")


def is_live(key: SupplierKey, *, at: datetime.datetime) -> bool:
    return key.revoked_at is None and at.astimezone().date() <= key.expires_on


def find_live(given: str, *, at: datetime.datetime) -> SupplierKey | None:
    """The live key that `given` is, or None. It takes as long for a wrong secret as for a key that is not there."""
    parts = SHAPE.fullmatch(given)
    prefix, secret = parts.groups() if parts else ("", "")
    key = SupplierKey.objects.filter(prefix=prefix).first()
    is_same = hmac.compare_digest(_hash(secret), key.hash if key else NOBODYS)
    return key if key is not None and is_same and is_live(key, at=at) else None


def used(key: SupplierKey, *, at: datetime.datetime) -> None:
    """Remember that a key is in use, so that one that is not can be taken away."""
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=at - USED_EVERY)
    SupplierKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=at)


def _hash(secret: str) -> str:
    # The secret is 32 random bytes: there is nothing to guess, and so nothing that a slow hash would slow down.
    return hashlib.sha256(secret.encode()).hexdigest()
