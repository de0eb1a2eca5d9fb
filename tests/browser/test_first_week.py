"""A council that followed the guide of its first week: those it made sign in and see what is theirs."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Council, SignIn, serving
from tests.integration.operations import first_week

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    folder = tmp_path_factory.mktemp("first-week")
    passwords = first_week.walk_until("serve", folder, today=datetime.date.today())
    return Council(folder / "westfen-live", tuple(SignIn(name, name, given) for name, given in passwords.items()))


@pytest.fixture(scope="module")
def service(council: Council, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(council.home, tmp_path_factory.mktemp("week-service") / "log") as address:
        yield address


def test_a_worker_sees_their_own_children_and_where_each_fact_came_from(new_page, sign_in, accessible):
    page = sign_in(new_page(), "rowan")
    mine = page.locator("main").inner_text()
    for forename, surname in first_week.NAMES[:2]:
        assert f"{forename} {surname}" in mine
    assert "Cal Winslow" not in mine
    accessible(page)

    page.locator("main a", has_text="Ava Quillon").first.click()
    expect(page.get_by_role("heading", name="What is happening now")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Ava Quillon")
    expect(page.locator("main")).to_contain_text(re.compile("child protection", re.IGNORECASE))
    accessible(page)
    page.get_by_role("link", name=re.compile("^How we know")).first.click()
    accessible(page)


def test_a_manager_sees_the_team(new_page, sign_in, accessible):
    page = sign_in(new_page(), "morgan")
    expect(page.locator("main")).to_contain_text("Rowan Pike")
    accessible(page)


def test_one_enters_a_new_version_another_approves_it_and_it_is_ended_and_called_off(new_page, sign_in, accessible):
    page = sign_in(new_page(), "ines")
    page.get_by_role("link", name="Agreements").click()
    expect(page.get_by_role("row", name=re.compile("Early help.*Live"))).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Children's social care: open cases").click()
    expect(page.locator("main")).to_contain_text("Private note")
    accessible(page)
    page.get_by_role("button", name="Enter a new version").click()
    page.get_by_label("Who else may be told").fill("Nobody")
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    accessible(page)
    page.get_by_label("Why is this entered?").fill("Said who else may be told")
    page.get_by_role("button", name="Enter it").click()
    expect(page.locator("main")).to_contain_text("Version 2 waits for the approval of Data protection officer")
    accessible(page)
    page.get_by_role("button", name="Record an approval").click()
    expect(page.locator("main")).to_contain_text("somebody else has to approve")
    accessible(page)

    page = sign_in(new_page("narrow"), "omar")
    page.goto("/agreements/social_care/approve/")
    page.get_by_label("Data protection officer").check()
    page.get_by_label("Where is the signed approval kept?").fill("signed copy in folder 2026/15")
    accessible(page)
    page.get_by_role("button", name="Record the approval").click()
    expect(page.get_by_text("version 2", exact=False).first).to_be_visible()
    page.get_by_role("button", name="End the agreement").click()
    accessible(page)
    page.get_by_label("At once").check()
    page.get_by_label("Why does it end?").fill("The trial week is over")
    page.get_by_role("button", name="End the agreement").click()
    expect(page.locator("main")).to_contain_text("everything the feed brought is erased from")
    accessible(page)
    page.get_by_role("link", name="Call the end off").click()
    page.get_by_label("Why is the end called off?").fill("It goes on after all")
    page.get_by_role("button", name="Call it off").click()
    expect(page.locator("main")).to_contain_text("Deliveries may be loaded until")
    accessible(page)
