"""What workers say is wrong on a child's page, and how that was settled. Answers are only ever added."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

KINDS = ("fact", "statement")
REASONS = {
    "did_not_happen": "It did not happen",
    "wrong_details": "The date or a detail is wrong",
    "out_of_date": "It is no longer so",
    "misleading": "It is so, and it misleads without the rest",
    "unfair": "It should not be held against this family",
}
STATES = ("open", "upheld", "not_upheld", "withdrawn")
ANSWERS = ("upheld", "not_upheld", "taken_back", "withdrawn")
LONGEST_WORDS = 1000


class NeverChanged(Exception):
    """An answer is never changed and never taken away; another is added."""


class Challenge(models.Model):
    """
    One row per fact or statement that a worker says is wrong.

    kind: a fact (one row of a delivery, as it concerns about_id) or a statement (a marker of the child, as far as it
    rests on the rows it rested on that day). marker: the statement, or the one the fact was seen under; empty for a
    fact of the timeline. source, table_name, delivery_id, part, row_number, on and fact_kind: where the fact stands,
    moved along when a later delivery tells it again. owner: who answers for it, in words. is_harmful: the worker says
    that it does harm as long as it is shown, so it is hidden meanwhile. answer: the words of the last answer.
    made_so_by: the run that first left out what was upheld; empty before. changed_at: when any of it last changed.
    """

    kind = models.CharField(max_length=10)
    person_id = models.CharField(max_length=64)
    about_id = models.CharField(max_length=64)
    marker = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=80, blank=True)
    table_name = models.CharField(max_length=40, blank=True)
    delivery_id = models.CharField(max_length=120, blank=True)
    part = models.CharField(max_length=200, blank=True)
    row_number = models.BigIntegerField(null=True)
    on = models.DateField(null=True)
    fact_kind = models.CharField(max_length=60, blank=True)
    owner = models.CharField(max_length=200)
    said = models.CharField(max_length=20)
    words = models.CharField(max_length=LONGEST_WORDS)
    is_harmful = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    answer = models.CharField(max_length=LONGEST_WORDS, blank=True)
    settled_at = models.DateTimeField(null=True)
    made_so_by = models.CharField(max_length=64, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "record"
        indexes = [
            models.Index(fields=["person_id", "state"], name="challenge_of_person"),
            models.Index(fields=["state", "at"], name="challenge_open"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="challenge_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="challenge_state_is_known"),
            models.CheckConstraint(condition=Q(said__in=list(REASONS)), name="challenge_says_what_is_wrong"),
            models.CheckConstraint(condition=~Q(words=""), name="challenge_has_words"),
            models.CheckConstraint(
                condition=Q(kind="statement", row_number=None) & ~Q(marker="")
                | Q(kind="fact", row_number__isnull=False) & ~Q(delivery_id=""),
                name="challenge_names_a_fact_or_a_statement",
            ),
        ]

    def __str__(self) -> str:
        return f"challenge {self.pk}"

    @property
    def said_words(self) -> str:
        return REASONS[self.said]


class AddedOnly(models.QuerySet[Any]):
    def update(self, **_: object) -> int:
        raise NeverChanged("Answers are never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise NeverChanged("Answers are never taken away.")


class Answer(models.Model):
    """One row per answer: upheld, not upheld, taken back by who settles, or withdrawn by who raised it."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10)
    words = models.CharField(max_length=LONGEST_WORDS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    objects = AddedOnly.as_manager()

    class Meta:
        app_label = "record"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ANSWERS), name="answer_kind_is_known"),
            models.CheckConstraint(condition=~Q(words=""), name="answer_has_words"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk} to challenge {self.challenge_id}"

    def save(self, *_: object, **__: object) -> None:
        if not self._state.adding:
            raise NeverChanged("Answers are never changed.")
        super().save(force_insert=True)

    def delete(self, *_: object, **__: object) -> tuple[int, dict[str, int]]:
        raise NeverChanged("Answers are never taken away.")
