"""What is hidden and what is not there are answered alike, and nothing typed wrongly is kept or breaks a page."""

from __future__ import annotations

import datetime

import pytest
from axes.models import AccessAttempt
from tests.integration.conftest import PASSWORD

from kinfold.governance.actions import restrict
from kinfold.governance.models import DutyAccess

pytestmark = pytest.mark.slow

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
WHY = {"purpose": "contact_today", "reason": "The school rang about a bruise this morning."}


def answer(client, address: str, typed: dict[str, str]) -> tuple[object, ...]:
    sent = client.post(address, typed)
    led = client.get(sent["Location"]) if sent.status_code == 302 else sent
    return sent.status_code, led.status_code, led.content


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
@pytest.mark.parametrize("reason", [WHY["reason"], "no"])
@pytest.mark.parametrize("purpose", [WHY["purpose"], "curious"])
def test_opening_a_closed_record_on_duty_answers_as_one_that_is_not_there(
    published, person, signed_in, kind, reason, purpose
):
    restrict(person_id="CORA", kind=kind, owner="Somebody", reason="Staff", named=[], by=None, at=NOW)
    client = signed_in(person("social_worker"))

    typed = {"purpose": purpose, "reason": reason}
    closed, nobody = (answer(client, f"/duty/{one}/", typed) for one in ("CORA", "NOBODY"))

    assert closed[:2] == nobody[:2]
    assert DutyAccess.objects.filter(person_id="CORA").count() == 0
    if closed[1] == 404:
        assert closed[2] == nobody[2]


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["9999", "0001", "99999999999"])
def test_a_year_nobody_means_is_a_message_and_not_a_broken_page(person, signed_in, year):
    client = signed_in(person("governance_lead"))
    page = client.post("/looks/", {"to_on-day": "31", "to_on-month": "12", "to_on-year": year})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()


@pytest.mark.django_db
def test_no_address_holds_the_name_of_somebody_asked_about(person, signed_in):
    lead, other = person("governance_lead"), person("social_worker", username="sam.okafor")
    client = signed_in(lead)
    signed_in(other).get("/my-day/")

    asked = client.post("/looks/", {"username": "sam.okafor", "result": ""})
    assert (asked.status_code, asked["Location"]) == (302, "/looks/")
    page = client.get("/looks/").content.decode()
    assert 'value="sam.okafor"' in page
    assert "username=" not in page


@pytest.mark.django_db
def test_what_was_typed_for_a_user_name_is_kept_nowhere_and_still_counts(person, client):
    user = person("social_worker")
    typed = {"username": user.username, "password": "wrong"}
    answers = [client.post("/sign-in/", typed).status_code for _ in range(6)]
    client.post("/sign-in/", {"username": "my-secret-pass-word", "password": ""})
    client.post("/sign-in/", {"username": "my-secret-pass-word", "password": "x"})

    assert answers[-1] == 429, "five wrong passwords lock the name"
    assert client.post("/sign-in/", {**typed, "password": PASSWORD}).status_code == 429
    kept = " ".join(str(list(row)) for row in AccessAttempt.objects.values_list())
    assert kept
    assert user.username not in kept
    assert "my-secret" not in kept


@pytest.mark.django_db
def test_signing_in_forgets_the_wrong_passwords_before(person, client):
    user = person("social_worker")
    for password in ("wrong", "wrong", PASSWORD):
        client.post("/sign-in/", {"username": user.username, "password": password})
    assert not AccessAttempt.objects.exists()
