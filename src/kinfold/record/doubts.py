"""Saying from a child's page that something is not this child's, and reading who had seen what was wrong."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.governance import audit
from kinfold.governance import queries as governance
from kinfold.governance.gate import Sight
from kinfold.governance.requests import SignedInRequest
from kinfold.record import overlays, queries
from kinfold.record.forms import DoubtForm
from kinfold.record.models import Overlay
from kinfold.record.overlays import Doubted
from kinfold.record.published import Child, Evidence, MatchedRecord, TimelineEntry
from kinfold.record.snapshot import Snapshot
from kinfold.record.views import LOOKS, about_page, of_child, veil_of
from kinfold.vocabulary.dates import in_words

FACTS_SHOWN = 40
LEAST_LEVEL = 2  # of sight: who sees no facts of a child cannot say which are wrong
Fact = TimelineEntry | Evidence


@require_http_methods(["GET", "POST"])
@of_child("doubt.page")
def say(request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child) -> HttpResponse:
    """Choose what does not belong to this child: whole records of a source, or single facts. It is hidden at once."""
    if sight.level < LEAST_LEVEL:
        raise Http404
    veil = veil_of(request, snapshot, child)
    records = [
        row
        for row in _records(snapshot, sight, child)
        if (child.person_id, row.person_key_hash) not in veil.hidden.records
    ]
    facts = veil.rows(_facts(snapshot, sight, child, request.GET.get("marker", "")))
    form = DoubtForm(
        request.POST or None,
        records=[(row.person_key_hash, row.feed_label or row.source) for row in records],
        facts=[(str(place), fact_words(fact)) for place, fact in enumerate(facts)],
    )
    if form.is_valid():
        sources = {row.person_key_hash: row.source for row in records}
        what = [Doubted(ref, sources[ref]) for ref in form.cleaned_data["records"]]
        what += [_doubted(facts[int(place)]) for place in form.cleaned_data["facts"]]
        try:
            overlays.doubt(
                person_id=child.person_id, what=what, reason=form.cleaned_data["reason"],
                by=request.user, role=sight.role, at=timezone.now(),
            )  # fmt: skip
        except overlays.UnableToDoubt as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Hidden from everybody now. Somebody who settles matches looks at it next.")
            return redirect("record:child", child.person_id)
    context = about_page(snapshot, sight, child, veil) | {"form": form, "hidden": overlays.standing_of(child.person_id)}
    return render(request, "record/not_this_child.html", context)


def _records(snapshot: Snapshot, sight: Sight, child: Child) -> list[MatchedRecord]:
    agency = {feed.feed: feed.agency for feed in queries.feeds(snapshot)}
    rows = queries.matched_records(snapshot, child.person_id)
    return [row for row in rows if row.person_key_hash and sight.may_read(agency.get(row.source, ""))]


def _facts(snapshot: Snapshot, sight: Sight, child: Child, marker: str) -> list[Fact]:
    """The child's own newest facts, each row once; those behind one statement when it is named."""
    rows: list[Fact] = []
    if marker and sight.may_see("evidence") and queries.find_statement(snapshot, sight, marker):
        rows += queries.evidence(snapshot, sight, marker)
    rows += queries.timeline(snapshot, sight)[:FACTS_SHOWN]
    own = [row for row in rows if row.about_id in ("", child.person_id) and row.row_number is not None]
    return list({(row.delivery_id, row.part, row.row_number): row for row in reversed(own)}.values())[::-1]


def fact_words(row: Fact) -> str:
    """A fact as one line: what, when and who told us."""
    what = row.fact if isinstance(row, Evidence) else row.title
    on = f", {in_words(row.on)}" if row.on else ""
    return f"{what or 'A fact'}{on} ({row.feed_label or row.source})"


def _doubted(row: Fact) -> Doubted:
    return Doubted(row.record_ref, row.source, row.delivery_id, row.part, row.row_number)


@require_safe
def read(request: SignedInRequest, overlay_id: int) -> HttpResponse:
    """
    One doubt: how it stands, and who opened the child's pages in the 90 days before.

    For the manager and the information governance lead who were told, and for who said it, as long as the record is
    not closed to them; who keeps restrictions answers for those too. It names no child.
    """
    role = request.role
    row = Overlay.objects.select_related("by").filter(pk=overlay_id).first()
    may = role is not None and row is not None and (role.may_see_looks or role.manages) and request.user.pk in row.told
    is_own = row is not None and row.by_id == request.user.pk
    if role is None or row is None or not (may or is_own):
        raise Http404
    at = timezone.now()
    is_closed = not role.may_keep_restrictions and bool(governance.closed_to(request.user, [row.person_id], at))
    audit.record(
        action="doubt.opened", at=at, user=request.user, role=role.name, person_id=row.person_id,
        purpose=role.purpose, result="refused" if is_closed else "allowed", detail={"overlay": row.pk},
    )  # fmt: skip
    if is_closed:
        raise Http404
    seen = overlays.seen_by(row) if may else []
    return render(request, "record/doubt.html", {"row": row, "seen": seen, "may": may, "look_words": LOOKS})
