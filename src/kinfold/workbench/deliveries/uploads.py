"""Uploads go to disk as they arrive, whatever their size: nothing of a file waits in memory."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from kinfold.governance.requests import SignedInRequest
from kinfold.operations.uploads import is_full
from kinfold.workbench.permissions import View

TOO_LARGE, NO_ROOM = 413, 507
FULL = "The disk that files wait on while they come in is full. Ask whoever looks after Kinfold to make room on it."


class ToDisk(TemporaryFileUploadHandler):
    """
    Writes files to temporary ones up to a size for all of them together, and remembers why it stopped.

    refused: the status and the words of the answer; None while everything fits. What the form says before its files,
    its token among it, is read all the same, so that only who was given the form is answered.
    """

    def __init__(self, request: SignedInRequest, *, most_mb: int) -> None:
        super().__init__(request)
        self.most_mb = most_mb
        self.taken = 0
        self.refused: tuple[int, str] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as why:
            self._full(why)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.taken += len(raw_data)
        if self.taken > self.most_mb << 20:
            most = f"The files are larger than the {self.most_mb:,} MB that may come at once."
            others = "Send fewer at a time, or ask whoever looks after Kinfold to load them from the command line."
            self._stop(TOO_LARGE, f"{most} {others}")
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as why:
            self._full(why)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        try:
            return super().file_complete(file_size)
        except OSError as why:
            with contextlib.suppress(OSError):
                self.file.close()
            self._full(why)
        return None

    def _full(self, why: OSError) -> None:
        if not is_full(why):
            raise why
        self._stop(NO_ROOM, FULL)

    def _stop(self, status: int, words: str) -> None:
        self.refused = status, words
        self.upload_interrupted()
        raise StopUpload(connection_reset=False)


def streamed(view: View) -> View:
    """
    Wrap a view that takes files, for a role that may run feeds: they are written to temporary files as they come.

    The token of the form is read from the body, so where the body goes has to be settled before the token is asked
    for; it is asked for all the same, inside. From anybody else not a byte of it is read. Files that are too large, or
    that the disk has no room for, are answered in words, and nothing of them is kept.
    """

    @csrf_exempt
    @functools.wraps(view)
    def settled(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not request.role.may_run_feeds:
            raise Http404
        to_disk = ToDisk(request, most_mb=settings.UPLOAD_MOST_MB)
        request.upload_handlers = [to_disk]

        def answered(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # Asking for what was posted is what reads it.
            if request.method == "POST" and request.POST is not None and to_disk.refused:
                status, words = to_disk.refused
                # A page that sent them by script shows no answer that is an error, and nobody would be told.
                shown_as = 200 if request.htmx else status
                return render(request, "deliveries/not_taken.html", {"words": words}, status=shown_as)
            return view(request, *args, **kwargs)

        return csrf_protect(answered)(request, *args, **kwargs)

    return settled
