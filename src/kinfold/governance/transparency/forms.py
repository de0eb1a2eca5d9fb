"""What people type into the record."""

from __future__ import annotations

from django import forms

from kinfold.governance.transparency.models import LONGEST


class FieldForm(forms.Form):
    text = forms.CharField(
        label="What it says",
        help_text="A blank line parts paragraphs; a line that begins with “- ” is a point. Leave it empty to go "
        "back to what the live configuration says.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )


class SignOffForm(forms.Form):
    note = forms.CharField(
        label="Which owner agreed, and where that is written",
        max_length=400,
        error_messages={"required": "Say which owner agreed, and where that is written."},
    )
