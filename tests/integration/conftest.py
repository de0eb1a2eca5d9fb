"""People with roles, and a browser of Django's own signed in as one of them."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable

import pytest
from django.test import Client

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
PASSWORD = "a-long-pass-phrase"


@pytest.fixture
def person(db: None) -> Callable[..., object]:
    """Make a person: `person("social_worker", "team_manager", staff_ref="W1")`; roles held since long ago."""
    from kinfold.governance.models import RoleGrant, User

    numbers = itertools.count(1)

    def make(*roles: str, **fields: object) -> User:
        number = next(numbers)
        fields = {"username": f"person{number}", "display_name": f"Person {number}", "password": PASSWORD, **fields}
        user = User.objects.create_user(**fields)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, from_at=LONG_AGO) for role in roles)
        return user

    return make


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """A client signed in as a person, in a role when one is given."""

    def sign_in(user: object, role: str = "") -> Client:
        client = Client()
        client.force_login(user, backend="kinfold.governance.sign_in.PeopleWithRoles")
        if role:
            session = client.session
            session["role_in_use"] = role
            session.save()
        return client

    return sign_in
