"""Rows of children without a name: whose record is closed is in none of them, and in no count that would tell."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io

import ibis
import pytest
from django.utils import timezone
from tests.integration.workbench.test_rules import ANSWER

from kinfold.governance.actions import restrict
from kinfold.governance.rules import queries
from kinfold.operations import backtest_reports, what_if
from kinfold.operations import home as homes
from kinfold.workbench.rules.models import Trial

BORN = datetime.date(2015, 1, 1)
MOVED = {"band_before": "soon", "pathway_before": "none", "pathway": "none", "figure_before": 3.0, "figure": 5.0}


@pytest.fixture
def tried(monkeypatch):
    """A what-if in which FLAG, of whom a feed says so, SHUT and OPEN would move, and STAY would not."""
    bands = {"FLAG": "priority", "SHUT": "priority", "OPEN": "priority", "STAY": "soon"}
    moved = ibis.memtable([{"person_id": one, "band": band, **MOVED} for one, band in bands.items()])
    people = ibis.memtable([{"person_id": one, "birth_on": BORN, "is_restricted": one == "FLAG"} for one in bands])
    day = datetime.date(2026, 3, 2)
    trial = what_if._Trial("r", day, {"people": people}, moved, frozenset(), knows_rising=False)
    monkeypatch.setattr(what_if, "_trial", lambda *_: contextlib.nullcontext(trial))


@pytest.mark.parametrize(
    ("closed", "shown"), [((), ["OPEN", "SHUT"]), (("SHUT",), ["OPEN"]), (("SHUT", "OPEN", "GONE"), [])]
)
def test_whose_record_is_closed_is_in_no_row_and_not_in_the_count(tried, closed, shown):
    many, rows = what_if.who_moves(None, None, closed=closed, start=0, most=25)
    assert ([row["person_id"] for row in rows], many) == (shown, len(shown))


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
def test_a_record_shut_since_the_run_is_not_on_the_page_of_who_would_move(
    tried, tmp_path, settings, monkeypatch, person, signed_in, kind
):
    area = homes.shipped_area()
    settings.HOME = homes.create(tmp_path / "home", area=area, is_demonstration=True, on=BORN).folder
    settings.AREA_FOLDER = area
    monkeypatch.setattr("kinfold.operations.rules.check", lambda *_: None)
    analyst = person("analyst")
    trial = Trial.objects.create(
        by=analyst, at=timezone.now(), base_hash=queries.folder_rules().hash, changes=[], answer=ANSWER
    )
    page = f"/workbench/rules/tries/{trial.pk}/children/"
    client = signed_in(analyst)
    assert "2 children, by pseudonym" in client.get(page).content.decode()
    restrict(person_id="SHUT", kind=kind, owner="x", reason="x", named=[], by=None, at=timezone.now())
    assert "1 child, by pseudonym" in client.get(page).content.decode()


def test_no_cell_of_a_reports_table_is_run_by_a_spreadsheet(served, person, signed_in, monkeypatch):
    """An area's own words head its groups."""
    section = backtest_reports.Section(
        name="fairness", title="x", says=(), headings=("=1+1", "children"), rows=(("@SUM(A1)", "-0.2"),), chart=None
    )
    report = backtest_reports.Report("k", {"as_at": "2026-03-02"}, (), (), (), (section,), "")
    monkeypatch.setattr(backtest_reports, "read", lambda *_: report)
    answer = signed_in(person("analyst")).get("/workbench/proof/k/fairness.csv")
    assert list(csv.reader(io.StringIO(answer.content.decode()))) == [["'=1+1", "children"], ["'@SUM(A1)", "-0.2"]]
