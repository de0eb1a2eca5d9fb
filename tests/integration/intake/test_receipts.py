"""Whatever comes in is written down first; receiving, checking and loading twice is doing it once."""

import datetime
import json
import os
import subprocess
import sys

import psutil
import pytest
from tests.integration.intake.conftest import AT, MONDAY, NOTICES, ROLL, WEEK, csv, mapped, notice, pupil

from kinfold.operations import home as homes
from kinfold.operations import intake, receipts, retention
from kinfold.store import locks

pytestmark = pytest.mark.slow

GOOD = csv(NOTICES, notice("N1"))
ABOUT = {"by": "a test", "way": "folder", "delivered": MONDAY, "at": AT}
MANY = [("a.csv", [GOOD[:10], GOOD[10:]]), ("b.csv", [csv(ROLL, pupil("P1"))])]


def test_a_receipt_holds_the_bytes_as_they_came(council):
    receipt = intake.receive(council, MANY, **ABOUT)
    assert [path.read_bytes() for path in receipts.paths(council, receipt)] == [GOOD, csv(ROLL, pupil("P1"))]
    assert intake.find(council, receipt.receipt_id) == receipt
    assert (receipt.state, [file.size for file in receipt.files]) == ("received", [len(GOOD), len(MANY[1][1][0])])
    assert mapped(council, "event") == []


def test_loading_makes_a_delivery_of_each_feed_and_doing_it_again_changes_nothing(council):
    receipt = intake.receive(council, MANY, **ABOUT)
    loaded = intake.load(council, receipt.receipt_id, by="a test", at=AT)
    again = intake.load(council, receipt.receipt_id, by="another", at=AT + WEEK)
    assert loaded.state == "loaded"
    assert {report.feed for report in loaded.result.reports} == {"police", "school"}
    assert again == loaded == intake.get(council, receipt.receipt_id)
    assert len(mapped(council, "event")) == 1


def test_checking_says_what_a_load_would_and_keeps_nothing(council):
    receipt = intake.receive(council, [("a.csv", [csv(NOTICES, notice("N1"), notice("N2", "31/02/2025"))])], **ABOUT)
    checked = intake.check(council, receipt.receipt_id, at=AT)
    [report] = checked.result.reports
    assert (checked.state, report.rows_mapped, report.rows_set_aside) == ("checked", 1, 1)
    assert list(council.deliveries.glob("*/*")) == []
    assert intake.load(council, receipt.receipt_id, by="a test", at=AT).state == "loaded"
    assert intake.check(council, receipt.receipt_id, at=AT).state == "loaded"


def test_the_same_key_and_bytes_are_one_receipt_and_other_bytes_are_refused(council):
    first = intake.receive(council, [("a.csv", [GOOD])], key="sent-1", **ABOUT)
    assert intake.receive(council, [("other name.csv", [GOOD])], key="sent-1", **ABOUT) == first
    with pytest.raises(intake.KeyUsedBefore):
        intake.receive(council, [("a.csv", [GOOD + b"x"])], key="sent-1", **ABOUT)
    somebody_else = intake.receive(council, [("a.csv", [GOOD])], key="sent-1", **{**ABOUT, "by": "another"})
    assert len(intake.list_receipts(council)) == 2
    assert somebody_else.receipt_id != first.receipt_id
    assert "sent-1" not in (receipts.folder_of(council, first.receipt_id) / "receipt.json").read_text()


def test_nothing_can_have_been_delivered_on_a_day_to_come(council, take_in):
    take_in(GOOD)
    with pytest.raises(intake.UnableToReceive, match="still to come"):
        intake.receive(council, [("a.csv", [GOOD])], **{**ABOUT, "delivered": MONDAY + WEEK})
    assert len(intake.list_receipts(council)) == 1


