"""A supplier's system delivers: every step may be repeated, nothing is lost or doubled, nothing is given away."""

import datetime
import json
from pathlib import Path

import pytest
from tests.integration.intake.conftest import MONDAY, NOTICES, WEEK, csv, mapped, notice
from tests.integration.workbench.api.conftest import GOOD, NOBODY

from kinfold.governance.models import AuditEntry
from kinfold.operations import intake
from kinfold.workbench.api import keys, limits
from kinfold.workbench.api.models import Incoming, SupplierKey


def test_a_delivery_announced_sent_in_pieces_and_completed_is_loaded(police, served, work):
    announced = police.announce()
    assert announced.status_code == 201
    number = announced.json()["delivery"]
    for start, end in ((0, 20), (20, len(GOOD))):
        sent = police.ask("PUT", f"/deliveries/{number}/files/1?offset={start}", GOOD[start:end])
        assert (sent.status_code, sent.json()) == (200, {"received": end})
    completed = police.ask("POST", f"/deliveries/{number}/complete")
    assert (completed.status_code, completed.json()["state"]) == (202, "received")
    [receipt] = intake.list_receipts(served)
    assert (receipt.by, receipt.way, receipt.feed, receipt.delivered) == ("Saltmarsh Police", "api", "police", MONDAY)
    assert completed.json()["receipt"] == receipt.receipt_id
    work()
    told = police.ask("GET", f"/deliveries/{number}").json()
    [report] = told["reports"]
    assert (told["state"], report["rows_mapped"], report["rows_set_aside"]) == ("loaded", 1, 1)
    assert [(p["code"], p["row"], p["column"]) for p in report["problems"]] == [("not_a_date", 2, "DAY")]
    assert "Okafor" not in json.dumps(told)
    assert not (served.folder / "uploads" / number).exists()


def test_everything_done_twice_is_done_once(police, served, work):
    number = police.deliver()
    again = police.announce()
    assert (again.status_code, again.json()["delivery"]) == (200, number)
    assert police.ask("POST", f"/deliveries/{number}/complete").status_code == 202
    work()
    assert police.ask("POST", f"/deliveries/{number}/complete").json()["state"] == "loaded"
    work()
    assert len(intake.list_receipts(served)) == len(mapped(served, "event")) == Incoming.objects.count() == 1


def test_completing_again_after_a_stop_between_receipt_and_answer_is_completing_once(police, served):
    number = police.announce().json()["delivery"]
    police.ask("PUT", f"/deliveries/{number}/files/1?offset=0", GOOD)
    kept = (served.folder / "uploads" / number / "1.part").read_bytes()
    first = police.ask("POST", f"/deliveries/{number}/complete").json()["receipt"]
    Incoming.objects.update(receipt_id="")
    police.ask("PUT", f"/deliveries/{number}/files/1?offset=0", kept)
    assert police.ask("POST", f"/deliveries/{number}/complete").json()["receipt"] == first
    assert len(intake.list_receipts(served)) == 1


def test_another_announcement_under_the_same_key_is_refused(police):
    police.announce()
    assert police.announce(delivered="2025-06-01").status_code == 409
    assert police.announce(sent_key="second", delivered="2025-06-01").status_code == 201


def test_a_piece_that_does_not_follow_says_where_to_go_on_from(police):
    number = police.announce().json()["delivery"]
    path = f"/deliveries/{number}/files/1?offset="
    police.ask("PUT", f"{path}0", GOOD[:10])
    for start in (0, 11):
        sent = police.ask("PUT", f"{path}{start}", GOOD[10:20])
        assert (sent.status_code, sent.json()["received"]) == (409, 10)
    assert police.ask("PUT", f"{path}10", GOOD[10:] + b"x").status_code == 413
    assert police.ask("GET", f"/deliveries/{number}").json()["files"][0]["received"] == 10
    early = police.ask("POST", f"/deliveries/{number}/complete")
    assert (early.status_code, early.json()["received"]) == (409, 10)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a disk that is always full")
def test_a_full_disk_is_said_in_words_and_nothing_is_lost(police, served):
    number = police.announce().json()["delivery"]
    part = served.folder / "uploads" / number / "1.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    answer = police.ask("PUT", f"/deliveries/{number}/files/1?offset=0", GOOD)
    assert (answer.status_code, "no room" in answer.json()["message"]) == (413, True)
    part.unlink()
    assert police.ask("PUT", f"/deliveries/{number}/files/1?offset=0", GOOD).json() == {"received": len(GOOD)}
    assert police.ask("POST", f"/deliveries/{number}/complete").status_code == 202


def test_a_damaged_file_begins_again(police, served):
    number = police.announce().json()["delivery"]
    path = f"/deliveries/{number}/files/1?offset=0"
    police.ask("PUT", path, b"x" * len(GOOD))
    damaged = police.ask("POST", f"/deliveries/{number}/complete")
    assert (damaged.status_code, damaged.json()["received"]) == (409, 0)
    assert intake.list_receipts(served) == []
    assert police.ask("PUT", path, GOOD).status_code == 200
    assert police.ask("POST", f"/deliveries/{number}/complete").status_code == 202
    assert police.ask("PUT", path, GOOD).status_code == 409


def test_a_key_delivers_its_own_feeds_alone_and_says_which_when_it_has_several(supplier):
    one, both = supplier("police"), supplier("police", "school", name="A county system")
    assert one.announce(feed="school").status_code == 403
    assert both.announce().status_code == 422
    assert both.announce(feed="school").json()["feed"] == "school"


