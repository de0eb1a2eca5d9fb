"""What people say to each other, and to the supplier, about a delivery."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

KINDS = {
    "note": "Note for us",
    "to_supplier": "Said to the supplier",
    "from_supplier": "Answer of the supplier",
}
LONGEST_TEXT = 2_000


class Message(models.Model):
    """
    One row per message about a delivery. Never changed, and never sent by Kinfold: it says what somebody said.

    about: the delivery's number, or the receipt's while nobody knows whose delivery it is. feed: "" when not known.
    """

    about = models.CharField(max_length=120)
    feed = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=16)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=LONGEST_TEXT)

    class Meta:
        indexes = [models.Index(fields=["about", "at"], name="message_about")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="message_kind_is_known"),
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
        ]

    def __str__(self) -> str:
        return f"message about {self.about}"

    @property
    def is_to_supplier(self) -> bool:
        return self.kind == "to_supplier"
