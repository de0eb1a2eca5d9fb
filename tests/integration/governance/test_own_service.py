"""
A partner opens the children of their own service, not of everybody's in the same agency.

The rule, in words: the service's own key opens a child; where a source gives it none, its team; where there is no
team either, the worker alone. The agency alone opens nobody.
"""

from __future__ import annotations

import dataclasses
import datetime
import importlib

import ibis
import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from tests.spec import readable

from kinfold.governance import actions, gate, permissions, queries
from kinfold.governance.models import Standing, User
from kinfold.operations import standings
from kinfold.store.engine import Engine
from kinfold.worklists import permissions as lists

NOON = datetime.datetime(2026, 3, 3, 12, tzinfo=datetime.UTC)

CASES = """
    person_key | agency        | stage       | service_key | team              | worker_ref
    -----------+---------------+-------------+-------------+-------------------+-----------
    h:HERON    | health        | caseload    |             | Heron visiting    |
    h:QUAY     | health        | caseload    |             | Quay visiting     |
    h:CLINIC   | health        | treatment   | h:clinic    | Heron visiting    |
    h:NOTEAM   | health        | caseload    |             |                   | HV7
    h:NOBODY   | health        | caseload    |             |                   |
    o:DUTY     | housing       | caseload    |             | Duty team         |
    y:DUTY2    | youth_justice | supervision |             | Duty team         |
    p:SEVEN    | probation     | supervision |             |                   | HV7
    s:SOCIAL   | social_care   | allocation  | s:heron     | Heron visiting    |
"""
NOBODYS_LIST = """
    person_id | owner_kind | owner_ref
    ----------+------------+----------
    LISTED    | service    | h:clinic
    OLDLIST   | service    | health
"""
CHILDREN = ("HERON", "QUAY", "CLINIC", "NOTEAM", "NOBODY", "DUTY", "DUTY2", "SEVEN", "SOCIAL", "LISTED", "OLDLIST")
# Who, as what they are in the service, opens whom.
OPENS = """
    who                               | agency        | service_ref | team           | staff_ref | opens
    ----------------------------------+---------------+-------------+----------------+-----------+-------------
    a health visitor of Heron         | health        |             | Heron visiting |           | HERON
    a health visitor of Quay          | health        |             | Quay visiting  |           | QUAY
    a nurse of the clinic             | health        | h:clinic    |                |           | CLINIC LISTED
    a visitor who names no team       | health        |             |                | HV7       | NOTEAM
    probation's own number seven      | probation     |             |                | HV7       | SEVEN
    who gives another agency's number | early_help    |             |                | health/HV7 | NOTEAM
    a health professional of no team  | health        |             |                |           |
    one whose service is the agency   | health        | health      | Elsewhere      |           |
    housing's duty team               | housing       |             | Duty team      |           | DUTY
    a duty team of another agency     | youth_justice |             | Duty team      |           | DUTY2
"""


@pytest.fixture
def renewed(db):
    """The standings of a night whose feeds say what `CASES` says."""
    engine = Engine(ibis.duckdb.connect())
    cases = readable.table(CASES, name="involvement")
    keys = cases.column("person_key").to_pylist()
    rows = "\n".join(f"{key} | {key.split(':')[1]}" for key in keys)
    link = readable.table(f"person_key | person_id\n---+---\n{rows}", name="link")
    children = readable.table("person_id\n-+-\n" + "\n".join(CHILDREN))
    tables = {"involvement": cases, "link": link, "priority_child": children}
    tables["worklist_row"] = readable.table(NOBODYS_LIST)
    tables["feed_standing"] = readable.table("feed | agency\n---+---\nnobodys | housing")
    found = standings.of_run(engine, {name: engine.take(table) for name, table in tables.items()})
    actions.renew_standings(rows=found, run_id="r1", at=NOON)


def opened_by(user: User) -> list[str]:
    found = []
    for child in CHILDREN:
        try:
            gate.ask(user=user, role="partner_worker", person_id=child, action="child.opened", at=NOON)
        except gate.NotForYou:
            continue
        found.append(child)
    return sorted(found)