def test_a_file_that_breaks_off_leaves_nothing(council):
    def breaks():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(intake.UnableToReceive, match="No space left on device. Nothing was kept"):
        intake.receive(council, [("a.csv", breaks())], **ABOUT)
    assert [path for path in (council.folder / "receipts").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\roll.csv", "roll.csv"),
        ("con.csv", "_con.csv"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("", "file"),
        ("..", "file"),
        ("x" * 300 + ".xlsx", "x" * 95 + ".xlsx"),
    ],
)
def test_no_name_leads_out_of_the_folder(name, kept, council):
    receipt = intake.receive(council, [(name, [GOOD])], **ABOUT)
    assert receipt.files[0].name == kept
    assert receipts.paths(council, receipt)[0].read_bytes() == GOOD


@pytest.mark.parametrize("receipt_id", ["", "../..", "k-", "r-20250602-000000000000", "k-" + "0" * 24])
def test_an_id_that_is_nobodys_is_not_found(receipt_id, council):
    assert intake.find(council, receipt_id) is None
    with pytest.raises(intake.NoSuchReceipt):
        intake.load(council, receipt_id, by="a test", at=AT)


def test_a_refused_receipt_can_be_loaded_again_once_the_cause_is_gone(council, area):
    settings = area / "feeds" / "police.toml"
    right = settings.read_text()
    settings.write_text(right.replace('recognise = ["REF"', 'recognise = ["OTHER"'))
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    with_it = intake.load(council, receipt.receipt_id, by="a test", at=AT)
    assert with_it.state == "refused"
    settings.write_text(right)
    assert intake.load(council, receipt.receipt_id, by="a test", at=AT).state == "loaded"


def test_two_do_not_load_one_receipt_at_once(council):
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    lock = receipts.folder_of(council, receipt.receipt_id) / "lock"
    with locks.held(lock), pytest.raises(intake.BeingWorkedOn):
        intake.load(council, receipt.receipt_id, by="a test", at=AT)
    assert intake.load(council, receipt.receipt_id, by="a test", at=AT).state == "loaded"


def test_what_was_cut_off_is_found_again_and_loaded_once(council):
    cut_off = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    waits = intake.receive(council, [("b.csv", [csv(ROLL, pupil("P1"))])], **{**ABOUT, "way": "workbench"})
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    for left in (f"receipts/.r-1.ab.{dead.stdout.strip()}.partial", f"receipts/.r-2.ab.{os.getpid()}.partial"):
        (council.folder / left / "files").mkdir(parents=True)
    done = intake.recover(council, at=AT)
    assert (done.cleared, done.again, done.failed) == (1, 2, 0)
    assert intake.get(council, cut_off.receipt_id).state == "loaded"
    assert intake.get(council, waits.receipt_id).state == "checked"
    assert intake.recover(council, at=AT).again == 0
    assert (len(mapped(council, "event")), len(mapped(council, "person"))) == (1, 1)


def test_a_load_cut_off_after_its_last_step_is_told_as_the_first(council):
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    loaded = intake.load(council, receipt.receipt_id, by="a test", at=AT)
    (receipts.folder_of(council, receipt.receipt_id) / "result.json").unlink()
    assert intake.recover(council, at=AT).again == 1
    assert intake.get(council, receipt.receipt_id).result.reports == loaded.result.reports


def test_a_file_that_ends_the_process_each_time_is_not_tried_for_ever(council):
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    marker = receipts.folder_of(council, receipt.receipt_id) / "loading.json"
    marker.write_text(json.dumps({"by": "a test", "tries": 3}))
    intake.recover(council, at=AT)
    stopped = intake.get(council, receipt.receipt_id)
    assert stopped.state == "refused"
    assert "stopped 3 times" in stopped.result.reports[0].message
    assert intake.recover(council, at=AT).again == 0


