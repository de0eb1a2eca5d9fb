"""Who may sign in: added, given and taken roles, given another password, shut out. Each is in the audit trail."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction

from kinfold.governance import actions, audit, permissions
from kinfold.governance.models import RoleGrant, User


class UnableToChange(Exception):
    """The person cannot be added or changed; the message is fit to show."""


def find(username: str) -> User:
    """Raises UnableToChange when nobody has that user name."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise UnableToChange(f"Nobody here has the user name {username}. Nothing was changed.")
    return user


def check_new(username: str, roles: Iterable[str]) -> None:
    """Raises UnableToChange when the user name is taken or cannot be one, or a role is not the area's."""
    try:
        User._meta.get_field("username").clean(username, None)
    except ValidationError as why:
        raise UnableToChange("A user name has letters, numbers and . _ - + @ only. Nobody was added.") from why
    if User.objects.filter(username=username).exists():
        raise UnableToChange(f"{username} is taken. Nobody was added.")
    _check_roles(roles)


def _check_roles(roles: Iterable[str]) -> None:
    strange = sorted(role for role in roles if permissions.roles().find(role) is None)
    if strange:
        allowed = ", ".join(permissions.roles().role)
        raise UnableToChange(f"{', '.join(strange)} is not a role of this area. Its roles are: {allowed}.")


@transaction.atomic
def add(
    *,
    username: str,
    name: str,
    roles: Iterable[str],
    password: str,
    at: datetime.datetime,
    staff_ref: str = "",
    team: str = "",
    agency: str = "",
    service_ref: str = "",
    phone: str = "",
) -> User:
    """
    Add a person who may sign in, with roles. Raises UnableToChange; nobody is then added.

    agency: whose numbering staff_ref and team are of; social care's when nothing is said.
    """
    roles = tuple(roles)
    check_new(username, roles)
    agency = agency or ("social_care" if staff_ref or team else "")
    if staff_ref and User.objects.filter(staff_ref=staff_ref, agency=agency).exists():
        raise UnableToChange("Somebody here has that staff number already. Nobody was added.")
    user = User(
        username=username,
        display_name=name,
        staff_ref=staff_ref,
        team=team,
        agency=agency,
        service_ref=service_ref,
        phone=phone,
    )
    _put_password(user, password)
    user.save()
    audit.record(action="user.added", at=at, detail={"user": user.pk})
    for role in roles:
        actions.grant_role(user=user, role=role, at=at)
    return user


def _put_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as why:
        raise UnableToChange(f"{' '.join(why.messages)} Nothing was changed.") from why
    user.set_password(password)


@transaction.atomic
def set_password(username: str, password: str, *, at: datetime.datetime) -> int:
    """Give a person another password and end their sessions; returns how many. Raises UnableToChange."""
    user = find(username)
    _put_password(user, password)
    user.save(update_fields=["password"])
    ended = end_sessions(user)
    audit.record(action="user.password_changed", at=at, detail={"user": user.pk, "sessions": ended})
    return ended


@transaction.atomic
def change_roles(username: str, *, give: Iterable[str], end: Iterable[str], at: datetime.datetime) -> tuple[str, ...]:
    """Give and end roles; returns those held now. Raises UnableToChange."""
    user, give, end = find(username), tuple(give), tuple(end)
    _check_roles((*give, *end))
    for role in give:
        actions.grant_role(user=user, role=role, at=at)
    for role in end:
        actions.end_role(user=user, role=role, at=at)
    return tuple(role.name for role in permissions.held_roles(user, at))


@transaction.atomic
def disable(username: str, *, at: datetime.datetime) -> int:
    """Shut a leaver out: no sign-in, no role, every session ended at once. Returns how many sessions ended."""
    user = find(username)
    if not user.is_active:
        raise UnableToChange(f"{username} is shut out already. Nothing was changed.")
    for role in permissions.held_roles(user, at):
        actions.end_role(user=user, role=role.name, at=at)
    user.is_active = False
    user.save(update_fields=["is_active"])
    ended = end_sessions(user)
    audit.record(action="user.disabled", at=at, detail={"user": user.pk, "sessions": ended})
    return ended


def end_sessions(user: User) -> int:
    """Sign a person out everywhere; returns of how many sessions."""
    theirs = [
        session.pk
        for session in Session.objects.iterator(chunk_size=1000)
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def everybody(*, at: datetime.datetime) -> list[dict[str, Any]]:
    """Everybody who may sign in or once could, by user name, with the roles they hold."""
    held: dict[int, list[str]] = {}
    grants = RoleGrant.objects.filter(permissions.holds_now(at)).order_by("role")
    for user_id, role in grants.values_list("user_id", "role"):
        held.setdefault(user_id, []).append(role)
    return [
        {
            "username": user.username,
            "name": user.display_name,
            "roles": held.get(user.pk, []),
            "team": user.team,
            "staff_ref": user.staff_ref,
            "may_sign_in": user.is_active,
            "last_signed_in": user.last_login.isoformat() if user.last_login else None,
        }
        for user in User.objects.order_by("username")
    ]