@pytest.mark.parametrize("who", readable.cells(OPENS)[1], ids=lambda who: who["who"])
def test_who_opens_whom(renewed, person, who):
    user = person("partner_worker", **{name: who[name] for name in ("agency", "service_ref", "team", "staff_ref")})
    assert opened_by(user) == sorted(who["opens"].split())


def test_a_child_of_another_team_of_the_same_agency_is_the_404_of_a_child_who_is_not_there(renewed, person, signed_in):
    visitor = signed_in(person("partner_worker", agency="health", team="Heron visiting"))
    theirs, nobody = visitor.get("/children/QUAY/"), visitor.get("/children/NOSUCH/")
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.content == nobody.content


def test_no_standing_is_an_agencys(renewed):
    agencies = {row["agency"] for row in readable.cells(CASES)[1]}
    held = set(Standing.objects.filter(holder_kind="service").values_list("holder_ref", flat=True))
    assert held and not held & agencies


def test_what_their_own_agency_told_us_is_read_of_their_own_services_children_alone(renewed, person, monkeypatch):
    area = permissions.roles()
    reviewing = dataclasses.replace(area.get("partner_worker"), entitled_by=("service", "reviewer"))
    monkeypatch.setattr(permissions, "roles", lambda: dataclasses.replace(area, role={"partner_worker": reviewing}))
    visitor = person("partner_worker", agency="health", team="Heron visiting")
    Standing.objects.create(
        holder_kind="user", holder_ref=str(visitor.pk), person_id="QUAY", kind="reviewer", purpose="review",
        from_at=NOON, written_by="test",
    )  # fmt: skip

    reads = {
        child: gate.ask(user=visitor, role="partner_worker", person_id=child, action="child.opened", at=NOON)
        for child in ("HERON", "QUAY")
    }

    assert reads["HERON"].may_read("health")
    assert not reads["QUAY"].may_read("health")


def test_a_home_made_before_loses_what_its_agencies_were_given(person):
    user = person("partner_worker", agency="health", service_ref="health", team="Heron visiting")
    was = [actions.StandingRow("service", "health", "QUAY", "service"),
           actions.StandingRow("service", "h:clinic", "CLINIC", "service")]  # fmt: skip
    actions.renew_standings(rows=was, run_id="r0", at=NOON)

    importlib.import_module("kinfold.governance.migrations.0004_an_agency_is_no_service").end(apps, None)

    assert list(Standing.objects.filter(to_at=None).values_list("holder_ref", flat=True)) == ["h:clinic"]
    assert User.objects.get(pk=user.pk).service_ref == ""


@pytest.mark.django_db
def test_two_agencies_may_number_a_worker_alike_and_one_agency_may_not(person):
    first = person("partner_worker", agency="health", staff_ref="17")
    second = person("partner_worker", agency="probation", staff_ref="17")
    assert queries.accounts_of(["health/17", "probation/17"]) == {"health/17": first, "probation/17": second}
    with pytest.raises(IntegrityError), transaction.atomic():
        person("partner_worker", agency="probation", staff_ref="17")


@pytest.mark.django_db
def test_a_list_of_worker_17_is_not_the_other_worker_17s(person):
    rows = {}
    for agency in ("health", "probation"):
        user = person("partner_worker", agency=agency, staff_ref="17", team="North")
        rows[agency] = lists.own_rows(user, permissions.roles().get("partner_worker"))
    assert "probation/17" in str(rows["probation"])
    assert "probation/17" not in str(rows["health"])
    manager = person("team_manager", agency="social_care", team="North")
    assert str(lists.team_rows(manager, permissions.roles().get("team_manager"))).count("/North") == 1


@pytest.mark.django_db
def test_an_account_of_an_earlier_release_that_names_no_agency_is_social_cares(person):
    migration = importlib.import_module("kinfold.governance.migrations.0006_numbers_are_of_an_agency")
    old, none = person("social_worker", staff_ref="17", team="North"), person("governance_lead")
    migration.say_whose(apps, None)
    assert (User.objects.get(pk=old.pk).agency, User.objects.get(pk=none.pk).agency) == ("social_care", "")
    # What the last run wrote has bare numbers, which open as they did until the next run.
    assert permissions.keys_of(User.objects.get(pk=old.pk), "17") == {"17", "social_care/17"}
