"""Which deliveries count on a day, and what a home keeps."""

import dataclasses
import datetime
import json
import os
from types import SimpleNamespace

import pytest

from kinfold.operations import assemble, home, night
from kinfold.operations.assemble import Delivered

MARCH, APRIL, MAY = (datetime.date(2026, month, 1) for month in (3, 4, 5))
FEEDS = {"notices": SimpleNamespace(delivers="changes"), "roll": SimpleNamespace(delivers="everything")}


def delivered(feed, on, state="loaded"):
    return Delivered(delivery_id=f"{feed}-{on:%m}", feed=feed, delivered=on, state=state)


def counted(deliveries, as_at):
    return {d.delivery_id for d in assemble.counting(deliveries, FEEDS, as_at=as_at)}


def test_every_delivery_of_changes_counts_and_only_the_newest_of_everything():
    deliveries = [delivered(feed, on) for feed in FEEDS for on in (MARCH, APRIL)]
    assert counted(deliveries, APRIL) == {"notices-03", "notices-04", "roll-04"}


def test_a_delivery_after_the_day_does_not_exist_yet():
    deliveries = [delivered(feed, on) for feed in FEEDS for on in (MARCH, APRIL)]
    assert counted(deliveries, MARCH) == {"notices-03", "roll-03"}


def test_a_withdrawn_delivery_never_counts_and_the_one_before_stands_again():
    deliveries = [delivered("roll", MARCH), delivered("roll", APRIL, "withdrawn")]
    assert counted(deliveries, MAY) == {"roll-03"}


def test_a_delivery_of_a_feed_the_area_no_longer_has_does_not_count():
    assert counted([delivered("gone", MARCH)], MAY) == set()


def test_a_home_is_made_once_and_its_key_never_changes(tmp_path):
    made = home.create(tmp_path / "home", area=home.shipped_area(), is_demonstration=True, on=MARCH)
    key = made.key("linkage")
    again = home.create(tmp_path / "home", area=home.shipped_area(), is_demonstration=True, on=APRIL)
    assert again.key("linkage") == key != again.key("search")
    assert home.open_home(tmp_path / "home").is_demonstration


def test_a_folder_that_was_never_made_a_home_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(home.NoHome, match="kinfold demo"):
        home.open_home(tmp_path)


@pytest.fixture
def a_home(tmp_path):
    return home.create(tmp_path / "home", area=home.shipped_area(), is_demonstration=True, on=MARCH)


def test_a_second_run_is_refused_while_one_is_going_and_not_after(a_home):
    with night.only_one(a_home), pytest.raises(night.AlreadyRunning), night.only_one(a_home):
        pass
    with night.only_one(a_home):
        pass


def test_the_lock_of_a_run_that_was_cut_off_does_not_hold_up_the_next(a_home):
    (a_home.folder / "run.lock").write_text("999999999", encoding="ascii")
    with night.only_one(a_home):
        pass


def test_old_snapshots_lose_their_tables_and_keep_what_they_were_and_the_live_one_stays_whole(a_home):
    for n in range(4):
        folder = a_home.snapshots / f"run-{n}"
        (folder / "rules").mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps({"run_id": folder.name}), encoding="utf-8")
        (folder / "people.parquet").write_bytes(b"rows")
        os.utime(folder / "run.json", (n, n))
    a_home.set_live("run-0")
    assert night.forget_old(a_home, keep=2) == 1
    left = {path.parent.name for path in a_home.snapshots.glob("*/people.parquet")}
    assert left == {"run-0", "run-2", "run-3"}
    assert (a_home.snapshots / "run-1" / "run.json").exists()
    assert (a_home.snapshots / "run-1" / "rules").exists()


def test_what_a_cut_off_run_left_half_written_is_taken_away(a_home):
    (a_home.snapshots / ".run-9.partial").mkdir(parents=True)
    assert night.clear_cut_off(a_home) == 1
    assert not list(a_home.snapshots.iterdir())


RETURNS = {
    "case_system": SimpleNamespace(delivers="changes", people_of=None),
    "census": SimpleNamespace(delivers="changes", people_of="case_system"),
}


def test_a_return_is_settled_by_a_case_system_that_delivered_on_its_day_or_since():
    assert assemble.settled_elsewhere([delivered("census", MARCH), delivered("case_system", MARCH)], RETURNS) == {
        "census"
    }
    assert assemble.settled_elsewhere([delivered("census", APRIL), delivered("case_system", MARCH)], RETURNS) == set()
    assert assemble.settled_elsewhere([delivered("census", APRIL)], RETURNS) == set()


def test_the_same_bytes_again_say_nothing_new_and_the_feed_is_not_silent():
    feeds = {
        "roll": SimpleNamespace(
            label="Roll", agency="education", cadence_days=7, silent_after_days=21, delivers="everything"
        )
    }
    again = Delivered("roll-03", "roll", MARCH, "loaded", heard_again=(APRIL,))
    facts = assemble.feed_facts([again], feeds, as_at=MAY).to_pylist()
    assert [row["last_delivered_on"] for row in facts] == [APRIL]
    before = assemble.feed_facts([again], feeds, as_at=MARCH).to_pylist()
    assert [row["last_delivered_on"] for row in before] == [MARCH]


def test_a_delivery_is_compared_with_those_that_stand_before_it_and_a_withdrawn_one_is_no_measure():
    feeds = {
        "roll": SimpleNamespace(
            label="Roll", agency="education", cadence_days=30, silent_after_days=90, delivers="everything"
        )
    }
    rows = [100, 120, 110, 40]
    came = [
        dataclasses.replace(delivered("roll", datetime.date(2026, month, 1)), rows=n)
        for month, n in enumerate(rows, start=1)
    ]
    withdrawn = dataclasses.replace(delivered("roll", MAY, "withdrawn"), rows=1)
    (now,) = assemble.feed_facts([*came, withdrawn], feeds, as_at=MAY).to_pylist()
    (before,) = assemble.feed_facts([*came, withdrawn], feeds, as_at=MARCH).to_pylist()
    assert (now["last_rows"], now["usual_rows"]) == (40, 110)
    assert (before["last_rows"], before["usual_rows"]) == (110, None)
