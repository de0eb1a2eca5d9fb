"""A search is tolerant, shows only what tells one child from another, and is written down."""

from __future__ import annotations

import datetime
import re

import pytest
from tests.integration import people

from kinfold.governance.actions import restrict
from kinfold.governance.models import AuditEntry
from kinfold.record import searching

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)


@pytest.fixture
def screener(person, signed_in):
    return signed_in(person("screener"))


def search(client, asked: str, address: str = "/children/") -> str:
    sent = client.post("/children/", {"asked": asked})
    assert (sent.status_code, sent.headers.get("Location")) == (302, "/children/"), "no address holds what was asked"
    return " ".join(client.get(address).content.decode().split())


@pytest.mark.parametrize(
    "asked",
    [
        "Ava Szymańska-Reed", "szymanska ava", "ava reed", "Avie Reed", "Ava Shymanska", "Eva Szymanska", "Szymansk",
        "12/03/2015", "12 March 2015", "Reed 2015-03-12", "999 000 0018", "9990000018",
    ],
)  # fmt: skip
def test_a_child_is_found_by_any_spelling_order_former_name_birth_or_identifier(published, asked):
    assert "AVA" in searching.find(published, searching.read(asked)).person_ids


@pytest.mark.parametrize("asked", ["Zachary Quill", "01/01/2001", "999 000 0026", "Reed 01/01/2001"])
def test_nobody_is_found_who_is_not_like_what_was_asked(published, asked):
    assert searching.find(published, searching.read(asked)).person_ids == ()


def test_the_nearest_comes_first(published):
    assert searching.find(published, searching.read("Gus Reed")).person_ids[0] == "GUS"
    assert searching.find(published, searching.read("obrien")).person_ids == ("CORA",)


def test_a_result_shows_a_name_an_age_and_an_area_and_no_address(published, screener):
    page = search(screener, "ava reed")

    assert "Ava Szymańska-Reed" in page
    assert "born 12 March 2015" in page
    assert "SM1" in page
    for kept_back in ("4AB", "Staithe", "960011", "Harbour", "Domestic"):
        assert kept_back not in page, kept_back


def test_a_child_not_open_to_the_person_is_a_row_without_a_link_and_can_be_opened_on_duty(published, screener):
    page = search(screener, "ava reed")
    assert 'href="/children/AVA/"' not in page
    assert 'href="/duty/AVA/"' in page
    assert 'href="/children/ELLA/"' in search(screener, "Ella Nowak")


def test_the_area_of_a_withheld_address_is_not_shown(published, person, signed_in):
    page = search(signed_in(person("social_worker", **people.WORKER)), "Gus Reed")
    assert "Area withheld" in page
    assert "SM9" not in page


def test_a_restricted_record_is_counted_only_for_those_who_may_know(published, screener, person, signed_in):
    restrict(person_id="GUS", kind="restricted", owner="Head of service", reason="staff", named=[], by=None, at=NOW)
    worker = signed_in(person("social_worker", **people.WORKER))

    told, not_told = search(screener, "Gus Reed"), search(worker, "Gus Reed")
    assert "1 restricted record" in told
    assert "Head of service" in told
    assert "Gus" not in told.replace("Gus Reed", "", 1), "the words asked are the only place the name is"
    assert "restricted" not in not_told


def test_a_record_a_feed_calls_restricted_is_named_only_to_who_has_a_standing(published, screener, person, signed_in):
    told = search(screener, "Gus Reed")
    assert "1 restricted record" in told
    assert "the manager of the team that works with the child" in told
    assert "20 January 2014" not in told
    assert " GUS " not in AuditEntry.objects.filter(action="search.shown").latest("number").listed
    assert "20 January 2014" in search(signed_in(person("social_worker", **people.WORKER)), "Gus Reed")


def test_a_sealed_record_is_the_same_as_nobody(published, screener):
    nobody = search(screener, "Zachary Quill").replace("Zachary Quill", "")
    restrict(person_id="CORA", kind="sealed", owner="Adoption team", reason="order", named=[], by=None, at=NOW)
    sealed = search(screener, "Cora O Brien").replace("Cora O Brien", "")
    assert "Nobody found" in nobody
    assert _without_token(sealed) == _without_token(nobody)


def _without_token(page: str) -> str:
    """The page without the form's one-time token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def test_every_search_is_written_with_whom_it_named_and_not_what_was_asked(published, screener):
    search(screener, "ava reed")
    entry = AuditEntry.objects.filter(action="search.shown").latest("number")
    assert " AVA " in entry.listed
    assert "reed" not in str(entry.detail).lower()


@pytest.mark.parametrize("role", ["partner_worker", "outreach_worker", "governance_lead"])
def test_roles_that_may_not_search_have_no_such_page(published, person, signed_in, role):
    client = signed_in(person(role))
    assert client.get("/children/").status_code == 404
    assert client.post("/children/", {"asked": "ava"}).status_code == 404


def test_an_empty_search_is_refused_in_words(published, screener):
    page = screener.post("/children/", {"asked": "?!"})
    assert "Enter a name, a date of birth or an identifier" in page.content.decode()


def test_a_search_can_be_cleared(published, screener):
    search(screener, "ava reed")
    assert screener.get("/children/forget/").status_code == 405  # a link from anywhere would clear it
    assert "ava reed" in screener.get("/children/").content.decode()
    screener.post("/children/forget/")
    assert "Ava" not in screener.get("/children/").content.decode().replace("Ava Smith", "")


def test_search_says_so_before_the_first_run(db, screener):
    assert "There is no list yet" in screener.get("/children/").content.decode()


def test_a_page_of_results_costs_at_most_twelve_queries(published, screener):
    search(screener, "reed")
    with people.counted() as cost:
        screener.get("/children/")
    assert len(cost.queries) <= 12, "\n".join(cost.queries)
