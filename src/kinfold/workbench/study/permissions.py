"""Who has these pages: a role that may study has the draw and the result; who was asked has the reading."""

from __future__ import annotations

import functools
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone

from kinfold.governance.requests import SignedInRequest
from kinfold.record.snapshot import live
from kinfold.workbench.permissions import View
from kinfold.workbench.study import actions, policies, queries
from kinfold.workbench.study.models import Study


def for_who_studies(view: View) -> View:
    """Wrap a page of the analyst or practice lead, else the 404 of a page that is not there."""

    @functools.wraps(view)
    def asked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not request.role.may_study:
            raise Http404
        tidied()
        return view(request, *args, **kwargs)

    return asked


def for_its_reader(view: View) -> View:
    """
    Wrap a page of reading: `view(request, reader, ...)` for somebody asked to read an open study, in a role that reads
    whole records. Children who may be read no longer leave the study first.
    """

    @functools.wraps(view)
    def asked(request: SignedInRequest, study_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.role is None or not policies.reads_whole(request.role):
            raise Http404
        tidied()
        reader = queries.reading(request.user, study_id)
        if reader is None:
            raise Http404
        drop_who_left(reader.study)
        return view(request, reader, *args, **kwargs)

    return asked


def tidied() -> None:
    """What is over by now is put away before a page shows it; a page that finds nothing to put away writes nothing."""
    at = timezone.now()
    if queries.is_anything_over(at):
        actions.tidy(at=at)


def drop_who_left(study: Study) -> None:
    at = timezone.now()
    if study.state == "open" and (why := queries.leaving(study, live(), at)):
        actions.drop(study_id=study.pk, why=why, at=at)
