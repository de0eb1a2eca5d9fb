"""What people type about a challenge: what is wrong, and how it is settled."""

from __future__ import annotations

from django import forms

from kinfold.record.challenges.models import LONGEST_WORDS, REASONS


class ChallengeForm(forms.Form):
    said = forms.ChoiceField(
        label="What is wrong?",
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Select what is wrong."},
    )
    words = forms.CharField(
        label="What is so?",
        help_text="For example: she was at her grandmother’s that night, says the school. Do not write names.",
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is so, in a few words."},
    )
    is_harmful = forms.BooleanField(
        label="It is wrong and does harm while it is shown: hide it until it is settled",
        help_text="For example: somebody may act on it today, or it would hurt the family to read it.",
        required=False,
    )


class SettleForm(forms.Form):
    decision = forms.ChoiceField(
        label="Is it wrong?",
        choices=[("upheld", "Yes, uphold it: the next run leaves it out"), ("not_upheld", "No: it stands")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it is wrong."},
    )
    words = forms.CharField(
        label="Why?",
        help_text="The worker and everybody who may read the page see this. Do not write names.",
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a few words."},
    )


class WordsForm(forms.Form):
    words = forms.CharField(
        label="Why?",
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why, in a few words."},
    )
