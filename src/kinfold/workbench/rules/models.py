"""What somebody has tried out: a working paper, and no rule of anybody's until it is proposed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

FURTHER = ("none", "waiting", "done", "stopped")


class Trial(models.Model):
    """
    One row per set of changes tried on the live list.

    changes: what differs from the set with the hash base_hash, as [place, was, now]; a null is no value. answer:
    `operations.what_if.Answer` as JSON. further: what a backtest of them said, once it has.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    base_hash = models.CharField(max_length=64)
    base_version = models.PositiveIntegerField(null=True)
    changes: models.JSONField[Any, Any] = models.JSONField()
    answer: models.JSONField[Any, Any] = models.JSONField()
    further_state = models.CharField(max_length=8, default="none")
    further: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(further_state__in=FURTHER), name="trial_further_state_is_known")
        ]
