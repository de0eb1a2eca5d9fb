"""A manager reads how a place came about; a worker says that a statement is wrong; the practice lead settles it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

WORKER, MANAGER, LEAD, GOVERNANCE = "Social worker", "Team manager", "Practice lead", "Information governance lead"


def open_a_child_of_whom_something_is_said(page) -> str:
    """Go to the first child of the list of whom a need or a pressure is said; returns the child's address."""
    links = page.locator("main .kf-row a[href^='/children/']")
    for address in list(dict.fromkeys(links.nth(n).get_attribute("href") for n in range(links.count()))):
        page.goto(address)
        if page.locator("section[aria-labelledby=needs] a", has_text="Say it is wrong").count():
            return address
    pytest.fail("Nothing is said of any child of the list.")


@pytest.mark.timeout(600)
def test_a_worker_challenges_a_statement_and_the_practice_lead_settles_it(new_page, sign_in, accessible, picture):
    worker = sign_in(new_page(), WORKER)
    address = open_a_child_of_whom_something_is_said(worker)
    row = worker.locator("section[aria-labelledby=needs] li.kf-row", has_text="Say it is wrong").first
    said = row.locator("strong").first.inner_text()
    row.get_by_role("link", name=re.compile("Say it is wrong")).click()
    expect(worker.get_by_role("heading", name="Say that a statement is wrong")).to_be_visible()
    accessible(worker)
    worker.get_by_role("button", name="Challenge it").click()
    expect(worker.get_by_role("heading", name="There is a problem")).to_be_visible()
    accessible(worker)
    worker.get_by_label("It is no longer so").check()
    worker.get_by_label("What is so?").fill("They moved out of it in the spring.")
    picture(worker, "challenge-say")
    worker.get_by_role("button", name="Challenge it").click()
    expect(worker.locator(".kf-mark", has_text="it is no longer so").first).to_be_visible()
    accessible(worker)
    picture(worker, "challenge-mark")

    manager = sign_in(new_page(), MANAGER)
    manager.goto(address)
    expect(manager.locator(".kf-mark").first).to_contain_text("Challenged")
    manager.get_by_role("link", name=re.compile("point by point")).click()
    expect(manager.get_by_role("heading", name="How this place in the order came about")).to_be_visible()
    expect(manager.get_by_text(re.compile("does not fade|halves each|still so")).first).to_be_visible()
    accessible(manager)
    picture(manager, "explain")

    lead = sign_in(new_page(), LEAD)
    expect(lead.get_by_role("heading", name="Challenges to settle")).to_be_visible()
    accessible(lead)
    picture(lead, "challenges")
    lead.locator("table").first.locator("tbody a").last.click()  # the newest waits last
    expect(lead.get_by_role("heading", name="What it rests on")).to_be_visible()
    challenge = urlsplit(lead.url).path
    accessible(lead)
    picture(lead, "challenge-settle")
    lead.get_by_label("No: it stands").check()
    lead.get_by_label("Why?").fill("The tenancy has not changed, says housing.")
    lead.get_by_role("button", name="Settle").click()
    expect(lead.get_by_text("Settled. The worker is told")).to_be_visible()
    accessible(lead)

    worker.goto("/notices/")
    worker.locator(f"a[href='{challenge}']").first.click()
    expect(worker.get_by_text("The tenancy has not changed, says housing.").first).to_be_visible()
    accessible(worker)
    worker.goto(address)
    answered = worker.locator(".kf-mark", has_text="The tenancy has not changed").first
    expect(answered).to_contain_text("Not upheld")
    expect(worker.get_by_text(said).first).to_be_visible()


def test_the_rule_book_and_the_transparency_record_read_without_a_fault(new_page, sign_in, accessible, picture):
    worker = sign_in(new_page(), WORKER)
    worker.goto("/help/")
    worker.get_by_role("link", name="Read the rule book").click()
    expect(worker.get_by_role("heading", name="What puts families in order")).to_be_visible()
    expect(worker.get_by_text(re.compile("^Points: "))).to_have_count(0)
    accessible(worker)
    picture(worker, "rule-book")

    keeper = sign_in(new_page(), GOVERNANCE)
    keeper.goto("/transparency/")
    expect(keeper.get_by_role("heading", name=re.compile("fields are blank"))).to_be_visible()
    accessible(keeper)
    picture(keeper, "transparency")
    keeper.get_by_role("link", name=re.compile("(Fill in|Change).*Required training")).click()
    keeper.get_by_label("What it says").fill("Half a day, before the first list.")
    accessible(keeper)
    keeper.get_by_role("button", name="Keep it").click()
    expect(keeper.get_by_text("Half a day, before the first list.")).to_be_visible()
    with keeper.expect_download() as taken:
        keeper.get_by_role("link", name="Download as OpenDocument text").click()
    assert taken.value.suggested_filename.endswith(".odt")
