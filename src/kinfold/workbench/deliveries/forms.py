"""What people type about deliveries: files with their day, a message, a reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from kinfold.governance.form_fields import DateInBoxes
from kinfold.workbench.deliveries.actions import SHORTEST_REASON
from kinfold.workbench.deliveries.models import KINDS, LONGEST_TEXT

MOST_FILES = 50


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    govuk = "files"


class SeveralFiles(forms.FileField):
    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = (data if isinstance(data, list | tuple) else [data]) or [None]
        files = [super(SeveralFiles, self).clean(one, initial) for one in given]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(f"Select {MOST_FILES} files or fewer.")
        return files


class UploadForm(forms.Form):
    upload = SeveralFiles(
        label="Files",
        help_text="All the files of one delivery together: CSV, Excel (xlsx), XML or JSON. Unpack a zip first.",
        allow_empty_file=True,
        error_messages={"required": "Select at least one file."},
    )
    delivered = DateInBoxes(
        label="When did the supplier hand them over?",
        help_text="The day we were told. It decides which delivery is the newest.",
        error_messages={"required": "Enter the day the supplier handed the files over."},
    )
    feed = forms.ChoiceField(
        label="Whose files are they?",
        required=False,
        help_text="Leave this as it is unless the columns do not tell: the files are recognised by them.",
    )

    def __init__(self, *args: Any, feeds: Iterable[tuple[str, str]], today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        cast(forms.ChoiceField, self.fields["feed"]).choices = [("", "Find out from the columns"), *feeds]

    def clean_delivered(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["delivered"]
        if on > self.today:
            raise forms.ValidationError("The day must be today or earlier.")
        return on


class KeyForm(forms.Form):
    supplier = forms.CharField(
        label="Which supplier is it for?", max_length=120, error_messages={"required": "Name the supplier."}
    )
    feeds = forms.MultipleChoiceField(
        label="Which feeds may it deliver?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select the feeds it may deliver."},
    )
    expires_on = DateInBoxes(
        label="Until when?",
        help_text="The last day it opens anything, 400 days from now at most.",
        error_messages={"required": "Enter the last day it opens anything."},
    )

    def __init__(self, *args: Any, feeds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["feeds"]).choices = list(feeds)


class MessageForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is it?",
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Select who the message is from or for."},
    )
    text = forms.CharField(
        label="What was said?",
        help_text="Give rows and columns. Do not write names, numbers or anything else that says who somebody is.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_TEXT,
        error_messages={"required": "Write what was said."},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why in a few words. It is written in the audit trail."},
    )


class ForceForm(ReasonForm):
    reason = forms.CharField(
        label="Why is this number of rows right?",
        help_text="For example: the supplier says that the club closed. Leave names out: it is kept beside the "
        "delivery and in the audit trail.",
        min_length=SHORTEST_REASON,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Say why this number of rows is right.",
            "min_length": "Say in a few words why this number of rows is right.",
        },
    )


class WithdrawForm(ReasonForm):
    reason = forms.CharField(
        label="Why is it withdrawn?",
        help_text="For example: the supplier sent last month's file again. Leave names out: it is kept for good.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the delivery is withdrawn."},
    )


class RevealForm(ReasonForm):
    reason = forms.CharField(
        label="Why do you need to see who the rows are about?",
        help_text="For example: ringing the school about row 118. Leave names out: it is kept in the audit trail.",
        max_length=1000,
        error_messages={"required": "Say why in a few words. It is written in the audit trail."},
    )


class ExportForm(forms.Form):
    part = forms.CharField(widget=forms.HiddenInput, required=False)
    form = forms.ChoiceField(
        label="Which kind of file?",
        choices=[("xlsx", "Excel, with every part and a page about the file"), ("csv", "CSV, this part alone")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select the kind of file."},
    )
    reason = forms.CharField(
        label="What is it for?",
        help_text="For example: for the school to put right. Leave names out: it is in the file’s name, and kept.",
        max_length=1000,
        error_messages={"required": "Say why in a few words. It is written in the audit trail."},
    )
