"""Whoever has a child on a list sees what is not known of it, which feed would tell, and whom to ask."""

from __future__ import annotations

import pytest
from tests.integration import people
from tests.integration.snapshot import STANDING_FROM, STANDINGS, council, publish

from kinfold.governance.actions import renew_standings
from kinfold.governance.models import AuditEntry
from kinfold.record import published as record

ADDRESS = "/not-enough-known/"


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_a_screener_sees_the_queues_child_what_is_not_known_and_whom_to_ask(published, person, signed_in):
    page = text(signed_in(person("screener")).get(ADDRESS))

    assert "Of 1 child in your queues our feeds can answer less than 50% of what we ask." in page
    assert "Ella Nowak" in page and "Finn" not in page and "Ava" not in page
    assert "Housing tenancies</strong> has been silent since 1 December 2025: Moved home often." in page
    assert "Social care cases</strong> comes, and does not speak of this child: Vaccinations." in page
    assert "Ask Saltmarsh Council, Performance" in page and "01632 960101" in page
    assert "40%" not in page, "a figure is for who sees points"
    row = AuditEntry.objects.latest("pk")
    assert (row.action, row.path_name) == ("not_enough_known.opened", "worklists:not_enough_known")
    assert row.detail["shown"] == 1


def test_a_manager_sees_the_share_as_a_figure_and_nobody_of_another_team(published, person, signed_in):
    tables = council()
    little = {"coverage_share": 0.41, "source_count": 2}
    tables[record.Child] = [c | little if c["person_id"] in ("CORA", "GUS") else c for c in tables[record.Child]]
    tables[record.Child].append({"person_id": "NOBODYS", "forename": "Nell", "coverage_share": 0.1})
    renew_standings(rows=STANDINGS, run_id=publish(tables).run_id, at=STANDING_FROM)

    page = text(signed_in(person("team_manager", **people.MANAGER)).get(ADDRESS))
    assert "Cora O&#39;Brien" in page and "41% of our questions." in page
    assert "2 of 4 feeds hold a record of this child." in page
    assert "Ella" not in page and "Nell" not in page
    assert "Of 1 more child in this area as little is known" in page
    other = text(signed_in(person("team_manager", team="Hill team")).get(ADDRESS))
    assert "Nobody." in other and "Cora" not in other


@pytest.mark.parametrize("role", ["social_worker", "partner_worker", "outreach_worker", "governance_lead", "analyst"])
def test_nobody_else_has_the_page(published, person, signed_in, role):
    assert signed_in(person(role, **people.WORKER)).get(ADDRESS).status_code == 404


def test_the_page_costs_at_most_fifteen_queries_and_says_so_before_the_first_run(db, person, signed_in):
    client = signed_in(person("screener"))
    assert "There is no list yet" in text(client.get(ADDRESS))
    renew_standings(rows=STANDINGS, run_id=publish().run_id, at=STANDING_FROM)
    client.get(ADDRESS)
    with people.counted() as cost:
        client.get(ADDRESS)
    assert len(cost.queries) <= 15, "\n".join(cost.queries)


def test_a_manager_is_told_which_feed_fell_silent_and_what_waits_for_it(published, person, signed_in):
    page = text(signed_in(person("team_manager", **people.MANAGER)).get("/team/"))

    assert "Housing tenancies has been silent since 1 December 2025." in page
    assert "Nobody else tells us: Rent arrears." in page
    assert "for the children they know: Moved home often." in page
    assert f'href="{ADDRESS}"' in page
