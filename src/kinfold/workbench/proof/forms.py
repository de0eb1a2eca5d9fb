"""What somebody chooses to try: a past day, what came of the children, and how long after."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from kinfold.operations.backtest_reports import OUTCOMES, months_after
from kinfold.vocabulary.dates import in_words

MONTHS = (("6", "6 months"), ("12", "12 months"), ("24", "24 months"))


class TryForm(forms.Form):
    as_at = forms.DateField(
        label="Which past day?",
        input_formats=["%Y-%m-%d", "%d %m %Y", "%d/%m/%Y", "%d %B %Y"],
        error_messages={"required": "Enter a past day.", "invalid": "Enter a day, such as 31 3 2026."},
    )
    outcome = forms.ChoiceField(
        label="What came of the children?", choices=[(one.name, one.label) for one in OUTCOMES.values()]
    )
    months = forms.TypedChoiceField(label="How long after the day?", choices=MONTHS, coerce=int, initial="12")

    def __init__(self, *args: Any, first: datetime.date, last: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = first, last

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or {}
        day, months = chosen.get("as_at"), chosen.get("months")
        if day and day < self.first:
            self.add_error("as_at", f"Too little had been delivered before {in_words(self.first)} to try a day.")
        elif day and months and months_after(day, months) > self.last:
            latest = in_words(months_after(self.last, -months))
            self.add_error("as_at", f"What came after it is not known yet. Enter {latest} or an earlier day.")
        return chosen
