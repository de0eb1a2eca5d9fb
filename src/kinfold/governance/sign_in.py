"""Who is signed in, their roles and their unread notices, in the one query every page starts with."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, Q
from django.utils import timezone

from kinfold.governance.models import RoleGrant, User
from kinfold.governance.permissions import holds_now


class PeopleWithRoles(ModelBackend):
    """Signs in by user name and password, and brings a person back with `role_names` and `unread_notices`."""

    def get_user(self, user_id: int) -> User | None:
        grants = (
            RoleGrant.objects.filter(holds_now(timezone.now()), user_id=user_id)
            .select_related("user")
            .annotate(unread=Count("user__notices", filter=Q(user__notices__read_at=None), distinct=True))
        )
        held = list(grants)
        user = held[0].user if held else User.objects.filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.role_names = frozenset(grant.role for grant in held)
        user.unread_notices = held[0].unread if held else 0
        return user
