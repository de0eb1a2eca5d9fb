"""A doubtful match from the queue to a decision, read again and undone; and a fact that is not this child's."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import subprocess
from urllib.parse import urlsplit

import duckdb
import pytest
from playwright.sync_api import expect
from tests.browser.conftest import KINFOLD, SignIn, _environment, enter

ENGINEER, WORKER, LEAD = "Data engineer", "Social worker", "Information governance lead"
MATCHES = "/workbench/matches/"


def kinfold(council, *words: str) -> str:
    done = subprocess.run(
        [str(KINFOLD), *words, "--home", str(council.home)], capture_output=True, text=True, env=_environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def peer(council) -> SignIn:
    """The demonstration's second person who settles matches."""
    _, second = (person for person in council.sign_ins if person.label.startswith(f"{ENGINEER}:"))
    return second


def as_peer(page, peer):
    enter(page, peer)
    return page


def parts_of(council, records: frozenset[str]) -> set[frozenset[str]]:
    """How the live run has put these records together; whom else it put with them is left out."""
    rows = duckdb.sql(f"select list(person_key) from '{council.live}/link.parquet' group by person_id").fetchall()
    people = {frozenset(keys) for (keys,) in rows}
    return {person & records for person in people if person & records}


def records_decided(council, case: str) -> frozenset[str]:
    """The records that the case at an address was about when somebody last decided it."""
    with contextlib.closing(sqlite3.connect(council.home / "service.sqlite3")) as db:
        [(keys,)] = db.execute(
            "select keys from workbench_matches_decision where ref = ? order by id desc limit 1",
            [case.rstrip("/").rpartition("/")[2]],
        ).fetchall()
    return frozenset(json.loads(keys))


def decide(page, words: str, reason: str) -> None:
    page.get_by_label(words, exact=True).check()
    page.get_by_label("Why?", exact=True).fill(reason)
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("The next run makes it so")).to_be_visible()


def take_back(page, reason: str, *, picture=lambda page, name: None) -> None:
    page.goto(f"{MATCHES}decisions/")
    page.get_by_role("link", name=re.compile("Take it back")).first.click()
    picture(page, "matches-undo")
    page.get_by_label("Why is it taken back?").fill(reason)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The next run is as if it had not been decided")).to_be_visible()


@pytest.mark.timeout(600)
def test_a_doubtful_pair_is_settled_read_again_undone_and_run(council, new_page, sign_in, peer, accessible, picture):
    page = sign_in(new_page(), ENGINEER)
    page.goto(MATCHES)
    accessible(page)
    picture(page, "matches-queue")

    page.get_by_label("Why it is doubted").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    page.locator("tbody a", has_text="2 people").first.click()
    expect(page.get_by_role("heading", name="Are these one person?")).to_be_visible()
    accessible(page)
    picture(page, "matches-case")
    case = urlsplit(page.url).path
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    accessible(page)

    decide(page, "They are all one person", "The register has one person of that name.")
    records = records_decided(council, case)
    assert len(parts_of(council, records)) == 2
    page.goto(f"{MATCHES}decisions/")
    decided = page.locator("main .kf-row", has_text="The register has one person of that name.").first
    is_read_twice = "Waits for a second reader" in decided.inner_text()  # of a child open to social care, always
    other = as_peer(new_page(), peer)
    if is_read_twice:
        other.goto(case)
        decide(other, "They are all one person", "One house, one birthday.")
    kinfold(council, "run")
    assert parts_of(council, records) == {records}
    other.goto(MATCHES)
    assert case not in other.content()

    if is_read_twice:
        take_back(other, "They were cousins.")
    take_back(page, "It was a father and his son.", picture=picture)
    accessible(page)
    picture(page, "matches-decisions")
    kinfold(council, "run")
    assert len(parts_of(council, records)) == 2

    page.goto(f"{MATCHES}find/")
    page.get_by_label("Name or number").fill("nobody at all")
    page.get_by_role("button", name="Find").click()
    accessible(page)
    assert "nobody" not in page.url
    page.get_by_label("Name or number").fill("ann")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("Look at the records").first).to_be_visible()
    accessible(page)
    picture(page, "matches-found")


