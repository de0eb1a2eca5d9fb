"""What is kept beside the published snapshot: which snapshot is live, and what is hidden of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kinfold.record.challenges.models import Answer, Challenge
from kinfold.record.published import PUBLISHED

__all__ = ["PUBLISHED", "Answer", "Challenge"]  # found by Django through this module


class Publication(models.Model):
    """
    One row per snapshot loaded; `is_live` marks the one that people read. `tables` holds rows by table.

    shape: which columns the published tables had when it was loaded (`snapshot.shape`); empty before that was kept.
    """

    run_id = models.CharField(max_length=64, unique=True)
    as_at = models.DateField()
    published_at = models.DateTimeField()
    is_live = models.BooleanField(default=False)
    tables = models.JSONField(default=dict)
    shape = models.CharField(max_length=16, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_live"], condition=models.Q(is_live=True), name="one_live_snapshot")
        ]

    def __str__(self) -> str:
        return f"run {self.run_id} as at {self.as_at}"


class Overlay(models.Model):
    """
    One row per source record, or row of a delivery, that somebody says is not this child's. Hidden until it is lifted.

    person_id: whose page showed it. record_ref: the source record it is of. delivery_id, part, row_number: the row,
    when it is one row alone and not the whole record. source: the feed. state: open, upheld or lifted; decision: number
    of the decision on the match that settled it. told: numbers of the people who were told, who are told again.
    changed_at: when its state last changed, so that a process knows when what it remembers is out of date.
    challenge: what a worker says is wrong and harmful, or what was upheld as wrong, hides by an overlay too; its record
    is not in doubt, person_id is whose fact it is, and marker names the statement when it is one.
    """

    STATES = ("open", "upheld", "lifted")

    person_id = models.CharField(max_length=64)
    record_ref = models.CharField(max_length=40)
    source = models.CharField(max_length=80)
    delivery_id = models.CharField(max_length=120, blank=True)
    part = models.CharField(max_length=200, blank=True)
    row_number = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, default="open")
    settled_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    decision = models.BigIntegerField(null=True)
    told = models.JSONField(default=list)
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, null=True, related_name="overlays")
    marker = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "state"], name="overlay_of_person"),
            models.Index(fields=["state", "at"], name="overlay_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "upheld", "lifted"]), name="overlay_state_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="overlay_has_a_reason"),
            models.CheckConstraint(
                condition=Q(delivery_id="", row_number=None) | (~Q(delivery_id="") & Q(row_number__isnull=False)),
                name="overlay_names_a_whole_row",
            ),
        ]

    def __str__(self) -> str:
        return f"overlay {self.pk}"
