"""What people type about matches: a decision with its reason, why numbers are shown, whom to look for."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from kinfold.workbench.matches.models import KINDS, LONGEST_REASON

# Reasons are kept for good, and are read by people who may not see whose they are.
LEFT_OUT = "Leave out names, addresses and numbers."


class DecisionForm(forms.Form):
    kind = forms.ChoiceField(
        label="What do you decide?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what you decide."},
    )
    reason = forms.CharField(
        label="Why?",
        help_text="Say what settled it, for example: the school confirmed by phone that they are sisters. " + LEFT_OUT,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why in a few words. The next person who doubts it reads them."},
    )
    ask = forms.CharField(
        label="If you cannot tell: who could?",
        help_text="For example: the health visitor, or the school's data officer. Their post, not their name.",
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, people: int, records: int, **kwargs: Any) -> None:
        """people, records: how many are shown; what needs more of them is not offered."""
        super().__init__(*args, **kwargs)
        left_out = [*(() if people > 2 else ("joined",)), *(() if people > 1 else ("same", "apart"))]
        left_out += [] if records > people else ["split"]
        choices = [(code, words) for code, words in KINDS.items() if code not in left_out]
        cast(forms.ChoiceField, self.fields["kind"]).choices = choices


class UndoForm(forms.Form):
    reason = forms.CharField(
        label="Why is it taken back?",
        help_text="For example: the health visitor says that they are cousins. " + LEFT_OUT,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is taken back, in a few words."},
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="Why do you need the whole numbers?",
        help_text="For example: to read the NHS number back to the health visitor. It is written in the audit trail. "
        + LEFT_OUT,
        max_length=LONGEST_REASON,
        error_messages={"required": "Say why in a few words. It is written in the audit trail."},
    )


class FindForm(forms.Form):
    asked = forms.CharField(
        label="Name or number",
        help_text="Every word of a name, or one whole number such as an NHS number or a case number.",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a name or a number"},
    )

    def clean_asked(self) -> str:
        asked: str = self.cleaned_data["asked"]
        if sum(c.isalnum() for c in asked) < 3:
            raise forms.ValidationError("Enter three letters or figures at least")
        return asked
