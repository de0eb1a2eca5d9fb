"""Duty staff may open a child nobody is allocated to: for a reason, for an hour, and a manager is told."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from kinfold.governance import actions, gate
from kinfold.governance.actions import StandingRow
from kinfold.governance.models import AuditEntry, DutyAccess, Notice, Standing

NOON = datetime.datetime(2026, 3, 3, 12, tzinfo=datetime.UTC)
WHY = {"purpose": "contact_today", "reason": "The school rang about a bruise this morning."}


def opened(user, person_id="P1", role="social_worker", at=NOON, **more):
    return actions.open_on_duty(user=user, role=role, person_id=person_id, at=at, **{**WHY, **more})


def looks(user, at, role="social_worker", person_id="P1"):
    return gate.ask(user=user, role=role, person_id=person_id, action="child.viewed", at=at)


@pytest.mark.django_db
def test_a_child_nobody_is_allocated_to_opens_for_an_hour_and_no_longer(person):
    user = person("social_worker", team="North")
    opened(user)

    sight = looks(user, NOON + datetime.timedelta(minutes=59, seconds=59))
    assert (sight.entitled_by, sight.purpose, sight.until) == ("duty", "duty", NOON + datetime.timedelta(hours=1))
    with pytest.raises(gate.NotForYou):
        looks(user, NOON + datetime.timedelta(minutes=60))


@pytest.mark.django_db
def test_only_the_one_who_opened_it_may_look(person):
    user, other = person("social_worker"), person("social_worker")
    opened(user)
    with pytest.raises(gate.NotForYou):
        looks(other, NOON)


@pytest.mark.django_db
def test_the_manager_of_the_team_is_told_without_the_childs_name(person):
    user = person("social_worker", team="North")
    manager, elsewhere = person("team_manager", team="North"), person("team_manager", team="South")
    access = opened(user)

    notice = Notice.objects.get(to=manager)
    assert not Notice.objects.filter(to=elsewhere).exists()
    assert "P1" not in notice.message
    assert notice.message == f"{user} opened a child nobody is allocated to. Reason given: {_label()}."
    assert notice.link == f"/duty/opened/{access.pk}/"


def _label() -> str:
    from kinfold.governance import permissions

    return permissions.roles().duty.purposes[WHY["purpose"]]


@pytest.mark.django_db
def test_when_the_team_has_no_manager_the_next_role_is_told(person):
    user, lead = person("social_worker", team="North"), person("governance_lead")
    person("team_manager", team="South")
    opened(user)
    assert Notice.objects.get().to == lead


@pytest.mark.django_db
def test_an_allocated_child_is_refused_with_words_and_it_is_written(person):
    user = person("social_worker")
    actions.renew_standings(rows=[StandingRow("worker", "W9", "P1", "allocated")], run_id="r1", at=NOON)
    with pytest.raises(actions.UnableToOpenOnDuty, match="A worker is allocated"):
        opened(user)
    assert not DutyAccess.objects.exists()
    assert AuditEntry.objects.latest("number").result == "refused"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["restricted", "sealed"])
def test_a_restricted_child_is_refused_as_one_who_is_not_there(person, kind):
    actions.restrict(person_id="P1", kind=kind, owner="x", reason="x", named=[], by=None, at=NOON)
    with pytest.raises(gate.NotForYou):
        opened(person("social_worker"))
    assert not DutyAccess.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"purpose": "curious"}, {"reason": "  "}, {"reason": "because"}])
def test_a_listed_purpose_and_a_reason_are_needed(person, wrong):
    with pytest.raises(actions.UnableToOpenOnDuty):
        opened(person("social_worker"), **wrong)
    assert not Standing.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["partner_worker", "outreach_worker", "governance_lead"])
def test_roles_without_duty_are_refused(person, role):
    with pytest.raises(gate.NotForYou):
        opened(person(role), role=role)


@pytest.mark.django_db
def test_the_run_leaves_a_duty_standing_alone(person):
    user = person("social_worker")
    opened(user)
    actions.renew_standings(rows=[], run_id="r2", at=NOON)
    assert looks(user, NOON).entitled_by == "duty"


@pytest.mark.django_db
def test_nobody_reviews_what_they_opened_themselves(person):
    manager = person("team_manager")
    access = opened(manager, role="team_manager")
    with pytest.raises(actions.UnableToReview):
        actions.review_duty(opened_id=access.pk, by=manager, role="team_manager", review="fine", at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyAccess.objects.filter(pk=access.pk).update(reviewed_by=manager, reviewed_at=NOON)


@pytest.mark.django_db
def test_the_pages_from_form_to_review(person, signed_in):
    user, manager = person("social_worker", team="North"), person("team_manager", team="North")
    worker_page = signed_in(user)

    form = worker_page.get("/duty/P1/")
    assert form.status_code == 200
    assert b"A manager is told now" in form.content
    wrong = worker_page.post("/duty/P1/", {"purpose": "", "reason": ""})
    assert b"There is a problem" in wrong.content
    assert b"Say what has happened." in wrong.content
    assert worker_page.post("/duty/P1/", WHY).status_code == 302

    told = signed_in(manager)
    assert b"Notices (1)" in told.get("/notices/").content
    access = DutyAccess.objects.get()
    assert b"The school rang" in told.get(f"/duty/opened/{access.pk}/").content
    assert told.post(f"/duty/opened/{access.pk}/", {"review": "Right to open."}).status_code == 302
    access.refresh_from_db()
    assert access.reviewed_by == manager
    assert access.reviewed_at <= timezone.now()


@pytest.mark.django_db
def test_the_form_is_the_same_whoever_the_child_is(person, signed_in):
    client = signed_in(person("social_worker"))
    actions.renew_standings(rows=[StandingRow("worker", "W9", "P1", "allocated")], run_id="r1", at=NOON)
    assert _without_token(client.get("/duty/P1/")) == _without_token(client.get("/duty/P9/"))


def _without_token(response) -> bytes:
    import re

    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", response.content)


@pytest.mark.django_db
def test_a_manager_reviews_their_own_teams_and_no_others(person, signed_in):
    access = opened(person("social_worker", team="North"))
    address = f"/duty/opened/{access.pk}/"
    assert signed_in(person("team_manager", team="South")).get(address).status_code == 404
    assert signed_in(person("governance_lead")).get(address).status_code == 200
    assert AuditEntry.objects.latest("number").action == "duty.read"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/duty/", "/duty/opened/1/", "/looks/"])
def test_pages_for_managers_and_governance_are_not_there_for_others(person, signed_in, page):
    assert signed_in(person("social_worker")).get(page).status_code == 404


@pytest.mark.django_db
def test_a_record_sealed_since_is_reviewed_by_who_answers_for_seals_alone(person, signed_in):
    user, manager = person("social_worker", team="North"), person("team_manager", team="North")
    pages = ("/duty/", f"/duty/opened/{opened(user).pk}/")
    boss, keeper = signed_in(manager), signed_in(person("governance_lead"))
    assert [boss.get(page).status_code for page in pages] == [200, 200]
    assert pages[1] in boss.get(pages[0]).content.decode()

    actions.restrict(person_id="P1", kind="sealed", owner="x", reason="x", named=[], by=None, at=NOON)
    assert pages[1] not in boss.get(pages[0]).content.decode()
    assert [boss.get(pages[1]).status_code, keeper.get(pages[1]).status_code] == [404, 200]
