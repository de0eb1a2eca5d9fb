"""The transparency record: drafted from what is live, blanks said to be blanks, a person's words kept, three files."""

from __future__ import annotations

import io
import json

import pytest
from django.conf import settings
from odfdo import Document

from kinfold.areas import markers
from kinfold.governance.models import AuditEntry, TransparencySignOff, TransparencyText
from kinfold.governance.transparency import actions, exports, queries
from kinfold.governance.transparency.layout import LAYOUT, SLOTS

PAGE = "/transparency/"
BACKTEST = {
    "as_at": "2025-03-03", "outcome": "child_in_need_start", "auc": 0.8123, "lift_top_5": 6.4,
    "baselines": {"history_only": {"auc": 0.7}, "flat_count": {"auc": 0.72}},
    "challengers": {"logistic": {"auc": 0.82}},
    "fairness": [{"by": "sex", "group": "girls", "events": 143, "miss_rate": 0.2, "ratio": 1.04, "verdict": "alike"},
                 {"by": "sex", "group": "boys", "events": 61, "ratio": 0.7, "verdict": "too few to tell"},
                 {"by": "age", "group": "under 1", "events": 7, "ratio": 1.7, "verdict": "too few to tell"},
                 {"by": "age", "group": "1 to 4", "events": 37, "ratio": 1.07, "verdict": "too few to tell"},
                 {"by": "age", "group": "5 to 9", "events": 150, "ratio": 1.1, "verdict": "alike"},
                 {"by": "ethnicity", "group": "other", "events": None, "ratio": None, "verdict": "too few to tell"}],
}  # fmt: skip


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


@pytest.fixture
def lead(person, signed_in):
    return signed_in(person("governance_lead"))


