"""What the run says about who works with whom replaces what the last run said, and nothing else."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from tests.integration import people

from kinfold.governance import actions
from kinfold.governance.actions import Renewed, StandingRow
from kinfold.governance.models import AuditEntry, Standing

MONDAY = datetime.datetime(2026, 3, 2, 3, tzinfo=datetime.UTC)
TUESDAY = datetime.datetime(2026, 3, 3, 3, tzinfo=datetime.UTC)


def row(worker: str, child: str, kind: str = "allocated") -> StandingRow:
    return StandingRow("worker", worker, child, kind)


@pytest.mark.django_db
def test_new_ones_open_vanished_ones_close_and_the_rest_stay_as_they_were():
    actions.renew_standings(rows=[row("W1", "P1"), row("W1", "P2")], run_id="r1", at=MONDAY)
    done = actions.renew_standings(rows=[row("W1", "P2"), row("W2", "P3")], run_id="r2", at=TUESDAY)

    assert done == Renewed(opened=1, closed=1, kept=1)
    held = set(Standing.objects.values_list("holder_ref", "person_id", "from_at", "to_at", "run_id"))
    assert held == {
        ("W1", "P1", MONDAY, TUESDAY, "r1"),
        ("W1", "P2", MONDAY, None, "r1"),
        ("W2", "P3", TUESDAY, None, "r2"),
    }
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.user) == ("standings.renewed", None)
    assert entry.detail == {"run": "r2", "opened": 1, "closed": 1, "kept": 1}


@pytest.mark.django_db
def test_the_same_rows_again_change_nothing_and_a_row_said_twice_counts_once():
    rows = [row("W1", "P1"), row("W1", "P1")]
    actions.renew_standings(rows=rows, run_id="r1", at=MONDAY)
    assert actions.renew_standings(rows=rows, run_id="r2", at=TUESDAY) == Renewed(opened=0, closed=0, kept=1)


@pytest.mark.django_db
def test_a_child_who_comes_back_gets_a_new_standing():
    for rows, at in (([row("W1", "P1")], MONDAY), ([], TUESDAY), ([row("W1", "P1")], TUESDAY)):
        actions.renew_standings(rows=rows, run_id="r", at=at)
    assert Standing.objects.filter(to_at=None).count() == 1
    assert Standing.objects.count() == 2


@pytest.mark.django_db
def test_a_failed_publish_takes_its_standings_with_it():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.renew_standings(rows=[row("W1", "P1")], run_id="r1", at=MONDAY)
        raise ZeroDivisionError
    assert not Standing.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"kind": "friend"}, {"holder_kind": "cousin"}])
def test_the_database_knows_the_kinds(wrong):
    fields = {"holder_kind": "worker", "holder_ref": "W1", "person_id": "P1", "kind": "allocated", **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Standing.objects.create(**fields, purpose="case_work", from_at=MONDAY, written_by="x")


@pytest.mark.django_db
@pytest.mark.slow
def test_a_hundred_thousand_standings_renew_in_a_handful_of_statements():
    rows = [row(f"W{number % 900}", f"P{number}") for number in range(100_000)]
    actions.renew_standings(rows=rows, run_id="r1", at=MONDAY)
    with people.counted() as cost:
        done = actions.renew_standings(rows=rows[500:] + [row("W1", "NEW")], run_id="r2", at=TUESDAY)
    assert done == Renewed(opened=1, closed=500, kept=99_500)
    assert len(cost.queries) <= 20, "what is kept is left alone"
