"""Saying from a child's page that a fact or a statement is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kinfold.governance.gate import Sight
from kinfold.governance.requests import SignedInRequest
from kinfold.record import queries as record
from kinfold.record.challenges import actions, policies, queries
from kinfold.record.challenges.actions import Challenged
from kinfold.record.challenges.forms import ChallengeForm
from kinfold.record.published import Child, Evidence, TimelineEntry
from kinfold.record.snapshot import Snapshot
from kinfold.record.veil import Veil
from kinfold.record.views import about_page, of_child, veil_of

LOOK = "challenge.page"


@require_http_methods(["GET", "POST"])
@of_child(LOOK)
def statement(request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child, marker: str) -> HttpResponse:
    """Say that a statement is wrong, or misleads."""
    row, veil = _statement(request, snapshot, sight, child, marker)
    what = Challenged(about_id=child.person_id, owner=queries.owner_of(marker), marker=marker)
    return _say(request, snapshot, sight, child, veil, what, shown=row.text or row.label)


@require_http_methods(["GET", "POST"])
@of_child(LOOK)
def fact(
    request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child, marker: str, row_id: int
) -> HttpResponse:
    """Say that one row behind a statement is wrong."""
    _, veil = _statement(request, snapshot, sight, child, marker)
    rows = {row.pk: row for row in veil.rows(record.evidence(snapshot, sight, marker))}
    row = rows.get(row_id)
    if row is None or row.row_number is None:
        raise Http404
    what = _of_row(snapshot, child, row, marker=marker, table_name=row.table_name)
    return _say(request, snapshot, sight, child, veil, what, shown=row.fact or "A fact")


@require_http_methods(["GET", "POST"])
@of_child(LOOK)
def entry(request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child, row_id: int) -> HttpResponse:
    """Say that an entry of the timeline is wrong."""
    rows = record.timeline(snapshot, sight)
    veil = veil_of(request, snapshot, child, *(row.about_id for row in rows))
    row = next((one for one in veil.rows(rows) if one.pk == row_id), None)
    if sight.level < policies.LEAST_LEVEL or row is None or row.row_number is None:
        raise Http404
    what = _of_row(snapshot, child, row, fact_kind=row.kind)
    return _say(request, snapshot, sight, child, veil, what, shown=row.title)


def _statement(
    request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child, marker: str
) -> tuple[Any, Veil]:
    """The statement as this reader may see it; Http404 when it is not for them."""
    may = sight.level >= policies.LEAST_LEVEL and sight.may_see("evidence")
    row = record.find_statement(snapshot, sight, marker) if may else None
    if row is None:
        raise Http404
    veil = veil_of(request, snapshot, child, row.about_ids)
    shown = veil.statements([row])
    if not shown:
        raise Http404
    return shown[0], veil


def _of_row(snapshot: Snapshot, child: Child, row: Evidence | TimelineEntry, **more: str) -> Challenged:
    supplier = next((feed.supplier for feed in record.feeds(snapshot) if feed.feed == row.source), "")
    return Challenged(
        about_id=row.about_id or child.person_id, owner=supplier or row.feed_label or row.source, source=row.source,
        delivery_id=row.delivery_id, part=row.part, row_number=row.row_number, on=row.on, **more,
    )  # fmt: skip


def _say(
    request: SignedInRequest,
    snapshot: Snapshot,
    sight: Sight,
    child: Child,
    veil: Veil,
    what: Challenged,
    *,
    shown: str,
) -> HttpResponse:
    form = ChallengeForm(request.POST or None)
    if form.is_valid():
        try:
            row = actions.raise_challenge(
                person_id=child.person_id, what=what, by=request.user, role=sight.role, at=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
        except actions.UnableToChallenge as refusal:
            form.add_error(None, str(refusal))
        else:
            hidden = " and hidden from everybody" if row.is_harmful else " for everybody who reads it"
            messages.success(request, f"It is marked as challenged{hidden}. You are told how it ends.")
            return redirect("record:child", child.person_id)
    context = about_page(snapshot, sight, child, veil) | {"form": form, "what": what, "shown": shown}
    return render(request, "challenges/say.html", context)
