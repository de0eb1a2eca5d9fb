"""Form fields GOV.UK has and Django has not: a date in three boxes, a password that can be shown."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms

YEARS = range(1900, 2200)  # no day anybody means lies outside, and the day after it can be reckoned
BOXES = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))


class ThreeBoxes(forms.MultiWidget):
    """Day, month and year in boxes of their own, named `<field>-day` and so on."""

    govuk = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({name: forms.TextInput for name, _, _ in BOXES}, attrs)
        self.widgets_names = [f"-{name}" for name, _, _ in BOXES]

    def decompress(self, value: datetime.date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]

    def boxes(self, name: str, auto_id: str, value: Any, error: Mapping[str, str] | None) -> list[dict[str, Any]]:
        """The three boxes as GOV.UK's date input wants them."""
        typed = value if isinstance(value, list) else self.decompress(value)
        wrong = " govuk-input--error" if error else ""
        return [
            {
                "name": part,
                "label": label,
                "id": f"{auto_id}-{part}",
                "value": "" if one is None else str(one),
                "classes": f"govuk-input--width-{width}{wrong}",
            }
            for (part, label, width), one in zip(BOXES, typed, strict=True)
        ]


class DateInBoxes(forms.MultiValueField):
    """A date typed as day, month and year. Says which part is missing, or that there is no such day."""

    widget = ThreeBoxes

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _ in BOXES]
        super().__init__(fields=fields, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> datetime.date | None:
        typed = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(typed):
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        missing = [label.lower() for (_, label, _), part in zip(BOXES, typed, strict=True) if not part]
        if missing:
            raise forms.ValidationError(f"The date must include a {' and a '.join(missing)}.")
        return self.compress(typed)

    def compress(self, data_list: list[str]) -> datetime.date:
        try:
            day, month, year = (int(part) for part in data_list)
            on = datetime.date(year, month, day)
        except (ValueError, OverflowError) as why:
            raise forms.ValidationError("Enter a real date, such as 3 3 2026.") from why
        if on.year not in YEARS:
            raise forms.ValidationError(f"The year must be from {YEARS[0]} to {YEARS[-1]}.")
        return on


class ShownPassword(forms.PasswordInput):
    """A password with a button that shows it."""

    govuk = "password"
