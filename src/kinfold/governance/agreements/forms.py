"""What the information governance lead types: the terms of an agreement, an approval, an end."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from django import forms

from kinfold.areas import agreements as terms_of_area
from kinfold.areas.agreements import EVERYONE, WHOLE_FORMAT, Agreement
from kinfold.areas.toml import AreaRejected
from kinfold.governance.form_fields import DateInBoxes

OFFICES = ("Data protection officer", "Caldicott guardian", "Senior information risk owner")
SECURITY = ("OFFICIAL", "OFFICIAL-SENSITIVE")
YES_NO = [("yes", "Yes"), ("no", "No")]


def _lines(label: str, hint: str, *, rows: int = 3, needed: str = "") -> forms.CharField:
    return forms.CharField(
        label=_marked(label, needed),
        help_text=f"{hint} One on each line.".strip(),
        widget=forms.Textarea(attrs={"rows": rows}),
        required=bool(needed),
        error_messages={"required": needed},
    )


def _marked(label: str, needed: str) -> str:
    return label if needed else f"{label} (optional)"


def _text(label: str, hint: str = "", *, needed: str = "") -> forms.CharField:
    return forms.CharField(
        label=_marked(label, needed),
        help_text=hint,
        required=bool(needed),
        max_length=300,
        error_messages={"required": needed},
    )


class TermsForm(forms.Form):
    """The terms of one version. `terms()` after `is_valid()` gives them as an area's file would."""

    id = _text("Reference", "For example DSA-07.", needed="Enter the agreement’s reference.")
    parties = _lines(
        "Parties and what each is",
        "Name, a colon, then controller, joint controller or processor.",
        needed="Enter the parties to the agreement.",
    )
    purposes = _lines("Purposes", "For example safeguarding, early help.", needed="Enter at least one purpose.")
    lawful_basis = _text("Lawful basis", needed="Enter the lawful basis.")
    conditions = _lines("Conditions for special category or offence data", "Leave empty when there is none.")
    gateway = _text("Statutory gateway", "The law that lets the parties share, for example Children Act 2004 s.11.")
    dpia = _text("Impact assessment reference", needed="Enter the reference of the data protection impact assessment.")
    fields_ = _lines(
        "Columns that may be kept",
        "Every other column is removed before anything is written.",
        rows=8,
        needed="Enter the columns that may be kept.",
    )
    people_column = _text("Column that says whom it covers", "Leave empty when it covers everybody in the files.")
    people_is = _text("Values of that column that are kept", "With commas between them. Rows with others are refused.")
    upn_may_match = forms.ChoiceField(
        label="May pupil numbers (UPN) be used to match people?", choices=YES_NO, widget=forms.RadioSelect,
        error_messages={"required": "Select whether pupil numbers may be used to match."},
    )  # fmt: skip
    frequency = _text("How often it comes")
    security = forms.ChoiceField(
        label="Security class (optional)",
        choices=[("", "Not stated"), *((one, one) for one in SECURITY)],
        required=False,
    )
    onward = _text("Who else may be told")
    opt_out = _text("What an objection or opt-out changes")
    retention_months = forms.IntegerField(
        label="Months it is kept", min_value=1, max_value=1300,
        error_messages={"required": "Enter how many months it is kept.", "invalid": "Months must be a whole number."},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    from_ = DateInBoxes(label="First day", error_messages={"required": "Enter the first day."})
    to = DateInBoxes(label="Last day", error_messages={"required": "Enter the last day."})
    review = DateInBoxes(label="Review by (optional)", required=False)
    approved_by = forms.MultipleChoiceField(
        label="Whose approval it needs", choices=[(one, one) for one in OFFICES], widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select whose approval it needs."},
    )  # fmt: skip
    privacy_notice = _text("Privacy notice", "Its web address.")
    breach_contacts = _lines("Whom to ring when something goes wrong with it", "")
    reason = _text("Why is this entered?", "A sentence is enough.", needed="Say why this is entered.")

    def __init__(self, *args: Any, is_of_format: bool, terms: Agreement | None = None, **kwargs: Any) -> None:
        self.is_of_format = is_of_format
        self.settled: Agreement | None = None
        super().__init__(*args, **{"initial": _shown(terms) if terms else {}, **kwargs})
        if terms is not None:
            others = [office for office in terms.approved_by if office not in OFFICES]
            offices = cast(forms.MultipleChoiceField, self.fields["approved_by"])
            offices.choices = [(one, one) for one in (*OFFICES, *others)]
        if is_of_format:
            self.fields["fields_"].help_text += f" Or, for every column of the format: {WHOLE_FORMAT}."

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                self.settled = terms_of_area.agreement_of(_values(given), file="", is_of_format=self.is_of_format)
            except AreaRejected as why:
                self.add_error(None, _without_file(str(why)))
        return given

    def terms(self) -> Agreement:
        assert self.settled is not None, "is_valid() comes first"
        return self.settled


def _without_file(message: str) -> str:
    """`: agreement.to is before agreement.from.` reads, on a page, `The last day is before the first.`"""
    if "agreement.to is before" in message:
        return "The last day is before the first."
    return message.removeprefix(": ").replace("agreement.", "")


def _shown(terms: Agreement) -> dict[str, Any]:
    """Terms as the boxes show them."""
    shown: dict[str, Any] = {
        field.name: "\n".join(value) if isinstance(value := getattr(terms, field.name), tuple) else value
        for field in dataclasses.fields(terms)
    }
    shown["parties"] = "\n".join(
        f"{party}: {terms.roles[party]}" if party in terms.roles else party for party in terms.parties
    )
    shown["fields_"] = WHOLE_FORMAT if terms.fields is None else "\n".join(terms.fields)
    shown["people_column"] = terms.people.column if terms.people else ""
    shown["people_is"] = ", ".join(terms.people.is_) if terms.people else ""
    shown["upn_may_match"] = "yes" if terms.upn_may_match else "no"
    shown["approved_by"] = list(terms.approved_by)
    return shown


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """What was typed, as the values of an `[agreement]` block."""
    fields = _split(given["fields_"])
    parties = [line.partition(":") for line in _split(given["parties"])]
    column = given["people_column"].strip()
    values = {
        "id": given["id"].strip(),
        "parties": [name.strip() for name, _, _ in parties],
        "roles": {name.strip(): role.strip() for name, _, role in parties if role.strip()},
        "fields": WHOLE_FORMAT if fields == [WHOLE_FORMAT] else fields,
        "people": {"column": column, "is": _split(given["people_is"].replace(",", "\n"))} if column else EVERYONE,
        "upn_may_match": given["upn_may_match"] == "yes",
        "from": given["from_"],
        "approved_by": list(given["approved_by"]),
    }
    for name in ("purposes", "conditions", "breach_contacts"):
        values[name] = _split(given[name])
    for name in ("lawful_basis", "gateway", "dpia", "frequency", "security", "onward", "opt_out", "privacy_notice"):
        values[name] = given[name].strip()
    for name in ("retention_months", "to", "review"):
        if given[name] is not None:
            values[name] = given[name]
    return values


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class ApproveForm(forms.Form):
    offices = forms.MultipleChoiceField(
        label="Which offices have approved it?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select the offices that have approved it."},
    )
    note = _text(
        "Where is the signed approval kept?",
        "For example: signed copy in the agreements folder, reference 2026/14.",
        needed="Say where the signed approval is kept.",
    )

    def __init__(self, *args: Any, missing: tuple[str, ...], holds_more: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["offices"]).choices = [(one, one) for one in missing]
        if holds_more:
            self.fields["held"] = forms.ChoiceField(
                label="What becomes of the deliveries that hold more than it lets be kept?",
                choices=[
                    ("erase", "They are erased, and the supplier is asked to send them again"),
                    ("keep", "They stay until their time is over: the agreement narrows what comes from now on"),
                ],
                widget=forms.RadioSelect,
                error_messages={"required": "Select what becomes of the deliveries that hold more."},
            )


class EndForm(forms.Form):
    when = forms.ChoiceField(
        label="When does it end?",
        choices=[("now", "At once"), ("later", "On a later day")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select when it ends."},
    )
    due_on = DateInBoxes(label="The first day without it, if later", required=False)
    reason = _text("Why does it end?", "A sentence is enough.", needed="Say why it ends.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("when") == "later" and not given.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "Enter the first day without it.")
        return given


class ReasonForm(forms.Form):
    reason = _text("Why is the end called off?", "A sentence is enough.", needed="Say why the end is called off.")
