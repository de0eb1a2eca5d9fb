"""
The queue of challenges, one of them, and how it is settled.

Who settles facts sees where the row stands and whom to ring, and nothing of the child. Who settles statements opens
the child through the gate, as long as the challenge waits.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinfold.governance import audit, gate
from kinfold.governance import queries as governance
from kinfold.governance.requests import SignedInRequest
from kinfold.record import queries as record
from kinfold.record.challenges import actions, policies, queries
from kinfold.record.challenges.forms import SettleForm, WordsForm
from kinfold.record.challenges.models import Challenge
from kinfold.record.snapshot import live
from kinfold.record.veil import Hidden
from kinfold.record.views import veil_of


def _kinds(request: SignedInRequest) -> list[str]:
    return [kind for kind in ("fact", "statement") if policies.settles(request.role, kind)]


def _role(request: SignedInRequest) -> str:
    return request.role.name if request.role else ""


def _find(request: SignedInRequest, challenge_id: int) -> Challenge:
    row = queries.find(challenge_id)
    if row is None or governance.sealed_to(request.user, timezone.now()) & {row.person_id, row.about_id}:
        raise Http404
    return row


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What waits for whoever settles, those hidden meanwhile first. It names no child and no statement."""
    if not policies.has_queue(request.role):
        raise Http404
    kinds, sealed = _kinds(request), governance.sealed_to(request.user, timezone.now())
    context = {
        "kinds": kinds,
        "waiting": [row for row in queries.waiting(kinds) if not sealed & {row.person_id, row.about_id}],
        "settled": [row for row in queries.settled(kinds) if not sealed & {row.person_id, row.about_id}],
        "now": timezone.now(),
        "waits": policies.waits,
        "words": policies.STATE_WORDS,
        "colours": policies.STATE_COLOUR,
    }
    return render(request, "challenges/home.html", context)


@require_http_methods(["GET", "POST"])
def one(request: SignedInRequest, challenge_id: int) -> HttpResponse:
    """One challenge, for who raised it and for who settles its kind; anybody else finds that it is not there."""
    row = _find(request, challenge_id)
    if request.role is None:
        raise Http404
    settles = policies.settles(request.role, row.kind) and row.by_id != request.user.pk
    if not settles and row.by_id != request.user.pk:
        raise Http404
    shown = _looked(request, row, settles=settles)
    form = SettleForm(request.POST or None) if settles and row.state == "open" else None
    if form is not None and form.is_valid():
        try:
            actions.settle(
                challenge_id=row.pk, is_upheld=form.cleaned_data["decision"] == "upheld",
                words=form.cleaned_data["words"], by=request.user, role=_role(request), at=timezone.now(),
            )  # fmt: skip
        except actions.UnableToSettle as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Settled. The worker is told, and the next run goes by it.")
            return redirect("challenges:home")
    context = shown | {
        "row": row,
        "settles": settles,
        "is_own": row.by_id == request.user.pk,
        "form": form,
        "words_form": WordsForm(),
        "answers": list(row.answers.select_related("by").order_by("pk")),
        "waits": policies.waits(row.at, timezone.now()),
        "words": policies.STATE_WORDS,
        "colours": policies.STATE_COLOUR,
    }
    return render(request, "challenges/one.html", context)


def _looked(request: SignedInRequest, row: Challenge, *, settles: bool) -> dict[str, Any]:
    """Write the look down first, then what of the child or of the delivery this reader is shown."""
    snapshot = live()
    if settles and row.kind == "statement" and row.state == "open":
        sight = gate.ask_for(request, row.person_id, action="challenge.opened")
        if snapshot is None:
            return {}
        child = record.find_child(snapshot, row.person_id)
        statement = record.find_statement(snapshot, sight, row.marker) if child else None
        if child is None or statement is None:
            return {"statement": None, "child_id": row.person_id if child else ""}
        # What is challenged as harmful is hidden from everybody but whoever has to settle it.
        veil = dataclasses.replace(veil_of(request, snapshot, child, statement.about_ids), hidden=Hidden())
        shown = veil.statements([statement])
        rows = veil.rows(record.evidence(snapshot, sight, row.marker)) if shown else []
        return {"statement": shown[0] if shown else None, "evidence": rows, "child_id": row.person_id}
    audit.record(
        action="challenge.opened", at=timezone.now(), user=request.user, role=_role(request), person_id=row.person_id,
        purpose=request.role.purpose if request.role else "", detail={"challenge": row.pk},
    )  # fmt: skip
    feeds = {feed.feed: feed for feed in record.feeds(snapshot)} if snapshot else {}
    return {"feed": feeds.get(row.source)}


def _post(request: SignedInRequest, challenge_id: int, action: Any, said: str) -> HttpResponse:
    row = _find(request, challenge_id)
    if not policies.settles(request.role, row.kind) and row.by_id != request.user.pk:
        raise Http404
    try:
        action(
            challenge_id=row.pk, words=request.POST.get("words", ""), by=request.user, role=_role(request),
            at=timezone.now(),
        )  # fmt: skip
    except actions.UnableToSettle as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("challenges:one", row.pk)


@require_POST
def take_back(request: SignedInRequest, challenge_id: int) -> HttpResponse:
    return _post(request, challenge_id, actions.take_back, "Taken back. It waits to be settled again.")


@require_POST
def withdraw(request: SignedInRequest, challenge_id: int) -> HttpResponse:
    return _post(request, challenge_id, actions.withdraw, "Withdrawn. The mark is gone.")
