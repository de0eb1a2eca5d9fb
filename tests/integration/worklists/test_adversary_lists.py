"""A sealed record is on nobody's list, and in no count of one."""

from __future__ import annotations

import datetime

import pytest
from tests.integration import people

from kinfold.governance.actions import restrict

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)


def text(client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


@pytest.fixture
def sealed(published):
    for child in ("AVA", "CORA"):
        restrict(person_id=child, kind="sealed", owner="Adoption team", reason="Order", named=[], by=None, at=NOW)


def test_a_sealed_child_leaves_no_gap_in_a_workers_list(sealed, person, signed_in):
    worker = signed_in(person("social_worker", **people.WORKER))
    for address in ("/my-day/", "/my-day/print/"):
        page = text(worker, address)
        assert "Ava" not in page
        assert "not shown" not in page
    assert "Nobody to act on today, 1 this week" in text(worker, "/my-day/")


def test_a_sealed_child_is_in_none_of_a_managers_counts(sealed, person, signed_in):
    manager = signed_in(person("team_manager", **people.MANAGER))
    page = text(manager, "/team/")
    assert "1 person has 2 children between them" in page
    assert "Cora" not in page
    assert "Waiting to be allocated" not in page
    assert "1 this week" in text(manager, "/team/worker/W1/")


def test_a_row_of_a_sealed_child_cannot_be_recorded_about(sealed, person, signed_in):
    worker = signed_in(person("social_worker", **people.WORKER))
    assert worker.get("/my-day/social_care:AVA/record/").status_code == 404
    assert worker.post("/my-day/social_care:AVA/undo/").status_code == 404
