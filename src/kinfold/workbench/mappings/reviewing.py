"""Having a mapping read by a second person, taking it away, and putting it into the area's folder."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import proposals
from kinfold.operations.home import Home
from kinfold.workbench.deliveries.permissions import for_who_runs_feeds
from kinfold.workbench.mappings import actions, queries
from kinfold.workbench.mappings.forms import DecideForm, PlaceForm
from kinfold.workbench.mappings.views import latest, words
from kinfold.workbench.permissions import role_of


@require_POST
@for_who_runs_feeds
def propose(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """Save a mapping for a second person to read."""
    try:
        actions.propose(latest(mapping), by=request.user, role=role_of(request), at=timezone.now())
        messages.success(request, "Saved for review. A colleague who did not make it can approve it.")
    except actions.UnableToChange as refusal:
        messages.error(request, str(refusal))
    return redirect("mappings:mapping", mapping)


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def decide(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """Approve a mapping, or send it back, with a reason."""
    given = latest(mapping)
    if given.state != "proposed" or request.user.pk in {one.by_id for one in queries.versions(mapping)}:
        raise Http404
    # What is approved is what was read: a version made since the page was opened has to be read first.
    if request.method == "POST" and request.POST.get("version") != str(given.version):
        messages.error(request, "Nothing was written down: this page shows another version now. Read it first.")
        return redirect("mappings:decide", mapping)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.decide(
                given, is_approved=form.cleaned_data["decision"] == "approve", reason=form.cleaned_data["reason"],
                by=request.user, role=role_of(request), at=timezone.now(),
            )  # fmt: skip
        except actions.UnableToChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Written down.")
            return redirect("mappings:mapping", mapping)
    return render(request, "mappings/decide.html", words() | {"given": given, "form": form})


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def place(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """Put an approved mapping into the area's folder, after saying what that changes."""
    given = latest(mapping)
    if given.state != "approved":
        raise Http404
    difference = proposals.difference(home, name=given.name, text=given.toml)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.place(
                home, given, may_replace=form.cleaned_data["may_replace"], by=request.user, role=role_of(request),
                at=timezone.now(),
            )  # fmt: skip
        except actions.UnableToChange as refusal:
            form.add_error("may_replace" if difference else None, str(refusal))
        else:
            messages.success(request, f"{given.name}.toml is in the area’s folder now.")
            return redirect("mappings:mapping", mapping)
    context = {"given": given, "form": form, "difference": difference}
    return render(request, "mappings/place.html", words() | context)


@require_safe
@for_who_runs_feeds
def download(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """The mapping as a file."""
    given = latest(mapping)
    actions.download(given, by=request.user, role=role_of(request), at=timezone.now())
    answer = HttpResponse(given.toml, content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{given.name}.toml"'
    return answer
