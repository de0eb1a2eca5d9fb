"""Every look at a child is answered by the gate, and written down before it is answered."""

from __future__ import annotations

import datetime

import pytest
from django.db import DatabaseError

from kinfold.governance import actions, audit, gate, permissions, reviewers
from kinfold.governance.actions import StandingRow
from kinfold.governance.models import AuditEntry, Standing, User

NOON = datetime.datetime(2026, 3, 3, 12, tzinfo=datetime.UTC)


def look(user: User, role: str, person_id: str = "P1", **more: object) -> gate.Sight:
    return gate.ask(user=user, role=role, person_id=person_id, action="child.viewed", at=NOON, **more)


def allocate(*rows: tuple[str, str, str, str]) -> None:
    """Rows of holder kind, holder, child and kind of standing."""
    actions.renew_standings(rows=[StandingRow(*row) for row in rows], run_id="r1", at=NOON)


@pytest.mark.django_db
def test_an_allocated_worker_sees_the_child_and_the_look_is_written(person):
    worker = person("social_worker", staff_ref="W1")
    allocate(("worker", "W1", "P1", "allocated"))

    sight = look(worker, "social_worker", request_path="record:child")

    entry = AuditEntry.objects.latest("number")
    assert sight.may_see("timeline")
    assert not sight.may_see("points")
    assert (entry.person_id, entry.user, entry.role, entry.action) == ("P1", worker, "social_worker", "child.viewed")
    assert (entry.result, entry.entitlement, entry.purpose) == ("allowed", "allocated", "case_work")
    assert entry.path_name == "record:child"


@pytest.mark.django_db
def test_a_stranger_and_an_unknown_child_are_refused_alike_and_both_are_written(person):
    stranger = person("social_worker", staff_ref="W2")
    allocate(("worker", "W1", "P1", "allocated"))

    for child in ("P1", "nobody-has-this-number"):
        with pytest.raises(gate.NotForYou) as refusal:
            look(stranger, "social_worker", child)
        assert str(refusal.value) == ""

    refused = AuditEntry.objects.filter(result="refused").order_by("number")
    assert [(entry.person_id, entry.detail["why"]) for entry in refused] == [
        ("P1", "no standing"),
        ("nobody-has-this-number", "no standing"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("strange", ["", "a b", "P1\x00", "é", "x" * 65, "' OR 1=1 --"])
def test_what_is_not_a_record_number_is_refused_and_not_copied_into_the_trail(person, strange):
    with pytest.raises(gate.NotForYou):
        look(person("social_worker"), "social_worker", strange)
    assert AuditEntry.objects.latest("number").person_id == ""


@pytest.mark.django_db(transaction=True)
def test_when_the_look_cannot_be_written_there_is_no_answer(person, monkeypatch):
    worker = person("social_worker", staff_ref="W1")
    allocate(("worker", "W1", "P1", "allocated"))
    monkeypatch.setattr(AuditEntry, "save", _fails)

    with pytest.raises(DatabaseError):
        look(worker, "social_worker")


def _fails(*_: object, **__: object) -> None:
    raise DatabaseError("disk full")


@pytest.mark.django_db(transaction=True)
def test_a_refusal_cannot_be_undone_by_the_caller(person):
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        look(person("social_worker"), "social_worker")


@pytest.mark.django_db
def test_a_role_that_is_not_held_or_has_ended_sees_nothing(person):
    worker = person("social_worker", staff_ref="W1", team="North")
    allocate(("worker", "W1", "P1", "allocated"), ("team", "North", "P1", "team"))
    with pytest.raises(gate.NotForYou):
        look(worker, "team_manager")

    actions.end_role(user=worker, role="social_worker", at=NOON)
    with pytest.raises(gate.NotForYou):
        look(worker, "social_worker")


@pytest.mark.django_db
def test_a_standing_that_has_ended_opens_nothing(person):
    worker = person("social_worker", staff_ref="W1")
    allocate(("worker", "W1", "P1", "allocated"))
    actions.renew_standings(rows=[], run_id="r2", at=NOON)
    with pytest.raises(gate.NotForYou):
        look(worker, "social_worker")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "standing", "sees", "never_sees"),
    [
        ("social_worker", ("worker", "W1", "P1", "allocated"), {"evidence", "timeline"}, {"points"}),
        ("early_help_practitioner", ("worker", "W1", "P1", "allocated"), {"evidence"}, {"points"}),
        ("partner_worker", ("service", "YJS", "P1", "service"), {"needs", "strengths"}, {"points", "pressures"}),
        ("outreach_worker", ("queue", "outreach", "P1", "outreach"), {"contact", "safety"}, {"evidence", "timeline"}),
        ("screener", ("queue", "front_door", "P1", "front_door"), {"pressures"}, {"points", "who_looked"}),
        ("decision_maker", ("queue", "front_door", "P1", "front_door"), {"who_looked"}, {"points"}),
        ("team_manager", ("team", "North", "P1", "team"), {"points", "who_looked"}, set()),
    ],
)
def test_each_role_sees_its_sections_and_no_others(person, role, standing, sees, never_sees):
    user = person(role, staff_ref="W1", team="North", service_ref="YJS", agency="youth_justice")
    allocate(standing)
    sight = look(user, role)
    assert all(sight.may_see(section) for section in sees)
    assert not any(sight.may_see(section) for section in never_sees)