def test_a_stop_nobody_foresaw_is_written_down_and_raised(council, monkeypatch):
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    monkeypatch.setattr("kinfold.feeds.load.load", lambda *_, **__: {}["Okafor"])
    with pytest.raises(KeyError):
        intake.load(council, receipt.receipt_id, by="a test", at=AT)
    stopped = intake.get(council, receipt.receipt_id)
    assert stopped.state == "refused"
    assert "Okafor" not in stopped.result.reports[0].message


@pytest.mark.parametrize("days", [90, 20])
def test_received_bytes_go_after_the_days_the_area_keeps_them_and_the_receipt_stays(council, days):
    area = council.area / "area.toml"
    text = area.read_text(encoding="utf-8")
    area.write_text(text.replace("received_bytes_days   = 90", f"received_bytes_days = {days}"), encoding="utf-8")
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    intake.load(council, receipt.receipt_id, by="a test", at=AT)
    at_last = MONDAY + datetime.timedelta(days=days)
    assert retention.plan(council, on=at_last, stones=[]).received == []
    assert intake.forget_bytes(council, on=at_last) == 0
    after = at_last + datetime.timedelta(days=1)
    assert [one.receipt_id for one in retention.plan(council, on=after, stones=[]).received] == [receipt.receipt_id]
    assert intake.forget_bytes(council, on=after) == 1
    waits = intake.receive(council, [("b.csv", [csv(NOTICES, notice("N2"))])], **ABOUT)
    assert intake.forget_bytes(council, on=MONDAY + datetime.timedelta(days=900)) == 0
    assert receipts.paths(council, waits)
    kept = intake.get(council, receipt.receipt_id)
    assert receipts.paths(council, kept) == []
    assert (kept.state, kept.files) == ("loaded", receipt.files)


def test_the_nightly_recovery_removes_examples_of_mappings_after_seven_days(council):
    made = intake.receive(council, [("a.csv", [GOOD])], **{**ABOUT, "way": "mapping"})
    assert intake.recover(council, at=AT + datetime.timedelta(days=7)).forgotten == 0
    assert intake.recover(council, at=AT + datetime.timedelta(days=8)).forgotten == 1
    assert receipts.paths(council, intake.get(council, made.receipt_id)) == []


def test_every_state_is_told(council, take_in):
    take_in(csv(ROLL, pupil("P1")), on=MONDAY)
    newest = take_in(csv(ROLL, pupil("P1"), pupil("P2")), on=MONDAY + WEEK).result.reports[0]
    take_in(GOOD)
    take_in(b"nobody,knows\n1,2\n")
    intake.receive(council, [("a.csv", [csv(NOTICES, notice("N9"))])], **ABOUT)
    checked = intake.receive(council, [("a.csv", [csv(NOTICES, notice("N8"))])], **{**ABOUT, "way": "workbench"})
    intake.check(council, checked.receipt_id, at=AT)
    told = intake.states(council)
    assert sorted((one.state, one.feed) for one in told if one.feed) == [
        ("checked", "police"),
        ("loaded", "police"),
        ("loaded", "school"),
        ("superseded", "school"),
    ]
    assert sorted(one.state for one in told if not one.feed) == ["received", "refused"]
    superseded = next(one for one in told if one.state == "superseded")
    assert (superseded.superseded_by, superseded.rows_in) == (newest.delivery_id, 1)
    assert told[0].delivery_id == newest.delivery_id


def whole_roll(nth, count):
    return csv(ROLL, *(pupil(f"P{n}", f"0{nth + 1}/04/2015") for n in range(count)))


@pytest.fixture
def few(council, take_in):
    """The receipt of a roll with 3 pupils, where 40 came each week before."""
    for nth in range(3):
        take_in(whole_roll(nth, 40), on=MONDAY + nth * WEEK)
    about = {**ABOUT, "way": "workbench", "delivered": MONDAY + 3 * WEEK, "at": AT + 3 * WEEK}
    return intake.receive(council, [("roll.csv", [whole_roll(3, 3)])], **about)


