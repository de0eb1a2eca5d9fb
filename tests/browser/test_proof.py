"""Whoever approves rules reads how well a past day's list did: in words, charts and tables, and on paper."""

from __future__ import annotations

import datetime
import json
import subprocess

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import KINFOLD, _environment

LEAD = "Information governance lead"


@pytest.fixture(scope="module")
def report(council) -> str:
    """The address of a report of the council's past year."""
    made = json.loads((council.home / "demonstration.json").read_text(encoding="utf-8"))
    day = datetime.date.fromisoformat(made["as_at"]) - datetime.timedelta(days=370)
    command = [str(KINFOLD), "backtest", "--as-at", str(day), "--outcome", "referral", "--home", str(council.home)]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return f"/workbench/proof/{day}-referral-12/"


def test_a_sceptic_finds_where_it_fails_and_takes_the_paper_along(page, sign_in, accessible, report):
    sign_in(page, LEAD)
    page.get_by_role("link", name="Proof", exact=True).click()
    accessible(page)
    page.get_by_role("button", name="Try a past day").click()
    accessible(page)
    page.goto(report)
    accessible(page)
    expect(page.get_by_role("heading", name="Where it fails, and for whom")).to_be_visible()
    expect(page.get_by_text("it is no evidence that the list works")).to_be_visible()
    charts = page.locator("img.kf-chart")
    expect(charts).to_have_count(5)
    for chart in charts.all():
        chart.scroll_into_view_if_needed()
        expect(chart).to_have_js_property("complete", True)
        assert chart.evaluate("one => one.naturalWidth") > 300
    with page.expect_download() as paper:
        page.get_by_role("link", name="The whole report as a PDF").click()
    assert paper.value.suggested_filename.endswith(".pdf")
    assert paper.value.path().read_bytes().startswith(b"%PDF")


def test_on_a_telephone_the_page_stays_as_wide_as_it_is_and_the_words_of_charts_can_be_read(
    new_page, sign_in, accessible, report
):
    page = sign_in(new_page("narrow"), LEAD)
    page.goto(report)
    accessible(page)
    for heading in ("What is asked of it", "What no such report can tell", "What may stand in for a trait"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("img.kf-chart").first.evaluate("one => one.clientWidth") >= 500
    # Each can be moved sideways by keyboard, so it says what it is.
    expect(page.get_by_role("region", name="How many it finds: chart")).to_be_visible()
