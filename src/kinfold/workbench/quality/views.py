"""The quality report of the live run's linkage."""

from __future__ import annotations

import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import matching_quality
from kinfold.operations.home import Home
from kinfold.workbench.matches.permissions import for_who_matches


@require_safe
@for_who_matches
def home(request: SignedInRequest, home: Home) -> HttpResponse:
    """What the live run's linkage is worth, section by section; those that somebody should look into come first."""
    try:
        report, sections = matching_quality.matching_quality(home)
    except matching_quality.NoQualityReport as why:
        return render(request, "quality/report.html", {"nothing": str(why), "sections": (), "look": ()})
    context = {
        "as_at": datetime.date.fromisoformat(report["as_at"]),
        "sections": sections,
        "look": [section for section in sections if section.wants_eyes],
    }
    return render(request, "quality/report.html", context)
