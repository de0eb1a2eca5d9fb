"""May this person use this role, and what does the role allow? Roles are the area's, read once."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from kinfold.areas import roles as area_roles
from kinfold.areas.roles import Role, Roles
from kinfold.governance.models import RoleGrant, User
from kinfold.vocabulary import services


def roles() -> Roles:
    return _roles(settings.AREA_FOLDER)


@functools.lru_cache(maxsize=4)
def _roles(folder: Path) -> Roles:
    return area_roles.load(folder)


def holds_now(at: datetime.datetime) -> Q:
    """True of rows whose [from_at, to_at) holds at `at`."""
    return Q(from_at__lte=at) & (Q(to_at=None) | Q(to_at__gt=at))


def services_of(user: User) -> set[str]:
    """The keys under which this person's own service may hold a child: the service's key, and its team's."""
    of_team = services.numbered(user.agency, user.team) if user.agency and user.team else ""
    return {user.service_ref, of_team} - {""}


def keys_of(user: User, number: str) -> set[str]:
    """
    The keys that a staff number or a team of this person's stands for.

    The bare one opens what a run of an earlier release wrote, until the next run; and an account may give its key
    whole (`social_care/W9`), when its agency works with a case system of another.
    """
    if not number:
        return set()
    return {number, services.numbered(user.agency, number)} if user.agency else {number}


def held_roles(user: User, at: datetime.datetime) -> tuple[Role, ...]:
    """The roles a person holds, in the area's order. Sign-in leaves them on the user, so that a page asks once."""
    names = getattr(user, "role_names", None)
    if names is None:
        names = set(RoleGrant.objects.filter(holds_now(at), user=user).values_list("role", flat=True))
    return tuple(role for name, role in roles().role.items() if name in names)


def may_use(user: User, role: str, at: datetime.datetime) -> bool:
    return user.is_active and any(held.name == role for held in held_roles(user, at))