def test_checking_says_before_loading_that_hardly_any_rows_came(council, few):
    checked = intake.check(council, few.receipt_id, at=AT)
    [report] = checked.result.reports
    assert (checked.state, [one.code for one in report.problems]) == ("refused", ["hardly_any_rows"])
    assert intake.may_be_forced(checked, intake.feeds_for(council, at=AT))


def test_hardly_any_rows_are_loaded_for_a_reason_which_stays_with_them(council, few):
    refused = intake.load(council, few.receipt_id, by="a test", at=AT)
    assert refused.state == "refused"
    loaded = intake.load(council, few.receipt_id, by="a test", at=AT, forced="Two schools closed.")
    [report] = loaded.result.reports
    assert (report.state, report.forced, report.rows_mapped) == ("loaded", "Two schools closed.", 3)


def test_the_reason_outlives_a_load_that_is_cut_off(council, few):
    marker = receipts.folder_of(council, few.receipt_id) / receipts.LOADING
    marker.write_text(json.dumps({"by": "a test", "tries": 1, "forced": "Two schools closed."}))
    assert intake.recover(council, at=AT).again == 1
    assert intake.get(council, few.receipt_id).result.reports[0].forced == "Two schools closed."


@pytest.mark.parametrize(("since_it_started", "state"), [(0, "refused"), (3_600, "loaded")])
def test_what_stopped_three_times_is_refused_unless_the_machine_itself_went_down(council, since_it_started, state):
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    marker = receipts.folder_of(council, receipt.receipt_id) / receipts.LOADING
    started = psutil.boot_time() - since_it_started
    marker.write_text(json.dumps({"by": "a test", "tries": 3, "started": started}))
    assert intake.load(council, receipt.receipt_id, by="a test", at=AT).state == state
    again = intake.load(council, receipt.receipt_id, by="a test", at=AT)
    assert again.state == "loaded"  # somebody asked again, knowing what happened


