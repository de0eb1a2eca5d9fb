"""What waits and in what order, what a matcher is shown of it, and who is shown nothing."""

from __future__ import annotations

import pytest
from tests.integration.workbench.matches.conftest import PEOPLE, ROOT, text

from kinfold.governance.models import AuditEntry, Restriction

pytestmark = pytest.mark.slow

FACTS = ("child protection", "child_protection", "open to", "plan", "allocation", "marker", "unmet need")
STRANGERS = ("social_worker", "team_manager", "screener", "outreach_worker", "partner_worker")
PAGES = ("", "find/", "decisions/", "people/P1/", "people/P1/with/P2/")


def test_what_could_do_most_harm_comes_first_and_only_its_word_is_told(engineer, ref):
    page = text(engineer().get(ROOT))

    listed = page[page.index("<tbody") :]
    places = [listed.index(ref(*people)) for people in (("P1", "P2"), ("P6", "P7"), ("P3", "P4"))]
    assert places == sorted(places)
    assert "3 cases wait" in page and "2 high, 1 middle, 0 low" in page
    assert "names agree, and nothing else" in page.lower()


def test_no_page_tells_a_fact_of_anybodys_life(engineer, ref):
    client = engineer()
    for page in (ROOT, f"{ROOT}cases/{ref('P1', 'P2')}/", f"{ROOT}people/P1/"):
        seen = text(client.get(page)).lower()
        assert not [fact for fact in FACTS if fact in seen], page


def test_numbers_are_shown_by_their_last_figures_until_a_reason_is_written_down(engineer, ref):
    client, page = engineer(), f"{ROOT}cases/{ref('P1', 'P2')}/"
    before = text(client.get(page))
    assert "ends 018" in before and "9990000018" not in before

    assert "in a few words" in text(client.post(page, {"reveal": "yes", "reveal-reason": ""}))
    client.post(page, {"reveal": "yes", "reveal-reason": "to read it back to the health visitor"})

    assert "9990000018" in text(client.get(page))
    assert AuditEntry.objects.filter(action="match.revealed").count() == 1
    assert "9990000018" not in text(engineer("Kofi").get(page))


def test_a_home_that_anybody_withholds_is_not_shown(engineer, ref):
    page = text(engineer().get(f"{ROOT}cases/{ref('P6', 'P7')}/"))
    places = {
        person: 1 + [k for _, (*_, keys) in PEOPLE.items() for k in keys].index(PEOPLE[person][-1][0])
        for person in ("P6", "P7")
    }
    assert f"{places['P6']} Mill Lane" in page
    assert f"{places['P7']} Mill Lane" not in page and "withheld" in page


def test_what_differs_is_said_in_words_and_why_the_machine_doubts_is_added_up(engineer, ref):
    page = text(engineer().get(f"{ROOT}cases/{ref('P1', 'P2')}/"))
    assert "differs:" in page and "≠" in page
    for words in ("Before anything is compared", "Forename", "Somewhat alike", "Taken together", "+1.2"):
        assert words in page, words
    assert "numbers" in page and "one of twins" in page.lower()


@pytest.mark.parametrize("role", STRANGERS)
def test_to_anybody_else_these_pages_are_not_there(served, person, signed_in, ref, role):
    client = signed_in(person(role))
    for page in (*PAGES, f"cases/{ref('P1', 'P2')}/", "decisions/1/undo/"):
        assert client.get(ROOT + page).status_code == 404, page
    assert client.post(f"{ROOT}cases/{ref('P1', 'P2')}/", {"kind": "same", "reason": "a reason"}).status_code == 404


def test_an_information_governance_lead_reads_decisions_and_nothing_else(
    served, person, signed_in, ref, engineer, decide
):
    decide(engineer(), ("P3", "P4"), "apart")
    client = signed_in(person("governance_lead"))

    assert client.get(ROOT).headers["Location"] == f"{ROOT}decisions/"
    page = text(client.get(f"{ROOT}decisions/"))
    assert "They are different people" in page and "Take it back" not in page
    for page in ("find/", f"cases/{ref('P3', 'P4')}/", "people/P1/"):
        assert client.get(ROOT + page).status_code == 404


def test_a_record_sealed_since_the_run_is_nowhere(engineer, ref, person):
    from django.utils import timezone

    Restriction.objects.create(person_id="P2", kind="sealed", owner="x", reason="x", from_at=timezone.now())
    client = engineer()

    assert ref("P1", "P2") not in text(client.get(ROOT))
    for page in (f"cases/{ref('P1', 'P2')}/", "people/P2/", "people/P1/with/P2/"):
        assert client.get(ROOT + page).status_code == 404
    client.post(f"{ROOT}find/", {"asked": "Martha Quill"})
    assert "Nobody in the live run" in text(client.get(f"{ROOT}find/"))


def test_one_sealed_since_the_run_leaves_no_gap_among_those_who_are_found(engineer, monkeypatch):
    from django.utils import timezone

    from kinfold.operations.matching import identities

    monkeypatch.setattr(identities, "FOUND_AT_MOST", 1)
    Restriction.objects.create(person_id="P1", kind="sealed", owner="x", reason="x", from_at=timezone.now())
    client = engineer()
    client.post(f"{ROOT}find/", {"asked": "quill"})
    assert "Martha Quill" in text(client.get(f"{ROOT}find/"))


def test_every_look_is_written_down_with_whom_it_showed(engineer, ref):
    engineer().get(f"{ROOT}cases/{ref('P1', 'P2')}/")
    entry = AuditEntry.objects.get(action="match.opened")
    assert entry.listed.split() == ["P1", "P2"] and entry.purpose == "data_quality"


def test_filters_keep_what_they_name(engineer, ref):
    client = engineer()
    page = text(client.get(ROOT, {"source": "council_tax", "other": "housing"}))
    assert ref("P3", "P4") in page and page.count("2 people, 2 records") == 1
    assert "No case fits" in text(client.get(ROOT, {"source": "council_tax", "other": "police_missing"}))
    for strange in ({"kind": "99"}, {"kind": "x"}, {"days": "²"}, {"page": "0"}, {"source": "no_such"}):
        assert client.get(ROOT, strange).status_code == 200


def test_somebody_is_found_by_name_or_number_and_put_beside_another(engineer):
    client = engineer()
    for asked, found in (("quill", 2), ("999 000 0018", 1), ("Owen Reed", 2)):
        answer = client.post(f"{ROOT}find/", {"asked": asked})
        assert asked not in answer.headers["Location"]
        assert text(client.get(f"{ROOT}find/")).count("Look at the records") == found, asked
    assert "Are these one person?" in text(client.get(f"{ROOT}people/P1/with/P5/"))
    assert AuditEntry.objects.filter(action="match.searched").count() == 3
    assert client.get(f"{ROOT}people/NOBODY/").status_code == 404
