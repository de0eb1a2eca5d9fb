"""What a person decided of a restriction stands: a run neither shuts again what was lifted nor renames the named."""

from __future__ import annotations

import datetime

import pytest
from tests.integration import people

from kinfold.governance import actions, gate, queries
from kinfold.governance.actions import StandingRow, UnableToChangeNamed
from kinfold.governance.models import AuditEntry, Restriction

MONDAY = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
TUESDAY = MONDAY + datetime.timedelta(days=1)
WEDNESDAY = MONDAY + datetime.timedelta(days=2)
THURSDAY = MONDAY + datetime.timedelta(days=3)
OF_THE_RUN = {"owner": "Duty manager", "reason": "The feeds mark it."}


def night(at: datetime.datetime, **flagged: list[object]) -> int:
    return actions.restrict_flagged(flagged=flagged, at=at, **OF_THE_RUN)


def named() -> set[str]:
    return {str(user) for user in Restriction.objects.get(to_at=None).named.all()}


def allocate(*pairs: tuple[str, str]) -> None:
    rows = [StandingRow("worker", ref, child, "allocated") for ref, child in pairs]
    actions.renew_standings(rows=rows, run_id="r", at=MONDAY)


@pytest.fixture
def lead(person):
    return person("governance_lead", display_name="Lead")


def test_one_lifted_by_hand_stays_open_while_the_feed_goes_on_flagging_it(lead):
    assert night(MONDAY, P1=[]) == 1
    actions.lift_restriction(person_id="P1", by=lead, reason="Agreed with the family", at=TUESDAY)

    assert (night(WEDNESDAY, P1=[]), night(THURSDAY, P1=[])) == (0, 0)
    assert not queries.is_restricted("P1", THURSDAY)


def test_a_flag_that_went_and_came_again_is_a_new_one(lead):
    night(MONDAY, P1=[])
    actions.lift_restriction(person_id="P1", by=lead, reason="Agreed with the family", at=TUESDAY)
    night(WEDNESDAY)

    assert night(THURSDAY, P1=[]) == 1
    assert queries.is_restricted("P1", THURSDAY)


def test_one_lifted_by_hand_is_restricted_again_by_hand(lead, person):
    night(MONDAY, P1=[])
    actions.lift_restriction(person_id="P1", by=lead, reason="Agreed with the family", at=TUESDAY)
    actions.restrict(person_id="P1", kind="restricted", owner="Lead", reason="Staff", named=[], by=lead, at=WEDNESDAY)
    assert queries.closed_to(person("social_worker"), ["P1"], THURSDAY, flagged=["P1"]) == {
        "P1": ("restricted", "Lead")
    }


def test_what_a_feed_flags_is_closed_until_something_is_decided_of_it(lead, person):
    worker, other = person("social_worker"), person("social_worker")
    assert queries.closed_to(worker, ["P1"], TUESDAY, flagged=["P1"]) == {"P1": queries.FLAGGED}

    actions.restrict(person_id="P1", kind="restricted", owner="Lead", reason="x", named=[worker], by=lead, at=MONDAY)
    assert queries.closed_to(worker, ["P1"], TUESDAY, flagged=["P1"]) == {}
    assert queries.closed_to(other, ["P1"], TUESDAY, flagged=["P1"]) == {"P1": ("restricted", "Lead")}

    actions.lift_restriction(person_id="P1", by=lead, reason="Agreed", at=TUESDAY)
    assert queries.closed_to(other, ["P1"], TUESDAY, flagged=["P1"]) == {}


def test_a_brother_who_was_opened_again_is_named_though_the_feed_flags_him(published, lead, person, signed_in):
    night(MONDAY, GUS=[])
    page = signed_in(person("team_manager", **people.MANAGER)).get
    assert "Gus Reed" not in page("/children/AVA/").content.decode()

    actions.lift_restriction(person_id="GUS", by=lead, reason="Agreed with the family", at=TUESDAY)

    assert "Gus Reed" in page("/children/AVA/").content.decode()


def test_a_child_who_changes_hands_is_open_to_the_new_worker_and_not_the_old(person):
    old, new = person("social_worker", staff_ref="W1"), person("social_worker", staff_ref="W2")
    allocate(("W1", "P1"), ("W2", "P1"))
    night(MONDAY, P1=[old])
    night(TUESDAY, P1=[new])

    look = {"role": "social_worker", "person_id": "P1", "action": "child.opened", "at": TUESDAY}
    assert gate.ask(user=new, **look).may_see("identity")
    with pytest.raises(gate.NotForYou):
        gate.ask(user=old, **look)
    entry = AuditEntry.objects.filter(action="record.named").get()
    assert entry.detail == {"added": str(new.pk), "removed": str(old.pk), "why": "allocated"}


def test_the_named_may_be_changed_as_often_as_needed_and_no_run_changes_them_back(person, lead):
    old, new, third = (person("social_worker", display_name=name) for name in ("Old", "New", "Third"))
    night(MONDAY, P1=[old])

    actions.change_named(person_id="P1", add=[new], remove=[old], by=lead, reason="Changed team", at=TUESDAY)
    actions.change_named(person_id="P1", add=[third], by=lead, reason="Covers her leave", at=WEDNESDAY)
    night(THURSDAY, P1=[old])

    assert named() == {"New", "Third"}
    entries = AuditEntry.objects.filter(action="record.named", user=lead).order_by("number")
    assert [entry.detail["added"] for entry in entries] == [str(new.pk), str(third.pk)]


def test_the_named_of_a_restriction_made_by_a_person_are_never_the_runs(person, lead):
    chosen, allocated = person("social_worker", display_name="Chosen"), person("social_worker")
    actions.restrict(person_id="P1", kind="restricted", owner="x", reason="x", named=[chosen], by=lead, at=MONDAY)
    assert night(TUESDAY, P1=[allocated]) == 0
    assert named() == {"Chosen"}


def test_what_cannot_be_is_refused_and_changes_nothing(person, lead):
    worker = person("social_worker", display_name="Worker")
    change = {"by": lead, "reason": "Changed team", "at": TUESDAY}
    with pytest.raises(UnableToChangeNamed, match="not restricted"):
        actions.change_named(person_id="P1", add=[worker], **change)
    night(MONDAY, P1=[worker])
    entries = AuditEntry.objects.count()

    for wrong, words in (
        ({"add": [lead]}, "Nobody names themselves"),
        ({"add": [worker]}, "Nothing would change"),
        ({"remove": [worker], "reason": "  "}, "Say why"),
    ):
        with pytest.raises(UnableToChangeNamed, match=words):
            actions.change_named(person_id="P1", **{**change, **wrong})

    assert named() == {"Worker"}
    assert AuditEntry.objects.count() == entries
