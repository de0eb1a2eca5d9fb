"""How long a sign-in lasts, and that nothing about a person is kept by a browser."""

from __future__ import annotations

import datetime
import logging
import traceback
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

log = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]
WRITTEN_EVERY = datetime.timedelta(minutes=1)


class HeadHasNoBody:
    """
    Answer a HEAD without a body: our server sends what it is given, and a proxy that keeps connections open would take
    the body for the answer to the next question, whoever asks it. The length stays that of the page.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            else:
                response.content = b""
        return response


class NeverStored:
    """Pages are never kept by a browser or a proxy: a shared desk must not show them after sign-out."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store")
        return response


class SignedInForAWhile:
    """
    Sign out after the idle time, or the longest time, whichever comes first.

    The time last seen is written once a minute: once a page would cost every look a write.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get("_auth_user_id"):
            self._keep_or_end(request, now=timezone.now())
        return self.get_response(request)

    def _keep_or_end(self, request: HttpRequest, *, now: datetime.datetime) -> None:
        seen = _time(request.session.get("seen_at")) or now
        since = _time(request.session.get("signed_in_at")) or now
        if now - seen >= settings.SESSION_IDLE or now - since >= settings.SESSION_LONGEST:
            logout(request)
            request.session["was_idle"] = True
            return
        if "signed_in_at" not in request.session or now - seen >= WRITTEN_EVERY:
            request.session["signed_in_at"] = since.isoformat()
            request.session["seen_at"] = now.isoformat()


class SignInAsWholePage:
    """A part of a page asked for after the sign-in ended leads the whole page to sign in, not the part."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") and response.status_code == 302 and request.user.is_anonymous:
            return HttpResponseClientRedirect(reverse(settings.LOGIN_URL))
        return response


class SaysWhereItBroke:
    """Log the kind of error and the line, never its message or the address: both can hold what a cell holds."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, Http404 | PermissionDenied | SuspiciousOperation):
            return
        steps = traceback.extract_tb(exception.__traceback__)
        ours = [step for step in steps if "kinfold" in step.filename] or steps
        page = request.resolver_match.view_name if request.resolver_match else "no page"
        log.error(
            "%s on page %s at %s:%d", type(exception).__name__, page, Path(ours[-1].filename).name, ours[-1].lineno or 0
        )


def _time(text: str | None) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(text) if text else None
