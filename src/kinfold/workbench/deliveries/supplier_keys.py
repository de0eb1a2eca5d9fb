"""Keys with which suppliers' own systems deliver: made and shown once, listed, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import intake
from kinfold.operations.home import Home
from kinfold.workbench.api import keys as of_api
from kinfold.workbench.deliveries.forms import KeyForm
from kinfold.workbench.deliveries.permissions import for_who_runs_feeds
from kinfold.workbench.permissions import role_of


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def keys(request: SignedInRequest, home: Home) -> HttpResponse:
    """
    Every key, and a form to make one.

    A new key is in the answer to the form alone: kept anywhere to be shown later, it could be read there.
    """
    at = timezone.now()
    feeds = {name: feed.label for name, feed in intake.feeds_for(home, at=at).items()}
    choices = sorted(feeds.items(), key=lambda pair: pair[1])
    form = KeyForm(request.POST if request.method == "POST" else None, feeds=choices)
    made = secret = None
    if form.is_valid():
        try:
            made, secret = of_api.make(
                known_feeds=feeds, at=at, by=request.user, role=role_of(request), **form.cleaned_data
            )
        except of_api.UnableToMakeKey as refusal:
            form.add_error(None, str(refusal))
        else:
            form = KeyForm(feeds=choices)
    context = {
        "form": form,
        "made": made,
        "secret": secret,
        "keys": [(key, of_api.is_live(key, at=at)) for key in of_api.list_keys()],
        "labels": feeds,
    }
    return render(request, "deliveries/keys.html", context)


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def revoke(request: SignedInRequest, home: Home, prefix: str) -> HttpResponse:
    """Shut a key for good, after saying whose it is."""
    key = of_api.list_keys().filter(prefix=prefix).first()
    if key is None:
        raise Http404
    if request.method == "POST":
        of_api.revoke(prefix, at=timezone.now(), by=request.user, role=role_of(request))
        messages.success(request, "Revoked. It opens nothing any more.")
        return redirect("deliveries:keys")
    return render(request, "deliveries/revoke.html", {"key": key})
