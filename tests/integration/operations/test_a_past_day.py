"""A past day is rebuilt from what had been delivered by then, into a folder of its own, and never published."""

from __future__ import annotations

import datetime
import json

import pytest


@pytest.fixture(scope="module")
def day(council):
    """A day before the newest half-year of deliveries."""
    made = json.loads((council.home / "demonstration.json").read_text(encoding="utf-8"))
    return datetime.date.fromisoformat(made["as_at"]) - datetime.timedelta(days=200)


@pytest.fixture(scope="module")
def rebuilt(council, day, tmp_path_factory):
    """What the command printed, and what stood before and after it."""
    before = council.standing()
    out = tmp_path_factory.mktemp("past") / "out"
    said = json.loads(council.kinfold("run", "--as-at", day, "--rules", "now", "--out", out, "--json").stdout)
    return said, out / f"rebuilt-{day:%Y%m%d}", before, council.standing()


def test_it_is_worked_out_whole_and_published_nowhere(council, rebuilt, day):
    said, folder, before, after = rebuilt

    assert (said["as_at"], said["published"]) == (day.isoformat(), False)
    assert after == before
    assert len(council.rows("priority_child", folder)) > 200
    assert {path.name for path in council.live.glob("*.parquet")} == {path.name for path in folder.glob("*.parquet")}


def test_nothing_delivered_or_done_later_is_known_in_it(council, rebuilt, day):
    _, folder, _, _ = rebuilt
    delivered = {
        manifest["delivery_id"]: datetime.date.fromisoformat(manifest["delivered"])
        for path in (council.home / "deliveries").glob("*/*/manifest.json")
        for manifest in [json.loads(path.read_text(encoding="utf-8"))]
    }
    counted = json.loads((folder / "run.json").read_text(encoding="utf-8"))["deliveries"]

    assert max(delivered.values()) > day
    assert max(delivered[one] for one in counted) <= day
    for path in folder.glob("*.parquet"):
        for row in council.rows(path.stem, folder):
            assert row.get("known_from") is None or row["known_from"] <= day
            assert row.get("delivery_id") is None or row["delivery_id"] in counted


def test_a_day_whose_rules_are_not_kept_is_refused(council, day, tmp_path, unchanged):
    said = council.kinfold("run", "--as-at", day, "--rules", "then", "--out", tmp_path / "out", code=1).stderr

    assert "the rules of that day are not known" in said
    assert "--rules now" in said
    unchanged()


def test_a_day_without_a_folder_to_put_it_in_is_wrong_usage(council, day):
    council.kinfold("run", "--as-at", day, code=2)
