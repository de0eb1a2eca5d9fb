"""Dates, counts and times as the pages write them, and forms as components."""

from __future__ import annotations

import datetime

import pytest
from django import forms
from django.template import engines

from kinfold.governance.form_fields import DateInBoxes, ShownPassword
from kinfold.web import jinja

NOW = datetime.datetime(2026, 3, 3, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime.date(2026, 3, 3), "3 March 2026"),
        ("2026-12-25", "25 December 2026"),
        (datetime.datetime(2026, 7, 1, 23, 30, tzinfo=datetime.UTC), "2 July 2026"),  # summer time
        (None, "not known"),
    ],
)
def test_a_day(value, words):
    assert jinja.day(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime.date(2026, 3, 3), "today"),
        (datetime.date(2026, 3, 2), "yesterday"),
        (datetime.date(2026, 3, 5), "in 2 days"),
        (datetime.date(2026, 2, 10), "3 weeks ago"),
        (datetime.date(2024, 3, 1), "2 years ago"),
        (NOW - datetime.timedelta(minutes=5), "less than an hour ago"),
        (NOW - datetime.timedelta(hours=5), "5 hours ago"),
        (None, "not known"),
    ],
)
def test_how_long_ago(value, words):
    assert jinja.ago(value, NOW) == words


def test_counts_and_moments():
    assert [jinja.plural(n, "child", "children") for n in (0, 1, 1200)] == ["0 children", "1 child", "1,200 children"]
    assert jinja.moment(datetime.datetime(2026, 7, 1, 11, 5, tzinfo=datetime.UTC)) == "1 July 2026, 12:05pm"


class Everything(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the letter")
    secret = forms.CharField(label="Password", widget=ShownPassword)
    note = forms.CharField(label="Note", widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A kind"), ("b", "B kind")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(
        label="Many", choices=[("x", "X"), ("y", "Y")], widget=forms.CheckboxSelectMultiple
    )
    one = forms.ChoiceField(label="One", choices=[("", "Choose"), ("p", "P")])
    agreed = forms.BooleanField(label="They agreed")
    on = DateInBoxes(label="On")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def rendered(form: forms.Form) -> str:
    text = """{% from "components/forms.html" import error_summary, fields, submit %}
    {{ error_summary(form) }}{{ fields(form) }}{{ submit("Save") }}"""
    return engines["jinja2"].from_string(text).render({"form": form})


def test_every_kind_of_field_has_a_label_a_hint_and_an_error_that_leads_to_it():
    page = rendered(Everything({"on-day": "31", "on-month": "2", "on-year": "2026", "many": ["y"], "name": "<b>"}))
    assert 'href="#id_note"' in page
    assert 'href="#id_kind"' in page and 'id="id_kind"' in page
    assert 'href="#id_on-day"' in page and 'id="id_on-day"' in page
    assert "Enter a real date" in page
    assert page.count("<legend") == 3
    assert "As on the letter" in page
    assert 'value="31"' in page
    assert "&lt;b&gt;" in page
    assert 'type="hidden" name="token"' in page
    assert "Show" in page


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (("3", "3", "2026"), datetime.date(2026, 3, 3)),
        (("29", "2", "2025"), "Enter a real date, such as 3 3 2026."),
        (("", "3", "2026"), "The date must include a day."),
        (("x", "3", "2026"), "Enter a real date, such as 3 3 2026."),
        (("", "", ""), "This field is required."),
    ],
)
def test_a_date_in_three_boxes(typed, answer):
    field = DateInBoxes(label="On")
    try:
        said = field.clean(list(typed))
    except forms.ValidationError as refusal:
        said = refusal.messages[0]
    assert said == answer
