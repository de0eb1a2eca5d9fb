"""The role in use: chosen by the person, shown on every page, written in every audit row."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kinfold.areas.roles import Role
from kinfold.governance import permissions
from kinfold.governance.requests import SignedInRequest

CHOSEN = "role_in_use"


class RoleInUse:
    """Put `role` on the request: the role chosen if it is still held, the only one held, else none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: SignedInRequest) -> HttpResponse:
        request.role = _role(request) if request.user.is_authenticated else None
        return self.get_response(request)


def _role(request: SignedInRequest) -> Role | None:
    held = permissions.held_roles(request.user, timezone.now())
    if len(held) == 1:
        return held[0]
    return next((role for role in held if role.name == request.session.get(CHOSEN)), None)
