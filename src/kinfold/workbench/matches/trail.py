"""Every decision on a match, and taking one back. An information governance lead reads it; a matcher undoes."""

from __future__ import annotations

import functools

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.governance import audit
from kinfold.governance.requests import SignedInRequest
from kinfold.operations.home import Home
from kinfold.operations.matching.lake import ref_of
from kinfold.workbench.matches import actions, queries
from kinfold.workbench.matches.forms import UndoForm
from kinfold.workbench.matches.models import KINDS, Decision
from kinfold.workbench.matches.permissions import for_who_matches, for_who_reads_decisions
from kinfold.workbench.permissions import role_of

DECISIONS_A_PAGE = 25


@require_safe
@for_who_reads_decisions
def decisions(request: SignedInRequest) -> HttpResponse:
    """Decisions, newest first, with how each stands. A matcher is not shown what they are still to read themselves."""
    audit.record(
        action="match.trail_read", at=timezone.now(), user=request.user, role=role_of(request),
        purpose=request.role.purpose if request.role else "",
    )  # fmt: skip
    threads = queries.threads()
    states = {thread.last.pk: thread for thread in threads}
    may_match = bool(request.role and request.role.may_match)
    blind = {t.first.pk for t in threads if may_match and t.state == "second" and t.waits_for(request.user)}
    rows: list[Decision] = [one for one in queries.trail(most=5_000) if one.pk not in blind]
    return render(
        request, "matches/decisions.html",
        {
            "page": Paginator(rows, DECISIONS_A_PAGE).get_page(request.GET.get("page")),
            "threads": states,
            "undone": queries.undone_ids(),
            "kind_words": KINDS,
            "may_match": may_match,
            "agreement": queries.agreement(),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@for_who_matches
def undo(request: SignedInRequest, home: Home, decision_id: int) -> HttpResponse:
    """Take a decision back, with a reason."""
    thread = queries.get_standing(decision_id)
    if thread is None or (thread.waits_for(request.user) and thread.state == "second"):
        raise Http404
    form = UndoForm(request.POST or None)
    if form.is_valid():
        try:
            actions.undo(
                decision_id=decision_id, reason=form.cleaned_data["reason"], refs=functools.partial(ref_of, home),
                by=request.user, role=role_of(request), at=timezone.now(),
            )  # fmt: skip
        except actions.UnableToDecide as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, "Taken back. The next run is as if it had not been decided.")
            return redirect("matches:decisions")
    return render(request, "matches/undo.html", {"form": form, "decision": thread.last, "kind_words": KINDS})
