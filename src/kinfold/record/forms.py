"""What people type here: whom they look for, and what is not this child's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

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


class DoubtForm(forms.Form):
    records = forms.MultipleChoiceField(
        label="Is a whole record another child’s?",
        help_text="Everything that this record tells us is hidden.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    facts = forms.MultipleChoiceField(
        label="Or only some facts?",
        help_text="The newest are listed.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="How do you know?",
        help_text="For example: this family has never lived there. Do not write another child’s name.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say how you know, in a few words."},
    )

    def __init__(
        self, *args: Any, records: Iterable[tuple[str, str]], facts: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("records", list(records)), ("facts", list(facts))):
            cast(forms.MultipleChoiceField, self.fields[name]).choices = choices
            if not choices:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given = {"records": [], "facts": [], **given}
        if not given["records"] and not given["facts"] and "records" not in self.errors and "facts" not in self.errors:
            raise forms.ValidationError("Tick what does not belong to this child.")
        return given
