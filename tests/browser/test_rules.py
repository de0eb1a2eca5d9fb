"""An analyst tries a change, sees who would move, proposes it; two offices approve it; and lists are made plain."""

from __future__ import annotations

import datetime
import json
import re
import sqlite3

from playwright.sync_api import Page, expect

ANALYST, PRACTICE, GOVERNANCE, WORKER = (
    "Analyst", "Practice lead", "Information governance lead", "Social worker"
)  # fmt: skip
RULES = "/workbench/rules/"
LONG = 60_000  # milliseconds, for a what-if on a machine that is busy with other tests


def to_the_answer(page: Page) -> None:
    page.goto(f"{RULES}what-if/")
    page.get_by_label("Outreach: households a week, priority", exact=True).fill("3")
    page.locator("summary", has_text="Money: ").click()
    page.get_by_label("Rent or council tax in arrears, points", exact=True).fill("9")
    page.get_by_role("button", name="Show what would change").first.click(timeout=LONG)
    expect(page.get_by_role("heading", name="What would change", level=1)).to_be_visible(timeout=LONG)


def approve(page: Page, office: str) -> None:
    page.goto(RULES)
    page.get_by_role("link", name="Version 1", exact=True).click()
    page.get_by_role("button", name="Read and approve").click()
    page.get_by_label("What did you look at?").fill("The what-if, and the note of our meeting.")
    page.get_by_role("button", name=f"Approve as {office}").click()


def test_a_change_is_tried_seen_proposed_approved_by_two_and_live_from_tomorrow(
    council, new_page, sign_in, accessible, picture
):
    page = sign_in(new_page(), ANALYST)
    page.goto(RULES)
    expect(page.get_by_text("None has been approved here yet")).to_be_visible()
    accessible(page)
    page.goto(f"{RULES}what-if/")
    accessible(page)
    to_the_answer(page)
    expect(page.get_by_text("Nothing has changed for anybody.")).to_be_visible()
    moved = page.locator("ul.govuk-list--bullet li").filter(has_text=" to ")
    expect(moved).not_to_have_count(0)
    accessible(page)
    picture(page, "what-if")
    page.get_by_role("link", name="See the children, by pseudonym").click(timeout=LONG)
    rows = page.locator("tbody tr")
    expect(rows.first.locator("th")).to_have_text(re.compile(r"^\s*[A-Z2-7]{10}\s*$"), timeout=LONG)
    accessible(page)
    page.go_back()

    page.get_by_role("button", name="Save as a proposal").click()
    page.get_by_role("button", name="Save the proposal").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why.")
    accessible(page)
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    page.get_by_label("Why should the rules change?").fill("Arrears came before most of last year's crises.")
    for part, value in (("Day", tomorrow.day), ("Month", tomorrow.month), ("Year", tomorrow.year)):
        page.get_by_label(part, exact=True).fill(str(value))
    page.get_by_role("button", name="Save the proposal").click()
    expect(page.get_by_text("Saved as version 1")).to_be_visible()
    expect(page.get_by_role("button", name="Read and approve")).to_have_count(0)
    accessible(page)

    lead = sign_in(new_page(), PRACTICE)
    approve(lead, "the practice lead")
    expect(lead.get_by_text("It still waits for the information governance lead.")).to_be_visible()
    governance = sign_in(new_page("narrow"), GOVERNANCE)
    governance.goto(f"{RULES}versions/1/approve/")
    accessible(governance)
    approve(governance, "the information governance lead")
    expect(governance.get_by_text("is approved. It is live from")).to_contain_text(f"{tomorrow.day} {tomorrow:%B %Y}")
    accessible(governance)

    with sqlite3.connect(council.home / "service.sqlite3") as db:
        told = db.execute(
            "select action, role, detail from governance_auditentry where action like 'rules.%' order by number"
        ).fetchall()
    actions = [action for action, _, _ in told]
    assert actions[-3:] == ["rules.proposed", "rules.approved", "rules.approved"]
    assert {"rules.tried", "rules.children_listed"} <= set(actions)
    assert len({json.loads(detail)["hash"] for action, _, detail in told if action in actions[-3:]}) == 1


def test_a_change_that_may_not_be_is_refused_beside_the_marker(new_page, sign_in, accessible):
    page = sign_in(new_page(), ANALYST)
    page.goto(f"{RULES}what-if/marker/arrears/")
    text = page.get_by_label("The marker", exact=True)
    text.fill(re.sub(r'statement = "[^"]*"', 'statement = "Lone parent, since {on}"', text.input_value()))
    page.get_by_role("button", name="Show what would change").click(timeout=LONG)
    expect(page.get_by_role("alert")).to_contain_text("turns on lone parenthood, which is never used as a marker")
    accessible(page)


def test_lists_are_made_plain_in_two_clicks_and_put_back(new_page, sign_in, accessible, picture):
    worker = sign_in(new_page(), WORKER)
    lead = sign_in(new_page(), PRACTICE)
    lead.goto(RULES)
    lead.get_by_role("link", name="Make lists plain at once").click()
    accessible(lead)
    lead.get_by_label("Why are lists made plain?").fill("School attendance was read wrongly this week.")
    lead.get_by_role("button", name="Make lists plain now").click()
    expect(lead.get_by_text("Lists are plain from now on, for everybody.")).to_be_visible()
    accessible(lead)
    picture(lead, "lists-made-plain")

    worker.goto("/my-day/")
    expect(worker.get_by_text("Lists are plain since")).to_be_visible()
    expect(worker.get_by_text("School attendance was read wrongly this week.")).to_be_visible()
    accessible(worker)
    picture(worker, "my-day-while-lists-are-plain")

    lead.get_by_label("Why can the order be trusted again?").fill("The feed was corrected and loaded again.")
    lead.get_by_role("button", name="Put lists back in order").click()
    expect(lead.get_by_text("Lists are in the order of the rules again.")).to_be_visible()
    worker.goto("/my-day/")
    expect(worker.get_by_text("Lists are plain since")).to_have_count(0)
