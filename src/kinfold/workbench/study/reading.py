"""Reading the children of a blind review, apart. The gate answers for each child, and writes the look, first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinfold.governance import gate
from kinfold.governance.requests import SignedInRequest
from kinfold.record.policies import reads_all
from kinfold.record.snapshot import live
from kinfold.workbench.permissions import role_of
from kinfold.workbench.study import actions, pages, policies, queries
from kinfold.workbench.study.forms import AnswerForm
from kinfold.workbench.study.models import REASONS, SAID, Answer, Reader
from kinfold.workbench.study.permissions import for_its_reader


@require_safe
@for_its_reader
def reading(request: SignedInRequest, reader: Reader) -> HttpResponse:
    """Where this reader is: their children by number, in their own order, with their own answers alone."""
    answers = queries.answers(reader)
    inside = [row for row in answers if not row.subject.why_gone]
    answered = sum(bool(row.said) for row in inside)
    context = {
        "reader": reader,
        "study": reader.study,
        "answers": answers,
        "asked": len(inside),
        "answered": answered,
        "said": SAID,
        "after": pages.after(answers, 0),
        "may_finish": reader.finished_at is None and policies.may_finish(answered, len(inside)),
    }
    return render(request, "study/reading.html", context)


@require_http_methods(["GET", "POST"])
@for_its_reader
def child(request: SignedInRequest, reader: Reader, number: int) -> HttpResponse:
    """One child as known on the day, and what the reader says. Nothing here tells whether the child was listed."""
    row = _answer(reader, number)
    if row.subject.why_gone:
        messages.info(request, f"Child {number} has left the study. Nothing more is asked.")
        return redirect("study:reading", reader.study_id)
    snapshot = _look(request, row)
    is_open = reader.finished_at is None
    given = {"said": row.said, "reason": row.reason, "words": row.words}
    form = AnswerForm(request.POST if is_open and request.method == "POST" else None, initial=given)
    if form.is_bound and form.is_valid():
        try:
            actions.answer(
                reader=reader, number=number, **form.cleaned_data, by=request.user, role=role_of(request),
                at=timezone.now(),
            )  # fmt: skip
        except actions.UnableToAnswer as refusal:
            form.add_error(None, str(refusal))
        else:
            return _onwards(reader, number)
    context: dict[str, Any] = {
        "reader": reader,
        "study": reader.study,
        "row": row,
        "number": number,
        "form": form if is_open else None,
        "shown": pages.shown(row.subject, snapshot, request.user, timezone.now()),
        "said": SAID,
        "reasons": REASONS,
        "adds_to": pages.adds_to,
    }
    return render(request, "study/child.html", context)


def _answer(reader: Reader, number: int) -> Answer:
    row = queries.find_answer(reader, number)
    if row is None:
        raise Http404
    return row


def _look(request: SignedInRequest, row: Answer) -> Any:
    """Ask the gate, by the standing of this study alone; the look is written before anything is read."""
    match = request.resolver_match
    sight = gate.ask(
        user=request.user, role=role_of(request), person_id=row.subject.person_id, purpose=actions.PURPOSE,
        action="study.read", at=timezone.now(), request_path=match.view_name if match else "",
        through=row.reader.study.page,
    )  # fmt: skip
    snapshot = live()
    if snapshot is None or not reads_all(sight) or not sight.sections >= policies.WHOLE:
        raise Http404
    return snapshot


def _onwards(reader: Reader, number: int) -> HttpResponse:
    nearest = pages.after(queries.answers(reader), number)
    if nearest is None:
        return redirect("study:reading", reader.study_id)
    return redirect("study:child", reader.study_id, nearest)


@require_POST
@for_its_reader
def finish(request: SignedInRequest, reader: Reader) -> HttpResponse:
    try:
        study = actions.finish(reader=reader, by=request.user, role=role_of(request), at=timezone.now())
    except actions.UnableToAnswer as refusal:
        messages.error(request, str(refusal))
        return redirect("study:reading", reader.study_id)
    messages.success(request, "Finished. Thank you: your answers stand.")
    return redirect("web:home" if study.state != "open" else "study:reading", *(
        [] if study.state != "open" else [study.pk]
    ))  # fmt: skip


@require_http_methods(["GET", "POST"])
@for_its_reader
def concern(request: SignedInRequest, reader: Reader, number: int) -> HttpResponse:
    """Somebody must look at this child today: ask once more, then tell whoever can act."""
    row = _answer(reader, number)
    if row.subject.why_gone:
        raise Http404
    _look(request, row)
    if request.method == "POST":
        try:
            actions.raise_concern(answer=row, by=request.user, role=role_of(request), at=timezone.now())
        except actions.UnableToAnswer as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Told. Whoever can act has a notice that leads to the record.")
        return redirect("study:child", reader.study_id, number)
    return render(request, "study/concern.html", {"study": reader.study, "number": number})