def test_whoever_stops_a_load_does_not_count_against_its_files(council, monkeypatch):
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)

    def stopped(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(intake.loading, "load", stopped)
        for _ in range(5):
            with pytest.raises(KeyboardInterrupt):
                intake.load(council, receipt.receipt_id, by="a test", at=AT)
    assert intake.recover(council, at=AT).again == 1
    assert intake.get(council, receipt.receipt_id).state == "loaded"


def test_a_correction_is_not_held_against_how_many_rows_usually_come(council, few):
    first = intake.list_receipts(council)[0].result.reports[0].delivery_id
    about = {**ABOUT, "delivered": MONDAY + 3 * WEEK, "at": AT + 3 * WEEK, "corrects": first}
    receipt = intake.receive(council, [("roll.csv", [whole_roll(3, 2)])], **about)
    assert intake.check(council, receipt.receipt_id, at=AT).state == "checked"


@pytest.mark.parametrize("wrong", [csv("WHAT,IS", "1,2"), csv(ROLL)])
def test_what_is_refused_for_anything_else_cannot_be_forced(council, wrong):
    receipt = intake.receive(council, [("a.csv", [wrong])], **ABOUT)
    refused = intake.load(council, receipt.receipt_id, by="a test", at=AT, forced="I want it.")
    assert refused.state == "refused"
    assert not intake.may_be_forced(refused, intake.feeds_for(council, at=AT))


def test_the_command_line_loads_them_for_a_reason_too(council, few, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from kinfold import cli

    monkeypatch.delenv("DATABASE_URL", raising=False)
    path = tmp_path / "roll.csv"
    path.write_bytes(whole_roll(3, 3))

    def kinfold(*words):
        done = CliRunner().invoke(cli.main, ["feeds", *words, str(path), "--home", str(council.folder), "--json"])
        [report] = json.loads(done.stdout)["deliveries"]
        return done.exit_code, report["state"], [one["code"] for one in report["problems"]]

    assert kinfold("check") == (1, "refused", ["hardly_any_rows"])
    assert kinfold("load") == (1, "refused", ["hardly_any_rows"])
    assert kinfold("load", "--force", "Two schools closed.") == (0, "loaded", ["hardly_any_rows"])


def test_the_command_line_says_what_came_of_a_delivery_and_writes_it_down(council, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from kinfold import cli
    from kinfold.governance.models import AuditEntry

    monkeypatch.delenv("DATABASE_URL", raising=False)

    def kinfold(*words):
        return CliRunner().invoke(cli.main, ["feeds", *words, "--home", str(council.folder)])

    path = tmp_path / "sent.csv"
    path.write_bytes(csv(NOTICES, notice("N1", "31/02/2025")))
    refused = kinfold("load", str(path))
    assert refused.exit_code == 1
    assert "Police notices was not loaded: not one of its 1 rows can be used." in refused.stdout
    assert "Ask Saltmarsh Police" in refused.stdout

    path.write_bytes(csv(NOTICES, notice("N1", "31/02/2025"), notice("N2")))
    assert "loaded before" not in kinfold("load", str(path)).stdout
    assert "these files were loaded before" in kinfold("load", str(path)).stdout
    [delivery] = [one.delivery_id for one in intake.states(council) if one.state == "loaded"][:1]
    out = tmp_path / "back.csv"
    kinfold("set-aside", delivery)
    assert not AuditEntry.objects.filter(action="delivery.exported").exists()
    assert kinfold("set-aside", delivery, "--out", str(out)).exit_code == 0
    assert out.exists()
    assert AuditEntry.objects.filter(action="delivery.received").count() == 3
    written = AuditEntry.objects.get(action="delivery.exported")
    assert written.detail == {"delivery": delivery, "rows": 1, "way": "command_line"}


def test_the_list_says_what_is_withdrawn_and_what_is_superseded(council, take_in, monkeypatch):
    from click.testing import CliRunner

    from kinfold import cli

    monkeypatch.delenv("DATABASE_URL", raising=False)
    for nth in range(3):
        take_in(whole_roll(nth, 4), on=MONDAY + nth * WEEK)
    [newest] = [one.delivery_id for one in intake.states(council) if one.state == "loaded"]
    intake.withdraw(council, newest, by="a test", at=AT + 3 * WEEK, reason="the wrong month")
    listed = CliRunner().invoke(cli.main, ["feeds", "list", "--json", "--home", str(council.folder)])
    states = [one["state"] for one in json.loads(listed.stdout)["deliveries"]]
    assert states == ["superseded", "loaded", "withdrawn"]


def test_what_no_agreement_lets_in_waits_a_week_for_one_and_then_goes(tmp_path, area, db):
    council = homes.create(tmp_path / "home", area=area, is_demonstration=True, on=MONDAY)
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    refused = intake.load(council, receipt.receipt_id, by="a test", at=AT)
    assert [one.code for one in refused.result.reports[0].problems] == ["not_agreed"]
    assert intake.forget_bytes(council, on=MONDAY + datetime.timedelta(days=7)) == 0
    assert intake.forget_bytes(council, on=MONDAY + datetime.timedelta(days=8)) == 1
    with pytest.raises(intake.UnableToTakeIn, match="after 7 days"):
        intake.load(council, receipt.receipt_id, by="a test", at=AT)


def test_what_comes_after_its_agreement_was_ended_is_not_kept_at_all(council, person):
    from kinfold.governance.agreements import actions

    lead = person("governance_lead")
    actions.end(feed="police", by=lead, role="governance_lead", at=AT, due_on=MONDAY, reason="It is over.")
    receipt = intake.receive(council, [("a.csv", [GOOD])], **ABOUT)
    refused = intake.load(council, receipt.receipt_id, by="a test", at=AT + WEEK)
    assert refused.state == "refused"
    assert receipts.paths(council, refused) == []
