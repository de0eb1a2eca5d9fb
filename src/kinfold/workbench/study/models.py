"""A blind review: the children drawn for it, the two people who read them, and what each said of each."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

STATES = ("open", "finished", "ended", "lapsed")
ABOUT = {
    "any": "Every list",
    "social_care": "Children open to social care",
    "other_service": "Children whom another service works with",
    "nobody": "Children whom no service works with, as far as our feeds tell",
}
SAID = {
    "yes": "Yes, I would have wanted to know",
    "no": "No",
    "cannot": "I cannot tell from this",
}
REASONS = {
    "several": "Several worries come together",
    "worse": "Something has changed for the worse",
    "safety": "The child may not be safe",
    "early": "A little help now could keep it from growing",
    "nobody": "Nobody seems to be working with them",
    "in_hand": "Somebody is working with them already",
    "ordinary": "Nothing here is out of the ordinary",
    "old": "It is long ago, or over",
    "strengths": "What goes well outweighs it",
    "little": "Too little is known",
    "doubtful": "What is said here may be wrong",
}
WHY_GONE = {
    "restricted": "restricted or sealed since",
    "known": "a reader came to work with the child, or opened the record",
    "doubted": "a record was said to be another child’s",
    "not_there": "no longer in the live list",
    "erased": "what it rests on was erased",
}
LONGEST_WORDS = 500
LONGEST_REASON = 400


class Study(models.Model):
    """
    One row per blind review.

    run_id, as_at: the snapshot it was drawn on. about: which list. wanted: children drawn, half of them listed. seed:
    what the draw and the readers' orders were made with. listed_pool, unlisted_pool: households that could be drawn.
    closes_at: when the readers' sight ends whatever happens. is_made_up: of a demonstration council.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    run_id = models.CharField(max_length=64)
    as_at = models.DateField()
    about = models.CharField(max_length=20)
    wanted = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    listed_pool = models.PositiveIntegerField()
    unlisted_pool = models.PositiveIntegerField()
    is_made_up = models.BooleanField(default=False)
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    why_ended = models.CharField(max_length=LONGEST_REASON, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="study_state_is_known"),
            models.CheckConstraint(condition=Q(about__in=list(ABOUT)), name="study_list_is_known"),
            models.CheckConstraint(condition=Q(state="open") ^ Q(ended_at__isnull=False), name="study_ended_some_day"),
            models.CheckConstraint(condition=~Q(state="ended") | ~Q(why_ended=""), name="study_ended_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"blind review {self.pk}"

    @property
    def page(self) -> str:
        """The page through which its readers' standings are held."""
        return f"blind_review/{self.pk}"


class Subject(models.Model):
    """
    One row per child drawn.

    person_id and copy (what was known on the day, as `copying` writes it) are erased when the study ends or the child
    leaves it; pseudonym stays with what was said, until the child leaves. known: third of coverage. is_bare: no
    statement was true of the child. why_gone: empty while the child is in the study.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="subjects")
    person_id = models.CharField(max_length=64, blank=True)
    pseudonym = models.CharField(max_length=16, blank=True)
    is_listed = models.BooleanField()
    age_band = models.CharField(max_length=20)
    known = models.CharField(max_length=20)
    is_bare = models.BooleanField()
    copy = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    gone_at = models.DateTimeField(null=True)
    why_gone = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person_id"], name="study_child")]
        constraints = [
            models.CheckConstraint(condition=Q(why_gone__in=["", *WHY_GONE]), name="study_child_left_for_a_reason"),
            models.CheckConstraint(condition=Q(why_gone="") ^ Q(gone_at__isnull=False), name="study_child_left_a_day"),
            models.CheckConstraint(
                condition=Q(why_gone="") | Q(person_id="", pseudonym="", copy=None), name="study_child_gone_is_nobody"
            ),
        ]

    def __str__(self) -> str:
        return f"child {self.pk} of {self.study_id}"


class Reader(models.Model):
    """One row per person asked to read: place is 1 or 2. finished_at: after it nothing of theirs changes."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="study_is_read_once_by_a_person"),
            models.UniqueConstraint(fields=["study", "place"], name="study_has_a_first_and_a_second_reader"),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="study_has_two_readers"),
        ]

    def __str__(self) -> str:
        return f"reader {self.place} of {self.study_id}"


class Answer(models.Model):
    """
    One row per reader and child. number: the child's place in this reader's own order. said: "" until answered.

    Erased (said, reason and words empty) when the child leaves the study. at: when it was last changed.
    """

    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="answers")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="answers")
    number = models.PositiveSmallIntegerField()
    said = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "subject"], name="study_answer_is_given_once"),
            models.UniqueConstraint(fields=["reader", "number"], name="study_order_has_no_ties"),
            models.CheckConstraint(condition=Q(said__in=["", *SAID]), name="study_answer_is_known"),
            models.CheckConstraint(condition=Q(reason__in=["", *REASONS]), name="study_reason_is_known"),
            models.CheckConstraint(condition=Q(said="") | ~Q(reason=""), name="study_answer_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"answer {self.number} of {self.reader_id}"