@pytest.fixture
def proven(tmp_path, monkeypatch):
    """A home whose latest backtest has something to say."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    (tmp_path / "lake" / "proof").mkdir(parents=True)
    for day, auc in (("2024-03-03", 0.6), ("2025-03-03", 0.8123)):
        told = BACKTEST | {"as_at": day, "auc": auc}
        (tmp_path / "lake" / "proof" / f"{day}-child_in_need_start-12.json").write_text(json.dumps(told))


def field(key):
    return next(one for one in queries.record().fields if one.slot.key == key)


def test_every_field_of_the_standard_is_there_once():
    keys = [slot.key for section in LAYOUT for slot in section.slots]
    assert len(keys) == len(set(keys)) == len(SLOTS)
    assert [section.key for section in LAYOUT] == [
        "metadata", "tier1", "owner", "rationale", "decisions", "tool", "risks"
    ]  # fmt: skip


def test_it_is_drafted_from_the_area_and_blanks_say_who_fills_them(lead):
    page = text(lead.get(PAGE))
    assert "Saltmarsh Council" in page and "Made-up council" in page
    assert "Senior responsible owner and role" in page
    assert "To be completed by the senior responsible owner" in page
    said = field("markers").text
    for marker in markers.load(settings.AREA_FOLDER):
        assert f"{marker.code} {marker.label}: {marker.points:g}" in said
    assert field("performance").is_blank  # no backtest: a blank, and no figure


def test_the_latest_backtest_speaks_and_is_called_no_evidence(lead, proven):
    assert "the right one stood first 81% of the time (area under the curve" in field("performance").text
    assert field("performance").text.startswith("Made-up council: these figures are not evidence.")
    fair = field("fairness").text
    assert "Sex, girls: about 145 came to it, missed 1.04 times as often as others, alike" in fair
    assert "Sex, boys: about 60 came to it, too few to tell" in fair
    assert "Ethnicity, other: count not shown, too few to tell" in fair
    # One small count would follow from the others and the total, so the next smallest goes with it.
    assert "Age, under 1: count not shown" in fair and "Age, 1 to 4: count not shown" in fair
    assert "Age, 5 to 9: about 150 came to it" in fair
    assert "7" not in fair.partition("not shown:")[2]
    assert "history only: 0.700" in field("alternatives").text


def test_what_somebody_wrote_is_kept_and_says_when_the_draft_behind_it_changed(lead, proven, settings):
    lead.post(f"{PAGE}fields/performance/", {"text": "Judged by our own board.\n- In March"})
    assert field("performance").text == "Judged by our own board.\n- In March"
    assert not field("performance").is_behind

    newer = BACKTEST | {"as_at": "2026-01-01", "auc": 0.9}
    (settings.HOME / "lake" / "proof" / "2026-01-01-x-12.json").write_text(json.dumps(newer))
    assert field("performance").is_behind and "90%" in field("performance").drafted
    assert "Written before the configuration changed" in text(lead.get(PAGE))

    lead.post(f"{PAGE}fields/performance/", {"text": ""})  # back to the draft
    assert "90%" in field("performance").text and not field("performance").is_written
    assert TransparencyText.objects.count() == 2
    assert AuditEntry.objects.filter(action="transparency.written").count() == 2


def test_the_three_files_say_the_same_and_mark_the_blanks(lead):
    record = queries.record()
    answers = {form: lead.get(f"{PAGE}record.{form}") for form in ("html", "json", "odt")}
    assert all(".".join(("", form)) in answer.headers["Content-Disposition"] for form, answer in answers.items())
    told = json.loads(answers["json"].content)
    page = answers["html"].content.decode()
    odt = Document(io.BytesIO(answers["odt"].content)).body.serialize()
    assert told["blanks"] == len(record.blanks) > 5
    for section, fields in record.sections:
        for one in fields:
            held = told["sections"][section.key]["fields"][one.slot.key]
            assert (held["text"] or "") == one.text and held["is_blank"] is one.is_blank
            assert f"<h3>{one.slot.label}" in page and one.slot.label in odt
    assert page.count("To be completed by: ") == odt.count("To be completed by: ") == len(record.blanks)
    assert "<script" not in page and "style=" not in page
    assert AuditEntry.objects.filter(action="transparency.exported").count() == 3


def test_words_of_a_person_never_become_markup():
    assert exports.as_html(_record("<b>bold</b> & more")).count("&lt;b&gt;bold&lt;/b&gt; &amp; more") == 1


def _record(words):
    section = LAYOUT[0]
    return queries.Record("T", ((section, (queries.Field(section.slots[0], words, None),)),), made_up=False)


def test_nobody_signs_a_record_with_blanks_and_a_change_after_is_seen(lead, person, django_user_model):
    assert "No owner can sign while a field is blank" in text(lead.get(PAGE))
    lead.post(PAGE, {"note": "The director, by e-mail"})
    assert not TransparencySignOff.objects.exists()
    for one in queries.record().blanks:
        lead.post(f"{PAGE}fields/{one.slot.key}/", {"text": "Filled."})
    lead.post(PAGE, {"note": "The director, by e-mail"})
    assert "Signed off as it stands now" in text(lead.get(PAGE))
    lead.post(f"{PAGE}fields/benefit/", {"text": "Fewer repeats."})
    assert "Last signed off, before something changed" in text(lead.get(PAGE))


@pytest.mark.parametrize("role", ["social_worker", "team_manager", "matcher", "analyst", "practice_lead"])
def test_nobody_else_has_the_page(person, signed_in, role):
    client = signed_in(person(role))
    for address in ("", "fields/benefit/", "record.json"):
        assert client.get(f"{PAGE}{address}").status_code == 404
    assert client.post(f"{PAGE}fields/benefit/", {"text": "x"}).status_code == 404


def test_a_field_or_a_form_that_is_not_there_is_refused(lead, person):
    assert lead.get(f"{PAGE}fields/nothing/").status_code == 404
    assert lead.get(f"{PAGE}record.exe").status_code == 404
    with pytest.raises(actions.UnableToWrite, match="no such field"):
        actions.write(field="nothing", text="x", drafted="", by=person(), role="", at=None)


def test_staff_read_the_rule_book_in_words_and_figures_are_for_those_who_may_see_them(person, signed_in):
    first = next(marker for marker in markers.load(settings.AREA_FOLDER) if marker.direction == "pressure")
    for role, sees in (("social_worker", False), ("partner_worker", False), ("team_manager", True), ("analyst", True)):
        page = text(signed_in(person(role)).get("/help/rules/"))
        assert first.label in page and first.owner in page
        assert ("Points: " in page) is sees, role
        assert ("Most points that a domain counts for" in page) is sees, role
        assert "{times}" not in page and "{on}" not in page
