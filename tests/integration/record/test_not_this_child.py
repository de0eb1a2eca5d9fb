"""A fact that a worker says is another child's: hidden from all at once, told to who must know, put back or not."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.integration import people, snapshot

from kinfold.governance.actions import renew_standings, restrict
from kinfold.governance.models import AuditEntry, Notice
from kinfold.record import overlays, queries
from kinfold.record import published as record
from kinfold.record.models import Overlay
from kinfold.record.snapshot import live

AVA = "/children/AVA/"
SAY = f"{AVA}not-this-child/"
POLICE = "police_domestic_abuse"


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


@pytest.fixture
def worker(person, signed_in):
    return signed_in(person("social_worker", **people.WORKER))


@pytest.fixture
def manager(person, signed_in):
    return signed_in(person("team_manager", **people.MANAGER))


@pytest.fixture
def published(db):
    """The small council, with the source record of each of Ava's rows."""
    tables = snapshot.council()
    ref = {"social_care": "r-care", POLICE: "r-police", "police": "r-police", "council_tax": "r-tax"}
    for model in (record.Evidence, record.TimelineEntry, record.Involvement):
        tables[model] = [row | {"record_ref": ref.get(str(row.get("source")), "r-other")} for row in tables[model]]
    acute = next(row for row in tables[record.Evidence] if row["source"] == POLICE) | {"marker": "decide_today_abuse"}
    tables[record.Evidence].append(acute)
    tables[record.MatchedRecord] = [
        row | {"person_key_hash": ref[str(row["source"])]} for row in tables[record.MatchedRecord]
    ]
    made = snapshot.publish(tables)
    renew_standings(rows=snapshot.STANDINGS, run_id=made.run_id, at=snapshot.STANDING_FROM)
    yield made
    snapshot.let_all_go()


@pytest.fixture
def lead(person):
    return person("governance_lead", username="lead")


@pytest.fixture
def boss(person):
    return person("team_manager", username="boss", **people.MANAGER)


def doubt(client, **chosen):
    return client.post(SAY, {"reason": "This family has never lived there.", **chosen})


def place_of(client, words):
    """The box of a fact, by its words."""
    page = text(client.get(SAY))
    before = page[: page.index(words)]
    return before[before.rindex('value="') + 7 :].partition('"')[0]


def test_a_record_is_hidden_from_everybody_on_every_page(published, worker, manager, boss):
    before = text(worker.get(AVA))
    assert "Domestic abuse incident" in before and "01632 960011" in before and "14 Staithe Row" in before

    assert doubt(worker, records=["r-police"]).headers["Location"] == AVA

    for client in (worker, manager):
        page = text(client.get(AVA))
        assert "Being checked" in page
        for gone in ("Domestic abuse incident", "incidents at home", "01632 960011", "14 Staithe Row", "Avie"):
            assert gone not in page, gone
        assert "Visit due 5 March 2026" in page  # social care's own facts stand
        assert client.get(f"{AVA}evidence/domestic_abuse/").status_code == 404
    assert "domestic abuse" not in text(worker.get("/my-day/")).lower()


def test_one_row_is_hidden_and_what_rests_on_others_too_says_so(published, worker):
    place = place_of(worker, "Domestic abuse incident")
    doubt(worker, facts=[place])
    page = text(worker.get(AVA))
    assert "Domestic abuse incident" not in page and "Child protection conference" in page
    row = Overlay.objects.get()
    assert (row.record_ref, row.row_number, row.state) == ("r-police", 12, "open")


def test_nothing_of_another_child_is_hidden(published, worker, person, signed_in):
    doubt(worker, records=["r-police"])
    partner = signed_in(person("partner_worker", **people.PARTNER))
    assert "Suspended twice" in text(partner.get("/children/DEV/"))


