"""A withdrawn delivery leaves nothing behind: not in the next run, not in what people read, not in what is covered."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest

from kinfold.feeds import withdrawals

EVERYTHING, CHANGES = "cin_census", "police_missing"


def standing_of(council: Any, feed: str) -> list[dict[str, Any]]:
    """The deliveries of a feed, oldest first."""
    listed = json.loads(council.kinfold("feeds", "list", "--json").stdout)["deliveries"]
    return [one for one in listed if one["feed"] == feed]


def counted(folder: Any) -> set[str]:
    return set(json.loads((folder / "run.json").read_text(encoding="utf-8"))["deliveries"])


@pytest.fixture(scope="module")
def withdrawn(council: Any) -> Iterator[tuple[str, str, str]]:
    """The newest census, the newest police delivery, and the census before; both newest withdrawn and a night run."""
    census, police = standing_of(council, EVERYTHING), standing_of(council, CHANGES)
    taken = [census[-1], police[-1]]
    before = counted(council.live)
    assert {one["delivery_id"] for one in taken} <= before
    for one in taken:
        council.kinfold("feeds", "withdraw", one["delivery_id"], "--reason", "the wrong month")
    council.kinfold("run")
    yield taken[0]["delivery_id"], taken[1]["delivery_id"], census[-2]["delivery_id"]
    # The same bytes again put each back, and the next night finds the council as it was.
    for one in taken:
        files = council.home / "incoming" / one["delivered"]
        folder = next(path for path in files.iterdir() if one["feed"] in path.name)
        said = json.loads(council.kinfold("feeds", "load", folder, "--feed", one["feed"], "--json").stdout)
        assert "count again" in said["deliveries"][0]["message"]
    council.kinfold("run")
    assert {one["delivery_id"] for one in taken} <= counted(council.live)


def mentions(rows: list[dict[str, Any]], delivery_id: str) -> int:
    return sum(delivery_id in map(str, row.values()) for row in rows)


def test_no_row_of_the_next_run_comes_from_it_and_what_it_had_superseded_counts_again(council, withdrawn):
    census, police, superseded = withdrawn
    assert superseded in counted(council.live)
    for path in sorted(council.live.glob("*.parquet")):
        rows = council.rows(path.stem)
        assert (path.stem, mentions(rows, census), mentions(rows, police)) == (path.stem, 0, 0)
    coverage = council.rows("coverage")
    assert mentions(coverage, superseded)


def test_nothing_that_people_read_comes_from_it(council, withdrawn):
    census, police, superseded = withdrawn
    published = council.published()
    assert sum(mentions(rows, superseded) for rows in published.values())
    assert {name for name, rows in published.items() if mentions(rows, census) or mentions(rows, police)} == set()


def test_the_day_before_can_still_be_rebuilt_with_it(council, withdrawn, tmp_path):
    census, police, superseded = withdrawn
    taken_back = withdrawals.of(council.home / "deliveries" / EVERYTHING / census)[-1]
    yesterday = taken_back.on - datetime.timedelta(days=1)
    council.kinfold("run", "--as-at", yesterday, "--rules", "now", "--out", tmp_path / "out", "--json")
    [folder] = (tmp_path / "out").iterdir()
    assert {census, police} <= counted(folder)
    assert superseded not in counted(folder)


def test_withdrawing_again_changes_nothing_and_what_is_not_here_is_refused(council, withdrawn):
    census = withdrawn[0]
    path = council.home / "deliveries" / EVERYTHING / census / "withdrawn.json"
    before = path.read_bytes()
    council.kinfold("feeds", "withdraw", census, "--reason", "again")
    assert path.read_bytes() == before
    said = council.kinfold("feeds", "withdraw", "police-000000000000", "--reason", "not here", code=1).stderr
    assert "no delivery of that number" in said
