"""A child's page shows what the gate allows and nothing else, and every statement leads to its evidence."""

from __future__ import annotations

import datetime

import pytest
from tests.integration import people

from kinfold.governance.actions import restrict
from kinfold.governance.models import AuditEntry

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
AVA = "/children/AVA/"


@pytest.fixture
def worker(person, signed_in):
    return signed_in(person("social_worker", **people.WORKER))


@pytest.fixture
def manager(person, signed_in):
    return signed_in(person("team_manager", **people.MANAGER))


@pytest.fixture
def partner(person, signed_in):
    return signed_in(person("partner_worker", **people.PARTNER))


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_an_allocated_worker_sees_the_child_whole(published, worker):
    page = text(worker.get(AVA))

    for words in (
        "Ava Szymańska-Reed", "10 years old", "14 Staithe Row", "Harbour team", "01632 960201", "Decide today:",
        "At school nearly every day", "Special educational needs not met", "What may help: SEND advice service",
        "Domestic abuse at home", "Not seen alone for 7 weeks", "Turning Tide", "Marta Szymańska", "Brother or sister",
        "most of what we ask", "Mental health referrals", "Vaccinations", "Housing tenancies",
        "From the run of 3 March 2026, 6:10am",
    ):  # fmt: skip
        assert words in page, words


def test_a_figure_is_never_on_a_childs_page(published, worker, manager):
    for client in (worker, manager):
        page = text(client.get(AVA))
        assert "24.0" not in page
        assert "64.0" not in page


def test_only_a_manager_sees_points_and_after_the_evidence(published, worker, manager):
    address = f"{AVA}evidence/domestic_abuse/"
    assert "point" not in text(worker.get(address))
    page = text(manager.get(address))
    assert page.index("Who told us") < page.index("adds 24.0 points")


def test_evidence_says_who_told_us_when_and_how_sure_we_are(published, worker):
    page = text(worker.get(f"{AVA}evidence/domestic_abuse/"))

    for words in (
        "Police: domestic abuse notifications", "2 March 2026", "Row 1,418 of notices",
        "police_domestic_abuse-0a1b2c3d4e5f", "Very likely", "Same date of birth", "01632 960100",
        "The police grade an incident on the night",
    ):  # fmt: skip
        assert words in page, words


def test_whose_fact_it_is_is_said(published, worker):
    assert "Their mother" in text(worker.get(f"{AVA}evidence/arrears/"))


def test_a_marker_that_is_not_true_of_the_child_has_no_evidence_page(published, worker):
    assert worker.get(f"{AVA}evidence/mental_health_wait/").status_code == 404
    assert worker.get(f"{AVA}evidence/nothing/").status_code == 404


def test_a_partner_sees_their_own_agency_and_the_agreed_ones_and_no_police(published, partner):
    page = text(partner.get("/children/DEV/"))

    assert "Saltmarsh Youth Justice" in page
    assert "Suspended twice this term" in page
    assert "olice" not in page
    assert "SM4 1A" not in page
    assert partner.get("/children/DEV/evidence/police_stop/").status_code == 404


def test_an_outreach_worker_sees_needs_and_strengths_and_no_sources(published, person, signed_in):
    page = text(signed_in(person("outreach_worker")).get("/children/FINN/"))

    assert "Rent arrears" in page
    assert "Grandparents close by" in page
    assert "No voicemail: the phone is shared." in page
    for kept_back in ("Emergency", "How we know", "Timeline", "SM3", "What we do not know"):
        assert kept_back not in page, kept_back


def test_a_stranger_gets_the_same_page_as_for_a_child_who_does_not_exist(published, person, signed_in):
    stranger = signed_in(person("social_worker", staff_ref="W9"))

    for rest in ("", "evidence/domestic_abuse/", "looks/"):
        forbidden, unknown = stranger.get(f"/children/AVA/{rest}"), stranger.get(f"/children/NOBODY/{rest}")
        assert forbidden.status_code == unknown.status_code == 404
        assert forbidden.content == unknown.content
        assert dict(forbidden.headers) == dict(unknown.headers)


def test_a_child_of_an_older_run_is_not_there(published, person, signed_in):
    from kinfold.governance.actions import StandingRow, renew_standings

    renew_standings(rows=[StandingRow("worker", "W1", "GONE", "allocated")], run_id="old", at=NOW)
    assert signed_in(person("social_worker", **people.WORKER)).get("/children/GONE/").status_code == 404


def test_every_look_is_written_with_its_page(published, worker):
    worker.get(AVA)
    worker.get(f"{AVA}evidence/arrears/")

    looks = AuditEntry.objects.filter(person_id="AVA").order_by("number")
    assert [(look.action, look.path_name) for look in looks] == [
        ("child.opened", "record:child"),
        ("evidence.opened", "record:evidence"),
    ]


def test_a_brother_whom_a_feed_calls_restricted_is_not_named_on_his_sisters_page(published, worker):
    page = text(worker.get(AVA))
    assert "Gus Reed" not in page
    assert "Ask the manager of the team that works with the child" in page


def test_a_restricted_brother_is_not_named_on_his_sisters_page(published, worker):
    restrict(person_id="GUS", kind="restricted", owner="Head of service", reason="staff", named=[], by=None, at=NOW)

    page = text(worker.get(AVA))
    assert "Gus Reed" not in page
    assert "Ask Head of service" in page
    assert worker.get("/children/GUS/").status_code == 404


def test_a_sealed_brother_is_not_mentioned(published, worker):
    restrict(person_id="GUS", kind="sealed", owner="Adoption team", reason="order", named=[], by=None, at=NOW)

    page = text(worker.get(AVA))
    assert "Gus" not in page
    assert "Adoption team" not in page


def test_a_withheld_address_is_on_no_page(published, worker):
    page = text(worker.get("/children/GUS/"))
    assert "Address withheld" in page
    assert "SM9" not in page


def test_the_timeline_filters_and_pages_without_script(published, worker):
    assert "33 entries" in text(worker.get(AVA))
    assert "2 entries" in text(worker.get(f"{AVA}?significant=yes"))
    assert "1 entry" in text(worker.get(f"{AVA}?agency=police"))
    assert "31 entries" in text(worker.get(f"{AVA}?kind=visit&page=2"))
    assert "33 entries" in text(worker.get(f"{AVA}?kind=no_such_kind&page=99999999"))


def test_who_has_looked_is_listed_for_roles_that_may_see_it(published, worker, partner):
    worker.get(AVA)
    assert "Opened the child’s page" in text(worker.get(f"{AVA}looks/"))
    assert partner.get("/children/DEV/looks/").status_code == 404


def test_a_childs_page_costs_at_most_twelve_queries(published, worker, manager):
    for client in (worker, manager):
        client.get(AVA)
        for address in (AVA, f"{AVA}evidence/domestic_abuse/", f"{AVA}looks/"):
            with people.counted() as cost:
                client.get(address)
            assert len(cost.queries) <= 12, "\n".join(cost.queries)
