"""A page of a child, for trying the gate through an address: `/child/<id>/`, and one that breaks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kinfold.governance import gate
from kinfold.web import urls
from kinfold.web.urls import handler400, handler403, handler404, handler500  # noqa: F401  found by name


def child(request: HttpRequest, person_id: str) -> HttpResponse:
    sight = gate.ask_for(request, person_id, action="child.viewed")
    return HttpResponse(f"{sight.person_id} {sight.entitled_by}")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("Amara Okafor, born 3 March 2015")


urlpatterns = [path("one/<str:person_id>/", child), path("broken/", broken), *urls.urlpatterns]
