"""A social worker's day: the list, a child, what is behind a statement, and saying what happened."""

from __future__ import annotations

import datetime
import re

import pytest
from playwright.sync_api import expect

CHILD = re.compile(r"/children/[^/]+/$")


def open_first_child(page) -> str:
    """Opens the first child of the list, and returns the name on the list."""
    link = page.locator(".kf-row h3 a").first
    name = link.inner_text()
    link.click()
    page.wait_for_url(CHILD)
    return name


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_from_the_list_to_the_row_that_said_it_and_back(new_page, sign_in, accessible, size):
    page = sign_in(new_page(size), "Social worker")
    expect(page.get_by_role("heading", level=1)).to_have_text("My day")
    accessible(page)

    name = open_first_child(page)
    expect(page.get_by_label("The child this page is about").get_by_text(name, exact=True)).to_be_visible()
    accessible(page)

    page.get_by_role("link", name=re.compile("^How we know")).first.click()
    expect(page.get_by_role("heading", name="Who told us")).to_be_visible()
    row = re.compile(r"Row\s+[\d,]+\s+of\s+\S+,\s+in\s+the\s+delivery\s+of\s+\d+\s+\w+\s+\d{4}")
    expect(page.locator("main")).to_contain_text(row)
    accessible(page)

    page.get_by_role("link", name="Back to the child’s page").click()
    page.wait_for_url(CHILD)
    page.get_by_role("link", name="Back to my day").click()
    page.wait_for_url("**/my-day/")


def test_no_page_of_the_day_is_wider_than_a_phone(new_page, sign_in):
    page = sign_in(new_page("narrow"), "Social worker")
    pages = [page.url]
    open_first_child(page)
    pages += [page.url, page.get_by_role("link", name=re.compile("^How we know")).first.evaluate("a => a.href")]
    for address in pages:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_filtering_the_timeline_keeps_what_was_asked_for(page, sign_in, accessible):
    sign_in(page, "Social worker")
    open_first_child(page)
    kind = page.get_by_label("What happened")
    chosen = kind.locator("option").nth(1).inner_text()
    in_all = page.locator(".moj-timeline__item").count()

    kind.select_option(label=chosen)
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(re.compile("#timeline"))
    page.wait_for_load_state()

    expect(page.get_by_label("What happened").locator("option:checked")).to_have_text(chosen)
    assert 0 < page.locator(".moj-timeline__item").count() <= in_all
    accessible(page)
    page.get_by_role("link", name="Clear").click()
    expect(page.get_by_label("What happened")).to_have_value("")


OUTCOMES = [
    ("Done: I have acted on it", "Done"),
    ("Deferred: it should come back on another day", "Deferred"),
    ("Not useful: it is right, but it did not help me", "Not useful"),
    ("Wrong: something it says about this child is not true", "Wrong"),
]


@pytest.mark.parametrize(("choice", "state"), OUTCOMES)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_what_happened_shows_at_once_and_can_be_taken_back(new_page, sign_in, accessible, choice, state, script):
    page = sign_in(new_page(script=script), "Social worker")
    name = page.locator(".kf-row h3 a").first.inner_text()

    page.get_by_role("link", name=f"Record what happened for {name}").click()
    if script:
        accessible(page)
    page.get_by_label(choice).check()
    if state == "Deferred":
        back = datetime.date.today() + datetime.timedelta(days=7)
        for box, figure in zip(("Day", "Month", "Year"), (back.day, back.month, back.year), strict=True):
            page.get_by_role("textbox", name=box).fill(str(figure))
    page.get_by_label("Why").fill("Spoke to the family this morning.")
    page.get_by_role("button", name="Record", exact=True).click()

    row = page.locator(".kf-row").filter(has=page.get_by_role("link", name=name, exact=True))
    expect(row.locator(".govuk-tag")).to_have_text(state)
    expect(row).to_contain_text("recorded by you")
    expect(row).to_contain_text("Spoke to the family this morning.")
    if script:
        accessible(page)

    row.get_by_role("button", name="Undo").click()
    expect(row.get_by_text("recorded by you")).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("Spoke to the family this morning.")


def test_a_form_sent_half_filled_says_what_is_missing_and_keeps_the_rest(page, sign_in, accessible):
    sign_in(page, "Social worker")
    page.get_by_role("link", name=re.compile("^Record what happened for")).first.click()
    page.get_by_label("Deferred: it should come back on another day").check()
    page.get_by_role("button", name="Record", exact=True).click()

    expect(page.get_by_role("alert").get_by_text("Say why in a few words")).to_be_visible()
    assert page.get_by_label("Deferred: it should come back on another day").is_checked()
    assert page.title().startswith("Error: ")
    accessible(page)


def test_the_whole_way_without_script(new_page, sign_in):
    page = sign_in(new_page(script=False), "Social worker")
    open_first_child(page)
    page.get_by_label("Only what matters most").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Only what matters most")).to_be_checked()
    page.get_by_role("link", name=re.compile("^How we know")).first.click()
    expect(page.get_by_role("heading", name="Who told us")).to_be_visible()
    page.get_by_role("link", name="Back to the child’s page").click()
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("Name, date of birth or identifier").fill("Quillon Zephyrine")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
