"""Keys of suppliers' systems, and deliveries that arrive through them in pieces."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SupplierKey(models.Model):
    """
    One row per key of a supplier's system. The key itself is shown once and never kept: `hash` is of its secret part.

    feeds: what it may deliver. expires_on: the last day it opens anything. made_by: null from the command line.
    """

    supplier = models.CharField(max_length=120)
    prefix = models.CharField(max_length=8, unique=True)
    hash = models.CharField(max_length=64)
    feeds = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("made_at")), name="key_is_revoked_after_it_is_made"
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier} ({self.prefix})"


class Incoming(models.Model):
    """
    One row per delivery that a supplier's system announced, until and after it is whole.

    number: its public id. sent_key: the supplier's own name for it, unique to the key. files: name, size in bytes and
    sha256 of each, as announced. receipt_id: empty until every file has come.
    """

    number = models.CharField(max_length=32, unique=True)
    key = models.ForeignKey(SupplierKey, on_delete=models.PROTECT, related_name="incoming")
    sent_key = models.CharField(max_length=100)
    delivered = models.DateField()
    feed = models.CharField(max_length=80)
    corrects = models.CharField(max_length=120, blank=True)
    files = models.JSONField()
    announced_at = models.DateTimeField()
    receipt_id = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "sent_key"], name="a_delivery_is_announced_once")]
