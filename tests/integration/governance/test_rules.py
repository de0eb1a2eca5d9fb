"""Rules are proposed by one person, approved by two offices, and live from a day; nothing undoes a change unseen."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from kinfold.areas import rule_sets
from kinfold.governance.models import AuditEntry
from kinfold.governance.rules import actions, queries
from kinfold.governance.rules.models import NeverChanged, PlainLists, RuleSet

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
AT = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
TODAY = AT.date()
TOMORROW = TODAY + datetime.timedelta(days=1)
REASON = "Arrears say more than we thought."
NOTE = "Read the what-if of Monday."


@pytest.fixture
def staff(person):
    return {role: person(role) for role in ("analyst", "practice_lead", "governance_lead", "social_worker")}


@pytest.fixture
def propose(staff):
    def make(points=5, *, at=AT, from_on=TOMORROW, by=None, role="analyst", base=None, **more) -> RuleSet:
        base = base or queries.to_change().rules
        rules = base.changed({("marker", "arrears", "points"): points})
        given = {"reason": REASON, "by": by or staff["analyst"], "role": role, "at": at, "on": at.date()}
        return actions.propose(rules=rules, based_on=base, from_on=from_on, **(given | more))

    return make


@pytest.fixture
def approve(staff):
    def by_office(row: RuleSet, role: str, *, at=AT, by=None, note=NOTE):
        return actions.approve(
            version=row.version, hash=row.hash, by=by or staff[role], role=role, at=at, on=at.date(), note=note
        )

    return by_office


def state(row: RuleSet, on: datetime.date = TODAY) -> str:
    return queries.find(row.version, on=on).state


def test_two_offices_approve_and_the_rules_are_live_from_the_day(propose, approve):
    row = propose()
    assert state(row) == "proposed" and queries.in_force(on=TOMORROW).version is None
    assert approve(row, "practice_lead").missing == ("governance",)
    assert queries.in_force(on=TOMORROW).version is None
    found = approve(row, "governance_lead")
    assert (found.state, found.starts_on) == ("approved", TOMORROW)
    assert queries.in_force(on=TODAY).version is None
    live = queries.in_force(on=TOMORROW)
    assert live.version == row.version and live.rules.values["marker", "arrears", "points"] == 5
    assert live.rules.hash == row.hash and state(row, TOMORROW) == "live"
    told = AuditEntry.objects.filter(action__startswith="rules.").order_by("number")
    assert list(told.values_list("action", "role")) == [
        ("rules.proposed", "analyst"), ("rules.approved", "practice_lead"), ("rules.approved", "governance_lead"),
    ]  # fmt: skip
    assert {entry.detail["hash"] for entry in told} == {row.hash}


def test_rules_approved_late_start_the_day_after_and_never_in_the_past(propose, approve):
    row = propose()
    late = AT + datetime.timedelta(days=5)
    approve(row, "practice_lead")
    assert approve(row, "governance_lead", at=late).starts_on == late.date() + datetime.timedelta(days=1)
    assert queries.in_force(on=late.date()).version is None


def test_each_day_has_the_rules_that_were_live_on_it(propose, approve):
    for number, points in enumerate((5, 7)):
        at = AT + datetime.timedelta(days=number * 2)
        row = propose(points, at=at, from_on=at.date() + datetime.timedelta(days=1))
        approve(row, "practice_lead", at=at)
        approve(row, "governance_lead", at=at)
    points = ("marker", "arrears", "points")
    days = [TODAY + datetime.timedelta(days=n) for n in range(4)]
    assert [queries.in_force(on=day).rules.values[points] for day in days] == [3, 5, 5, 7]
    assert state(RuleSet.objects.get(version=1), days[3]) == "replaced"


@pytest.mark.parametrize(
    ("role", "who", "said"),
    [
        ("social_worker", "social_worker", "Your role does not approve rules."),
        ("practice_lead", "social_worker", "Your role does not approve rules."),
        ("analyst", "analyst", "Your role does not approve rules."),
    ],
)
def test_only_the_two_offices_approve(propose, approve, staff, role, who, said):
    row = propose()
    with pytest.raises(actions.UnableToApprove, match=said):
        approve(row, role, by=staff[who])


def test_nobody_approves_what_they_proposed_nor_for_both_offices(propose, approve, person):
    everything = person("analyst", "practice_lead", "governance_lead")
    own = propose(by=everything)
    with pytest.raises(actions.UnableToApprove, match="Somebody else has to approve what you proposed"):
        approve(own, "practice_lead", by=everything)
    other = propose(7)
    approve(other, "practice_lead", by=everything)
    with pytest.raises(actions.UnableToApprove, match="it takes two people"):
        approve(other, "governance_lead", by=everything)
    with pytest.raises(actions.UnableToApprove, match="The practice lead has approved this already"):
        approve(other, "practice_lead")


def test_a_proposal_no_longer_fits_once_the_rules_have_changed(propose, approve):
    first, second = propose(5), propose(7)
    approve(second, "practice_lead")
    approve(second, "governance_lead")
    assert state(first) == "out_of_date"
    with pytest.raises(actions.UnableToApprove, match="no longer fits: approving it would undo that change"):
        approve(first, "practice_lead")
    old = queries.folder_rules()
    with pytest.raises(actions.UnableToPropose, match="The rules have changed since you tried this out"):
        propose(9, base=old)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"points": 3}, "Nothing differs from the rules there are"),
        ({"reason": "Better"}, "Say in a few words why"),
        ({"from_on": TODAY}, "The first day must be after today and within a year"),
        ({"from_on": TODAY + datetime.timedelta(days=400)}, "The first day must be after today and within a year"),
        ({"role": "social_worker"}, "Your role does not propose rules"),
    ],
)
def test_a_proposal_is_refused_in_words_and_nothing_is_recorded(propose, changed, said):
    with pytest.raises(actions.UnableToPropose, match=said):
        propose(**changed)
    assert not RuleSet.objects.exists() and not AuditEntry.objects.exists()


def test_the_same_proposal_is_made_once(propose):
    propose()
    with pytest.raises(actions.UnableToPropose, match="Version 1 proposes exactly this already"):
        propose()


def test_a_version_is_withdrawn_before_it_is_live_and_not_after(propose, approve, staff):
    def withdraw(row, role, on=TODAY):
        return actions.withdraw(version=row.version, by=staff[role], role=role, at=AT, on=on, reason="Wrong marker.")

    row = propose()
    with pytest.raises(actions.UnableToWithdraw, match="Only its author and the offices"):
        withdraw(row, "social_worker")
    withdraw(row, "analyst")
    assert state(row) == "withdrawn"
    with pytest.raises(actions.UnableToApprove, match="was withdrawn"):
        approve(row, "practice_lead")
    again = propose()
    approve(again, "practice_lead")
    approve(again, "governance_lead")
    with pytest.raises(actions.UnableToWithdraw, match="have been live and cannot be withdrawn"):
        withdraw(again, "governance_lead", TOMORROW)
    withdraw(again, "governance_lead")
    assert queries.in_force(on=TOMORROW).version is None


def test_a_version_that_another_builds_on_is_not_withdrawn_first(propose, approve, staff):
    first = propose(5)
    for office in ("practice_lead", "governance_lead"):
        approve(first, office)
    second = propose(7)
    for office in ("practice_lead", "governance_lead"):
        approve(second, office)
    with pytest.raises(actions.UnableToWithdraw, match="Version 2 builds on this one"):
        actions.withdraw(version=1, by=staff["analyst"], role="analyst", at=AT, on=TODAY, reason="It was a mistake.")


def test_a_row_is_never_changed_and_one_altered_in_the_database_is_not_gone_by(propose, approve):
    row = propose()
    with pytest.raises(NeverChanged):
        row.save()
    with pytest.raises(NeverChanged):
        row.delete()
    for office in ("practice_lead", "governance_lead"):
        approve(row, office)
    values = [[place, 9 if place == ["marker", "arrears", "points"] else value] for place, value in row.values]
    RuleSet.objects.filter(pk=row.pk).update(values=values)
    with pytest.raises(queries.RulesAltered, match="Version 1 of the rules is not as it was proposed"):
        queries.in_force(on=TOMORROW)
    changed = rule_sets.RuleSet(rule_sets.unstored(values))
    RuleSet.objects.filter(pk=row.pk).update(hash=changed.hash)
    with pytest.raises(queries.RulesAltered):
        queries.in_force(on=TOMORROW)


def test_lists_are_made_plain_by_one_of_the_offices_with_a_reason_and_put_back(staff):
    given = {"by": staff["practice_lead"], "role": "practice_lead", "reason": "A feed was read wrongly."}
    with pytest.raises(actions.UnableToSwitch, match="Your role cannot"):
        actions.make_plain(**given | {"by": staff["analyst"], "role": "analyst"}, at=AT)
    with pytest.raises(actions.UnableToSwitch, match="Say in a few words why"):
        actions.make_plain(**given | {"reason": "stop"}, at=AT)
    assert queries.plain_now() is None and not PlainLists.objects.exists()
    actions.make_plain(**given, at=AT)
    assert queries.plain_now().reason == given["reason"]
    with pytest.raises(actions.UnableToSwitch, match="plain already"):
        actions.make_plain(**given, at=AT)
    later = AT + datetime.timedelta(hours=3)
    back = {"by": staff["governance_lead"], "role": "governance_lead", "reason": "The feed was loaded again."}
    actions.put_in_order(**back, at=later)
    assert queries.plain_now() is None
    assert [queries.was_plain(AT + datetime.timedelta(hours=n)) for n in (-1, 0, 2, 3)] == [False, True, True, False]
    with pytest.raises(actions.UnableToSwitch, match="in the order of the rules already"):
        actions.put_in_order(**back, at=later)
    assert [e.action for e in AuditEntry.objects.order_by("number")] == ["lists.made_plain", "lists.put_in_order"]


def test_what_is_live_is_asked_in_few_queries(propose, approve, django_assert_max_num_queries):
    for number in range(4):
        at = AT + datetime.timedelta(days=number)
        row = propose(number + 4, at=at, from_on=at.date() + datetime.timedelta(days=1))
        for office in ("practice_lead", "governance_lead"):
            approve(row, office, at=at)
    with django_assert_max_num_queries(4):
        queries.in_force(on=timezone.localdate())
