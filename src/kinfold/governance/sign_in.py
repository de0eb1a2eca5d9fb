"""Who is signed in, with roles and unread notices in the one query every page starts with; who failed to."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from kinfold.governance.models import RoleGrant, User
from kinfold.governance.permissions import holds_now


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """
    What wrong passwords are counted under: a keyed hash of the user name typed.

    People type their password where the name goes, so what was typed is kept nowhere.
    """
    typed = str((credentials or request.POST).get("username") or "")
    return hmac.new(settings.SECRET_KEY.encode(), b"counted name " + typed.encode(), hashlib.sha256).hexdigest()


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
