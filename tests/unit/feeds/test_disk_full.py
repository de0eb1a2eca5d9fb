"""A disk that is full refuses the files in words, at whatever moment it fills, and what was there stays."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
from tests.unit.feeds.conftest import COLUMNS, GOOD, ON, Place

from kinfold.feeds import keeping
from kinfold.feeds.check import check

pytestmark = pytest.mark.slow

LARGE = f"{COLUMNS}\n" + "".join(f"{os.urandom(60).hex()},{GOOD.partition(',')[2]}\n" for _ in range(20_000))


@pytest.fixture
def small_disk(tmp_path: Path):
    """A real file system of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
        )
    except OSError:
        pytest.skip("this machine mounts nothing")
    if made.returncode:
        pytest.skip("this account may not mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_real_disk_that_fills_refuses_and_the_next_delivery_is_loaded(small_disk, write, police):
    place = Place(small_disk / "home")
    place.load(write(f"{COLUMNS}\n{GOOD}\n"), feeds=police)
    before = place.files()
    [report] = place.load(write(LARGE, "large.csv"), feeds=police)
    assert (report.state, [one.code for one in report.problems]) == ("refused", ["no_room"])
    assert "The disk that holds the live data is full. Make room on it" in report.message
    assert place.files() == before
    [after] = place.load(write(f"{COLUMNS}\n{GOOD.replace('N1', 'N2')}\n", "small.csv"), feeds=police)
    assert after.state == "loaded"


@pytest.mark.parametrize("step", ["_flush", "_moved"])
def test_a_disk_that_fills_at_the_last_moment_refuses_too(step, write, place, police, monkeypatch):
    path = write(f"{COLUMNS}\n{GOOD}\n")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(keeping, step, full)
        [report] = place.load(path, feeds=police)
    assert (report.state, place.files()) == ("refused", set())
    assert place.load(path, feeds=police)[0].state == "loaded"


def test_checking_says_so_too(write, police, monkeypatch):
    path = write(f"{COLUMNS}\n{GOOD}\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("kinfold.feeds.shares.map_deliveries", full)
    [report] = check([path], police, on=ON)
    assert report.message.startswith("These files were not checked. The disk that holds the live data is full.")
