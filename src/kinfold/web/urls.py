"""Every address of the service: each room brings its own."""

from __future__ import annotations

import importlib.util

from django.urls import URLPattern, URLResolver, include, path

from kinfold.web import views

ROOMS = (
    "kinfold.governance",
    "kinfold.record",
    "kinfold.record.challenges",
    "kinfold.worklists",
    "kinfold.workbench.deliveries",
    "kinfold.workbench.mappings",
    "kinfold.workbench.matches",
    "kinfold.workbench.quality",
    "kinfold.workbench.proof",
    "kinfold.workbench.rules",
    "kinfold.workbench.explain",
    "kinfold.workbench.study",
    "kinfold.workbench.api",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kinfold.web.pages")),
    *(path("", include(f"{room}.urls")) for room in ROOMS if importlib.util.find_spec(f"{room}.urls")),
]

handler400 = views.bad_request
handler403 = views.not_allowed
handler404 = views.not_found
handler500 = views.went_wrong
