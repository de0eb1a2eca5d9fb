"""Rule sets, one row per version and never changed; who approved each; and when lists were made plain."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kinfold.areas.roles import RULES_OFFICES


class NeverChanged(Exception):
    """A rule set is never changed; another is proposed."""


class _ForEver(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *_: object, **__: object) -> None:
        if not self._state.adding:
            raise NeverChanged(f"A {self._meta.verbose_name} is never changed; enter a new one.")
        super().save(force_insert=True)

    def delete(self, *_: object, **__: object) -> tuple[int, dict[str, int]]:
        raise NeverChanged(f"A {self._meta.verbose_name} is never taken out of the register.")


class RuleSet(_ForEver):
    """
    One row per version of the area's rules, for ever.

    values: `areas.rule_sets.stored` of the whole set; hash: of the set. based_on: hash of the set it was changed from.
    differs: what it changed, as [place, was, now]. evidence: the counts of the what-if it was saved from.
    seal: keyed, over every other column, so that a row altered in the database is not gone by.
    """

    version = models.PositiveIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    based_on = models.CharField(max_length=64)
    values: models.JSONField[Any, Any] = models.JSONField()
    differs: models.JSONField[Any, Any] = models.JSONField()
    evidence: models.JSONField[Any, Any] = models.JSONField(default=dict)
    from_on = models.DateField()
    reason = models.CharField(max_length=400)
    impact_assessment = models.CharField(max_length=80, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = "rule set"
        constraints = [
            models.CheckConstraint(condition=Q(version__gt=0), name="rule_versions_from_one"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_set_has_a_reason"),
            models.CheckConstraint(condition=~Q(hash=F("based_on")), name="rule_set_changes_something"),
        ]


class RuleApproval(_ForEver):
    """One row per office that approved a version."""

    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="approvals")
    office = models.CharField(max_length=12)
    note = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "approval"
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "office"], name="office_approves_rules_once"),
            models.UniqueConstraint(fields=["rule_set", "by"], name="person_approves_rules_once"),
            models.CheckConstraint(condition=Q(office__in=RULES_OFFICES), name="rules_office_is_known"),
        ]


class RuleWithdrawal(_ForEver):
    """One row per version that was withdrawn before it went live."""

    rule_set = models.OneToOneField(RuleSet, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "withdrawal"


class PlainLists(models.Model):
    """One row per time that lists were made plain; is_on, and a null to_at, mean they are now."""

    is_on = models.BooleanField(default=True)
    from_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=400)
    to_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_on"], condition=Q(is_on=True), name="lists_are_made_plain_once"),
            models.CheckConstraint(
                condition=Q(is_on=True, to_at=None) | Q(is_on=False, to_at__isnull=False),
                name="plain_lists_are_on_until_they_end",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="plain_lists_have_a_reason"),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="plain_lists_end_after_they_start"
            ),
        ]