def test_the_worth_of_the_linkage_reads_on_a_narrow_screen_too(new_page, sign_in, accessible, picture):
    for size in ("wide", "narrow"):
        page = sign_in(new_page(size), ENGINEER)
        page.goto("/workbench/match-quality/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        accessible(page)
        picture(page, f"match-quality-{size}")
        wide, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= shown, "the page itself never scrolls sideways"


def records_of(council, person_id: str) -> frozenset[str]:
    told = council.live / "link.parquet"
    return frozenset(
        key for (key,) in duckdb.execute(f"select person_key from '{told}' where person_id = ?", [person_id]).fetchall()
    )


def open_a_child_of_several_records(page) -> str:
    """Go to where the first child of the list who has several records can be doubted; gives who it is."""
    links = page.locator("main .kf-row a[href^='/children/']")
    for address in list(dict.fromkeys(links.nth(n).get_attribute("href") for n in range(links.count()))):
        page.goto(address)
        page.get_by_role("link", name=re.compile("This is not this child")).click()
        page.wait_for_url("**/not-this-child/**")
        if page.locator("input[name=records]").count() > 2:
            return urlsplit(address).path.split("/")[2]
    pytest.fail("No child of the list has three records.")


@pytest.mark.timeout(600)
def test_a_worker_says_this_is_not_this_child_and_a_matcher_puts_it_back(
    council, new_page, sign_in, peer, accessible, picture
):
    worker = sign_in(new_page(), WORKER)
    records = records_of(council, open_a_child_of_several_records(worker))
    accessible(worker)
    picture(worker, "matches-not-this-child")
    boxes = worker.locator("input[name=records]")
    chosen = boxes.last
    chosen.check()
    worker.get_by_label("How do you know?").fill("This family has never lived there.")
    worker.get_by_role("button", name="Hide it, and have it checked").click()
    expect(worker.get_by_text("Being checked:", exact=True)).to_be_visible()
    accessible(worker)

    matcher = sign_in(new_page(), ENGINEER)
    matcher.goto(MATCHES)
    first = matcher.locator("tbody tr").first
    expect(first.get_by_text("Doubted", exact=True)).to_be_visible()
    first.get_by_role("link").click()
    expect(matcher.get_by_text("another child’s").first).to_be_visible()
    accessible(matcher)
    picture(matcher, "matches-doubted")
    decide(matcher, "The records I tick are somebody else", "Another girl of that name, says the school.")
    matcher.goto(f"{MATCHES}decisions/")
    expect(matcher.get_by_text("Waits for a second reader").first).to_be_visible()

    # The second reader finds the case as if nobody had decided it.
    reader = as_peer(new_page(), peer)
    reader.goto(MATCHES)
    reader.locator("tbody tr").first.get_by_role("link").click()
    expect(reader.get_by_role("button", name="Decide", exact=True)).to_be_visible()
    assert "says the school" not in reader.content()
    accessible(reader)
    decide(reader, "The records I tick are somebody else", "The addresses never met.")
    expect(worker.get_by_text("Being checked:", exact=True)).to_be_visible()
    kinfold(council, "run")
    assert len(parts_of(council, records)) == 2

    lead = sign_in(new_page(), LEAD)
    lead.goto("/notices/")
    lead.locator("a[href*='/doubts/']").first.click()
    expect(lead.get_by_role("heading", name="Who opened the record in the 90 days before")).to_be_visible()
    accessible(lead)
    picture(lead, "matches-who-saw-it")

    take_back(reader, "The school was wrong.")
    take_back(matcher, "The school was wrong.")
    matcher.goto(MATCHES)
    matcher.locator("tbody tr").first.get_by_role("link").click()
    decide(matcher, "Leave them as shown, and lock them", "The mother confirmed that it is her.")
    kinfold(council, "run")
    assert parts_of(council, records) == {records}
    worker.reload()
    expect(worker.get_by_text("Being checked:", exact=True)).to_have_count(0)
