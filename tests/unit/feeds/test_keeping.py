"""Whatever a load that was cut off left behind goes at the next, and what another is working on stays."""

import json
import shutil

import pytest
from tests.unit.feeds.conftest import COLUMNS, GOOD, Place

from kinfold.feeds import keeping
from kinfold.feeds.load import clear_leftovers
from kinfold.store import locks


def test_nothing_is_left_of_a_load_but_what_it_kept(write, place, police):
    place.load(write(f"{COLUMNS}\n{GOOD}\n"), feeds=police)
    assert [path.name for path in (place.home / ".writing").iterdir()] == ["lock"]


def test_a_load_that_was_cut_off_is_cleared_and_one_that_goes_on_is_not(place):
    with keeping.writing(place.home) as going_on:
        cut_off = place.home / ".writing" / "cut-off"
        (cut_off / "deliveries").mkdir(parents=True)
        assert clear_leftovers(place.home) == 1
        assert not cut_off.exists()
        assert going_on.folder.exists()
    assert not going_on.folder.exists()


def test_rows_whose_delivery_was_never_put_in_its_place_are_cleared_and_others_stay(write, place, police):
    [report] = place.load(write(f"{COLUMNS}\n{GOOD}\n"), feeds=police)
    mapped = place.home / "lake" / "mapped"
    shutil.copytree(mapped / report.delivery_id, mapped / "police-000000000000")
    assert clear_leftovers(place.home) == 1
    assert [path.name for path in mapped.iterdir()] == [report.delivery_id]


def test_a_home_without_loads_has_nothing_to_clear(place):
    assert clear_leftovers(place.home) == 0
    assert not place.home.exists()


def test_of_two_loads_of_the_same_bytes_the_second_changes_nothing(write, place, police, tmp_path):
    path = write(f"{COLUMNS}\n{GOOD}\n")
    [first] = place.load(path, feeds=police)
    before, manifest = place.files(), place.manifest()
    other = Place(tmp_path / "other")
    other.load(path, feeds=police)
    # What the other built meanwhile, offered once the first was there.
    with keeping.writing(place.home) as writing:
        folders = writing.folders_of(first.delivery_id)
        (folders.delivery / "manifest.json").write_text(json.dumps({"state": "other"}), encoding="utf-8")
        assert keeping.keep(place.home, [keeping.Built("police", first.delivery_id, folders)]) == [False]
    assert (place.files(), place.manifest()) == (before, manifest)


def test_a_lock_is_held_by_one_and_given_back(tmp_path):
    with locks.held(tmp_path / "lock"), pytest.raises(locks.Held), locks.held(tmp_path / "lock"):
        pass
    with locks.held(tmp_path / "lock"):
        pass
