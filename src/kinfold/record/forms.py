"""The one box of the search page."""

from __future__ import annotations

from django import forms

from kinfold.record import searching


class SearchForm(forms.Form):
    asked = forms.CharField(
        label="Name, date of birth or identifier",
        help_text="For example, Ava Smith 3 March 2015, or an NHS number. Spelling and order need not be exact.",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter a name, a date of birth or an identifier"},
    )

    def clean_asked(self) -> str:
        asked: str = self.cleaned_data["asked"]
        if not searching.read(asked):
            raise forms.ValidationError("Enter a name, a date of birth or an identifier")
        return asked
