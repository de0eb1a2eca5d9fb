"""The quality report of the linkage, as the person who settles matches reads it."""

from __future__ import annotations

import json

import pytest
from tests.integration.workbench.conftest import text

from kinfold.operations import matching_quality

PAGE = "/workbench/match-quality/"


@pytest.fixture
def reported(served):
    """A run that is live and has a report: two twins are one person."""
    shares = {"precision": {"right": 99, "of": 99, "share": None, "low": None, "high": None},
              "recall": {"right": 150, "of": 200, "share": 0.75, "low": 0.686, "high": 0.805}}  # fmt: skip
    families = {"twins": 3, "twins_one_person": 1, "siblings": 2, "siblings_one_person": 0, "parents": 4}
    report = {
        "run_id": "20260101-abc", "as_at": "2026-01-01", "model": "0123456789ab", "records": 10, "people": 4,
        "bands": {"link": 5}, "vetoes": {}, "families": families | {"parents_one_person": 0, "parents_too_young": 0},
        "implausible": {}, "ids": None, "sizes": {"people": {"1 record": 4}, "shares": {"1 record": 1.0}, "largest": 1},
        "size_shift": None, "labels": {"from": "reviewers' decisions", "pairs": 200, "decided": 200},
        "shares": {name: {"x": shares} for name in ("sex", "age", "ethnicity", "deprivation")} | {"all": shares},
        "thresholds": None, "reach": [],
    }  # fmt: skip
    matching_quality.keep(served, report)
    served.set_live("20260101-abc")
    return report


def test_before_the_first_report_the_page_says_how_to_get_one(engineer):
    assert "kinfold run" in text(engineer.get(PAGE))


def test_what_somebody_should_look_at_comes_first(engineer, reported):
    page = text(engineer.get(PAGE))
    assert "What the linkage of 1 January 2026 is worth" in page
    assert page.index('href="#families"') < page.index('id="what-was-linked"')
    assert "1 pair of one family became one person" in page
    assert "too few to tell (99 pairs)" in page
    assert "75.00%, from 68.60% to 80.50% (200 pairs)" in page


def test_to_somebody_who_does_not_match_the_page_is_not_there(reported, person, signed_in):
    for role in ("social_worker", "team_manager", "governance_lead"):
        assert signed_in(person(role)).get(PAGE).status_code == 404


def test_a_report_is_never_looked_for_outside_its_folder(served):
    served.linkage.mkdir(parents=True, exist_ok=True)
    (served.linkage / "other.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(matching_quality.NoQualityReport):
        matching_quality.matching_quality(served, "../other")
