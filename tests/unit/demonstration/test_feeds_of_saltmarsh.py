"""What the demonstration council sends is what its own feeds can read, and the truth knows everybody in it."""

import datetime
from pathlib import Path

import pandas as pd
import pytest

from kinfold.demonstration import council
from kinfold.feeds import settings
from kinfold.feeds.load import load_many

AREA = Path(__file__).parents[3] / "areas" / "saltmarsh" / "feeds"
STAGES = """
    assessment section47 child_in_need child_protection looked_after allocation early_help roll supervision tenancy
    claim liability treatment caseload referral
"""
EVENTS = """
    contact referral visit assessment_factor family_plan voice suspension school_concern domestic_abuse missing move
    birth homeless_duty notice_to_quit food_help crisis_fund was_not_brought emergency_attendance injury_attendance
"""
MEASURES = """
    goals_on_track engaged attendance send_unmet trusted_adult temporary_accommodation bedrooms_short tenancy_secure
    arrears free_meals_eligible free_meals_taken adult_in_work birth_weight age_of_mother_at_birth health_reviews_due
    health_reviews_done vaccinations_due vaccinations_done mental_health_wait young_carer benefit_cap
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A small council made and its deliveries loaded: home, what was made, and the reports."""
    home = tmp_path_factory.mktemp("home")
    made = council.make(home, children=600, seed=1, as_at=datetime.date(2026, 11, 22))
    days = [(datetime.date.fromisoformat(day.name), [day]) for day in sorted(made.incoming.iterdir())]
    feeds = settings.load(AREA)
    reports = load_many(days, home, feeds, received_at=datetime.datetime(2026, 11, 22, 6, 0))
    return home, made, reports


@pytest.mark.slow
def test_every_delivery_is_recognised_by_its_columns_and_loaded(loaded):
    _, made, reports = loaded
    assert {report.state for report in reports} == {"loaded"}
    assert sorted(report.feed for report in reports) == sorted(feed for _, feed in made.delivered)


@pytest.mark.slow
def test_few_rows_are_set_aside_and_none_is_lost(loaded):
    _, _, reports = loaded
    rows_in = sum(report.rows_in for report in reports)
    aside = sum(report.rows_set_aside for report in reports)
    assert 0 < aside < rows_in / 1000


@pytest.mark.slow
def test_the_truth_knows_every_person_of_every_feed(loaded):
    home, made, _ = loaded
    keys = set(pd.read_parquet(made.truth / "people.parquet", columns=["record_id"])["record_id"])
    for path in (home / "lake" / "mapped").glob("*/person.parquet"):
        assert set(pd.read_parquet(path, columns=["person_key"])["person_key"]) <= keys


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "column", "expected"),
    [("involvement", "stage", STAGES), ("event", "kind", EVENTS), ("measure", "kind", MEASURES)],
)
def test_every_fact_that_a_marker_may_ask_for_is_told_by_some_feed(loaded, table, column, expected):
    home, _, _ = loaded
    files = (home / "lake" / "mapped").glob(f"*/{table}.parquet")
    told = set(pd.concat(pd.read_parquet(path, columns=[column]) for path in files)[column])
    assert set(expected.split()) <= told


@pytest.mark.slow
def test_a_child_turned_away_is_told_as_such_and_waits_no_longer(loaded):
    """The feed said only that a referral came; the wait of a child who was turned away went on for ever."""
    home, _, _ = loaded
    deliveries = list((home / "lake" / "mapped").glob("mental_health-*"))
    events = pd.concat(pd.read_parquet(one / "event.parquet") for one in deliveries)
    waits = pd.concat(pd.read_parquet(one / "measure.parquet") for one in deliveries)
    away = events[(events["kind"] == "mental_health_referral") & (events["detail"] == "rejected")]
    assert len(away) > 5
    ended = set(waits[(waits["kind"] == "mental_health_wait") & waits["to_on"].notna()]["source_id"])
    assert {one.replace("/closed", "/wait") for one in away["source_id"]} <= ended


@pytest.mark.slow
def test_the_school_census_speaks_for_the_pupils_it_lists_and_for_nobody_else(loaded):
    """Every child at an independent school was said to be on no school roll."""
    home, _, _ = loaded
    told = pd.concat(
        pd.read_parquet(path) for path in (home / "lake" / "mapped").glob("school_census-*/coverage.parquet")
    )
    assert set(told["people"]) == {"listed"}
