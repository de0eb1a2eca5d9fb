"""Agreements, one row per version and never changed; who approved each; and what is erased when one ends."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class NeverChanged(Exception):
    """A version of an agreement is never changed; a new one is entered."""


class Agreement(models.Model):
    """
    One row per version of the agreement of one feed, for ever.

    terms: the values of the `[agreement]` block of a feed's file, dates as ISO text. hash: keyed, over every other
    column, so that a row altered in the database is not gone by. A null entered_by means the demonstration's own.
    """

    feed = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    reference = models.CharField(max_length=60)
    from_on = models.DateField()
    to_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)
    terms = models.JSONField()
    reason = models.CharField(max_length=400)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    hash = models.CharField(max_length=64)

    class Meta:
        app_label = "governance"
        constraints = [
            models.UniqueConstraint(fields=["feed", "version"], name="agreement_version_is_one"),
            models.CheckConstraint(condition=Q(version__gt=0), name="agreement_versions_from_one"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="agreement_ends_after_it_starts"),
        ]

    def save(self, *_: object, **__: object) -> None:
        if not self._state.adding:
            raise NeverChanged("A version of an agreement is never changed; enter a new one.")
        super().save(force_insert=True)

    def delete(self, *_: object, **__: object) -> tuple[int, dict[str, int]]:
        raise NeverChanged("A version of an agreement is never taken out of the register.")


class Approval(models.Model):
    """One row per office that approved a version, who recorded it here and where the signed paper is."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="approvals")
    office = models.CharField(max_length=80)
    note = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "governance"
        constraints = [models.UniqueConstraint(fields=["agreement", "office"], name="office_approves_once")]


class Purge(models.Model):
    """
    One row per end of a feed's agreement: from due_on nothing of the feed is loaded, and what was is erased.

    up_to_version: the versions it ends; a later one may begin anew. carried_out_at: null until everything is erased.
    called_off_at: null unless somebody called it off before that. report: what was erased, signed with the home's key.
    confirmed_at: null unless a second person agreed that it be erased without waiting. narrowed_to: null for an end;
    else the version that lets less be kept, and what is erased are the deliveries that hold more than it lets.
    """

    feed = models.CharField(max_length=60)
    up_to_version = models.PositiveIntegerField()
    due_on = models.DateField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    called_off_reason = models.CharField(max_length=400, blank=True)
    carried_out_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    narrowed_to = models.PositiveIntegerField(null=True, blank=True)
    report: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        app_label = "governance"
        constraints = [
            models.UniqueConstraint(
                fields=["feed"],
                condition=Q(called_off_at=None, carried_out_at=None),
                name="feed_waits_for_one_purge",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="purge_has_a_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("by")), name="purge_is_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(called_off_at=None) | Q(carried_out_at=None), name="purge_is_called_off_or_carried_out"
            ),
        ]
