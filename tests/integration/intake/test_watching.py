"""Files dropped into a folder are taken when they are whole, once, and moved aside with a report."""

import signal
import subprocess
import sys

import pytest
from tests.integration.intake.conftest import AT, MONDAY, NOTICES, ROLL, csv, make_area, mapped, notice, pupil

from kinfold.operations import home as homes
from kinfold.operations import intake, watching

GOOD = csv(NOTICES, notice("N1"), notice("N2", "31/02/2025"))
LONG, AT_ONCE = 3600.0, 0.0


@pytest.fixture
def drop(tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def looked(council, folder, *, still=AT_ONCE):
    with watching.watching(council, folder, still=still) as watch:
        return watch.look(at=AT)


def left(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_whole_file_is_taken_and_its_report_says_what_is_wrong_without_a_cell(council, drop):
    (drop / "a.csv").write_bytes(GOOD)
    [taken] = looked(council, drop)
    assert (taken.state, taken.names, left(drop)) == ("loaded", ("a.csv",), ["taken"])
    report = (taken.into / "report.txt").read_text()
    assert "DAY is not a date that can be read, in 1 row (first: row 2)" in report
    assert "Row 1 is the first row under the names of the columns." in report
    assert "Okafor" not in report
    assert (taken.into / "a.csv").read_bytes() == GOOD
    [receipt] = intake.list_receipts(council)
    assert (receipt.way, receipt.by, receipt.delivered) == ("folder", "the folder drop", MONDAY)
    assert looked(council, drop) == []


@pytest.mark.parametrize("name", ["a.csv.part", "a.tmp", ".a.csv", "a.filepart"])
def test_what_is_on_its_way_is_left_alone(name, council, drop):
    (drop / name).write_bytes(GOOD)
    assert looked(council, drop) == []
    assert (drop / name).exists()


def test_a_file_that_still_changes_waits_and_one_marked_done_does_not(council, drop):
    (drop / "a.csv").write_bytes(GOOD)
    with watching.watching(council, drop, still=LONG) as watch:
        assert watch.look(at=AT) == []
        (drop / "b.csv").write_bytes(csv(ROLL, pupil("P1")))
        for name in ("a.csv.done", "b.csv.done"):
            (drop / name).touch()
        [taken] = watch.look(at=AT)
    assert taken.names == ("a.csv", "b.csv")
    assert left(drop) == ["taken"]


def test_half_a_delivery_waits_for_the_rest_of_its_folder(council, drop):
    (drop / "a.csv").write_bytes(GOOD)
    (drop / "a.csv.done").touch()
    (drop / "b.csv").write_bytes(b"on its way")
    assert looked(council, drop, still=LONG) == []


def test_a_folder_named_after_a_feed_holds_that_feed(council, drop):
    (drop / "school").mkdir()
    (drop / "school" / "a.csv").write_bytes(GOOD)
    (drop / "elsewhere").mkdir()
    (drop / "elsewhere" / "b.csv").write_bytes(GOOD)
    [taken] = looked(council, drop)
    assert taken.state == "refused"
    assert left(drop) == ["elsewhere", "refused", "school"]
    assert "not recognised" in (taken.into / "report.txt").read_text()
    assert (drop / "elsewhere" / "b.csv").exists()


def test_a_link_is_never_followed(council, drop, tmp_path):
    secret = tmp_path / "elsewhere.csv"
    secret.write_bytes(GOOD)
    (drop / "a.csv").symlink_to(secret)
    assert looked(council, drop) == []
    assert intake.list_receipts(council) == []


@pytest.mark.parametrize("cut_at", ["receive", "load", "move"])
def test_whenever_it_is_cut_off_it_goes_on_and_takes_nothing_twice(cut_at, council, drop, monkeypatch):
    def ends(*_, **__):
        raise KeyboardInterrupt

    (drop / "a.csv").write_bytes(GOOD)
    with monkeypatch.context() as cut:
        if cut_at == "move":
            cut.setattr(watching.Watch, "_moved", ends)
        else:
            cut.setattr(intake, cut_at, ends)
        with pytest.raises(KeyboardInterrupt):
            looked(council, drop)
    [taken] = looked(council, drop)
    assert (taken.state, left(drop)) == ("loaded", ["taken"])
    assert len(intake.list_receipts(council)) == len(mapped(council, "event")) == 1
    assert not list((drop / ".taking").glob("*-*"))


def test_a_folder_is_watched_by_one_alone(council, drop):
    with watching.watching(council, drop, still=0), pytest.raises(watching.UnableToWatch, match="Another watch"):
        looked(council, drop)
    with pytest.raises(watching.UnableToWatch, match="no such folder"):
        looked(council, drop / "nowhere")


def test_what_was_taken_goes_after_ninety_days(council, drop):
    (drop / "a.csv").write_bytes(GOOD)
    [taken] = looked(council, drop)
    with watching.watching(council, drop, still=0) as watch:
        moment = taken.into.stat().st_mtime
        day = 86_400
        assert watch.clear_old(at=AT.fromtimestamp(moment + 90 * day - 1, AT.tzinfo)) == 0
        assert watch.clear_old(at=AT.fromtimestamp(moment + 90 * day + 1, AT.tzinfo)) == 1
    assert left(drop / "taken") == []


@pytest.mark.slow
def test_the_command_takes_what_is_whole_and_ends_on_ctrl_c(tmp_path, drop):
    home = homes.create(tmp_path / "home", area=make_area(tmp_path), is_demonstration=True, on=MONDAY)
    command = [sys.executable, "-m", "kinfold.cli", "feeds", "watch", str(drop), "--home", str(home.folder)]
    (drop / "a.csv").write_bytes(GOOD)
    once = subprocess.run([*command, "--once", "--still", "0.1"], capture_output=True, text=True)
    # Nobody entered an agreement: refused, which a scheduler sees by the exit.
    assert (once.returncode, left(drop)) == (1, ["refused"])
    assert "Okafor" not in once.stdout + once.stderr
    watching_it = subprocess.Popen([*command, "--still", "0", "--every", "0.1"], stdout=subprocess.PIPE, text=True)
    assert "Watching drop" in watching_it.stdout.readline()
    watching_it.send_signal(signal.SIGINT)
    said, _ = watching_it.communicate(timeout=60)
    assert (watching_it.returncode, "Nothing is half taken" in said) == (0, True)
