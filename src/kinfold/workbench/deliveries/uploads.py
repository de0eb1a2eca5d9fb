"""Uploads go to disk as they arrive, whatever their size: nothing of a file waits in memory."""

from __future__ import annotations

import functools
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from kinfold.governance.requests import SignedInRequest
from kinfold.workbench.deliveries.permissions import View


def streamed(view: View) -> View:
    """
    Wrap a view that takes files, for a role that may run feeds: they are written to temporary files as they come.

    The token of the form is read from the body, so where the body goes has to be settled before the token is asked
    for; it is asked for all the same, inside. From anybody else not a byte of it is read.
    """

    @csrf_exempt
    @functools.wraps(view)
    def settled(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not request.role.may_run_feeds:
            raise Http404
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
        return csrf_protect(view)(request, *args, **kwargs)

    return settled
