"""Who answers for a restricted record: keepers of all, the writer of one, the manager of those who work with it."""

from __future__ import annotations

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kinfold.areas.roles import Role
from kinfold.governance import queries
from kinfold.governance.models import Restriction, Standing, User
from kinfold.governance.permissions import holds_now


def answered_for(user: User, role: Role, at: datetime.datetime) -> QuerySet[Restriction]:
    """
    The restrictions that hold at `at` and that this person answers for, the newest first.

    A keeper answers for all. So does who wrote one, for it; and a manager for those that a run imposed on people the
    manager's team works with. A seal, of which nobody is told that it exists, is for keepers and its writer alone.
    """
    held = Restriction.objects.filter(holds_now(at)).prefetch_related("named").order_by("-from_at", "person_id")
    if role.may_keep_restrictions:
        return held
    mine = Q(written_by=user)
    if role.manages:
        theirs = Standing.objects.filter(
            queries.holders(user, role), holds_now(at), person_id=OuterRef("person_id"), kind__in=role.entitled_by
        )
        mine |= Q(Exists(theirs), kind="restricted", written_by=None)
    return held.filter(mine)


def may_lift(user: User, role: Role, restriction: Restriction) -> bool:
    """Keepers may; who else answers for it only when named: nobody lifts what keeps themselves out."""
    return role.may_keep_restrictions or user in restriction.named.all()
