"""Files are opened in a process beside ours: what one does to it is told in words, and the next is opened."""

import os
import sys
from pathlib import Path

import psutil
import pytest
from tests.unit.feeds.conftest import COLUMNS, GOOD, ON

from kinfold.feeds import settings
from kinfold.feeds.apart import Apart, Bounds
from kinfold.feeds.readers.received import FileRejected, plain_words

pytestmark = pytest.mark.slow

SMALL = Bounds(memory=400 << 20, seconds=2, seconds_per_mb=0)


@pytest.fixture
def apart(police):
    with Apart(settings.ready(police), bounds=SMALL) as apart:
        yield apart


@pytest.fixture
def good(write):
    return write(f"{COLUMNS}\n{GOOD}\n", "good.csv")


def refusal(apart, path, into):
    with pytest.raises(FileRejected) as why:
        apart.open(path, on=ON, into=into)
    return str(why.value)


def test_what_comes_back_is_whose_it_is_and_rows_written_down(apart, good, tmp_path):
    opened = apart.open(good, on=ON, into=tmp_path / "into")
    [part] = opened.parts
    assert (opened.feed.name, part.part.name, part.rows_in, part.rows_refused) == ("police", "notices", 1, 0)
    assert part.path.is_relative_to(tmp_path / "into")


def test_one_process_opens_them_all(apart, good, tmp_path):
    used = set()
    for n in range(3):
        apart.open(good, on=ON, into=tmp_path / str(n))
        used.add(apart._process.pid)
    assert len(used) == 1


def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_opened(apart, good, write, tmp_path):
    hungry = write("[" + ",".join(['{"a":"b"}'] * 3_000_000) + "]", "hungry.json")
    assert "took more memory to open than a delivery may" in refusal(apart, hungry, tmp_path / "1")
    assert apart.open(good, on=ON, into=tmp_path / "2").parts[0].rows_in == 1


def test_a_file_that_takes_too_long_is_refused_and_the_next_is_opened(police, good, write, tmp_path):
    with Apart(settings.ready(police), bounds=Bounds(seconds=0.5, seconds_per_mb=0)) as apart:
        slow = write("[" + ",".join(['{"a":"b"}'] * 3_000_000) + "]", "slow.json")
        assert "took longer to open than a delivery of its size may" in refusal(apart, slow, tmp_path / "1")
        assert apart.open(good, on=ON, into=tmp_path / "2").parts[0].rows_in == 1


def test_a_process_that_ends_of_itself_refuses_the_file(apart, good, tmp_path):
    apart.open(good, on=ON, into=tmp_path / "1")
    psutil.Process(apart._process.pid).kill()
    psutil.wait_procs([psutil.Process(apart._process.pid)], timeout=10)
    assert apart.open(good, on=ON, into=tmp_path / "2").parts[0].rows_in == 1


def test_keys_and_addresses_stay_here(apart, good, tmp_path, monkeypatch, police):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere")
    with Apart(settings.ready(police)) as another:
        another.open(good, on=ON, into=tmp_path / "into")
        assert "DATABASE_URL" not in psutil.Process(another._process.pid).environ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what another process is bound to")
def test_the_system_bounds_it_too(apart, good, tmp_path):
    apart.open(good, on=ON, into=tmp_path / "into")
    bound = psutil.Process(apart._process.pid)
    assert bound.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    assert SMALL.memory < bound.rlimit(psutil.RLIMIT_AS)[1] < 4 << 30


def test_it_ends_when_who_asked_is_gone(good, tmp_path, police):
    apart = Apart(settings.ready(police))
    apart.open(good, on=ON, into=tmp_path / "into")
    process = apart._process
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
@pytest.mark.parametrize("in_folder", [False, True])
def test_a_link_a_pipe_and_a_device_are_refused_wherever_they_lie(write, place, police, good, tmp_path, in_folder):
    odd = tmp_path / "odd"
    for number, (make, says) in enumerate(
        [
            (lambda path: path.symlink_to(good), "is a link to something else"),
            (os.mkfifo, "is a pipe or a device"),
            (lambda path: path.symlink_to("/dev/zero"), "is a link to something else"),
        ]
    ):
        folder = odd / str(number)
        folder.mkdir(parents=True)
        make(folder / "notices.csv")
        [report] = place.load(folder if in_folder else folder / "notices.csv", feeds=police)
        assert (report.state, says in report.message) == ("refused", True)
    assert place.files() == set()


def test_a_name_cannot_break_or_turn_a_line():
    assert plain_words("no\ntices\u202e.csv\u200b") == "no\ufffdtices\ufffd.csv\ufffd"
    assert plain_words("Déjà vu 2.csv") == "Déjà vu 2.csv"
    assert Path(plain_words("a b")).name == "a b"
