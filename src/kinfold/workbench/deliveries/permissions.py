"""Who has these pages: a role that may run feeds. To anybody else they are not there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import home as homes
from kinfold.operations.home import Home

View = Callable[..., HttpResponseBase]


def for_who_runs_feeds(view: View) -> View:
    """
    Wrap a page of deliveries: `view(request, home, ...)` for a role that may run feeds, else the 404 of any page that
    is not there.
    """

    @functools.wraps(view)
    def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not request.role.may_run_feeds:
            raise Http404
        return view(request, _home(), *args, **kwargs)

    return asked


def role_of(request: SignedInRequest) -> str:
    """The role in use, by name, on a page that has asked for one."""
    assert request.role is not None
    return request.role.name


def _home() -> Home:
    try:
        return homes.open_home(settings.HOME)
    except homes.NoHome as why:
        raise Http404 from why
