"""The register of agreements: entered by one, approved by another, ended with a reason, never changed."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kinfold.areas.agreements import Agreement as Terms
from kinfold.areas.agreements import ColumnRule, agreement_of, block_of
from kinfold.governance.agreements import actions, policies, queries
from kinfold.governance.agreements.models import Agreement, NeverChanged, Purge

TODAY = datetime.date(2026, 3, 31)
NOW = datetime.datetime(2026, 3, 31, 9, tzinfo=datetime.UTC)
ROLE = "governance_lead"
WHY = "Agreed at the board of March"
TERMS = Terms(
    id="DSA-77",
    parties=("West Fen Council", "West Fen Police"),
    purposes=("safeguarding",),
    lawful_basis="UK GDPR 6(1)(e)",
    dpia="DPIA-77",
    fields=("REF", "SURNAME"),
    from_=datetime.date(2026, 1, 1),
    to=datetime.date(2026, 12, 31),
    retention_months=24,
    approved_by=("Data protection officer", "Caldicott guardian"),
    people=ColumnRule("CONSENT", ("Y",)),
    review=datetime.date(2026, 9, 1),
    roles={"West Fen Council": "controller"},
)


@pytest.fixture
def two(person):
    return person(ROLE), person(ROLE)


def enter(by, terms=TERMS, **changes):
    given = {"feed": "housing", "terms": terms, "by": by, "role": ROLE, "at": NOW, "reason": WHY} | changes
    return actions.enter(**given)


def approve(by, version=1, offices=TERMS.approved_by):
    return actions.approve(
        feed="housing", version=version, offices=offices, by=by, role=ROLE, at=NOW, note="signed copy, folder 7"
    )


def shown(on=TODAY):
    return queries.register(on=on)["housing"]


def test_a_block_of_toml_comes_in_and_goes_out_the_same():
    import tomllib

    read = tomllib.loads(block_of(TERMS))["agreement"]
    assert agreement_of(read, file="housing.toml", is_of_format=False) == TERMS


def test_it_is_live_only_once_every_office_has_approved(two):
    one, other = two
    enter(one)
    assert (shown().shown.state, shown().shown.missing) == ("proposed", TERMS.approved_by)
    assert approve(other, offices=TERMS.approved_by[:1]) == TERMS.approved_by[1:]
    assert shown().in_force is None
    assert approve(other, offices=TERMS.approved_by[1:]) == ()
    assert shown().in_force.terms == TERMS


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (datetime.date(2025, 12, 31), "approved"),
        (datetime.date(2026, 1, 1), "live"),
        (datetime.date(2026, 8, 31), "live"),
        (datetime.date(2026, 9, 1), "review"),
        (datetime.date(2026, 12, 31), "review"),
        (datetime.date(2027, 1, 1), "ended"),
    ],
)
def test_what_it_lets_happen_follows_its_days(two, on, state):
    enter(two[0])
    approve(two[1])
    assert shown(on).shown.state == state
    assert (shown(on).in_force is not None) == (state in policies.LOADS)


def test_nobody_approves_what_they_entered(two):
    enter(two[0])
    with pytest.raises(actions.UnableToApprove, match="Somebody else"):
        approve(two[0])
    assert shown().shown.approvals == ()


def test_a_role_that_does_not_keep_the_register_changes_nothing(person):
    worker = person("social_worker")
    with pytest.raises(actions.UnableToEnter, match="does not keep"):
        enter(worker, role="social_worker")
    with pytest.raises(actions.UnableToEnter, match="does not keep"):
        enter(worker)  # a role they do not hold
    assert not Agreement.objects.exists()


def test_a_new_version_replaces_only_once_it_is_approved(two):
    enter(two[0])
    approve(two[1])
    enter(two[0], dataclasses.replace(TERMS, fields=("REF",)))
    assert (shown().shown.row.version, shown().waiting.row.version) == (1, 2)
    approve(two[1], version=2)
    assert [(one.row.version, one.state) for one in shown().versions] == [(2, "live"), (1, "replaced")]


def test_the_same_again_is_not_a_version(two):
    enter(two[0])
    with pytest.raises(actions.UnableToEnter, match="Nothing differs"):
        enter(two[0])


def test_a_version_is_never_changed_and_one_altered_in_the_database_is_not_gone_by(two):
    row = enter(two[0])
    with pytest.raises(NeverChanged):
        row.save()
    with pytest.raises(NeverChanged):
        row.delete()
    Agreement.objects.filter(pk=row.pk).update(terms=row.terms | {"upn_may_match": True})
    with pytest.raises(queries.RegisterAltered, match="not as it was entered"):
        queries.register(on=TODAY)


def test_an_end_at_once_holds_for_every_day_and_a_later_one_from_its_day(two):
    enter(two[0])
    approve(two[1])
    purge = actions.end(feed="housing", due_on=datetime.date(2026, 5, 1), by=two[1], role=ROLE, at=NOW, reason=WHY)
    assert [shown(datetime.date(2026, m, 30)).shown.state for m in (3, 4, 5)] == ["live", "live", "ended"]
    actions.call_off(purge_id=purge.pk, by=two[0], role=ROLE, at=NOW, reason="a mistake, it was renewed")
    assert shown(datetime.date(2026, 5, 30)).shown.state == "live"
    actions.end(feed="housing", due_on=TODAY, by=two[1], role=ROLE, at=NOW, reason=WHY)
    assert shown(datetime.date(2026, 2, 1)).shown.state == "ended"


def test_what_one_person_ended_waits_a_week_and_a_second_person_may_say_it_need_not(two):
    enter(two[0])
    approve(two[1])
    later = datetime.date(2026, 5, 1)
    assert policies.erased_from(end_it(two[1], due_on=later)) == later
    actions.call_off(
        purge_id=queries.end_waiting("housing").pk, by=two[1], role=ROLE, at=NOW, reason="a mistake, call off"
    )
    purge = end_it(two[1])
    assert (shown().shown.state, policies.erased_from(purge)) == ("ended", TODAY + datetime.timedelta(days=7))
    with pytest.raises(actions.UnableToEnd, match="Somebody else has to confirm"):
        actions.confirm_end(purge_id=purge.pk, by=two[1], role=ROLE, at=NOW)
    assert policies.erased_from(actions.confirm_end(purge_id=purge.pk, by=two[0], role=ROLE, at=NOW)) == TODAY
    with pytest.raises(actions.UnableToEnd, match="does not wait"):
        actions.confirm_end(purge_id=purge.pk, by=two[0], role=ROLE, at=NOW)


def end_it(by, due_on=TODAY):
    return actions.end(feed="housing", due_on=due_on, by=by, role=ROLE, at=NOW, reason=WHY)


def test_an_end_waits_on_the_pages_where_everybody_who_keeps_the_register_sees_it(signed_in, two):
    one, other = signed_in(two[0], ROLE), signed_in(two[1], ROLE)
    one.post("/agreements/housing/enter/", typed())
    other.post(
        "/agreements/housing/approve/", {"offices": "Caldicott guardian", "note": "signed copy, 7", "version": "1"}
    )
    one.post("/agreements/housing/end/", {"when": "now", "reason": WHY})
    due = timezone.localdate() + datetime.timedelta(days=7)
    said = f"from {due.day} {due:%B %Y}"
    assert f"to be erased {said}" in one.get("/agreements/").content.decode()
    mine, theirs = (client.get("/agreements/housing/").content.decode() for client in (one, other))
    assert said in mine
    assert ("so that it need not wait" in mine, "so that it need not wait" in theirs) == (False, True)
    assert "only somebody else" in one.get("/agreements/housing/confirm/").content.decode()
    assert other.post("/agreements/housing/confirm/").status_code == 302
    assert policies.erased_from(queries.end_waiting("housing")) == timezone.localdate()
    assert other.get("/agreements/housing/confirm/").status_code == 404


def test_an_ended_agreement_begins_anew_with_a_new_version(two):
    enter(two[0])
    approve(two[1])
    purge = actions.end(feed="housing", due_on=TODAY, by=two[1], role=ROLE, at=NOW, reason=WHY)
    actions.carried_out(purge_id=purge.pk, report={"signature": "s"}, at=NOW)
    enter(two[0])
    approve(two[1], version=2)
    assert (shown().shown.row.version, shown().shown.state) == (2, "live")


def test_two_ends_cannot_wait_for_one_feed(two):
    given = {"feed": "housing", "up_to_version": 1, "due_on": TODAY, "reason": WHY, "by": two[0], "at": NOW}
    Purge.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Purge.objects.create(**given)


PAGES = (
    "agreements/", "agreements/register.csv", "agreements/housing/", "agreements/housing/enter/",
    "agreements/housing/approve/", "agreements/housing/end/", "agreements/housing/version-1.toml",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_gets_what_a_page_that_is_not_there_gives(person, signed_in, two, page):
    enter(two[0])
    stranger = signed_in(person("social_worker"), "social_worker").get(f"/{page}")
    keeper = signed_in(two[1], ROLE).get(f"/{page}")
    assert (stranger.status_code, keeper.status_code) == (404, 200)


def typed(**changes):
    """What the form of a new version sends for TERMS."""
    sent = {
        "id": "DSA-77", "parties": "West Fen Council: controller\nWest Fen Police", "purposes": "safeguarding",
        "lawful_basis": "UK GDPR 6(1)(e)", "dpia": "DPIA-77", "fields_": "REF\nSURNAME", "people_column": "CONSENT",
        "people_is": "Y", "upn_may_match": "no", "retention_months": "24", "from_-day": "1", "from_-month": "1",
        "from_-year": "2026", "to-day": "31", "to-month": "12", "to-year": "2099", "approved_by": "Caldicott guardian",
        "reason": WHY,
    }  # fmt: skip
    return sent | changes


def test_entered_approved_and_ended_on_the_pages(signed_in, two):
    one, other = signed_in(two[0], ROLE), signed_in(two[1], ROLE)
    assert one.post("/agreements/housing/enter/", typed()).status_code == 302
    entered = queries.register(on=timezone.localdate())["housing"].shown
    assert (entered.state, entered.terms.roles) == ("proposed", {"West Fen Council": "controller"})
    assert entered.terms.people == ColumnRule("CONSENT", ("Y",))
    assert b"somebody else has to approve" in one.get("/agreements/housing/approve/").content
    note = {"offices": "Caldicott guardian", "note": "signed copy, folder 7", "version": "1"}
    assert other.post("/agreements/housing/approve/", note).status_code == 302
    assert queries.register(on=timezone.localdate())["housing"].in_force is not None
    assert one.post("/agreements/housing/end/", {"when": "now", "reason": WHY}).status_code == 302
    assert queries.register(on=timezone.localdate())["housing"].shown.state == "ended"
    assert one.post("/agreements/housing/call-off/", {"reason": "a mistake, it goes on"}).status_code == 302
    assert queries.register(on=timezone.localdate())["housing"].in_force is not None


def test_a_version_entered_since_the_page_was_opened_is_not_approved_unread(signed_in, two):
    one, other = signed_in(two[0], ROLE), signed_in(two[1], ROLE)
    one.post("/agreements/housing/enter/", typed())
    assert b'name="version" value="1"' in other.get("/agreements/housing/approve/").content
    one.post("/agreements/housing/enter/", {**typed(), "upn_may_match": "yes", "retention_months": "240"})
    note = {"offices": "Caldicott guardian", "note": "signed copy, folder 7", "version": "1"}
    answer = other.post("/agreements/housing/approve/", note, follow=True)
    assert b"Nothing was recorded" in answer.content
    assert b"version 2" in answer.content
    assert queries.register(on=timezone.localdate())["housing"].in_force is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"to-year": "2025"}, "The last day is before the first."),
        ({"fields_": "all of the format"}, "only where format is given"),
        ({"reason": ""}, "Say why this is entered."),
        ({"upn_may_match": ""}, "Select whether pupil numbers may be used to match."),
    ],
)
def test_what_cannot_be_an_agreement_is_said_and_not_entered(signed_in, two, changes, said):
    page = signed_in(two[0], ROLE).post("/agreements/housing/enter/", typed(**changes))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Agreement.objects.exists()


def test_no_cell_of_the_register_is_a_formula(signed_in, two):
    enter(two[0], dataclasses.replace(TERMS, id="=1+1"))
    assert b"'=1+1" in signed_in(two[0], ROLE).get("/agreements/register.csv").content


def test_the_page_of_one_agreement_has_every_version_and_every_end(signed_in, two):
    for_long = dataclasses.replace(TERMS, review=None, to=datetime.date(2099, 12, 31))  # the page asks what day it is
    enter(two[0], for_long)
    approve(two[1])
    enter(two[0], dataclasses.replace(for_long, onward="Nobody", fields=None), feed="housing")
    purge = actions.end(feed="housing", due_on=TODAY, by=two[1], role=ROLE, at=NOW, reason=WHY)
    actions.call_off(purge_id=purge.pk, by=two[0], role=ROLE, at=NOW, reason="a mistake, it was renewed")
    page = signed_in(two[0], ROLE).get("/agreements/housing/").content.decode()
    assert "Terms of version 2" in page
    assert "a mistake, it was renewed" in page
    assert "Version 2 waits for the approval of" in page
