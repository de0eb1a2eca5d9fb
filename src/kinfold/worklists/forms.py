"""What was done about a row."""

from __future__ import annotations

from django import forms

from kinfold.governance.form_fields import DateInBoxes

CHOICES = (
    ("done", "Done: I have acted on it"),
    ("deferred", "Deferred: it should come back on another day"),
    ("not_useful", "Not useful: it is right, but it did not help me"),
    ("wrong", "Wrong: something it says about this child is not true"),
)


class OutcomeForm(forms.Form):
    """The reason is asked of every kind; the date only counts for one that is deferred."""

    kind = forms.ChoiceField(
        label="What happened",
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what happened"},
    )
    until_on = DateInBoxes(
        label="If deferred, when should it come back?", help_text="For example, 12 3 2026", required=False
    )
    reason = forms.CharField(
        label="Why",
        help_text="One or two plain sentences. Write as if the child will read it.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why in a few words"},
    )
