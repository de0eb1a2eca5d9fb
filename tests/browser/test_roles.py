"""What each role comes to do, and what it does not see."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

NOT_FOR_OUTREACH = re.compile(
    r"police|domestic abuse|hospital|emergency|mental health|drug|exploitation", re.IGNORECASE
)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_manager_goes_from_the_team_to_a_worker_to_a_child(new_page, sign_in, accessible, size):
    page = sign_in(new_page(size), "Team manager")
    expect(page.get_by_role("columnheader", name="Worker")).to_be_visible()
    accessible(page)

    worker = page.locator("main table a").first
    name = worker.inner_text()
    worker.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    accessible(page)

    page.locator(".kf-row h3 a").first.click()
    expect(page.get_by_role("heading", name="What is happening now")).to_be_visible()
    page.get_by_role("link", name=re.compile("^How we know")).first.click()
    expect(page.get_by_role("heading", name="Points, for managers")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_an_outreach_worker_sees_whom_to_ring_and_what_to_offer_and_nothing_told_in_confidence(
    new_page, sign_in, accessible, size
):
    page = sign_in(new_page(size), "Outreach worker")
    said = page.locator("main").inner_text()
    assert re.search(r"Ring 0\d{4} \d{6}", said)
    assert "What may help:" in said
    assert "Going well:" in said
    accessible(page)

    rings = page.locator(".kf-row").filter(has=page.get_by_role("link", name=re.compile("^Ring "))).first
    number = rings.get_by_role("link", name=re.compile("^Ring ")).inner_text().removeprefix("Ring ")
    rings.locator("h3 a").click()
    expect(page.get_by_role("heading", name="What is happening now")).to_be_visible()
    page.wait_for_load_state()
    child = page.locator("body").inner_text()
    assert number in child, "The number of the list is on the child's page too."
    accessible(page)

    for text in (said, child):
        told = NOT_FOR_OUTREACH.search(text)
        assert not told, told
    assert page.get_by_role("heading", name="Timeline").count() == 0


def test_a_partner_sees_their_own_cases_and_no_pressures_of_other_agencies(page, sign_in, accessible):
    sign_in(page, "Partner professional")
    accessible(page)
    page.locator(".kf-row h3 a").first.click()
    expect(page.get_by_role("heading", name="What is happening now")).to_be_visible()
    page.wait_for_load_state()
    headings = page.get_by_role("heading").all_inner_texts()
    assert "Unmet needs" in headings
    assert "Pressures on the family" not in headings
    assert not re.search(r"\bpolice\b|\bPoints\b", page.locator("main").inner_text())
    accessible(page)


def test_the_governance_lead_sees_who_looked_and_that_the_trail_holds(new_page, sign_in, accessible, council):
    worker = sign_in(new_page(), "Social worker")
    worker.locator(".kf-row h3 a").first.click()
    worker.wait_for_url("**/children/*/")
    worker.goto("/children/PNOBODYATALL/")

    page = sign_in(new_page(), "Information governance lead")
    assert "the audit trail holds" in page.locator("main").inner_text()
    accessible(page)

    username = council.as_a("Social worker").username
    page.get_by_label("User name of who looked").fill(username)
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("/looks/"))
    page.wait_for_load_state()
    expect(page.get_by_text("Opened a child’s page").first).to_be_visible()
    rows = page.locator("tbody tr")
    assert rows.count() == rows.filter(has_text=re.compile("Social worker|Signed|Sign-in")).count()
    accessible(page)

    page.get_by_label("Result").select_option("refused")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr").filter(has_text="Allowed")).to_have_count(0)
    expect(page.get_by_role("cell", name="PNOBODYATALL").first).to_be_visible()
    accessible(page)
    assert page.goto("/my-day/").status == 404


def test_every_page_reads_without_codes(new_page, sign_in, council):
    """Codes have an underscore; only the names of parts and deliveries, which the supplier knows, may show one."""
    for person in council.sign_ins:
        page = sign_in(new_page(), person.label)
        for address in ("/", "/notices/"):
            page.goto(address)
            assert not re.search(r"\b[a-z]+_[a-z]+\b", page.locator("body").inner_text()), (person.label, address)


RESTRICT = """
import pathlib, sys
from kinfold.operations import home as homes, night
night.set_up_service(homes.open_home(pathlib.Path(sys.argv[1])))
from django.utils import timezone
from kinfold.governance import actions
actions.restrict(person_id=sys.argv[2], kind="restricted", owner="Duty manager, children's social care",
                 reason="The feeds mark this record as restricted.", named=[], by=None, at=timezone.now())
"""


@pytest.mark.parametrize(("size", "named"), [("wide", "Social worker"), ("narrow", "Team manager")])
def test_the_governance_lead_keeps_restricted_records_without_seeing_what_is_in_them(
    new_page, sign_in, accessible, council, size, named
):
    """No feed of a small council flags anybody, so one is flagged here as a run would."""
    flag = [sys.executable, "-c", RESTRICT, str(council.home), f"P{size.upper()}FLAGGED"]
    subprocess.run(flag, check=True, capture_output=True)
    page = sign_in(new_page(size), "Information governance lead")
    page.goto("/restrictions/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Restricted records")
    accessible(page)

    page.get_by_role("link", name=f"P{size.upper()}FLAGGED").click()
    expect(page.get_by_role("heading", name="Change who may open it")).to_be_visible()
    accessible(page)

    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Say why in a few words, so that it can be understood later.").first).to_be_visible()
    accessible(page)

    page.get_by_label("User name of somebody who may open it").fill(council.as_a(named).username)
    page.get_by_label("Why?", exact=True).fill("Covers for the worker until Monday")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_text("Who may open the record is changed, from now on.")).to_be_visible()
    accessible(page)

    page.get_by_label("Why may it be open again?").fill("Agreed with the family")
    page.get_by_role("button", name="Lift it").click()
    expect(page.get_by_text("is open again to everybody who works with it.")).to_be_visible()
    assert page.goto(f"/restrictions/P{size.upper()}FLAGGED/").status == 404
