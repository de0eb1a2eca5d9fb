"""Whoever works a queue or manages a team finds the children of whom little is known, and whom to ask."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("label", "whose"), [("Front door screener", "in your queues"), ("Team manager", "of your team")]
)
def test_the_children_of_whom_little_is_known_are_one_click_away(page, sign_in, accessible, picture, label, whose):
    sign_in(page, label)
    page.get_by_role("link", name="Children of whom not enough is known").click()
    expect(page.get_by_role("heading", name="Not enough known", level=1)).to_be_visible()
    expect(page.get_by_text(whose)).to_have_count(1)
    page.wait_for_load_state()
    for told in page.get_by_text("What is not known and whom to ask").all()[:2]:
        told.click()
    accessible(page)
    picture(page, "not-enough-known-" + ("team" if "team" in whose else "queue"))
