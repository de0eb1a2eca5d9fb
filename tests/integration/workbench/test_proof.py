"""The reports of past days, as somebody who approves rules reads them."""

from __future__ import annotations

import csv
import datetime
import io
import json

import pytest
from tests.integration.workbench.conftest import text
from tests.unit.proof.made_up import cohort

from kinfold.governance.models import AuditEntry
from kinfold.operations import backtest, backtest_reports
from kinfold.proof import report as reports

ROOT = "/workbench/proof/"
KEY = "2025-03-01-child_in_need_start-12"
PAGE = f"{ROOT}{KEY}/"


@pytest.fixture(scope="module")
def told():
    """The report of two thousand children of numbers."""
    made = reports.report(cohort(children=2_000), draws=10)
    return made | {
        "months": 12, "known_on": "2026-03-02", "rules": "0123456789abcdef", "is_made_up": True, "challengers": {},
        "reach": [], "lost_contact": {"recall": None, "precision": None},
        "visits": {"over_twice": None, "acute_days": None},
    }  # fmt: skip


@pytest.fixture
def analyst(served, told, person, signed_in):
    backtest.keep(served, told)
    return signed_in(person("analyst"))


def test_a_report_says_first_that_made_up_children_are_no_evidence_and_then_where_it_fails(analyst):
    page = text(analyst.get(PAGE))
    assert page.index("no evidence that the list works") < page.index("In short") < page.index("Where it fails")
    assert "Too few to tell" in page
    assert page.count("<img") == page.count('.svg" alt="Chart') == 5


def test_each_chart_has_its_table_beside_it_as_rows_that_a_spreadsheet_reads(analyst, told):
    drawn = analyst.get(f"{PAGE}found.svg")
    assert drawn["Content-Type"] == "image/svg+xml"
    assert drawn.content.startswith(b"<svg")
    assert b"style=" not in drawn.content
    rows = list(csv.reader(io.StringIO(analyst.get(f"{PAGE}found.csv").content.decode())))
    assert len(rows) == 1 + len(told["tops"])
    assert analyst.get(f"{PAGE}bands.svg").status_code == 404


def test_counts_of_one_to_four_and_what_they_could_be_worked_out_from_are_hidden(served, analyst, told):
    small = json.loads(json.dumps(told))
    one, other = small["bands"][1], small["bands"][5]
    one |= {"children": 100, "events": 3}
    other |= {"children": 900, "events": 40}
    for band in (small["bands"][n] for n in (0, 2, 3, 4)):
        band |= {"children": 0, "events": 0}
    backtest.keep(served, small)
    rows = list(csv.reader(io.StringIO(analyst.get(f"{PAGE}bands.csv").content.decode())))
    assert rows[2] == ["Priority", "100", "hidden", "", "", ""]
    assert rows[6][2] == "hidden", "3 is what is left when 40 is taken from all"
    assert rows[1][2] == "0"


def test_the_paper_is_tagged_and_holds_the_whole_report(analyst):
    answer = analyst.get(f"{PAGE}report.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in answer.content
    assert b"/StructTreeRoot" in answer.content


def test_a_day_after_which_nothing_is_known_yet_is_refused_and_nothing_is_asked_for(served, analyst):
    live(served, "2026-03-01")
    page = text(analyst.post(f"{ROOT}try/", {"as_at": "2025-06-01", "outcome": "referral", "months": "12"}))
    assert "What came after it is not known yet. Enter 1 March 2025 or an earlier day." in page
    assert backtest_reports.asked_for(served) == []


def test_a_day_that_is_tried_is_in_the_trail_and_what_stops_it_is_said(
    served, analyst, monkeypatch, django_capture_on_commit_callbacks
):
    live(served, "2026-03-01")

    def stops(home, **asked):
        raise backtest.UnableToProve("Nobody came to it.")

    monkeypatch.setattr(backtest, "backtest", stops)
    with django_capture_on_commit_callbacks(execute=True):
        answer = analyst.post(f"{ROOT}try/", {"as_at": "2025-02-01", "outcome": "referral", "months": "12"})
    assert answer.status_code == 302
    assert AuditEntry.objects.filter(action="backtest.asked").count() == 1
    assert "Nobody came to it." in text(analyst.get(ROOT))


def test_to_anybody_else_no_page_of_proof_is_there(analyst, person, signed_in):
    for role in ("social_worker", "team_manager", "matcher", "outreach_worker"):
        stranger = signed_in(person(role))
        for page in (ROOT, PAGE, f"{PAGE}found.svg", f"{PAGE}found.csv", f"{PAGE}report.pdf", f"{ROOT}try/"):
            assert stranger.get(page).status_code == 404, (role, page)


def test_a_report_is_never_looked_for_outside_its_folder(served, analyst):
    assert analyst.get(f"{ROOT}2024-01-01-referral-12/").status_code == 404
    with pytest.raises(backtest_reports.NoReport):
        backtest_reports.read(served, "../live")


def live(home, day: str) -> None:
    """A live run of that day, and a delivery of long before."""
    folder = home.snapshots / "run"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"run_id": "run", "as_at": day}), encoding="utf-8")
    home.set_live("run")
    delivery = home.deliveries / "police" / "police-1"
    delivery.mkdir(parents=True)
    first = datetime.date(2024, 1, 1).isoformat()
    (delivery / "manifest.json").write_text(json.dumps({"delivered": first}), encoding="utf-8")
