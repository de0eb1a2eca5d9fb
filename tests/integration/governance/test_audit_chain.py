"""The audit trail is never changed or shortened, and shows it when it was."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import DatabaseError, connection, transaction

from kinfold.governance import audit, searching, triggers
from kinfold.governance.models import AppendOnly, AuditEntry, AuditHead

NOON = datetime.datetime(2026, 3, 3, 12, tzinfo=datetime.UTC)


@pytest.fixture
def anchors(tmp_path, settings):
    settings.AUDIT_ANCHORS = tmp_path / "anchors.jsonl"
    return settings.AUDIT_ANCHORS


def written(count: int) -> None:
    for number in range(count):
        audit.record(action="child.viewed", at=NOON, person_id=f"P{number}", detail={"place": number})


def tampered(statement: str) -> None:
    """Somebody who can switch the triggers off."""
    triggers.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    triggers.put(connection)


@pytest.mark.django_db
def test_entries_are_numbered_without_gaps_and_each_holds_the_hash_before_it(anchors):
    written(3)
    rows = list(AuditEntry.objects.order_by("number").values_list("number", "prev_hash", "hash"))
    assert [row[0] for row in rows] == [1, 2, 3]
    assert [row[1] for row in rows] == ["", rows[0][2], rows[1][2]]
    assert audit.verify() == audit.Report(entries=3, changed=None, missing_after=None, anchored=0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    ["person_id = 'P9'", "result = 'refused'", "detail = '{}'", "at = '2026-03-03 13:00:00+00:00'", "action = 'x'"],
)
def test_any_change_to_an_entry_shows(anchors, change):
    written(4)
    tampered(f"UPDATE governance_auditentry SET {change} WHERE number = 2")
    report = audit.verify()
    assert (report.holds, report.changed) == (False, 2)
    assert "entry 2 is not as it was written" in report.message


@pytest.mark.django_db
def test_an_entry_taken_from_the_middle_shows(anchors):
    written(4)
    tampered("DELETE FROM governance_auditentry WHERE number = 2")
    assert audit.verify().missing_after == 1


@pytest.mark.django_db
def test_entries_cut_off_the_end_show(anchors):
    written(4)
    tampered("DELETE FROM governance_auditentry WHERE number > 2")
    assert audit.verify().missing_after == 2


@pytest.mark.django_db
def test_entries_cut_off_the_end_show_when_the_head_was_set_back_too_because_of_the_anchor(anchors):
    written(4)
    assert audit.anchor(at=NOON) == 4
    tampered("DELETE FROM governance_auditentry WHERE number > 2")
    AuditHead.objects.update(number=2, hash=AuditEntry.objects.get(number=2).hash)
    report = audit.verify()
    assert (report.missing_after, report.anchored) == (2, 4)


@pytest.mark.django_db
def test_a_chain_rebuilt_after_an_anchor_shows(anchors):
    written(2)
    audit.anchor(at=NOON)
    tampered("DELETE FROM governance_auditentry")
    AuditHead.objects.update(number=0, hash="")
    written(1)
    audit.record(action="something.else", at=NOON)
    assert audit.verify().changed == 2


@pytest.mark.django_db
def test_the_model_refuses_to_change_or_delete(anchors):
    written(1)
    entry = AuditEntry.objects.get()
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(AppendOnly):
            attempt()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(action="x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE governance_auditentry SET action = 'x'", "DELETE FROM governance_auditentry"],
)
def test_the_database_refuses_whatever_the_model_would_say(anchors, statement):
    written(1)
    with pytest.raises(DatabaseError, match="audit trail is never"), transaction.atomic():
        connection.cursor().execute(statement)
    assert audit.verify().holds


@pytest.mark.django_db
def test_postgresql_refuses_to_empty_the_trail(anchors):
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has TRUNCATE")
    written(1)
    with pytest.raises(DatabaseError, match="audit trail is never"), transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.cursor().execute("TRUNCATE governance_auditentry")


@pytest.mark.django_db
def test_a_check_is_written_down_and_leaves_an_anchor(anchors):
    written(2)
    assert searching.check_chain(at=NOON).holds
    state = searching.chain_state()
    assert (state.entries, state.checked_at) == (3, NOON)
    assert state.said == "The audit trail holds: 2 entries, none changed and none missing."
    assert audit.verify().anchored == 3


@pytest.mark.django_db(transaction=True)
def test_people_looking_at_once_leave_one_whole_chain(anchors):
    def looks() -> None:
        try:
            written(10)
        finally:
            connection.close()

    people = [threading.Thread(target=looks) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert audit.verify() == audit.Report(entries=40, changed=None, missing_after=None, anchored=0)


@pytest.mark.django_db(transaction=True)
def test_every_hundredth_entry_leaves_an_anchor(anchors):
    written(audit.ANCHOR_EVERY + 1)
    assert audit.verify().anchored == audit.ANCHOR_EVERY
