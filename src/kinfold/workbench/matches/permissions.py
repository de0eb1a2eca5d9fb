"""Who has these pages: a role that may match; of decisions, also one that may see who looked. Nobody else."""

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


def for_who_matches(view: View) -> View:
    """Wrap a page: `view(request, home, ...)` for a role that may match, else the 404 of a page that is not there."""

    @functools.wraps(view)
    def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not request.role.may_match:
            raise Http404
        return view(request, open_home(), *args, **kwargs)

    return asked


def for_who_reads_decisions(view: View) -> View:
    """Wrap the trail: for a role that may match, and for one that may see who looked at what."""

    @functools.wraps(view)
    def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not (request.role.may_match or request.role.may_see_looks):
            raise Http404
        return view(request, *args, **kwargs)

    return asked


def role_of(request: SignedInRequest) -> str:
    """The role in use, by name, on a page that has asked for one."""
    assert request.role is not None
    return request.role.name


def open_home() -> Home:
    try:
        return homes.open_home(settings.HOME)
    except homes.NoHome as why:
        raise Http404 from why
