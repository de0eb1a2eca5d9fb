"""What an analyst types: weights of every marker, caps and thresholds; a marker whole; a proposal, an approval."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from typing import Any

from django import forms

from kinfold.areas import rule_sets
from kinfold.areas.priority import STANDINGS
from kinfold.areas.rule_sets import Place, RuleSet
from kinfold.areas.toml import AreaRejected
from kinfold.governance.form_fields import DateInBoxes
from kinfold.workbench.rules import wording

NUMBER = re.compile(r"\d{1,6}(\.\d{1,3})?")
WEIGHTS = ("points", "half_life_months", "lookback_months")
THRESHOLDS: tuple[tuple[str, ...], ...] = tuple(at for at in wording.SETTINGS if at[0] != "rising")
RISING: tuple[tuple[str, ...], ...] = tuple(at for at in wording.SETTINGS if at[0] == "rising")
CAPACITY = ("priority", "bands", "capacity")
LARGEST_FILE = 1_000_000


def field_name(place: Place) -> str:
    return "__".join(place)


class Number(forms.CharField):
    """A number, or nothing where nothing is a value: a marker without a half-life does not fade."""

    def __init__(self, *, label: str, needed: bool) -> None:
        super().__init__(
            label=label,
            required=needed,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={"required": f"{label}: enter a number."},
        )

    def clean(self, value: Any) -> float | None:
        text = super().clean(value).strip()
        if not text:
            return None
        if not NUMBER.fullmatch(text):
            raise forms.ValidationError(f"{self.label}: enter a number, such as 4 or 2.5.")
        return float(text)


@dataclasses.dataclass(frozen=True)
class MarkerRow:
    """One marker on the form. on: its checkbox; boxes: its weights, None where the marker has no such thing."""

    name: str
    label: str
    code: str
    statement: str
    on: Any
    boxes: tuple[Any, ...]


class WeightsForm(forms.Form):
    """Every weight of a rule set. `changes()` after `is_valid()` gives those that differ from `base`."""

    def __init__(self, *args: Any, base: RuleSet, shown: RuleSet, **kwargs: Any) -> None:
        self.base = base
        self.settled: rule_sets.Settled | None = None
        super().__init__(*args, **kwargs)
        self.places: dict[str, Place] = {}
        self.markers = {name: base_or(shown, base, name) for name in shown.names()}
        for place in self._settings():
            self._add(place, shown.values.get(place), wording.setting(place[1:]), needed=True)
        for name, marker in self.markers.items():
            on = forms.BooleanField(required=False, label=f"Ask {marker['label']}", initial=name not in shown.off)
            self.fields[field_name(("on", name))] = on
            for key in WEIGHTS:
                place = ("marker", name, key)
                if key in marker or (key == "half_life_months" and marker.get("points")):
                    label = f"{marker['label']}, {wording.KEYS[key]}"
                    self._add(place, shown.values.get(place), label, needed=key != "half_life_months")

    def _settings(self) -> list[Place]:
        caps = [place for place in self.base.values if place[:2] == ("priority", "caps")]
        capacity = [(*CAPACITY, s, k) for s in STANDINGS for k in ("priority", "soon")]
        plain = [("priority", *at) for at in (*THRESHOLDS, *RISING)]
        return [*capacity, *plain, *caps]

    def _add(self, place: Place, value: Any, label: str, *, needed: bool) -> None:
        name = field_name(place)
        self.places[name] = place
        self.fields[name] = Number(label=label, needed=needed)
        self.initial[name] = "" if value is None else f"{value:g}"

    def changes(self) -> dict[Place, Any]:
        """The values that differ from the set the form was opened on; None takes one away."""
        found: dict[Place, Any] = {}
        for name, place in self.places.items():
            given, was = self.cleaned_data[name], self.base.values.get(place)
            if given != was:
                whole = isinstance(was, int) and given is not None and given.is_integer()
                found[place] = int(given) if whole else given
        for name in self.markers:
            is_on = self.cleaned_data[field_name(("on", name))]
            if is_on == (name in self.base.off):
                found["off", name] = None if is_on else True
        return found

    def shows(self) -> set[Place]:
        """Every place that the form has a box for."""
        return {*self.places.values(), *(("off", name) for name in self.markers)}

    @property
    def capacity(self) -> list[tuple[str, Any, Any]]:
        """(whose households, priority box, soon box)."""

        def box(standing: str, key: str) -> Any:
            return self[field_name((*CAPACITY, standing, key))]

        return [(wording.STANDINGS[one], box(one, "priority"), box(one, "soon")) for one in STANDINGS]

    def boxes(self, *starts: tuple[str, ...]) -> list[Any]:
        """The boxes of settings whose place begins with one of these, in order."""
        return [self[n] for n, p in self.places.items() if any(p[1 : 1 + len(s)] == s for s in starts)]

    @property
    def caps(self) -> list[Any]:
        return self.boxes(("caps",))

    @property
    def thresholds(self) -> list[Any]:
        return self.boxes(*THRESHOLDS)

    @property
    def rising(self) -> list[Any]:
        return self.boxes(*RISING)

    @property
    def domains(self) -> dict[str, list[MarkerRow]]:
        """Markers by domain, in the order of their codes; domains as the caps name them, strengths last."""
        caps = [place[2] for place in self.base.values if place[:2] == ("priority", "caps")]
        found: dict[str, list[MarkerRow]] = {domain: [] for domain in caps}
        for name, marker in sorted(self.markers.items(), key=lambda one: _by_code(one[1])):
            boxes = (field_name(("marker", name, key)) for key in WEIGHTS)
            row = MarkerRow(
                name, marker["label"], marker["code"], marker["statement"], self[field_name(("on", name))],
                tuple(self[box] if box in self.fields else None for box in boxes),
            )  # fmt: skip
            found.setdefault(marker["domain"], []).append(row)
        return {domain: rows for domain, rows in found.items() if rows}


def _by_code(marker: dict[str, Any]) -> tuple[str, int]:
    letters, number = re.fullmatch(r"([A-Za-z]*)(\d*).*", str(marker.get("code", ""))).groups()  # type: ignore[union-attr]
    return letters, int(number or 0)


def base_or(shown: RuleSet, base: RuleSet, name: str) -> dict[str, Any]:
    """A marker as the shown set has it; what a change may have taken from it is said in the words of the base."""
    return {"label": name, "code": "", "statement": "", "domain": "", **base.marker(name), **shown.marker(name)}


class MarkerForm(forms.Form):
    """One marker, whole, as TOML."""

    text = forms.CharField(
        label="The marker",
        help_text="As TOML, one line for each thing it says of itself; keep the names before the equals signs.",
        widget=forms.Textarea(attrs={"rows": 26}),
        error_messages={"required": "The marker cannot be empty. To stop asking it, turn it off."},
    )

    def changes(self, name: str, base: RuleSet) -> dict[Place, Any]:
        """The values of the marker that differ from the base. Raises AreaRejected."""
        return rule_sets.marker_changes(base, name, self.cleaned_data["text"])

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError as why:
            raise forms.ValidationError(f"This is not valid TOML: {why}.") from why
        return text


class ImportForm(forms.Form):
    rules = forms.FileField(
        label="Rule set",
        help_text="A TOML file as the page of a version gives it.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )

    def clean_rules(self) -> RuleSet:
        file = self.cleaned_data["rules"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("The file is larger than any rule set.")
        try:
            return rule_sets.of_text(file.read().decode("utf-8"))
        except UnicodeDecodeError as why:
            raise forms.ValidationError("The file is not text.") from why
        except AreaRejected as why:
            raise forms.ValidationError(str(why)) from why


def _reason(label: str, hint: str, needed: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": needed, "max_length": "Use 400 characters or fewer."},
    )


class ProposeForm(forms.Form):
    reason = _reason("Why should the rules change?", "Whoever approves it reads this first.", "Say why.")
    from_on = DateInBoxes(
        label="First day",
        help_text="The first night that runs by these rules. It has to be after today.",
        error_messages={"required": "Enter the first day."},
    )
    impact_assessment = forms.CharField(
        label="Impact assessment reference (optional)", max_length=80, required=False,
        help_text="Where the data protection and equality assessments of the change are kept.",
    )  # fmt: skip


class ApproveForm(forms.Form):
    note = _reason("What did you look at?", "A sentence is enough.", "Say what you looked at.")


class ReasonForm(forms.Form):
    reason = _reason("Why?", "A sentence is enough.", "Say why.")


class PlainForm(forms.Form):
    reason = _reason(
        "Why are lists made plain?",
        "Everybody who has a list reads this. Name no child.",
        "Say why lists are made plain.",
    )


class InOrderForm(forms.Form):
    reason = _reason("Why can the order be trusted again?", "A sentence is enough.", "Say why.")
