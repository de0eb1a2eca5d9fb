"""The one box of the search page."""

from __future__ import annotations

from django import forms

from kinfold.record import searching


class SearchForm(forms.Form):
    asked = forms.CharField(
        max_length=120, error_messages={"required": "Enter a name, a date of birth or an identifier"}
    )

    def clean_asked(self) -> str:
        asked: str = self.cleaned_data["asked"]
        if not searching.read(asked):
            raise forms.ValidationError("Enter a name, a date of birth or an identifier")
        return asked
