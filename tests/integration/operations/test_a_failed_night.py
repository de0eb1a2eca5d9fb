"""Whatever stops a run, the last snapshot stays live and whole, and the message says where it stopped and why."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3

import pytest

from kinfold.operations.home import shipped_area


@pytest.fixture
def still_whole(council, unchanged):
    """Calls a failing run and checks what every failed run must leave and say. Returns what it said."""

    def fail(**settings):
        live = council.live.name
        said = council.kinfold("run", code=1, **settings)
        unchanged()
        assert f"Snapshot {live} is still live and whole." in said.stderr
        assert "Mend the cause and run `kinfold run` again" in said.stderr
        assert "Traceback" not in said.stderr
        assert list((council.home / "lake" / "snapshots").glob(".*")) == []
        assert not (council.home / "run.lock").exists()
        return said.stderr

    return fail


def test_a_marker_file_that_cannot_be_read_stops_the_run(council, still_whole, tmp_path):
    area = tmp_path / "area"
    shutil.copytree(shipped_area(), area)
    file = min((area / "markers").glob("*.toml"))
    file.write_text(file.read_text(encoding="utf-8").replace("points", "pionts", 1), encoding="utf-8")

    said = still_whole(KINFOLD_AREA=area)

    assert file.name in said
    assert "pionts" in said


def test_a_file_of_the_lake_that_is_damaged_stops_the_run_at_its_step(council, still_whole):
    damaged = max((council.home / "lake" / "mapped").glob("social_care-*/person.parquet"))
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    try:
        # What is damaged is part of what must stay as it was, so the check comes after it is mended.
        said = council.kinfold("run", code=1).stderr
    finally:
        damaged.write_bytes(whole)

    assert "The run stopped at 'Assembling what is known'" in said
    assert f"Snapshot {council.live.name} is still live and whole." in said
    assert list((council.home / "lake" / "snapshots").glob(".*")) == []


def test_a_failed_run_says_so_to_machines_too(council, tmp_path, unchanged):
    area = tmp_path / "area"
    shutil.copytree(shipped_area(), area)
    (area / "priority.toml").write_text("[", encoding="utf-8")

    said = json.loads(council.kinfold("run", "--json", code=1, KINFOLD_AREA=area).stdout)

    assert "priority.toml" in said["refused"]
    unchanged()


def test_a_second_run_at_the_same_time_is_refused(council, unchanged):
    lock = council.home / "run.lock"
    lock.write_text(str(os.getpid()), encoding="ascii")
    try:
        said = council.kinfold("run", code=1).stderr
    finally:
        lock.unlink()

    assert "Another run of this home has not ended" in said
    unchanged()


def test_what_a_run_that_was_cut_off_left_is_taken_away_by_the_next(council, tmp_path):
    """The next run clears it before it works anything out, even when it then fails."""
    area = tmp_path / "area"
    shutil.copytree(shipped_area(), area)
    (area / "timescales.toml").write_text("unheard_of = 1\n", encoding="utf-8")
    left = council.home / "lake" / "snapshots" / ".20200101-abcdef.partial"
    left.mkdir()
    (left / "person.parquet").write_bytes(b"half")
    (council.home / "run.lock").write_text("999999999", encoding="ascii")

    council.kinfold("run", code=1, KINFOLD_AREA=area)

    assert not left.exists()
    assert not (council.home / "run.lock").exists()


def test_a_service_database_that_is_busy_leaves_the_list_of_before_and_nothing_of_the_run(council, unchanged):
    if council.database_url:
        pytest.skip("PostgreSQL has no lock that shuts every writer out.")
    runs = {path.name for path in (council.home / "lake" / "snapshots").iterdir()}
    files = {path.name for path in (council.home / "published").iterdir()}
    busy = sqlite3.connect(council.home / "service.sqlite3", isolation_level=None)
    busy.execute("begin immediate")
    try:
        said = council.kinfold("run", code=1).stderr
    finally:
        busy.close()

    assert "The run was worked out and not published: the service's database refused it" in said
    assert f"Snapshot {council.live.name} is still live and whole." in said
    assert {path.name for path in (council.home / "lake" / "snapshots").iterdir()} == runs
    assert {path.name for path in (council.home / "published").iterdir()} == files
    unchanged()
