"""A blind review from the draw to its result: an analyst and two practitioners, by keyboard and without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

ANALYST, WORKER, MANAGER = "Analyst", "Social worker", "Team manager"
STUDIES = "/workbench/blind-review/"


def choose(page, label: str, name: str) -> None:
    """Choose a reader by name, as it stands in the list of people."""
    page.get_by_label(label).select_option(label=name)


def answer(page, said: str, reason: str) -> None:
    page.get_by_label(said, exact=True).check()
    page.get_by_label("What weighs most?").select_option(label=reason)
    page.get_by_role("button", name="Save, and on to the next").click()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_read_apart_and_the_result_waits_for_both(council, new_page, sign_in, accessible, picture):
    names = [council.as_a(label).label.partition(": ")[2] for label in (WORKER, MANAGER)]
    analyst = sign_in(new_page(), ANALYST)
    analyst.goto(STUDIES)
    accessible(analyst)
    analyst.get_by_role("button", name="Draw a blind review").click()
    accessible(analyst)
    choose(analyst, "First reader", names[0])
    choose(analyst, "Second reader", names[0])
    analyst.get_by_role("button", name="Draw, and ask both to read").click()
    expect(analyst.get_by_text("Select somebody else: two people read apart.").first).to_be_visible()
    accessible(analyst)
    choose(analyst, "Second reader", names[1])
    analyst.get_by_role("button", name="Draw, and ask both to read").click()
    expect(analyst.get_by_text("Nothing is shown until both have finished")).to_be_visible()
    accessible(analyst)
    number = re.search(r"/(\d+)/$", analyst.url).group(1)

    # The first reads with the keyboard alone, the second without script.
    first = sign_in(new_page(), WORKER)
    first.goto("/notices/")
    first.locator(f"main a[href^='/blind-review/{number}/']").first.click()
    expect(first.get_by_role("button", name="Start")).to_be_visible()
    accessible(first)
    picture(first, "blind-review-reading")
    first.goto(f"/blind-review/{number}/1/")
    expect(first.get_by_role("heading", level=1)).to_contain_text("Child 1")
    accessible(first)
    picture(first, "blind-review-child")
    first.get_by_label("No", exact=True).focus()
    first.keyboard.press("Space")
    first.keyboard.press("Tab")
    first.keyboard.type("Nothing here")
    first.keyboard.press("Tab")
    first.keyboard.press("Tab")
    first.keyboard.press("Enter")
    expect(first.get_by_role("heading", level=1)).to_contain_text("Child 2")
    first.get_by_role("button", name="Save, and on to the next").click()
    expect(first.get_by_text("There is a problem")).to_be_visible()
    accessible(first)
    for _ in range(39):
        answer(first, "No", "Nothing here is out of the ordinary")
    first.get_by_role("button", name="Finish").click()
    expect(first.get_by_role("heading", name="You have finished")).to_be_visible()

    second = sign_in(new_page("narrow", script=False), MANAGER)
    second.goto(f"/blind-review/{number}/")
    second.get_by_role("button", name="Start").click()
    for place in range(40):
        answer(second, "Yes, I would have wanted to know" if place % 2 else "No", "Several worries come together")
    second.get_by_role("button", name="Finish").click()
    expect(second.get_by_text("Thank you: your answers stand")).to_be_visible()

    analyst.reload()
    expect(analyst.get_by_text("The two readers said the same of 50%")).to_be_visible()
    expect(analyst.get_by_text("Nothing here is evidence that the order works").first).to_be_visible()
    accessible(analyst)
    picture(analyst, "blind-review-result")
    assert second.goto(f"/blind-review/{number}/1/").status == 404
    analyst.goto("/notices/")
    expect(analyst.get_by_text("Both readers of a blind review have finished")).to_be_visible()
