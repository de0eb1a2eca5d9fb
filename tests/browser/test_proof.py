"""Whoever approves rules reads how well a past day's list did: in words, charts and tables, and on paper."""

from __future__ import annotations

import datetime
import json
import subprocess

import pytest
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
    assert page.get_by_role("heading", name="Where it fails, and for whom").is_visible()
    assert page.get_by_text("it is no evidence that the list works").is_visible()
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate("[...document.querySelectorAll('img.kf-chart')].map(one => one.naturalWidth)")
    assert len(sizes) == 5
    assert min(sizes) > 300
    with page.expect_download() as paper:
        page.get_by_role("link", name="The whole report as a PDF").click()
    assert paper.value.suggested_filename.endswith(".pdf")
    assert paper.value.path().read_bytes().startswith(b"%PDF")
