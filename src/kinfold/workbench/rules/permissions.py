"""Who has these pages: who tries rules out, and the offices that approve them. To anybody else they are not there."""

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

View = Callable[..., HttpResponseBase]


def _guarded(may: Callable[[Role], bool]) -> Callable[[View], View]:
    def wrap(view: View) -> View:
        @functools.wraps(view)
        def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.role is None or not may(request.role):
                raise Http404
            try:
                home = homes.open_home(settings.HOME)
            except homes.NoHome as why:
                raise Http404 from why
            return view(request, home, *args, **kwargs)

        return asked

    return wrap


for_readers = _guarded(lambda role: role.may_try_rules or bool(role.rules_office))
"""Wrap a page of the register: `view(request, home, ...)`."""
for_analysts = _guarded(lambda role: role.may_try_rules)
for_offices = _guarded(lambda role: bool(role.rules_office))
for_who_sees_rows = _guarded(lambda role: role.may_try_rules and role.may_explain)
"""Wrap a page of rows: children by pseudonym, for who may explain a place in the list."""
