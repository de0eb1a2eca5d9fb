"""A manager sees who in the team has what to do, what nobody has picked up, and each worker's list."""

from __future__ import annotations

import re

import pytest
from tests.integration import people
from tests.integration.snapshot import STANDING_FROM, council, publish

from kinfold.governance.actions import StandingRow, renew_standings
from kinfold.record import published as record


@pytest.fixture
def manager(person, signed_in):
    return signed_in(person("team_manager", **people.MANAGER))


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_a_manager_sees_each_workers_load_and_who_waits_to_be_allocated(published, manager):
    page = text(manager.get("/team/"))

    assert "1 person has 3 children between them. 1 visit is overdue." in page
    assert 'href="/team/worker/W1/"' in page
    assert "Waiting to be allocated" in page
    assert "There is time for 60 conversations a week by social workers, beside the visits that are due." in page
    assert "Cora O&#39;Brien" in page
    assert "Dev" not in page


def test_a_workers_list_is_one_click_away(published, manager):
    page = text(manager.get("/team/worker/W1/"))
    assert "Sam Okafor" in page
    assert "Ava Szymańska-Reed" in page


def test_a_manager_sees_which_children_a_worker_has_never_opened(published, person, signed_in, manager):
    def waiting() -> int:
        row = text(manager.get("/team/")).split('href="/team/worker/W1/"')[1].split("</tr>")[0]
        return int(re.findall(r">([0-9]+)</td>", row)[-1])

    worker = signed_in(person("social_worker", **people.WORKER))
    before = waiting()
    child = re.search(r'href="(/children/[^/"]+/)"', worker.get("/my-day/").content.decode())[1]
    assert worker.get(child).status_code == 200
    assert waiting() == before - 1
    worker.get(child)
    assert waiting() == before - 1


def test_a_list_of_another_team_is_not_there(published, person, signed_in, manager):
    other = signed_in(person("team_manager", team="Hill team"))
    assert other.get("/team/worker/W1/").status_code == 404
    assert manager.get("/team/service/youth_justice:yjs/").status_code == 404
    assert "No child is on your team’s lists" in text(other.get("/team/"))


def test_a_manager_without_a_team_is_told_so(published, person, signed_in):
    assert "Your account does not say which team" in text(signed_in(person("team_manager")).get("/team/"))


@pytest.mark.parametrize("role", ["social_worker", "partner_worker", "outreach_worker", "screener", "governance_lead"])
def test_nobody_but_a_manager_has_the_page(published, person, signed_in, role):
    client = signed_in(person(role, **people.WORKER))
    assert client.get("/team/").status_code == 404
    assert client.get("/team/worker/W1/").status_code == 404


def test_the_team_says_so_before_the_first_run(db, manager):
    assert "There is no list yet" in text(manager.get("/team/"))


def test_the_team_costs_at_most_fifteen_queries_and_a_workers_list_twelve(published, manager):
    for address, most in (("/team/", 15), ("/team/worker/W1/", 12)):
        manager.get(address)
        with people.counted() as cost:
            manager.get(address)
        assert len(cost.queries) <= most, "\n".join(cost.queries)


def test_a_services_shared_list_is_named_and_one_click_away(published, person, signed_in):
    tables = council()
    shared = {
        "owner_kind": "service",
        "owner_ref": "health/Quay visiting",
        "owner_name": "Quay visiting",
        "team": "Quay",
    }
    tables[record.WorklistRow] = [
        {**row, **shared} if row["person_id"] == "CORA" else row for row in tables[record.WorklistRow]
    ]
    renew_standings(rows=[StandingRow("team", "Quay", "CORA", "team")], run_id=publish(tables).run_id, at=STANDING_FROM)
    manager = signed_in(person("team_manager", team="Quay", agency="health"))

    assert "Quay visiting" in text(manager.get("/team/"))
    assert "Cora O&#39;Brien" in text(manager.get("/team/service/health/Quay%20visiting/"))
