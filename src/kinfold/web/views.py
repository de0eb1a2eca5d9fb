"""The shell: where each role starts, help, and what is said when a page cannot be shown."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from kinfold.governance.requests import SignedInRequest


def home(request: SignedInRequest) -> HttpResponse:
    """Send each person to where their role starts."""
    if request.role is None:
        return redirect("governance:choose_role")
    try:
        return redirect(reverse(request.role.home))
    except NoReverseMatch:
        return redirect("governance:notices")


@login_not_required
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibility.html")


@login_not_required
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help.html")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """One page for whatever is not there and whatever is not for this person: nothing in it tells them apart."""
    return render(request, "errors/404.html", status=404)


def went_wrong(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/expired.html", status=403)
