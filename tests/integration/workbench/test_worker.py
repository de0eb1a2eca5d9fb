"""The worker beside the server: started with it, started again when it ends, and never left behind."""

import subprocess
import sys
import time

import psutil
import pytest

from kinfold.workbench import worker

ALIVE = "import pathlib, os, sys; pathlib.Path(sys.argv[1]).joinpath(str(os.getpid())).touch(); sys.stdin.read()"
TURNS = 400


def started(folder, at_least):
    """The processes that said they had started, once there are as many."""
    for _ in range(TURNS):
        found = sorted(int(path.name) for path in folder.iterdir())
        if len(found) >= at_least:
            return found
        time.sleep(0.05)
    raise AssertionError("The worker was not started.")


def ended(pid):
    for _ in range(TURNS):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_it_stops_with_the_block_and_is_started_again_when_it_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "SECONDS_BEFORE_ANOTHER", 0)
    with worker.beside([sys.executable, "-c", ALIVE, str(tmp_path)]):
        [first] = started(tmp_path, 1)
        psutil.Process(first).kill()
        both = started(tmp_path, 2)
        assert first in both
    assert all(ended(pid) for pid in both)
    assert len(list(tmp_path.iterdir())) == 2


def test_it_ends_when_the_server_is_killed(tmp_path):
    server = (
        "import sys; from kinfold.workbench import worker\n"
        f"with worker.beside([sys.executable, '-c', {ALIVE!r}, {str(tmp_path)!r}]): sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", server], stdin=subprocess.PIPE)
    [child] = started(tmp_path, 1)
    parent.kill()
    parent.communicate()
    assert ended(child)


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--until-closed",)], ids=["what is there", "until closed"])
def test_what_was_received_is_loaded_by_the_worker_of_the_command_line(words, tmp_path):
    from tests.integration.intake.conftest import AT, MONDAY, NOTICES, csv, make_area, notice

    from kinfold.operations import home as homes
    from kinfold.operations import intake

    home = homes.create(tmp_path / "home", area=make_area(tmp_path), is_demonstration=True, on=MONDAY)
    files = [("notices.csv", [csv(NOTICES, notice("N1"))])]
    receipt = intake.receive(home, files, by="a test", way="api", delivered=MONDAY, at=AT)
    command = [sys.executable, "-m", "kinfold.cli", "work", "--home", str(home.folder), *words]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    for _ in range(TURNS):
        if intake.get(home, receipt.receipt_id).result is not None or process.poll() is not None:
            break
        time.sleep(0.1)
    process.stdin.close()
    assert process.wait() == 0
    # Nobody entered an agreement, so the answer is a refusal: it was read by the worker all the same.
    assert intake.get(home, receipt.receipt_id).state == "refused"
