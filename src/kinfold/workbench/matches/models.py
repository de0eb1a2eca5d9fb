"""What people decided about doubtful matches. Rows are only ever added: taking one back is a row of its own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

KINDS = {
    "same": "They are all one person",
    "apart": "They are different people, as shown",
    "split": "The records I tick are somebody else",
    "joined": "The people whose records I tick are one person, the rest as shown",
    "lock": "Leave them as shown, and lock them",
    "unsure": "I cannot tell",
}
UNDO = "undo"
WHY_SECOND = ("", "sample", "care")
VERDICTS = ("must_link", "cannot_link")
LONGEST_REASON = 1_000


class NeverChanged(Exception):
    """A decision is never changed and never taken away; it is undone by another."""


class AddedOnly(models.QuerySet[Any]):
    def update(self, **_: object) -> int:
        raise NeverChanged("Decisions are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NeverChanged("Decisions are never taken away.")


class Added(models.Model):
    """A row that is written once."""

    objects = AddedOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *_: object, **__: object) -> None:
        if not self._state.adding:
            raise NeverChanged("Decisions are never changed.")
        super().save(force_insert=True)

    def delete(self, *_: object, **__: object) -> tuple[int, dict[str, int]]:
        raise NeverChanged("Decisions are never taken away.")


class Decision(Added):
    """
    One row per decision about some records, or per decision taken back.

    ref: the case, a keyed hash of its records. keys: those records. shown: the people as they were shown, a list of
    lists of keys. reading: 1, or 2 and 3 for a second and third reader of `first`. why_second: why a second reader was
    wanted of a first reading. undoes: the decision an undo takes back. ask: whom to ask, of one that could not tell.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    reason = models.CharField(max_length=LONGEST_REASON)
    ask = models.CharField(max_length=200, blank=True)
    ref = models.CharField(max_length=40)
    keys = models.JSONField(default=list)
    shown = models.JSONField(default=list)
    reading = models.PositiveSmallIntegerField(default=1)
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="readings")
    why_second = models.CharField(max_length=8, blank=True)
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [models.Index(fields=["ref"], name="match_case"), models.Index(fields=["-at"], name="match_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[*KINDS, UNDO]), name="match_kind_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="match_has_a_reason"),
            models.CheckConstraint(condition=Q(why_second__in=WHY_SECOND), name="match_second_is_known"),
            models.CheckConstraint(condition=Q(reading__gte=1, reading__lte=3), name="match_is_read_thrice_at_most"),
            models.CheckConstraint(condition=Q(kind=UNDO) ^ Q(undoes=None), name="match_undo_names_what_it_undoes"),
            models.CheckConstraint(condition=Q(reading=1) ^ Q(first__isnull=False), name="match_reading_of_a_first"),
            models.UniqueConstraint(fields=["undoes"], name="match_is_undone_once"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk} on {self.ref}"


class Verdict(Added):
    """One row per pair of records of a decision: must_link or cannot_link. left comes before right."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="verdicts")
    left = models.CharField(max_length=300)
    right = models.CharField(max_length=300)
    kind = models.CharField(max_length=12)

    class Meta:
        indexes = [models.Index(fields=["left", "right"], name="verdict_pair")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VERDICTS), name="verdict_kind_is_known"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="verdict_pair_is_in_order"),
        ]
