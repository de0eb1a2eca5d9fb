"""What is typed about a restricted record: who comes, who goes, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from kinfold.governance.models import User

WHY = (
    "For example: covers for the worker until Monday. Leave names out: it is kept in the audit trail, beside who comes "
    "and who goes."
)


class NamedForm(forms.Form):
    add = forms.CharField(
        label="User name of somebody who may open it from now on (optional)",
        help_text="As they sign in. Being named is not enough: they must work with the person too.",
        required=False,
        max_length=150,
    )
    remove = forms.MultipleChoiceField(
        label="Who may no longer open it (optional)", required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="Why?",
        help_text=WHY,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why in a few words, so that it can be understood later."},
    )

    def __init__(self, *args: Any, named: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["remove"]).choices = [(str(one.pk), str(one)) for one in named]
        if not cast(forms.MultipleChoiceField, self.fields["remove"]).choices:
            del self.fields["remove"]

    def clean_add(self) -> list[User]:
        username = self.cleaned_data["add"].strip()
        if not username:
            return []
        found = User.objects.filter(username=username, is_active=True).first()
        if found is None:
            raise forms.ValidationError("Nobody who may sign in has that user name. Check it with them.")
        return [found]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("add") and not given.get("remove"):
            raise forms.ValidationError("Enter somebody to name, or select somebody who may no longer open it.")
        return given


class LiftForm(forms.Form):
    reason = forms.CharField(
        label="Why may it be open again?",
        help_text="For example: agreed with the family on 3 March. Leave names out: it is kept in the audit trail.",
        min_length=10,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Say why it may be open again.",
            "min_length": "Say in a few words why it may be open again, so that it can be understood later.",
        },
    )
