"""Who may find and open which child: what is refused, what a search forgives, and opening somebody on duty."""

from __future__ import annotations

import re

import duckdb
import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def someone(council):
    """A child of nobody's list: name, birth date, NHS number and record number, as the snapshot holds them."""
    run = council.live
    rows = duckdb.sql(f"""
        select p.forename, p.surname, p.birth_on, i.value, p.person_id
        from '{run}/people.parquet' p
        join '{run}/link.parquet' l using (person_id)
        join '{run}/identifier.parquet' i using (person_key)
        join '{run}/priority_child.parquet' c using (person_id)
        where i.kind = 'nhs' and p.role = 'child' and not p.is_restricted and length(p.surname) > 6
          and p.person_id not in (select person_id from '{run}/worklist_row.parquet')
        order by p.person_id limit 1
    """).fetchall()
    assert rows, "The council has no child whom nobody works with."
    return rows[0]


def search(page, asked: str) -> None:
    page.get_by_role("link", name="Search", exact=True).click()
    page.get_by_label("Name, date of birth or identifier").fill(asked)
    page.get_by_role("button", name="Search", exact=True).click()


def test_a_child_one_may_not_see_and_a_child_who_is_not_there_look_the_same(page, sign_in, accessible, someone):
    sign_in(page, "Outreach worker")
    said = []
    for person_id in (someone[4], "PNOBODYATALL"):
        answer = page.goto(f"/children/{person_id}/")
        said.append((answer.status, page.title(), page.locator("main").inner_text()))
        accessible(page)

    assert said[0] == said[1]
    assert said[0][0] == 404


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_screener_finds_a_child_by_a_misspelt_name_a_birth_date_or_a_number(
    new_page, sign_in, accessible, someone, size
):
    forename, surname, born, nhs_number, _ = someone
    misspelt = surname[:3] + surname[4:]
    page = sign_in(new_page(size), "Front door screener")
    if size == "narrow":
        page.get_by_role("button", name="Menu").click()
    for asked in (f"{misspelt.lower()} {forename}", f"{surname} {born:%d/%m/%Y}", nhs_number):
        search(page, asked)
        expect(
            page.get_by_role("heading", name=re.compile(f"^{surname}|{surname}$", re.IGNORECASE)).first
        ).to_be_visible()
        assert surname.lower() not in page.url.lower()
        assert nhs_number not in page.url
        accessible(page)
        if size == "narrow":
            page.get_by_role("button", name="Menu").click()

    page.get_by_role("button", name="Clear this search").click()
    expect(page.locator("main")).not_to_contain_text(surname, ignore_case=True)


def test_an_empty_search_is_asked_again(page, sign_in, accessible):
    sign_in(page, "Front door screener")
    search(page, " ")
    expect(page.get_by_role("alert").get_by_text("Enter a name, a date of birth or an identifier")).to_be_visible()
    accessible(page)


def test_a_child_nobody_holds_is_opened_on_duty_and_the_manager_reviews_it(new_page, sign_in, accessible, someone):
    worker = sign_in(new_page(), "Social worker")
    search(worker, someone[3])
    worker.get_by_role("link", name=re.compile("^Open on duty")).click()
    accessible(worker)
    worker.get_by_role("button", name="Open the record").click()
    expect(worker.get_by_role("alert").get_by_text("Say what has happened.")).to_be_visible()
    accessible(worker)
    worker.get_by_label("Somebody has contacted us about this child today").check()
    worker.get_by_label("What has happened?").fill("A neighbour rang about shouting at the home.")
    worker.get_by_role("button", name="Open the record").click()
    expect(worker.get_by_text("You opened this record on duty.")).to_be_visible()
    accessible(worker)

    manager = sign_in(new_page(), "Team manager")
    manager.get_by_role("link", name=re.compile(r"^Notices \(\d+\)")).click()
    accessible(manager)
    manager.get_by_role("link", name=re.compile("^Look at this")).first.click()
    expect(manager.get_by_text("A neighbour rang about shouting at the home.")).to_be_visible()
    accessible(manager)
    manager.get_by_label("What did you find?").fill("Right to open: nobody was allocated.")
    manager.get_by_role("button", name="Record the review").click()
    expect(manager.get_by_role("cell", name=re.compile("Reviewed by")).first).to_be_visible()
    accessible(manager)
