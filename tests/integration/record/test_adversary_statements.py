"""A statement, a contact or a relative never carries what its reader may not know."""

from __future__ import annotations

import datetime

import pytest
from tests.integration import people
from tests.integration.snapshot import council, publish

from kinfold.governance.actions import restrict
from kinfold.record import published as record

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
TOGETHER = {
    "person_id": "DEV", "marker": "together", "kind": "need", "agency": "youth_justice", "state": "true",
    "label": "Several pressures together", "text": "2 of these came together: offending, mental health care.",
    "rank": 0,
}  # fmt: skip


def behind(agency: str) -> dict[str, object]:
    return {"person_id": "DEV", "marker": "together", "agency": agency, "source": agency, "fact": "A fact"}


@pytest.fixture
def partner(person, signed_in):
    return signed_in(person("partner_worker", **people.PARTNER))


def republished(**more: list[dict[str, object]]) -> None:
    tables = council()
    publish({model: [*rows, *more.get(model.__name__, [])] for model, rows in tables.items()})


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("address", ["/children/DEV/", "/my-day/", "/children/DEV/evidence/together/"])
def test_a_statement_that_rests_on_a_service_one_may_not_read_is_not_shown(published, partner, address):
    republished(Statement=[TOGETHER], Evidence=[behind("youth_justice"), behind("mental_health")])
    page = text(partner.get(address))
    assert "together" not in page.lower()
    assert "mental health care" not in page


def test_it_is_shown_to_who_may_read_every_service_behind_it(published, partner):
    republished(Statement=[TOGETHER], Evidence=[behind("youth_justice"), behind("education")])
    assert "Several pressures together" in text(partner.get("/children/DEV/"))


def test_a_school_is_not_named_of_a_child_whose_address_is_withheld_to_who_may_not_see_addresses(published, partner):
    tables = council()
    for child in tables[record.Child]:
        child["is_address_withheld"] = child["person_id"] == "DEV"
    school = {"person_id": "DEV", "agency": "education", "service_name": "Marsh Academy", "stage": "roll"}
    tables[record.Involvement] = [*tables[record.Involvement], school]
    publish(tables)

    page = text(partner.get("/children/DEV/"))

    assert "Saltmarsh Youth Justice" in page
    assert "Marsh Academy" not in page


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
def test_an_adult_whose_record_is_closed_is_not_named_on_a_childs_page(published, person, signed_in, kind):
    restrict(person_id="MUM", kind=kind, owner="Duty manager", reason="Staff", named=[], by=None, at=NOW)
    page = text(signed_in(person("social_worker", **people.WORKER)).get("/children/AVA/"))
    assert "Ben Szymański-Reed" in page
    assert "Marta" not in page
    assert ("Duty manager" in page) is (kind == "restricted")
