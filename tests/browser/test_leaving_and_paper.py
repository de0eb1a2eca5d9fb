"""Signing out ends it; the keyboard is enough; paper shows what is needed and nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

VISIBLE = """e => { const s = getComputedStyle(e);
  return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || s.backgroundColor === 'rgb(255, 221, 0)' }"""


def tab_to(page, selector: str, *, most: int = 60) -> None:
    """Presses Tab until the first element of a selector has the focus, which must be seen wherever it goes."""
    wanted = page.locator(selector).first
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        assert focused.evaluate(VISIBLE), focused.evaluate("e => e.outerHTML")[:200]
        if wanted.evaluate("e => e === document.activeElement"):
            return
    pytest.fail(f"Tab never reached {selector}")


def test_signing_out_ends_the_session_for_the_back_button_too(page, sign_in, accessible):
    sign_in(page, "Social worker")
    page.locator(".kf-row h3 a").first.click()
    name = page.locator(".kf-identity strong").first.inner_text()
    child = page.url

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    accessible(page)
    page.go_back()
    page.wait_for_load_state()
    expect(page.locator("body")).not_to_contain_text(name)
    page.goto(child)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert name not in page.content()


def test_the_main_way_by_keyboard_alone(page, council):
    person = council.as_a("Social worker")
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.locator("*:focus").inner_text() == "Skip to main content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("*:focus").get_attribute("name") == "username"
    page.keyboard.type(person.username)
    page.keyboard.press("Tab")
    page.keyboard.type(person.password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/my-day/"))

    tab_to(page, ".kf-row h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/children/*/")
    tab_to(page, "a[href*='/evidence/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/evidence/**")
    tab_to(page, ".govuk-back-link")
    page.keyboard.press("Enter")
    page.wait_for_url("**/children/*/")
    assert page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0


def test_what_has_the_focus_is_never_under_the_childs_banner(page, sign_in):
    sign_in(page, "Social worker")
    page.locator(".kf-row h3 a").first.click()
    page.locator("footer a, .kf-footer a").last.focus()
    for _ in range(25):
        page.keyboard.press("Shift+Tab")
        hidden = page.evaluate("""() => {
            const banner = document.querySelector('.kf-identity').getBoundingClientRect();
            const e = document.activeElement, r = e.getBoundingClientRect();
            const isUnder = r.bottom <= banner.bottom && r.top >= banner.top && banner.top === 0;
            return !e.closest('.kf-identity') && isUnder }""")
        assert not hidden, page.locator("*:focus").evaluate("e => e.outerHTML")[:200]


@pytest.mark.parametrize("address", ["child", "list"])
def test_on_paper_there_is_what_is_needed_and_no_menus(page, sign_in, accessible, address):
    sign_in(page, "Social worker")
    name = page.locator(".kf-row h3 a").first.inner_text()
    if address == "child":
        page.locator(".kf-row h3 a").first.click()
    else:
        page.get_by_role("link", name="A list to print for the road").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("List for the road")
    accessible(page)
    page.emulate_media(media="print")

    expect(page.get_by_text(name, exact=True).first).to_be_visible()
    for gone in (".govuk-service-navigation", ".kf-footer", ".govuk-button", ".kf-filter", ".govuk-back-link"):
        assert all(not shown.is_visible() for shown in page.locator(gone).all()), gone
    assert all(not link.is_visible() for link in page.get_by_role("link", name=re.compile("^How we know")).all())
    assert page.pdf(format="A4").startswith(b"%PDF")
