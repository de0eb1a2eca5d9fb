"""Uploads go to disk as they arrive, whatever their size: nothing of a file waits in memory."""

from __future__ import annotations

import functools
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from kinfold.governance.requests import SignedInRequest
from kinfold.workbench.deliveries.permissions import View


def streamed(view: View) -> View:
    """
    Wrap a view that takes files: they are written to temporary files as they come.

    The token of the form is read from the body, so where the body goes has to be settled before the token is asked
    for; it is asked for all the same, inside.
    """

    @csrf_exempt
    @functools.wraps(view)
    def settled(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
        return csrf_protect(view)(request, *args, **kwargs)

    return settled
