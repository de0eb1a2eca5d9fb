"""Who has these pages: a role that may read how well the order did. To anybody else they are not there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import home as homes

View = Callable[..., HttpResponseBase]


def for_who_reads_proof(view: View) -> View:
    """Wrap a page of proof: `view(request, home, ...)` for a role that may read it, else the 404 of any other page."""

    @functools.wraps(view)
    def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not request.role.may_read_proof:
            raise Http404
        try:
            home = homes.open_home(settings.HOME)
        except homes.NoHome as why:
            raise Http404 from why
        return view(request, home, *args, **kwargs)

    return asked
