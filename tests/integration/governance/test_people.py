"""People are added, given roles and shut out by their council, and each of these is in the audit trail."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.sessions.models import Session

from kinfold.governance import people, queries
from kinfold.governance.models import User

NOW = datetime.datetime(2026, 3, 31, 9, tzinfo=datetime.UTC)
GOOD = "long words that nobody guesses"


def add(**changes):
    given = {"username": "rowan", "name": "Rowan Pike", "roles": ["social_worker"], "password": GOOD, "at": NOW}
    return people.add(**(given | changes))


def test_an_added_person_may_sign_in_in_their_role(db, client):
    add(staff_ref="W1")
    assert client.post("/sign-in/", {"username": "rowan", "password": GOOD}).status_code == 302
    assert [one["roles"] for one in people.everybody(at=NOW)] == [["social_worker"]]
    assert queries.looks(action="user.added").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "short"}, "at least 12"),
        ({"username": "rowan.pike.north", "password": "rowan.pike.north1"}, "too similar"),
        ({"roles": ["wizard"]}, "is not a role of this area"),
        ({"username": "rowan pike"}, "letters, numbers"),
    ],
)
def test_what_will_not_do_adds_nobody(db, changes, said):
    with pytest.raises(people.UnableToChange, match=said):
        add(**changes)
    assert not User.objects.exists()


def test_a_staff_number_and_a_user_name_are_one_persons(db):
    add(staff_ref="W1")
    with pytest.raises(people.UnableToChange, match="is taken"):
        add()
    with pytest.raises(people.UnableToChange, match="staff number already"):
        add(username="teal", staff_ref="W1")


def test_a_leaver_loses_roles_and_every_session_and_nobody_elses(person, signed_in):
    leaver, other = person("social_worker", "team_manager"), person("social_worker")
    clients = [signed_in(leaver), signed_in(leaver)]
    stays = signed_in(other)
    assert people.disable(leaver.username, at=NOW) == 2
    assert Session.objects.count() == 1
    assert [client.get("/notices/").status_code for client in (*clients, stays)] == [302, 302, 200]
    assert [one["roles"] for one in people.everybody(at=NOW) if one["username"] == leaver.username] == [[]]
    assert queries.looks(action="role.ended").count() == 2


def test_another_password_ends_the_sessions_of_the_old_one(person, signed_in):
    user = person("social_worker")
    client = signed_in(user)
    assert people.set_password(user.username, GOOD, at=NOW) == 1
    assert client.get("/notices/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(GOOD)


def test_roles_are_given_and_ended(person):
    user = person("social_worker")
    assert people.change_roles(user.username, give=["team_manager"], end=["social_worker"], at=NOW) == ("team_manager",)