@pytest.mark.django_db
def test_a_partner_reads_their_own_agency_and_never_the_polices(person):
    user = person("partner_worker", service_ref="YJS", agency="youth_justice")
    allocate(("service", "YJS", "P1", "service"))
    sight = look(user, "partner_worker")
    assert sight.may_read("youth_justice")
    assert sight.may_read("education")
    assert not any(sight.may_read(agency) for agency in ("police", "health", "mental_health"))


@pytest.mark.django_db
def test_information_governance_opens_no_child(person):
    lead = person("governance_lead")
    allocate(("user", str(lead.pk), "P1", "reviewer"))
    with pytest.raises(gate.NotForYou):
        look(lead, "governance_lead")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["restricted", "sealed"])
def test_a_restricted_child_opens_only_to_the_named(person, kind):
    named, other = person("social_worker", staff_ref="W1"), person("social_worker", staff_ref="W2")
    allocate(("worker", "W1", "P1", "allocated"), ("worker", "W2", "P1", "allocated"))
    actions.restrict(
        person_id="P1", kind=kind, owner="the head of service", reason="x", named=[named], by=None, at=NOON
    )

    assert look(named, "social_worker").may_see("identity")
    with pytest.raises(gate.NotForYou):
        look(other, "social_worker")
    assert AuditEntry.objects.latest("number").detail == {"why": "restricted"}

    actions.lift_restriction(person_id="P1", by=None, reason="over", at=NOON)
    assert look(other, "social_worker").may_see("identity")


@pytest.mark.django_db
def test_a_list_shows_only_who_may_be_seen_and_is_one_entry_naming_each(person):
    worker = person("social_worker", staff_ref="W1")
    allocate(("worker", "W1", "P1", "allocated"), ("worker", "W1", "P3", "allocated"))
    before = AuditEntry.objects.count()

    sights = gate.many(user=worker, role="social_worker", person_ids=["P3", "P2", "P1"], action="my_day.shown", at=NOON)

    entry = AuditEntry.objects.latest("number")
    assert list(sights) == ["P3", "P1"]
    assert AuditEntry.objects.count() == before + 1
    assert (entry.listed, entry.detail) == (" P3 P1 ", {"shown": 2, "held_back": 1})


@pytest.mark.django_db
def test_search_names_children_but_not_restricted_ones_and_says_whom_to_ring_to_those_told(person):
    screener, worker = person("screener"), person("social_worker")
    for child, kind in (("P2", "restricted"), ("P3", "sealed")):
        actions.restrict(person_id=child, kind=kind, owner="the duty head", reason="x", named=[], by=None, at=NOON)

    ids = ["P1", "P2", "P3"]
    told = gate.search(user=screener, role="screener", person_ids=ids, at=NOON)
    not_told = gate.search(user=worker, role="social_worker", person_ids=ids, at=NOON)

    assert told == gate.Found(shown=("P1",), restricted=1, ask=("the duty head",))
    assert not_told == gate.Found(shown=("P1",), restricted=0, ask=())


@pytest.mark.django_db
def test_a_role_that_may_not_search_is_refused_and_it_is_written(person):
    with pytest.raises(gate.NotForYou):
        gate.search(user=person("outreach_worker"), role="outreach_worker", person_ids=["P1"], at=NOON)
    assert AuditEntry.objects.latest("number").result == "refused"


@pytest.mark.django_db
def test_a_look_costs_few_queries(person, django_assert_num_queries):
    worker = person("social_worker", staff_ref="W1")
    allocate(("worker", "W1", "P1", "allocated"))
    worker.role_names = frozenset({"social_worker"})
    with django_assert_num_queries(3):  # standing and restriction, head of the chain, entry
        look(worker, "social_worker")


def test_every_agency_of_the_roles_is_one_the_tables_know():
    from kinfold.store.schema import AGENCIES

    for role in permissions.roles().role.values():
        assert role.agencies <= AGENCIES | {"all"}, role.name


@pytest.mark.django_db
def test_the_trail_holds_after_all_of_this(person):
    worker = person("social_worker", staff_ref="W1")
    allocate(("worker", "W1", "P1", "allocated"))
    look(worker, "social_worker")
    assert Standing.objects.count() == 1
    assert audit.verify().holds


@pytest.mark.django_db
def test_what_is_given_through_one_page_opens_nothing_else_and_ends_when_that_does(person):
    reader, other = person("social_worker"), person("social_worker")
    until = NOON + datetime.timedelta(days=28)
    reviewers.let_page_review(
        user=reader, page="blind_review/1", person_ids=["P1", "P2"], purpose="review", from_at=NOON, to_at=until
    )

    sight = look(reader, "social_worker", through="blind_review/1")
    assert (sight.entitled_by, sight.purpose, sight.until) == ("reviewer", "review", until)
    for who, page in ((reader, ""), (reader, "blind_review/11"), (reader, "review/1"), (other, "blind_review/1")):
        with pytest.raises(gate.NotForYou):
            look(who, "social_worker", through=page)
    assert gate.many(user=reader, role="social_worker", person_ids=["P1", "P2"], action="list", at=NOON) == {}

    assert reviewers.end_page_review(page="blind_review/1", person_ids=["P1"], at=NOON) == 1
    with pytest.raises(gate.NotForYou):
        look(reader, "social_worker", through="blind_review/1")
    look(reader, "social_worker", person_id="P2", through="blind_review/1")
    with pytest.raises(gate.NotForYou):
        gate.ask(user=reader, role="social_worker", person_id="P2", action="x", at=until, through="blind_review/1")
