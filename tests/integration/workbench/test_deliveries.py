"""The data engineer's pages: how feeds stand, an upload from receipt to delivery, and taking one back."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.utils import CaptureQueriesContext
from tests.integration.intake.conftest import AT, MONDAY, NOTICES, ROLL, WEEK, csv, notice, pupil
from tests.integration.workbench.conftest import ROOT, text

from kinfold.feeds.load import load
from kinfold.governance.models import AuditEntry
from kinfold.operations import intake
from kinfold.workbench.deliveries.models import Message

pytestmark = pytest.mark.slow

DIRTY = csv(NOTICES, notice("N1"), notice("N2", grade="Dreadful"), notice("N3", day="31/02/2025"), notice("N4"))
EVERY_PAGE = (
    "", "upload/", "feeds/police/", "receipts/{receipt}/", "receipts/{receipt}/progress/", "{delivery}/",
    "{delivery}/changes/", "{delivery}/withdraw/", "{delivery}/set-aside/",
)  # fmt: skip
EVERY_FORM = (
    "upload/", "receipts/{receipt}/load/", "receipts/{receipt}/check/", "{delivery}/withdraw/", "{delivery}/messages/",
    "{delivery}/set-aside/reveal/", "{delivery}/set-aside/export/",
)  # fmt: skip


@pytest.fixture
def dirty(take_in):
    """A loaded delivery of four notices, two of which were set aside."""
    return take_in(DIRTY)


def number_of(receipt) -> str:
    return receipt.result.reports[0].delivery_id


def page_of(receipt) -> str:
    return f"{ROOT}{number_of(receipt)}/"


@pytest.mark.parametrize(
    "role", ["social_worker", "team_manager", "screener", "outreach_worker", "partner_worker", "governance_lead"]
)
def test_to_who_does_not_run_feeds_no_page_is_there_and_nothing_changes(served, dirty, person, signed_in, role):
    client = signed_in(person(role))
    places = {"receipt": dirty.receipt_id, "delivery": number_of(dirty)}
    nowhere = client.get("/no/such/page/")
    for path in EVERY_PAGE:
        answer = client.get(ROOT + path.format(**places))
        assert (answer.status_code, answer.content) == (404, nowhere.content), path
    for path in EVERY_FORM:
        answer = client.post(ROOT + path.format(**places), {"reason": "because I can", "text": "x", "kind": "note"})
        assert answer.status_code == 404, path
    assert not Message.objects.exists()
    assert [one.state for one in intake.states(served)] == ["loaded"]


def test_not_a_byte_is_written_of_what_somebody_else_uploads(served, person, signed_in, monkeypatch):
    def written(*_):
        raise AssertionError("the body was read")

    monkeypatch.setattr("kinfold.workbench.deliveries.uploads.TemporaryFileUploadHandler", written)
    client = signed_in(person("partner_worker"))
    assert client.post(f"{ROOT}upload/", {"upload": SimpleUploadedFile("a.csv", DIRTY)}).status_code == 404


def test_nobody_signed_in_is_asked_to_sign_in(served, client):
    assert client.get(ROOT).status_code == 302


def test_each_page_is_there_for_who_runs_feeds_and_a_number_nobody_gave_is_not(engineer, dirty):
    places = {"receipt": dirty.receipt_id, "delivery": number_of(dirty)}
    for path in EVERY_PAGE:
        answer = engineer.get(ROOT + path.format(**places))
        assert answer.status_code == 200, path
    for path in EVERY_PAGE[2:]:
        wrong = {"receipt": "r-20250101-000000000000", "delivery": "police-000000000000"}
        answer = engineer.get(ROOT + path.format(**wrong).replace("feeds/police", "feeds/nobody"))
        assert answer.status_code == 404, path


def test_the_first_page_says_how_every_feed_stands_in_words(engineer, take_in):
    """Police came long ago and is silent; school has never come."""
    take_in(csv(NOTICES, notice("N1")))
    page = text(engineer.get(ROOT))
    assert "Silent" in page
    assert "Nothing has come since 2 June 2025; it should every 7 days." in page
    assert "Nothing has ever come." in page
    assert "mailto:ppu@police.example" in page
    assert "Nothing. Every delivery that came is loaded" in page


def test_the_first_page_says_what_waits_for_somebody(engineer, dirty, upload, take_in):
    upload(csv(NOTICES, notice("N9")))
    engineer.post(f"{page_of(dirty)}messages/", {"kind": "to_supplier", "text": "Rows 2 and 3 cannot be read."})
    page = text(engineer.get(ROOT))
    assert "Police notices: 2 rows in 1 delivery" in page
    assert "Read the report, then load it. Nothing of it counts yet." in page
    assert "Police notices: asked on" in page
    engineer.post(f"{page_of(dirty)}messages/", {"kind": "from_supplier", "text": "We send them again on Friday."})
    assert "asked on" not in text(engineer.get(ROOT))


def test_a_refused_delivery_waits_until_the_feed_is_loaded(engineer, upload):
    upload(csv("WHAT,IS,THIS", "1,2,3"))
    page = text(engineer.get(ROOT))
    assert "Files nobody knows, delivered 2 June 2025" in page


def test_a_shrunken_feed_is_said_to_be_shrunken_with_its_rows(engineer, take_in):
    for week in range(4):
        rows = [notice(f"N{week}-{n}") for n in range(10)]
        take_in(csv(NOTICES, *rows), on=MONDAY + WEEK * week)
    take_in(csv(NOTICES, notice("N9"), notice("N10"), notice("N11"), notice("N12")), on=MONDAY + WEEK * 4)
    page = text(engineer.get(ROOT))
    assert "The last delivery has 4 rows; it usually has about 10 rows." in page
    assert "30 June 2025: 4" in page


def test_an_upload_is_received_checked_read_and_then_loaded(engineer, upload, served):
    answer = upload(DIRTY)
    assert answer.status_code == 302
    where = answer["Location"]
    assert re.fullmatch(rf"{ROOT}receipts/r-[0-9a-f-]+/", where)
    page = text(engineer.get(where))
    assert "4 rows came: 2 understood, 2 set aside, 0 left out because the agreement does not cover them." in page
    assert "Sets rows aside" in page
    assert [one.state for one in intake.states(served)] == ["checked"]

    engineer.post(f"{where}load/")
    assert [one.state for one in intake.states(served)] == ["loaded"]
    (delivery,) = intake.states(served)
    page = text(engineer.get(f"{ROOT}{delivery.delivery_id}/"))
    assert "2 rows wait to be put right" in page
    assert "Received by an upload here, Leila Haddad" in page
    assert "This is the first delivery" in text(engineer.get(f"{ROOT}{delivery.delivery_id}/changes/"))
    done = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert done.index("delivery.received") < done.index("delivery.load_asked")


def test_several_files_of_one_upload_are_one_receipt(upload, served):
    upload(csv(NOTICES, notice("N1")), csv(NOTICES, notice("N2")))
    (receipt,) = intake.list_receipts(served)
    assert len(receipt.files) == 2


def test_an_upload_that_says_too_little_is_refused_with_what_is_missing(engineer, served):
    page = text(engineer.post(f"{ROOT}upload/", {}))
    assert "Select at least one file." in page
    assert "Enter the day the supplier handed the files over." in page
    assert intake.list_receipts(served) == []


def test_a_day_that_has_not_come_is_refused(upload, served):
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)
    answer = upload(DIRTY, day=(tomorrow.day, tomorrow.month, tomorrow.year))
    assert "The day must be today or earlier." in text(answer)
    assert intake.list_receipts(served) == []


def test_an_upload_goes_to_disk_as_it_arrives(upload, monkeypatch):
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from kinfold.workbench.deliveries import actions

    kinds = []
    keep = actions.receive

    def noted(home, *, files, **rest):
        kinds.extend(map(type, files))
        return keep(home, files=files, **rest)

    monkeypatch.setattr(actions, "receive", noted)
    upload(DIRTY)
    assert kinds == [TemporaryUploadedFile]


def test_the_token_of_an_upload_is_asked_for_though_its_body_goes_to_disk(served, person):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(person("matcher"), backend="kinfold.governance.sign_in.PeopleWithRoles")
    assert client.post(f"{ROOT}upload/", {}).status_code == 403


def test_a_file_that_is_nobodys_is_refused_in_words_and_can_be_checked_again(engineer, upload):
    where = upload(csv("WHAT,IS,THIS", "1,2,3"))["Location"]
    answer = engineer.get(where)
    page = text(answer)
    assert "Refused" in page
    assert "Files nobody knows" in page
    assert 'href="/workbench/mappings/new/"' in answer.content.decode()
    assert "Check again" in page
    assert 'load/"' not in page


def test_while_it_is_checked_the_page_asks_again_by_itself_or_by_a_link(engineer, served, settings):
    receipt = intake.receive(
        served, [("sent.csv", [DIRTY])], by="Leila Haddad", way="workbench", delivered=MONDAY,
        at=datetime.datetime.now(datetime.UTC),
    )  # fmt: skip
    where = f"{ROOT}receipts/{receipt.receipt_id}/"
    page = text(engineer.get(where))
    assert f'hx-get="{where}progress/" hx-trigger="every 2s"' in page
    assert "See how far it is" in page
    assert "Check again" not in page
    assert "Checking goes on" in text(engineer.get(f"{where}progress/", headers={"HX-Request": "true"}))
    intake.check(served, receipt.receipt_id, at=datetime.datetime.now(datetime.UTC))
    assert engineer.get(f"{where}progress/")["HX-Redirect"] == where
    assert "hx-trigger" not in text(engineer.get(where))


def test_work_that_nobody_does_is_said_to_be_stuck(engineer, served):
    receipt = intake.receive(served, [("a.csv", [DIRTY])], by="x", way="workbench", delivered=MONDAY, at=AT)
    assert "This is taking long." in text(engineer.get(f"{ROOT}receipts/{receipt.receipt_id}/"))


def test_a_delivery_of_everything_says_what_changed_from_last_time(engineer, take_in):
    take_in(csv(ROLL, pupil("1"), pupil("2"), pupil("3")))
    later = take_in(csv(ROLL, pupil("1"), pupil("2", forename="Amirah"), pupil("4")), on=MONDAY + WEEK)
    page = text(engineer.get(f"{page_of(later)}changes/"))
    row = re.search(r"Names</th>(.*?)</tr>", page).group(1)
    assert re.findall(r">([\d,]+)<", row) == ["1", "1", "1", "1"]  # new, changed, gone, the same
    part = text(engineer.get(f"{page_of(later)}changes/", headers={"HX-Request": "true"}))
    assert "<html" not in part


def test_a_superseded_delivery_leads_to_the_one_that_stands(engineer, take_in):
    first = take_in(csv(ROLL, pupil("1")))
    later = take_in(csv(ROLL, pupil("1"), pupil("2")), on=MONDAY + WEEK)
    page = text(engineer.get(page_of(first)))
    assert "Superseded" in page
    assert f'href="{page_of(later)}"' in page


def test_withdrawing_asks_for_a_reason_says_what_it_does_and_brings_back_the_one_before(engineer, take_in, served):
    take_in(csv(ROLL, pupil("1")))
    later = take_in(csv(ROLL, pupil("2")), on=MONDAY + WEEK)
    where = f"{page_of(later)}withdraw/"
    assert "The delivery of 2 June 2025, which it replaced, counts again." in text(engineer.get(where))
    assert "Say why the delivery is withdrawn." in text(engineer.post(where, {"reason": ""}))
    assert {one.state for one in intake.states(served)} == {"loaded", "superseded"}

    assert engineer.post(where, {"reason": "Last month's file again"}).status_code == 302
    assert {one.state for one in intake.states(served)} == {"loaded", "withdrawn"}
    page = text(engineer.get(page_of(later)))
    assert "by Leila Haddad: Last month&#39;s file again" in page
    assert "Upload a correction" not in page
    entry = AuditEntry.objects.get(action="delivery.withdrawn")
    assert entry.role == "matcher"


def test_a_message_that_says_nothing_is_not_kept(engineer, dirty):
    page = text(engineer.post(f"{page_of(dirty)}messages/", {"kind": "note", "text": "  "}))
    assert "Write what was said." in page
    assert not Message.objects.exists()


def test_messages_about_a_receipt_are_still_there_when_it_is_a_delivery(engineer, upload, served):
    where = upload(DIRTY)["Location"]
    receipt_id = where.split("/")[-2]
    engineer.post(f"{ROOT}{receipt_id}/messages/", {"kind": "note", "text": "Looks like the old template."})
    engineer.post(f"{where}load/")
    (one,) = intake.states(served)
    assert "Looks like the old template." in text(engineer.get(f"{ROOT}{one.delivery_id}/"))


def test_a_letter_to_the_supplier_has_no_contents(engineer, dirty):
    page = text(engineer.get(page_of(dirty)))
    (link,) = re.findall(r'href="(mailto:[^"]*)"', page)
    assert link == f"mailto:ppu@police.example?subject=Delivery%20{number_of(dirty)}"


def test_no_page_costs_more_queries_when_more_has_come(engineer, take_in):
    def cost() -> int:
        from django.db import connection

        with CaptureQueriesContext(connection) as made:
            assert engineer.get(ROOT).status_code == 200
        return len(made)

    first = take_in(csv(NOTICES, notice("N1")))
    few = cost()
    for week in range(1, 6):
        take_in(csv(NOTICES, notice(f"M{week}")), on=MONDAY + WEEK * week)
    engineer.post(f"{page_of(first)}messages/", {"kind": "to_supplier", "text": "Is this all of it?"})
    assert cost() <= few
    assert few <= 12


def roll(nth, count):
    return csv(ROLL, *(pupil(f"P{n}", f"0{nth + 1}/04/2015") for n in range(count)))


def test_a_delivery_of_the_demonstration_says_how_it_came_though_it_has_no_receipt(engineer, served, tmp_path):
    path = tmp_path / "sent.csv"
    path.write_bytes(csv(NOTICES, notice("N1")))
    feeds = intake.feeds_for(served, at=AT)
    [report] = load([path], served.folder, feeds, delivered=MONDAY, received_at=AT)
    page = text(engineer.get(f"{ROOT}{report.delivery_id}/"))
    assert served.is_demonstration
    assert "by kinfold demo, from the demonstration" in page
    assert "Received and loaded by kinfold demo, the demonstration" in page


def test_too_few_rows_are_loaded_once_somebody_says_why_they_are_all(engineer, upload, take_in, served):
    for nth in range(3):
        take_in(roll(nth, 40), on=MONDAY + nth * WEEK)
    where = upload(roll(3, 3), day=(23, 6, 2025))["Location"]
    page = text(engineer.get(where))
    assert "pupils has 3 rows, where deliveries usually have about 40." in page
    assert "Why is this number of rows right?" in page
    assert "Say why this number of rows is right." in text(engineer.post(f"{where}load/"))
    assert not AuditEntry.objects.filter(action="delivery.load_asked").exists()

    engineer.post(f"{where}load/", {"reason": "Two schools closed."})
    page = text(engineer.get(f"{ROOT}{intake.states(served)[0].delivery_id}/"))
    assert "Loaded, though a check refused it, Leila Haddad: Two schools closed." in page
    assert AuditEntry.objects.get(action="delivery.load_asked").detail["forced"] == "Two schools closed."


def test_what_is_wrong_with_the_rows_themselves_offers_no_way_round(engineer, upload):
    where = upload(csv("WHAT,IS,THIS", "1,2,3"))["Location"]
    assert "Why is this number of rows right?" not in text(engineer.get(where))
