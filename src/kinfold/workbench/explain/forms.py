"""What is asked for here: a child by pseudonym."""

from __future__ import annotations

from django import forms


class FindForm(forms.Form):
    pseudonym = forms.CharField(
        label="Pseudonym",
        help_text="Ten letters and figures, such as K7QX2M4WTB.",
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a pseudonym"},
    )

    def clean_pseudonym(self) -> str:
        asked: str = self.cleaned_data["pseudonym"].strip().upper()
        if not asked.isalnum():
            raise forms.ValidationError("A pseudonym is letters and figures only")
        return asked
