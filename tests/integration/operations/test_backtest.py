"""A past day is tried by the command other people's scripts call; what stays holds no child."""

from __future__ import annotations

import datetime
import json

import pyarrow.parquet as pq
import pytest

from kinfold.operations import backtest
from kinfold.operations import home as homes
from kinfold.proof import reach, resum

pytestmark = pytest.mark.slow
KEYS = {
    "auc", "lift_top_5", "recall_top_5", "precision_top_5", "calibration_slope", "stability_top_1", "baselines",
    "challengers", "fairness", "lost_contact", "visits",
}  # fmt: skip


@pytest.fixture(scope="module")
def year_ago(council):
    made = json.loads((council.home / "demonstration.json").read_text(encoding="utf-8"))
    day = datetime.date.fromisoformat(made["as_at"])
    return day - datetime.timedelta(days=370)


@pytest.fixture(scope="module")
def tried(council, year_ago):
    before = council.standing()
    said = council.kinfold("backtest", "--as-at", year_ago, "--outcome", "child_in_need_start", "--json").stdout
    return json.loads(said), before, council.standing()


def test_the_report_has_every_key_that_scripts_read_and_changes_nothing_that_is_live(tried):
    told, before, after = tried
    assert told.keys() >= KEYS
    assert told["baselines"].keys() == {"history_only", "flat_count"}
    assert {"by", "group", "events", "miss_rate", "ratio", "verdict"} <= told["fairness"][0].keys()
    assert 0 < told["events"] < told["children"]
    assert told["is_made_up"]
    assert after == before


def test_what_stays_is_the_report_and_the_reach_and_no_child(council, tried, year_ago):
    folder = council.home / "lake" / "proof"
    kept = {path.name for path in folder.iterdir() if path.is_file()}
    assert kept == {f"{year_ago}-child_in_need_start-12.json", backtest.REACH}
    assert not list(folder.glob(".*"))
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.json"))
    people = pq.read_table(council.live / "people.parquet", columns=["person_id"])["person_id"].to_pylist()
    assert not any(one in text for one in people)
    reached = pq.read_table(folder / backtest.REACH)
    assert reached.schema == reach.PROOF_REACH
    assert {row["as_at"] for row in reached.to_pylist()} == {year_ago}


def test_the_sum_over_arrays_is_the_runs_own_to_the_last_quarter(council, tried):
    """The live day in place of a past one: the same tables, and no rebuild to wait for."""
    home = homes.open_home(council.home)
    today = backtest.what_is_known_at(home, datetime.date(2000, 1, 1))
    made = backtest.gathered(
        home, today.folder, today, what=backtest.outcomes.OUTCOMES["referral"], as_at=today.as_at, until=today.as_at
    )
    assert len(made) > 200
    assert (resum.figures(made.weighing, made.points, made.true) == made.figure).all()
    assert made.figure.max() > 0


def test_a_time_that_is_not_over_yet_and_an_outcome_nobody_knows_are_refused(council, year_ago):
    said = council.kinfold("backtest", "--as-at", year_ago, "--months", 24, code=1).stderr
    assert "Choose an earlier day or fewer months" in said
    assert "child_in_need_start" in council.kinfold("backtest", "--as-at", year_ago, "--outcome", "x", code=1).stderr
