"""A night takes what was delivered and decided, and publishes one whole snapshot that leads back to both."""

from __future__ import annotations

import json

LISTS = {"act_today", "this_week", "waiting"}


def test_a_night_publishes_one_snapshot_with_its_lists(council):
    published = council.published()

    assert council.pointer() == council.live.name
    assert len(published["snapshot_child"]) == len(council.rows("priority_child")) > 250
    assert len(published["snapshot_worklist_row"]) == len(council.rows("worklist_row")) > 20
    assert {row["list_group"] for row in published["snapshot_worklist_row"]} == LISTS
    assert all(row["why"] for row in published["snapshot_worklist_row"])
    assert {row["run_id"] for rows in published.values() for row in rows} == {council.live.name}


def test_what_is_published_leads_back_to_a_line_of_a_file(council):
    evidence = council.published()["snapshot_evidence"]
    landed = {path.name for path in (council.home / "deliveries").glob("*/*")}

    assert evidence
    assert {row["delivery_id"] for row in evidence} <= landed
    assert all(row["row_number"] >= 1 and row["feed_label"] for row in evidence)


def test_the_next_night_knows_the_same_people_and_what_was_decided_about_a_row(council):
    before = {row["person_key"]: row["person_id"] for row in council.rows("link")}
    earlier = council.live
    put_off = council.script("put_off.py")

    said = json.loads(council.kinfold("run", "--json").stdout)

    assert said["published"] is True
    assert council.live != earlier
    assert council.live.name == council.pointer() == said["run_id"]
    assert {row["person_key"]: row["person_id"] for row in council.rows("link")} == before
    decided = [row for row in council.published()["snapshot_worklist_row"] if row["row_key"] == put_off["row_key"]]
    assert [(row["list_group"], row["changed"][:14]) for row in decided] == [("waiting", "Deferred until")]


def test_a_run_leaves_no_half_written_folder_and_no_lock(council):
    assert list((council.home / "lake" / "snapshots").glob(".*")) == []
    assert not (council.home / "run.lock").exists()
    if council.database_url is None:
        assert {path.suffix for path in (council.home / "published").iterdir()} == {".sqlite3"}
