"""What people type about mappings: a file to start from, what a column is, what a row is, a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from kinfold.operations import proposals
from kinfold.operations.proposals import Column, Part, Use
from kinfold.workbench.mappings import wording

UNREAD = "unread"


class NewForm(forms.Form):
    upload = forms.FileField(
        label="An example file",
        help_text="CSV, Excel (xlsx), XML or JSON, with the names of its columns. It goes after seven days.",
        allow_empty_file=True,
        error_messages={"required": "Select a file."},
    )
    label = forms.CharField(
        label="What is the feed called?",
        help_text="As colleagues say it, for example Early help.",
        max_length=120,
        error_messages={"required": "Enter what the feed is called."},
    )
    supplier = forms.CharField(
        label="Who sends it?",
        help_text="The organisation and team, for example Saltmarsh Council, Early help.",
        max_length=120,
        error_messages={"required": "Enter who sends it."},
    )

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if not name_of(label):
            raise forms.ValidationError("The name needs at least two letters, and begins with one.")
        return label


def name_of(label: str) -> str:
    """The name of a feed's file, from what the feed is called; "" when nothing fit is left."""
    name = "_".join(re.findall(r"[a-z0-9]+", label.lower()))[:40].strip("_")
    return name if re.fullmatch(r"[a-z][a-z0-9_]+", name) else ""


