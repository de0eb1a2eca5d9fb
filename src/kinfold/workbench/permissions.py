"""
Who has the pages of the workbench: whoever a rule about their role allows. To anybody else they are not there.

Each room of the workbench names its own rules with `pages_for`; the 404 is that of any page that does not exist.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase

from kinfold.areas.roles import Role
from kinfold.governance.requests import SignedInRequest
from kinfold.operations import home as homes
from kinfold.operations.home import Home

View = Callable[..., HttpResponseBase]


def pages_for(may: Callable[[Role], bool], *, with_home: bool = True) -> Callable[[View], View]:
    """Wrap a page: `view(request, home, ...)` for a role that may, without the home where a page has no use for it."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.role is None or not may(request.role):
                raise Http404
            return view(request, *((open_home(),) if with_home else ()), *args, **kwargs)

        return asked

    return wrap


def role_of(request: SignedInRequest) -> str:
    """The role in use, by name, on a page that has asked for one."""
    assert request.role is not None
    return request.role.name


def open_home() -> Home:
    """The folder the service was started on; a page that needs it is not there while there is none."""
    try:
        return homes.open_home(settings.HOME)
    except homes.NoHome as why:
        raise Http404 from why
