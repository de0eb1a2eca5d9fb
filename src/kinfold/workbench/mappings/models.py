"""Mappings on their way: every version of each, who made it, and who read it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

STATES = {
    "draft": "Being made",
    "proposed": "Waiting to be read",
    "approved": "Approved",
    "rejected": "Sent back",
}


class MappingProposal(models.Model):
    """
    One row per version of a mapping. The file's cells are never in it.

    mapping: the same for all versions of one. name: of the feed, as its file will be called. receipt_id: the example
    it is made from. sketch: what each column is taken for, as `operations.proposals` has it; empty when somebody wrote
    the TOML itself, which says more than a sketch can. tried: what came of trying
    this version; null until then. sha256: of the TOML. placed_at: when it was put into the area's folder.
    """

    mapping = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=41)
    label = models.CharField(max_length=120)
    receipt_id = models.CharField(max_length=60)
    sketch = models.JSONField()
    toml = models.TextField()
    sha256 = models.CharField(max_length=64)
    what = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="draft")
    tried = models.JSONField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    placed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mapping", "version"], name="mapping_version_once"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="mapping_state_is_known"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("by")), name="mapping_read_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "proposed"], decided_by__isnull=True)
                | (Q(state__in=["approved", "rejected"], decided_by__isnull=False) & ~Q(reason="")),
                name="mapping_decided_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def is_text(self) -> bool:
        """Whether somebody wrote its TOML: then it is changed as text."""
        return not self.sketch

    @property
    def may_change(self) -> bool:
        return self.state in ("draft", "rejected")
