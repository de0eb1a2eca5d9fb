"""Drawing a blind review, following it, its result and its end. No child is named or shown on any of these pages."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.governance import audit
from kinfold.governance.requests import SignedInRequest
from kinfold.operations import pseudonyms
from kinfold.record.snapshot import live
from kinfold.vocabulary import exports
from kinfold.workbench.permissions import open_home, role_of
from kinfold.workbench.study import actions, policies, queries, result, wording
from kinfold.workbench.study.forms import DrawForm, EndForm, ReplaceForm
from kinfold.workbench.study.models import ABOUT, SAID, Study
from kinfold.workbench.study.permissions import drop_who_left, for_who_studies

MOST_SEED = 999_999
PASSED_ON, OWN_WORK = "result", "rows"


@require_safe
@for_who_studies
def home(request: SignedInRequest) -> HttpResponse:
    rows = [(study, queries.progress(study)) for study in queries.studies()]
    return render(request, "study/home.html", {"rows": rows, "about": ABOUT, "wording": wording})


@require_http_methods(["GET", "POST"])
@for_who_studies
def draw(request: SignedInRequest) -> HttpResponse:
    at, snapshot = timezone.now(), live()
    readers = queries.who_may_read(at, but=request.user)
    form = DrawForm(request.POST or None, readers=readers, initial={"wanted": policies.LEAST, "about": "any"})
    if snapshot is not None and form.is_valid():
        held = open_home()
        try:
            study = actions.draw(
                snapshot=snapshot, about=form.cleaned_data["about"], wanted=form.cleaned_data["wanted"],
                # Not the analyst's to choose: nobody draws until the children suit.
                seed=secrets.randbelow(MOST_SEED) + 1,
                readers=form.chosen(), is_made_up=held.is_demonstration,
                named=lambda person_id: pseudonyms.pseudonym(held, person_id),
                by=request.user, role=role_of(request), at=at,
            )  # fmt: skip
        except actions.UnableToDraw as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Drawn. Both readers have a notice with the way to their page.")
            return redirect("study:study", study.pk)
    context = {"form": form, "snapshot": snapshot, "readers": readers, "not_listed": policies.NOT_LISTED_WORDS}
    return render(request, "study/draw.html", context)


@require_safe
@for_who_studies
def study(request: SignedInRequest, study_id: int) -> HttpResponse:
    """How far the readers are; once both have finished, and not before, what they said."""
    row = _get(study_id)
    context: dict[str, Any] = {
        "study": row,
        "progress": queries.progress(row),
        "about": ABOUT,
        "wording": wording,
        "not_listed": policies.NOT_LISTED_WORDS,
        "gone": wording.gone(queries.gone(row)),
        "kept": policies.WORDS_KEPT.days,
    }
    if row.state == "finished":
        found = result.reckon(queries.both(row))
        reads_words = request.role is not None and policies.reads_whole(request.role)
        audit.record(
            action="study.result_read", at=timezone.now(), user=request.user, role=role_of(request), purpose="review",
            detail={"study": row.pk, "words": int(reads_words)},
        )  # fmt: skip
        context |= {
            "found": found,
            "said": SAID,
            "cannot_show": wording.limits(found) if found else [],
            "kappa": wording.kappa(found) if found else "",
            "reads_words": reads_words,
            "words": queries.words_of(row) if reads_words else [],
        }
    return render(request, "study/study.html", context)


def _get(study_id: int) -> Study:
    row = queries.find(study_id)
    if row is None:
        raise Http404
    drop_who_left(row)
    return row


@require_safe
@for_who_studies
def latest(request: SignedInRequest) -> HttpResponse:
    """The newest result, for a page that leads to it."""
    row = queries.latest_finished()
    return redirect("study:study", row.pk) if row else redirect("study:home")


@require_http_methods(["GET", "POST"])
@for_who_studies
def end(request: SignedInRequest, study_id: int) -> HttpResponse:
    row = _get(study_id)
    if row.state != "open":
        raise Http404
    form = EndForm(request.POST or None)
    if form.is_valid():
        try:
            actions.end(
                study_id=row.pk, reason=form.cleaned_data["reason"], by=request.user, role=role_of(request),
                at=timezone.now(),
            )  # fmt: skip
        except actions.UnableToEnd as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, "Ended. The readers can open these children no longer.")
            return redirect("study:study", row.pk)
    return render(request, "study/end.html", {"form": form, "study": row})


@require_http_methods(["GET", "POST"])
@for_who_studies
def replace(request: SignedInRequest, study_id: int) -> HttpResponse:
    """Somebody else reads in the place of a reader who cannot go on."""
    row, at = _get(study_id), timezone.now()
    readers = [one.reader for one in queries.progress(row) if one.reader.finished_at is None]
    if row.state != "open" or not readers:
        raise Http404
    asked = set(row.readers.values_list("user_id", flat=True))
    others = [user for user in queries.who_may_read(at, but=request.user) if user.pk not in asked]
    form = ReplaceForm(request.POST or None, readers=readers, others=others)
    if form.is_valid():
        try:
            actions.replace(
                study_id=row.pk, place=form.cleaned_data["place"], user=form.chosen(), by=request.user,
                role=role_of(request), at=at,
            )  # fmt: skip
        except actions.UnableToReplace as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Replaced. Who reads now has a notice with the way to their page.")
            return redirect("study:study", row.pk)
    return render(request, "study/replace.html", {"form": form, "study": row, "others": others})


@require_safe
@for_who_studies
def export(request: SignedInRequest, study_id: int, what: str) -> StreamingHttpResponse:
    """The table, which may be passed on, or the rows under pseudonyms, for the analyst's own work."""
    row, at = _get(study_id), timezone.now()
    told = queries.both(row) if row.state == "finished" else []
    found = result.reckon(told) if told else None
    if found is None:
        raise Http404
    audit.record(
        action="study.exported", at=at, user=request.user, role=role_of(request), purpose="review",
        detail={"study": row.pk, "file": what},
    )  # fmt: skip
    is_table = what == PASSED_ON
    lines = exports.csv_lines(result.TABLE, _marked(row, found)) if is_table else exports.csv_lines(
        result.ROWS, result.rows(told)
    )  # fmt: skip
    name = exports.file_name(
        f"blind-review-{row.pk}-{what}", by=request.user.username, at=timezone.localtime(at),
        purpose="" if is_table else "not-to-be-passed-on", form="csv",
    )  # fmt: skip
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _marked(row: Study, found: result.Result) -> list[tuple[object, ...]]:
    """The table, with what it cannot show in its last lines."""
    notes = [(said, "", "", "", "", "", "") for said in wording.notes(row, found)]
    return [*result.table(found), *notes]
