"""What people did about the rows on their lists. The next run reads it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

KINDS = {
    "done": "Done",
    "deferred": "Deferred",
    "not_useful": "Not useful",
    "wrong": "Wrong",
}


class Outcome(models.Model):
    """
    One row per thing somebody recorded about a row of a list.

    until_on: when a deferred row comes back; null for every other kind. undone_at: when it was taken back by the
    person who recorded it; an undone outcome counts for nothing but stays.
    """

    row_key = models.CharField(max_length=80)
    person_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=1000)
    until_on = models.DateField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["row_key", "-at"], name="outcome_of_row"),
            models.Index(fields=["by", "-at"], name="outcome_by"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="outcome_kind_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="outcome_has_a_reason"),
            models.CheckConstraint(
                condition=Q(kind="deferred", until_on__isnull=False) | (~Q(kind="deferred") & Q(until_on=None)),
                name="outcome_is_deferred_until_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{KINDS[self.kind]}, {self.row_key}"
