"""The request as every page behind the sign-in gets it."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from kinfold.areas.roles import Role
from kinfold.governance.models import User


class SignedInRequest(HttpRequest):
    """`user` is signed in; `role` is the role in use, null until a person with several has chosen."""

    user: User
    role: Role | None
    htmx: HtmxDetails