def test_search_no_longer_finds_by_what_may_be_the_other_childs(published, worker):
    doubt(worker, records=["r-police"])
    for asked, is_found in (("999 000 0018", False), ("Ava Szymanska", True)):
        worker.post("/children/", {"asked": asked})
        assert ("Ava Szyma" in text(worker.get("/children/"))) is is_found, asked


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Tick what does not belong"),
        ({"records": ["r-police"], "reason": " "}, "Say how you know"),
        ({"records": ["r-of-somebody-else"]}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_hidden(published, worker, given, said):
    assert said in text(doubt(worker, **given)) and not Overlay.objects.exists()


def test_who_may_not_open_the_child_cannot_say_so(published, person, signed_in):
    for role in ("outreach_worker", "matcher", "governance_lead", "screener"):
        client = signed_in(person(role))
        assert client.get(SAY).status_code == 404
        assert doubt(client, records=["r-police"]).status_code == 404
    assert signed_in(person("outreach_worker")).get("/children/FINN/not-this-child/").status_code == 404
    assert not Overlay.objects.exists()


def test_the_manager_and_the_governance_lead_are_told_and_see_who_had_looked(
    published, worker, boss, lead, signed_in, person
):
    worker.get(AVA)
    doubt(worker, records=["r-police"])
    number = Overlay.objects.get().pk

    told = set(Notice.objects.values_list("to__username", flat=True))
    assert {"boss", "lead"} <= told
    assert not Notice.objects.filter(message__icontains="ava").exists()
    for user in (boss, lead):
        page = text(signed_in(user).get(f"/doubts/{number}/"))
        assert "Who opened the record in the 90 days before" in page and "Person" in page
        assert "Szyma" not in page
    assert signed_in(person("governance_lead")).get(f"/doubts/{number}/").status_code == 404
    assert signed_in(person("matcher")).get(f"/doubts/{number}/").status_code == 404
    assert "Who opened" not in text(worker.get(f"/doubts/{number}/"))
    assert AuditEntry.objects.filter(action="doubt.opened", person_id="AVA").count() == 3


def settle(answers, user, decision=7):
    overlays.settle(decision=decision, answers=answers, by=user, role="matcher", at=timezone.now())


def test_what_does_belong_is_shown_again_and_everybody_who_was_told_hears_so(published, worker, boss):
    doubt(worker, records=["r-police"])
    settle({"r-police": set(), "r-care": set()}, boss)
    assert Overlay.objects.get().state == "lifted"
    page = text(worker.get(AVA))
    assert "Being checked" not in page and "Domestic abuse incident" in page
    assert Notice.objects.filter(to=boss, message__contains="does belong").count() == 1


def test_what_is_another_childs_stays_hidden_until_that_decision_is_taken_back(published, worker, boss):
    doubt(worker, records=["r-police"])
    settle({"r-police": {"r-care"}, "r-care": {"r-police"}}, boss)
    assert Overlay.objects.get().state == "upheld"
    assert "Domestic abuse incident" not in text(worker.get(AVA))
    overlays.doubt_again(decision=7, by=boss, role="matcher", at=timezone.now())
    assert Overlay.objects.get().state == "open"
    assert "Domestic abuse incident" not in text(worker.get(AVA))


def test_saying_it_twice_hides_it_once(published, worker):
    doubt(worker, records=["r-police"])
    assert "Select a valid choice" in text(doubt(worker, records=["r-police"]))
    assert Overlay.objects.count() == 1


def test_what_is_hidden_costs_nothing_where_nothing_is(published, worker):
    with people.counted() as cost:
        assert not overlays.hidden(live(), ["AVA", "BEN"], of=["AVA"])
    assert len(cost.queries) == 1  # the pointer's own
    assert queries.find_child(live(), "AVA")


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
def test_a_doubt_about_a_record_closed_since_is_read_by_nobody_it_is_closed_to(
    published, worker, person, boss, signed_in, kind
):
    keeper = person("governance_lead", username="keeper")
    doubt(worker, records=["r-police"])
    address = f"/doubts/{Overlay.objects.get().pk}/"
    clients = {"who said it": worker, "manager": signed_in(boss), "keeper": signed_in(keeper)}
    assert {name: client.get(address).status_code for name, client in clients.items()} == dict.fromkeys(clients, 200)

    restrict(person_id="AVA", kind=kind, owner="Head", reason="Adopted", named=[], by=None, at=timezone.now())
    assert {name: client.get(address).status_code for name, client in clients.items()} == {
        "who said it": 404, "manager": 404, "keeper": 200,
    }  # fmt: skip
    assert AuditEntry.objects.filter(action="doubt.opened", person_id="AVA", result="refused").count() == 2
