"""Restricted records by number and owner: who sees the list, who changes who is named, and who may lift one."""

from __future__ import annotations

import datetime

import pytest

from kinfold.governance import actions, gate
from kinfold.governance.models import AuditEntry, Restriction, Standing

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
ROOT = "/restrictions/"
pytestmark = pytest.mark.django_db


def shut(person_id="GUS", kind="restricted", named=(), by=None):
    return actions.restrict(
        person_id=person_id, kind=kind, owner="Duty manager", reason="Staff", named=named, by=by, at=NOW
    )


def works_with(team, person_id="GUS"):
    Standing.objects.create(
        holder_kind="team", holder_ref=team, person_id=person_id, kind="team", purpose="supervision", from_at=NOW
    )


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


@pytest.fixture
def lead(person, signed_in):
    return signed_in(person("governance_lead", display_name="Ines Ferreira"))


@pytest.mark.parametrize(
    "role", ["social_worker", "team_manager", "screener", "outreach_worker", "partner_worker", "matcher"]
)
def test_to_a_stranger_a_restricted_record_and_one_nobody_restricted_are_the_same_404(person, signed_in, role):
    worker = person("social_worker")
    shut(named=[worker])
    client = signed_in(person(role, team="North"))
    nowhere = client.get("/no/such/page/").content
    for path in ("GUS/", "NOBODY/"):
        answer = client.get(ROOT + path)
        assert (answer.status_code, answer.content) == (404, nowhere)
        for form in ("", "lift/"):
            answer = client.post(f"{ROOT}{path}{form}", {"reason": "because I can", "lift-reason": "because I can"})
            assert answer.status_code == 404, form
    assert Restriction.objects.get().to_at is None
    assert list(Restriction.objects.get().named.all()) == [worker]
    if role != "team_manager":
        assert client.get(ROOT).status_code == 404


def test_the_lead_sees_every_one_by_number_and_owner_and_the_look_is_written_down(lead):
    shut()
    shut("CORA", kind="sealed")
    page = text(lead.get(ROOT))
    assert "2 records you answer for" in page
    assert page.index("CORA") < page.index("GUS")
    assert "Sealed" in page
    assert "Duty manager" in page
    assert AuditEntry.objects.get(action="restrictions.listed").listed == " CORA GUS "
    assert "Nobody: they are not told that it exists" in text(lead.get(f"{ROOT}CORA/"))
    assert AuditEntry.objects.get(action="restriction.opened").person_id == "CORA"


def test_who_is_named_is_changed_at_once_with_a_reason(lead, person):
    leaves = person("social_worker", username="leaves", display_name="Ola Berg")
    person("social_worker", username="comes", display_name="Tomos Rees")
    shut(named=[leaves])
    wrong = text(lead.post(f"{ROOT}GUS/", {"add": "nobody", "reason": "Changed team on Monday"}))
    assert "Nobody who may sign in has that user name." in wrong
    assert "Enter somebody to name" in text(lead.post(f"{ROOT}GUS/", {"reason": "Changed team on Monday"}))
    given = {"add": "comes", "remove": [leaves.pk], "reason": "Changed team on Monday"}
    assert lead.post(f"{ROOT}GUS/", given).status_code == 302
    assert [str(one) for one in Restriction.objects.get().named.all()] == ["Tomos Rees"]
    assert AuditEntry.objects.filter(action="record.named", person_id="GUS").count() == 1


def test_nobody_names_themselves(signed_in, person):
    client = signed_in(person("governance_lead", username="ines"))
    shut()
    page = text(client.post(f"{ROOT}GUS/", {"add": "ines", "reason": "I want to see it"}))
    assert "Nobody names themselves for a restricted record." in page
    assert not Restriction.objects.get().named.exists()


def test_the_lead_lifts_one_and_it_opens_to_whoever_works_with_the_child(lead, person):
    worker = person("social_worker", staff_ref="W1", team="North")
    works_with("North")
    Standing.objects.update(kind="allocated", holder_kind="worker", holder_ref="W1", purpose="care")
    shut()
    ask = {"user": worker, "role": "social_worker", "person_id": "GUS", "action": "child.viewed"}
    with pytest.raises(gate.NotForYou):
        gate.ask(**ask, at=datetime.datetime.now(datetime.UTC))
    assert "Say why it may be open again." in text(lead.post(f"{ROOT}GUS/lift/", {"lift-reason": ""}))
    assert lead.post(f"{ROOT}GUS/lift/", {"lift-reason": "Agreed with the family"}).status_code == 302
    assert gate.ask(**ask, at=datetime.datetime.now(datetime.UTC)).entitled_by == "allocated"
    entry = AuditEntry.objects.get(action="record.reopened")
    assert (entry.person_id, entry.detail) == ("GUS", {"why": "Agreed with the family"})
    assert lead.get(f"{ROOT}GUS/").status_code == 404


def test_a_manager_answers_for_what_a_feed_restricts_of_people_the_team_works_with(person, signed_in):
    works_with("North")
    works_with("North", "CORA")
    works_with("South", "MUM")
    shut()
    shut("CORA", kind="sealed")
    shut("MUM")
    worker = person("social_worker", username="covers")
    client = signed_in(person("team_manager", team="North"))
    page = text(client.get(ROOT))
    assert ("GUS" in page, "CORA" in page, "MUM" in page) == (True, False, False)
    assert client.get(f"{ROOT}CORA/").status_code == client.get(f"{ROOT}MUM/").status_code == 404
    client.post(f"{ROOT}GUS/", {"add": "covers", "reason": "Covers until Monday"})
    assert list(Restriction.objects.get(person_id="GUS").named.all()) == [worker]


def test_a_manager_who_is_kept_out_does_not_lift_what_keeps_them_out(person, signed_in):
    works_with("North")
    manager = person("team_manager", team="North")
    restriction = shut()
    client = signed_in(manager)
    assert "somebody else has to lift it" in text(client.get(f"{ROOT}GUS/"))
    assert client.post(f"{ROOT}GUS/lift/", {"lift-reason": "Agreed with the family"}).status_code == 404
    restriction.named.add(manager)
    assert client.post(f"{ROOT}GUS/lift/", {"lift-reason": "Agreed with the family"}).status_code == 302
    assert not Restriction.objects.filter(to_at=None).exists()


def test_what_a_person_restricted_is_that_persons_and_the_keepers_not_the_managers(person, signed_in):
    works_with("North")
    writer = person("social_worker")
    shut(by=writer, named=[writer])
    assert signed_in(person("team_manager", team="North")).get(f"{ROOT}GUS/").status_code == 404
    assert "May open it" in text(signed_in(writer).get(f"{ROOT}GUS/"))


def test_the_list_asks_no_more_of_the_database_the_longer_it_is(lead, person, django_assert_max_num_queries):
    worker = person("social_worker")
    for number in range(30):
        shut(f"P{number}", named=[worker])
    with django_assert_max_num_queries(14):
        page = text(lead.get(ROOT))
    assert "30 records you answer for" in page
