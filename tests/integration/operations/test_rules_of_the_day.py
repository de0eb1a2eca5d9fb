"""Each night goes by the rules of its day and says which; every past list is rebuilt by them, row for row."""

from __future__ import annotations

import dataclasses
import shutil

import pytest


@pytest.fixture(scope="module")
def changed(council, tmp_path_factory):
    """What three nights said, the rules changed twice between them, on a copy of the council."""
    if council.database_url:
        pytest.skip("a copy of the home is on SQLite")
    home = tmp_path_factory.mktemp("rules") / "home"
    shutil.copytree(council.home, home)
    return dataclasses.replace(council, home=home).script("rules_change.py")


def test_each_nights_manifest_carries_the_set_that_was_live(changed):
    sets = [night["rule_set"] for night in changed["nights"]]
    assert [one["version"] for one in sets] == [None, 1, 2]
    assert [one["from"] for one in sets] == ["area folder", "register", "register"]
    assert len({one["hash"] for one in sets}) == 3


def test_every_past_list_is_rebuilt_under_the_rules_of_its_day_row_for_row(changed):
    for night, again in zip(changed["nights"], changed["rebuilt"], strict=True):
        assert again["rule_set"] == night["rule_set"]
        assert all(again["rows"].values())
        assert again["differ"] == []


def test_a_what_if_moves_the_children_that_a_run_by_the_same_rules_moves(changed):
    for one in changed["tried"]:
        assert one["tried"] == one["ran"] != []
    assert changed["tried"][0]["asked_again"] == []
    assert "domestic_abuse_at_home" in changed["tried"][1]["asked_again"]