class ColumnForm(forms.Form):
    """What one column is taken for, once or twice. `uses()` after `is_valid()`."""

    def __init__(self, *args: Any, column: Column, part: Part, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.column, self.part = column, part
        first = column.uses[0] if column.uses else None
        second = column.uses[1] if len(column.uses) > 1 else None
        self._add("", "What is it?", first)
        self._add("also_", "Is it something else as well?", second)

    def _add(self, prefix: str, question: str, use: Use | None) -> None:
        unread = "Nothing more" if prefix else "It is not read"
        self.fields[f"{prefix}meaning"] = forms.ChoiceField(
            label=question, choices=[(UNREAD, unread), *wording.meanings()], initial=use.meaning if use else UNREAD
        )
        self.fields[f"{prefix}person"] = forms.ChoiceField(
            label="Whose is it?", choices=[(name or "-", words) for name, words in wording.people(self.part)],
            initial=self._whose(use) or "-", required=False,
            help_text="Only for what is about a person, and for values.",
        )  # fmt: skip
        self.fields[f"{prefix}read_as"] = forms.ChoiceField(
            label="How is it read?", choices=list(wording.READ_AS.items()), required=False,
            initial=use.read_as if use else "",
            help_text="Dates, postcodes, NHS numbers and pupil numbers are read in every form we know without this.",
        )  # fmt: skip
        self.fields[f"{prefix}unit"] = forms.CharField(
            label="Unit of the value", required=False, max_length=20, initial=use.unit if use else "",
            help_text="Only for values: for example weeks or pounds.",
        )  # fmt: skip
        for number, (value, ours) in enumerate(use.codes if use else ()):
            codes = proposals.ours_of(proposals.meanings()[use.meaning].codes) if use else ()
            self.fields[f"{prefix}code_{number}"] = forms.ChoiceField(
                label=f"“{value}” means", choices=[(one, wording.code(one)) for one in codes], initial=ours,
                required=False,
            )  # fmt: skip

    def _whose(self, use: Use | None) -> str:
        """Whose the column is said to be; of what is about the row, whose it would be: the first person's."""
        is_of_person = use is not None and proposals.meanings()[use.meaning].of in ("person", "measure")
        return use.person if use is not None and is_of_person else self.part.people[0].name

    def prefixes(self) -> Sequence[str]:
        return ("", "also_")

    def codes(self, prefix: str) -> list[Any]:
        return [self[name] for name in self.fields if re.fullmatch(rf"{prefix}code_\d+", name)]

    def use(self, prefix: str) -> Use | None:
        """What is said of the column now; codes are those of the list it had, for the caller to renew."""
        given = self.cleaned_data
        meaning = given[f"{prefix}meaning"]
        if meaning == UNREAD:
            return None
        known = proposals.meanings()[meaning]
        at = 1 if prefix else 0
        before = self.column.uses[at] if len(self.column.uses) > at else None
        person = given[f"{prefix}person"].replace("-", "") if known.of in ("person", "measure") else ""
        codes: tuple[tuple[str, str], ...] = ()
        if before is not None and before.meaning == meaning:
            codes = tuple(
                (value, given.get(f"{prefix}code_{number}") or ours)
                for number, (value, ours) in enumerate(before.codes)
            )
        return Use(
            meaning, person, given[f"{prefix}read_as"], codes, given[f"{prefix}unit"] or known.unit,
            sure="said by a person", why="",
        )  # fmt: skip


class PartForm(forms.Form):
    """What a row of the file is, and whom it is about."""

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        tables = proposals.tables()
        involvement, person, tie = tables["involvement"], tables["person"], tables["relationship"]
        columns = [(column.name, column.name) for column in part.columns if column.filled > 0.99]
        self.fields["row_id"] = forms.MultipleChoiceField(
            label="Which columns make a row one?", choices=columns, widget=forms.CheckboxSelectMultiple,
            initial=list(part.row_id), help_text="Together they must be different in every row, and always filled.",
            error_messages={"required": "Select at least one column."},
        )  # fmt: skip
        self.fields["stage"] = forms.ChoiceField(
            label="Which kind of work does a row tell of?", required=False, initial=part.stage,
            choices=[("", "None: it tells of no period of work"), *_codes(involvement.column("stage").codes)],
        )  # fmt: skip
        self.fields["agency"] = forms.ChoiceField(
            label="Whose work is it?", choices=_codes(involvement.column("agency").codes), initial=part.agency
        )
        self.fields["event_kind"] = forms.ChoiceField(
            label="Which kind of thing happened?", required=False, initial=part.event_kind,
            choices=[("", "None: it tells of nothing that happened on a day"), *_codes(proposals.event_kinds())],
            help_text="A column that says so for each row goes before this. A column must have the day it happened.",
        )  # fmt: skip
        self.fields["only"] = forms.ChoiceField(
            label="Which rows are mapped?", required=False, initial=part.only,
            choices=[("", "Every row"), *((one.name, f"Those that {one.name} chooses") for one in part.columns)],
            help_text="The others are read and counted, and nothing is made of them.",
        )  # fmt: skip
        self.fields["only_how"] = forms.ChoiceField(
            label="How does that column choose?", required=False, initial=part.only_how,
            help_text="Only when a column chooses.", choices=list(wording.ONLY_HOW.items()), widget=forms.RadioSelect,
        )  # fmt: skip
        self.fields["only_is"] = forms.CharField(
            label="The values", help_text="As they are in the file, one on each line; capitals do not matter.",
            required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}), initial="\n".join(part.only_is),
        )  # fmt: skip
        for number, one in enumerate(part.people):
            words = wording.person(one.name, part)
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=f"Is {words} a child or an adult?", choices=_codes(person.column("role").codes), initial=one.role
            )
            if number:
                self.fields[f"tie_{number}"] = forms.ChoiceField(
                    label=f"What is {words} to {wording.person(part.people[0].name, part)}?", required=False,
                    choices=[("", "The row does not say"), *_codes(tie.column("kind").codes)], initial=one.tie,
                )  # fmt: skip

    def clean_only_is(self) -> list[str]:
        return list(dict.fromkeys(line.strip() for line in self.cleaned_data["only_is"].splitlines() if line.strip()))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("only") and given.get("only_how") != "present" and not given.get("only_is"):
            self.add_error("only_is", "Enter the values, one on each line.")
        return given


class TextForm(forms.Form):
    """A mapping as its file, for what the other pages cannot say."""

    toml = forms.CharField(
        label="The mapping as TOML",
        help_text="docs/adr/0002 has the language. It is checked when you save it; nothing is loaded by it before a "
        "colleague has read it.",
        strip=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}),
        error_messages={"required": "Enter the mapping.", "max_length": "The text is longer than a mapping can be."},
    )


def _codes(codes: frozenset[str] | None) -> list[tuple[str, str]]:
    return [(one, wording.code(one)) for one in sorted(codes or ())]


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label="Is the mapping right?",
        choices=[("approve", "Yes, approve it"), ("reject", "No, send it back")],
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether the mapping is right."},
    )
    reason = forms.CharField(
        label="Why?",
        help_text="For example: checked against the supplier’s list of columns. Leave names of people out: it is kept.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why in a few words."},
    )


class PlaceForm(forms.Form):
    may_replace = forms.BooleanField(label="Yes, replace the mapping that is there", required=False)
