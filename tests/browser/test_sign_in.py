"""Whoever comes to the service is asked who they are first, on a page anybody can use."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_stranger_is_asked_to_sign_in_on_an_accessible_page(new_page, accessible, size):
    page = new_page(size)

    page.goto("/children/")

    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    accessible(page)


def test_a_wrong_password_is_refused_in_words_and_says_nothing_of_who_exists(page, council, accessible):
    refusals = []
    for username in (council.sign_ins[0].username, "nobody.at.all"):
        page.goto("/")
        page.locator("input[name=username]").fill(username)
        page.locator("input[name=password]").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        refusals.append(page.locator(".govuk-error-summary__body").inner_text())
        accessible(page)

    assert refusals[0] == refusals[1]


def test_signing_in_works_without_script(new_page, sign_in):
    page = sign_in(new_page(script=False), "Social worker")

    assert page.get_by_role("heading", level=1).inner_text() == "My day"


def test_every_role_of_the_demonstration_can_sign_in_and_lands_on_an_accessible_page(
    council, new_page, sign_in, accessible
):
    for person in council.sign_ins:
        page = sign_in(new_page(), person.label)

        assert page.get_by_role("heading", level=1).count() == 1, person.label
        accessible(page)
