"""A search does not tell that somebody is missing from it."""

from __future__ import annotations

import datetime

import pytest
from tests.integration.snapshot import CHILDREN, publish, search_keys

from kinfold.governance.actions import restrict
from kinfold.governance.models import AuditEntry
from kinfold.record import published as record

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)
SHUT = {"owner": "Team manager, Harbour", "reason": "Staff family", "named": [], "by": None, "at": NOW}


@pytest.fixture
def many_reeds(published):
    """Twenty-one children of one name, so that the last stands alone on a second page."""
    reeds = [
        {
            "person_id": f"R{n:02d}",
            "forename": "Zed",
            "surname": "Quillfeather",
            "birth_on": datetime.date(2015, 1, 1 + n),
            "role": "child",
        }
        for n in range(21)
    ]
    return publish({record.Child: [*CHILDREN, *reeds], record.SearchKey: list(search_keys(reeds))})


def found(client, address: str = "/children/") -> str:
    client.post("/children/", {"asked": "Zed Quillfeather"})
    return " ".join(client.get(address).content.decode().split())


@pytest.mark.parametrize("kind", ["restricted", "sealed"])
@pytest.mark.parametrize("hidden", ["R00", "R20"])
def test_twenty_who_may_be_named_are_one_page_whoever_else_there_is(many_reeds, person, signed_in, kind, hidden):
    restrict(person_id=hidden, kind=kind, **SHUT)

    page = found(signed_in(person("social_worker")))

    assert "20 children may be meant" in page
    assert "More than 20" not in page
    assert "page=2" not in page


def test_a_screener_is_told_of_restricted_ones_however_far_down_and_never_of_sealed(many_reeds, person, signed_in):
    restrict(person_id="R20", kind="restricted", **SHUT)
    restrict(person_id="R19", kind="sealed", **SHUT)

    page = found(signed_in(person("screener")))

    assert "1 restricted record is not shown" in page
    assert "Team manager, Harbour" in page
    assert AuditEntry.objects.filter(action="search.shown").latest("number").detail == {"shown": 19, "held_back": 2}
