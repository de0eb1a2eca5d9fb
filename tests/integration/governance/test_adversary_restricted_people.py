"""A feed that calls somebody's record restricted shuts it, whether they are a child or a child's parent."""

from __future__ import annotations

import datetime

import ibis
import pyarrow as pa
import pytest
from tests.integration import people

from kinfold.governance.models import Restriction
from kinfold.operations import standings
from kinfold.store.engine import Engine

NOW = datetime.datetime(2026, 3, 3, 9, tzinfo=datetime.UTC)


def table(engine: Engine, *rows: dict[str, object]):
    return engine.take(pa.Table.from_pylist(list(rows)))


@pytest.fixture
def restricted(published):
    engine = Engine(ibis.duckdb.connect())
    tables = {
        "people": table(
            engine, {"person_id": "MUM", "is_restricted": True}, {"person_id": "AVA", "is_restricted": False}
        ),
        "priority_child": table(engine, {"person_id": "AVA"}),
        "family": table(engine, {"person_id": "AVA", "other_id": "MUM", "kind": "parent"}),
    }

    def shut() -> int:
        return standings.restrict(engine, tables, at=NOW)

    return shut


def page(client) -> str:
    return client.get("/children/AVA/").content.decode()


def test_a_restricted_mother_is_named_to_the_childs_own_worker_and_to_nobody_else(restricted, person, signed_in):
    worker = signed_in(person("social_worker", **people.WORKER))
    manager = signed_in(person("team_manager", **people.MANAGER))
    assert "Marta" in page(manager)

    assert restricted() == 1

    assert "Marta" in page(worker)
    assert "Marta" not in page(manager)
    assert standings.OWNER.split(",")[0] in page(manager)


def test_a_record_is_shut_once(restricted):
    assert (restricted(), restricted()) == (1, 0)
    assert Restriction.objects.count() == 1
