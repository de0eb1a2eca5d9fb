"""A snapshot is loaded apart, shown at one moment, and never a mixture of two."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import connection
from tests import postgres
from tests.integration import snapshot

from kinfold.record import actions, loading, published, tables
from kinfold.record.models import Publication
from kinfold.record.snapshot import file_of, folder, is_apart, live

UNDER_LOAD = Path(__file__).with_name("under_load.py")
AT = datetime.datetime(2026, 3, 3, 7, tzinfo=datetime.UTC)


def children(count: int) -> pa.Table:
    return pa.table({"person_id": [f"C{n}" for n in range(count)], "surname": ["Marlowe"] * count})


@pytest.fixture
def emptied(db):
    yield
    snapshot.let_all_go()


def test_what_is_loaded_is_what_is_read(emptied):
    made = snapshot.publish({published.Child: children(3)})

    rows = made.of(published.Child).order_by("id")
    assert [(row.id, row.person_id, row.forename, row.birth_on, row.is_acute) for row in rows] == [
        (1, "C0", "", None, False),
        (2, "C1", "", None, False),
        (3, "C2", "", None, False),
    ]
    assert Publication.objects.get(is_live=True).tables["child"] == 3


def test_empty_text_and_nothing_given_are_both_no_text_and_odd_letters_survive(emptied):
    odd = 'a "quoted", \\ line\nnew – Łódź'
    made = snapshot.publish({published.Child: [{"person_id": "C1", "why": odd, "forename": None, "surname": ""}]})
    child = made.of(published.Child).get()
    assert (child.why, child.forename, child.surname) == (odd, "", "")


def test_a_column_that_is_not_the_tables_is_refused_and_what_is_live_stays(emptied):
    before = snapshot.publish({published.Child: children(1)})

    with pytest.raises(loading.UnableToPublish, match="child has no column colour"), loading.begin("next") as load:
        load.load(published.Child, [{"person_id": "C1", "colour": "red"}])

    assert live() == before
    assert before.of(published.Child).count() == 1
    assert_nothing_left_of("next")


def test_a_value_of_another_type_is_refused_without_saying_the_value(emptied):
    with pytest.raises(loading.UnableToPublish) as refusal, loading.begin("next") as load:
        load.load(published.Child, pa.table({"person_id": ["C1"], "birth_on": ["not a day"]}))
    assert "not a day" not in str(refusal.value)
    assert "child.birth_on" in str(refusal.value)


def test_a_load_cut_off_leaves_nothing_to_read_and_the_next_one_succeeds(emptied):
    loading.begin("2026-03-03-cut").load(published.Child, children(2))  # and the plug is pulled
    assert live() is None

    made = snapshot.publish({published.Child: children(5)}, run_id="2026-03-03-cut")
    assert made.of(published.Child).count() == 5


def test_a_published_run_is_never_loaded_again(emptied):
    made = snapshot.publish({published.Child: children(1)})
    with pytest.raises(loading.UnableToPublish, match="published already"):
        loading.begin(made.run_id)


def test_an_empty_run_never_replaces_a_full_list(emptied):
    before = snapshot.publish({published.Child: children(2)})
    with pytest.raises(actions.UnableToGoLive, match=r"the list of 3 March 2026 has 2"):
        snapshot.publish({}, run_id="empty")
    assert live() == before
    loading.forget("empty")


def test_only_the_newest_snapshots_and_the_live_one_are_kept(emptied):
    made = [snapshot.publish({published.Child: children(n)}, at=AT + datetime.timedelta(hours=n)) for n in range(1, 6)]

    assert actions.forget_old(keep=3) == 2

    assert [run.run_id for run in made[2:]] == list(
        Publication.objects.order_by("published_at").values_list("run_id", flat=True)
    )
    assert live() == made[-1]
    assert made[2].of(published.Child).count() == 3
    assert_nothing_left_of(made[0].run_id)


def assert_nothing_left_of(run_id: str) -> None:
    if is_apart():
        assert not file_of(run_id).exists()
        assert not list(folder().glob("*.loading"))
    else:
        with connection.cursor() as cursor:
            assert tables.partition_of(published.Child, run_id) not in connection.introspection.table_names(cursor)


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_reader_during_a_publish_sees_one_list_whole_and_looks_are_not_held_up(tmp_path, database):
    """One process publishes 300,000 rows; another meanwhile reads and writes audit rows, as pages do."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"KINFOLD_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "kinfold.web.settings"}
    if database == "postgres":
        environment["DATABASE_URL"] = postgres.database("kf_under_load").url("kf_under_load")

    ran = subprocess.run([sys.executable, str(UNDER_LOAD)], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)

    assert told["counts_seen"] == [[10, 10]], "the old list, whole, until the pointer moved"
    assert told["counts_after"] == [150_000, 150_000]
    assert told["counts_of_old_list_after"] == [10, 10], "a page that began on the old list ends on it"
    assert told["forgotten"] == 1
    assert told["looks"] >= 5
    assert told["longest_wait_as_share_of_publishing"] < 0.5, "no audit row waits until a snapshot is there"
