"""Whose lists are whose."""

from __future__ import annotations

from django.db.models import Q

from kinfold.areas.roles import Role
from kinfold.governance.models import User
from kinfold.governance.permissions import keys_of, services_of

NOBODYS = Q(pk=None)


def own_rows(user: User, role: Role) -> Q:
    """
    True of rows on the person's own list in this role.

    A role sees what is allocated to it by staff number, its service's shared list, and the queues it works. Rows of
    a whole team are its manager's.
    """
    rows = NOBODYS
    if user.staff_ref and "allocated" in role.entitled_by:
        rows |= Q(owner_kind="worker", owner_ref__in=keys_of(user, user.staff_ref))
    if "service" in role.entitled_by:
        rows |= Q(owner_kind="service", owner_ref__in=services_of(user))
    return rows | queue_rows(role) if role.queues else rows


def team_rows(user: User, role: Role) -> Q:
    """True of rows of the team somebody manages."""
    return Q(team__in=keys_of(user, user.team)) if role.manages and user.team else NOBODYS


def queue_rows(role: Role) -> Q:
    """True of rows of the queues a role works."""
    return Q(owner_kind="queue", owner_ref__in=role.queues) if role.queues else NOBODYS


def may_act_on(user: User, role: Role) -> Q:
    """True of rows the person may record something about: their own and, for a manager, the team's."""
    return own_rows(user, role) | team_rows(user, role)


def has_a_list(role: Role) -> bool:
    return "my_day" in role.navigation or "team" in role.navigation


def asks_what_is_not_known(role: Role) -> bool:
    """Managers, and whoever works a shared queue, if they may know what is not known of a child."""
    return "not_known" in role.sections and has_a_list(role) and (role.manages or bool(role.queues))


def manages_a_team(role: Role) -> bool:
    return role.manages
