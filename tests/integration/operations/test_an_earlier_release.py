"""A home that an earlier release published is loaded again when the service is set up, and is not read until then."""

from __future__ import annotations


def test_the_live_run_is_loaded_again_with_whose_fact_each_row_is(council):
    told = council.script("earlier_release.py")

    assert not told["was_read"]
    assert told["is_the_same_run"]
    assert told["evidence"] == len(council.rows("marker_evidence"))
    assert told["without_whose_it_is"] == 0


def test_every_published_fact_says_whose_it_is_and_every_statement_on_whom_it_rests(council):
    published = council.published()
    for table in ("snapshot_evidence", "snapshot_timeline_entry", "snapshot_involvement"):
        assert published[table]
        assert all(row["about_id"] for row in published[table]), table
    behind: dict[tuple[str, str], set[str]] = {}
    for row in published["snapshot_evidence"]:
        behind.setdefault((row["person_id"], row["marker"]), set()).add(row["about_id"])
    rests = {
        (row["person_id"], row["marker"]): set(row["about_ids"].split()) for row in published["snapshot_statement"]
    }
    said = behind.keys() & rests.keys()  # a marker that only adds to others has evidence and says nothing
    assert said and {key: rests[key] for key in said} == {key: behind[key] for key in said}
    whole = {row["person_id"]: {*row["about_ids"].split(), row["person_id"]} for row in published["snapshot_child"]}
    assert all(people <= whole[child] for (child, _), people in behind.items())
    assert any(len(people) > 1 for people in behind.values())
