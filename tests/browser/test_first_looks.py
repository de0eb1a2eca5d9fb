"""The four pages that the README shows: each fits its first screen, and is the picture when pictures are asked for."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_a_list_a_child_and_what_is_behind_a_statement(page, sign_in, picture):
    sign_in(page, "Social worker")
    expect(page.get_by_role("heading", name=re.compile("^Act today"))).to_be_in_viewport()
    picture(page, "my-day")

    rows = page.locator(".kf-row")
    most_to_say = max(rows.all()[:8], key=lambda row: len(row.inner_text()))
    most_to_say.locator("h3 a").click()
    expect(page.get_by_role("heading", name="Strengths")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Needs and pressures")).to_be_in_viewport()
    picture(page, "child")

    page.get_by_role("link", name=re.compile("^How we know")).last.click()
    expect(page.get_by_role("heading", name="Who told us")).to_be_in_viewport()
    picture(page, "evidence")


def test_a_team(page, sign_in, picture):
    sign_in(page, "Team manager")
    expect(page.get_by_role("heading", name="Who has what to do")).to_be_in_viewport()
    picture(page, "team")
