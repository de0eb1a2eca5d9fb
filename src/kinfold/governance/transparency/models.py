"""What people wrote into the transparency record themselves, kept for later drafts, and who signed which one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

LONGEST = 8000


class TransparencyText(models.Model):
    """
    One row per time somebody wrote a field of the record; the newest of a field stands, an empty one takes it back.

    drafted: a hash of what the live configuration said then, so that a later draft can say that it has changed since.
    """

    field = models.CharField(max_length=60)
    text = models.TextField(max_length=LONGEST, blank=True)
    drafted = models.CharField(max_length=32, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "governance"
        indexes = [models.Index(fields=["field", "-at"], name="transparency_newest")]
        constraints = [models.CheckConstraint(condition=~Q(field=""), name="transparency_names_a_field")]

    def __str__(self) -> str:
        return f"{self.field}, {self.at:%Y-%m-%d}"


class TransparencySignOff(models.Model):
    """One row per time an owner signed a record off for publishing. hash: of every field as it stood."""

    hash = models.CharField(max_length=64)
    note = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "governance"
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="transparency_sign_off_has_a_note")]

    def __str__(self) -> str:
        return f"signed off {self.at:%Y-%m-%d}"
