"""What people choose about a study: its draw, what they say of a child, why it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from kinfold.governance.models import User
from kinfold.workbench.study import policies
from kinfold.workbench.study.models import ABOUT, LONGEST_REASON, LONGEST_WORDS, REASONS, SAID, Reader


class DrawForm(forms.Form):
    about = forms.ChoiceField(
        label="Which list is it about?",
        choices=list(ABOUT.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Select which list the study is about."},
    )
    wanted = forms.IntegerField(
        label="How many children?",
        help_text=f"An even number, {policies.LEAST} or more: half listed, half not. Each takes a few minutes.",
        error_messages={"required": "Enter how many children.", "invalid": "Enter a whole number."},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    first = forms.ChoiceField(label="First reader", error_messages={"required": "Select the first reader."})
    second = forms.ChoiceField(label="Second reader", error_messages={"required": "Select the second reader."})

    def __init__(self, *args: Any, readers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readers = {str(user.pk): user for user in readers}
        choices = [("", "Select a person"), *((pk, str(user)) for pk, user in self.readers.items())]
        for name in ("first", "second"):
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean_wanted(self) -> int:
        wanted: int = self.cleaned_data["wanted"]
        if not policies.LEAST <= wanted <= policies.MOST or wanted % 2:
            raise forms.ValidationError(f"Enter an even number from {policies.LEAST} to {policies.MOST}.")
        return wanted

    def clean_second(self) -> str:
        second: str = self.cleaned_data["second"]
        if second == self.cleaned_data.get("first"):
            raise forms.ValidationError("Select somebody else: two people read apart.")
        return second

    def chosen(self) -> list[User]:
        return [self.readers[self.cleaned_data[name]] for name in ("first", "second")]


class ReplaceForm(forms.Form):
    """Who leaves and who reads instead. readers: those who have not finished; others: who may read."""

    place = forms.TypedChoiceField(
        label="Who reads no longer?", coerce=int, widget=forms.RadioSelect,
        error_messages={"required": "Select who reads no longer."},
    )  # fmt: skip
    user = forms.ChoiceField(label="Who reads instead?", error_messages={"required": "Select who reads instead."})

    def __init__(self, *args: Any, readers: Sequence[Reader], others: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {str(user.pk): user for user in others}
        cast(forms.ChoiceField, self.fields["place"]).choices = [(one.place, str(one.user)) for one in readers]
        choices = [("", "Select a person"), *((pk, str(user)) for pk, user in self.others.items())]
        cast(forms.ChoiceField, self.fields["user"]).choices = choices

    def chosen(self) -> User:
        return self.others[self.cleaned_data["user"]]


class AnswerForm(forms.Form):
    said = forms.ChoiceField(
        label="Would you have wanted to know about this child?",
        choices=list(SAID.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Select an answer."},
    )
    reason = forms.ChoiceField(
        label="What weighs most?",
        choices=[("", "Select a reason"), *REASONS.items()],
        error_messages={"required": "Select the reason that weighs most."},
    )
    words = forms.CharField(
        label="In your own words (if you like)",
        help_text="Do not write names or places. The practice lead may read this; it is erased after a while.",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EndForm(forms.Form):
    reason = forms.CharField(
        label="Why does it end?",
        help_text="For example: a reader has left. The readers are told that it has ended, and not why.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it ends, in a few words."},
    )
