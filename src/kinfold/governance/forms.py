"""What people type: signing in, choosing a role, opening a child on duty, asking who looked."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from kinfold.areas.roles import Role
from kinfold.governance import permissions
from kinfold.governance.form_fields import DateInBoxes, ShownPassword


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "The user name or password is not right. Check both and try again.",
        "inactive": "The user name or password is not right. Check both and try again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].error_messages["required"] = "Enter your user name."
        self.fields["username"].widget.attrs.update({"autocomplete": "username", "spellcheck": "false"})
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["password"].widget = ShownPassword(attrs={"autocomplete": "current-password"})
        self.fields["password"].error_messages["required"] = "Enter your password."


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label="Which role are you working in?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select the role you are working in."},
        help_text="What you can see depends on it, and it is written beside every record you open.",
    )

    def __init__(self, *args: Any, held: tuple[Role, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["role"]).choices = [(role.name, role.label) for role in held]


class DutyForm(forms.Form):
    purpose = forms.ChoiceField(
        label="Why do you need to open this record?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select why you need to open this record."},
    )
    reason = forms.CharField(
        label="What has happened?",
        help_text="A sentence is enough. Your manager will read it.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": "Say what has happened."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["purpose"]).choices = list(permissions.roles().duty.purposes.items())


class ReviewForm(forms.Form):
    review = forms.CharField(
        label="What did you find?",
        help_text="For example: right to open; spoke to the worker; passed to information governance.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={"required": "Say what you found."},
    )


class LooksForm(forms.Form):
    person_id = forms.CharField(label="Child's record number", required=False, max_length=64)
    username = forms.CharField(label="User name of who looked", required=False, max_length=150)
    from_on = DateInBoxes(label="From", required=False)
    to_on = DateInBoxes(label="To", required=False)
    result = forms.ChoiceField(
        label="Result",
        required=False,
        choices=[("", "Allowed and refused"), ("allowed", "Allowed"), ("refused", "Refused")],
    )