def test_anothers_delivery_is_not_there(supplier, police):
    number = police.deliver()
    other = supplier("police", name="Another force")
    asked = [other.ask("GET", f"/deliveries/{it}") for it in (number, NOBODY)]
    assert [(one.status_code, one.content) for one in asked] == [(404, asked[0].content)] * 2


@pytest.mark.parametrize("end", ["wrong", "expired", "revoked", "none"])
def test_a_key_that_opens_nothing_is_refused_in_the_same_words(end, police, served):
    number = police.announce().json()["delivery"]
    if end == "wrong":
        police.key = police.key[:-1] + ("A" if police.key[-1] != "A" else "B")
    elif end == "expired":
        SupplierKey.objects.update(expires_on=MONDAY)
    elif end == "revoked":
        keys.revoke(police.key[3:11], at=SupplierKey.objects.get().made_at)
    else:
        police.key = ""
    answer = police.ask("GET", f"/deliveries/{number}")
    assert (answer.status_code, answer.json()["message"]) == (401, "The key is missing, wrong, expired or revoked.")
    assert end == "none" or AuditEntry.objects.filter(action="key.refused", result="refused").count() == 1


def test_wrong_keys_are_tried_so_often_and_a_right_one_used_so_often(police, monkeypatch):
    monkeypatch.setattr(limits, "WRONG_KEYS_IN_FIVE_MINUTES", 2)
    monkeypatch.setattr(limits, "REQUESTS_A_MINUTE", 2)
    right, police.key = police.key, "kf_guess"
    assert [police.ask("GET", f"/deliveries/{NOBODY}").status_code for _ in range(3)] == [401, 401, 429]
    police.key = right
    assert [police.ask("GET", f"/deliveries/{NOBODY}").status_code for _ in range(3)] == [404, 404, 429]


def test_a_key_is_shown_once_and_only_its_hash_is_kept(police):
    row = SupplierKey.objects.values().get()
    secret = police.key.rpartition("_")[2]
    assert secret not in str(row)
    assert police.key.startswith(f"kf_{row['prefix']}_")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"supplier": " "}, "Name the supplier"),
        ({"feeds": []}, "Name a feed"),
        ({"feeds": ["other"]}, "other is not a feed"),
        ({"expires_on": MONDAY}, "within 400 days"),
        ({"expires_on": MONDAY + 58 * WEEK}, "within 400 days"),
    ],
)
def test_a_key_names_a_supplier_feeds_and_a_day_it_ends(wrong, says, db):
    at = datetime.datetime(2025, 6, 2, 12, tzinfo=datetime.UTC)
    given = {"supplier": "Police", "feeds": ["police"], "known_feeds": ["police"], "expires_on": MONDAY + WEEK}
    with pytest.raises(keys.UnableToMakeKey, match=says):
        keys.make(at=at, **{**given, **wrong})
    assert not SupplierKey.objects.exists()


def test_what_is_not_as_described_is_refused_and_never_repeated(police):
    for wrong in ({"files": []}, {"delivered": "Okafor"}, {"delivered": "2999-01-01"}, {"surname": "Okafor"}):
        answer = police.announce(**wrong)
        assert answer.status_code == 422
        assert b"Okafor" not in answer.content
    number = police.announce().json()["delivery"]
    assert police.ask("PUT", f"/deliveries/{number}/files/1?offset=0").status_code == 422
    assert police.ask("PUT", f"/deliveries/{number}/files/2?offset=0", GOOD).status_code == 404
    large = police.ask("PUT", f"/deliveries/{number}/files/1?offset=0", b"x", CONTENT_LENGTH=str((8 << 20) + 1))
    assert large.status_code == 413


def test_what_happens_through_a_key_is_in_the_audit_trail(police, work):
    number = police.deliver()
    police.ask("GET", f"/deliveries/{number}")
    written = AuditEntry.objects.filter(action__startswith="delivery.").order_by("number")
    assert [entry.action for entry in written] == [
        "delivery.announced",
        "delivery.received",
        "delivery.asked_after",
    ]
    assert {entry.role for entry in written} == {"supplier"}
    assert {entry.detail["key"] for entry in written} == {police.key[3:11]}


def test_a_correction_comes_back_through_the_api(police, work, served):
    first = police.deliver()
    work()
    corrects = police.ask("GET", f"/deliveries/{first}").json()["reports"][0]["delivery_id"]
    police.deliver(csv(NOTICES, notice("N2", "28/02/2025")), sent_key="second", corrects=corrects)
    work()
    assert intake.set_aside(served, corrects).waiting == 0
    assert police.announce(sent_key="third", corrects="police-000000000000").status_code == 404


def test_a_queued_load_that_was_lost_is_found_again_at_start(police, served, work):
    from django_tasks_db.models import DBTaskResult

    from kinfold.workbench import tasks

    police.deliver()
    DBTaskResult.objects.all().delete()
    at = datetime.datetime(2025, 6, 2, 12, tzinfo=datetime.UTC)
    assert tasks.find_again(served, at=at) == 1
    work()
    assert [one.state for one in intake.list_receipts(served)] == ["loaded"]
    assert tasks.find_again(served, at=at) == 0


def test_the_description_is_open_to_everybody_and_names_no_other_address(client, served):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    described = answer.json()
    operations = [one for path in described["paths"].values() for one in path.values()]
    assert len(operations) == 4
    for one in operations:
        assert set(one["responses"]) >= {"400", "401", "403", "404", "409", "413", "422", "429"}
    assert "http" not in json.dumps(described).replace('"http"', "")
