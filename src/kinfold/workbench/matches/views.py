"""The queue of doubtful matches, one case with its decision, and looking for somebody to join by hand."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinfold.areas import area as areas
from kinfold.areas import feeds as feed_settings
from kinfold.governance import queries as governance
from kinfold.governance.requests import SignedInRequest
from kinfold.operations.home import Home
from kinfold.operations.matching import cases, identities, weights
from kinfold.operations.matching.cases import Case
from kinfold.operations.matching.lake import NothingToShow, ref_of
from kinfold.record import overlays
from kinfold.workbench.matches import actions, pages, queries
from kinfold.workbench.matches.forms import DecisionForm, FindForm, RevealForm
from kinfold.workbench.matches.models import KINDS
from kinfold.workbench.matches.permissions import for_who_matches, for_who_reads_decisions
from kinfold.workbench.matches.queries import Thread
from kinfold.workbench.permissions import open_home, role_of

CASES_A_PAGE = 20
REVEALED = "matches_revealed"
REVEALED_FOR = datetime.timedelta(minutes=15)
ASKED = "matches_asked"


@require_safe
@for_who_reads_decisions
def home(request: SignedInRequest) -> HttpResponse:
    """What waits, the gravest first. Whoever may only read decisions is shown those."""
    if request.role is None or not request.role.may_match:
        return redirect("matches:decisions")
    at, held = timezone.now(), open_home()
    queue, threads = _queue(request, held)
    kinds = sorted({kind for row in queue.rows for kind in row.case.kinds})
    names = sorted({source for row in queue.rows for source in row.case.sources})
    asked = {name: request.GET.get(name, "") for name in ("source", "other", "kind", "days")}
    chosen = pages.Filters(**{**asked, "days": asked["days"] if asked["days"] in pages.WAITING else ""})
    rows = [row for row in queue.rows if chosen.keep(row, kinds, today=timezone.localdate(at))]
    labels = {name: feed.label for name, feed in feed_settings.load(held.area).items()}
    context = {
        "page": Paginator(rows, CASES_A_PAGE).get_page(request.GET.get("page")),
        "total": len(queue.rows),
        "counts": {harm: sum(row.case.harm == harm for row in queue.rows) for harm in ("high", "middle", "low")},
        "doubted": sum(row.is_doubted for row in queue.rows),
        "for_others": queue.for_others,
        "chosen": chosen,
        "kinds": list(enumerate(kinds)),
        "sources": [(name, labels.get(name, name)) for name in names],
        "labels": labels,
        "waiting": pages.WAITING,
        "colours": pages.HARM_COLOUR,
        "agreement": queries.agreement(),
        "threads": len(threads),
        "is_run": held.live_run() is not None,
    }
    return render(request, "matches/home.html", context)


def _queue(request: SignedInRequest, held: Home) -> tuple[pages.Queue, list[Thread]]:
    threads = queries.threads()
    queue = pages.queue(
        held,
        threads,
        overlays.open_doubts(),
        user=request.user,
        sealed=governance.sealed_to(request.user, timezone.now()),
    )
    return queue, threads


@require_http_methods(["GET", "POST"])
@for_who_matches
def case(request: SignedInRequest, home: Home, ref: str) -> HttpResponse:
    """One case: the records side by side, why the machine links or doubts, what was decided, and a decision."""
    thread = queries.of_case(ref)
    found = _found(home, ref, thread)
    if found is None:
        raise Http404
    return _page(request, home, found, thread)


def _found(home: Home, ref: str, thread: Thread | None) -> Case | None:
    if thread is not None:
        return pages.as_shown(home, thread)
    waits = next((one for one in cases.queue(home) if one.ref == ref), None)
    if waits is not None:
        return waits
    doubted = (pages.doubted_case(home, doubt) for doubt in overlays.open_doubts())
    last = next((one for one in queries.trail() if one.ref == ref), None)
    was = Thread(last, None, None, "counts") if last is not None else None
    return next((one for one in doubted if one is not None and one.ref == ref), None) or (
        pages.as_shown(home, was) if was is not None else None
    )


@require_http_methods(["GET", "POST"])
@for_who_matches
def by_hand(request: SignedInRequest, home: Home, person_id: str, other_id: str = "") -> HttpResponse:
    """One person, or two put together by somebody who thinks they are one."""
    try:
        found = cases.people_together(home, sorted({person_id, other_id} - {""}))
    except NothingToShow as why:
        raise Http404 from why
    return _page(request, home, found, queries.of_case(found.ref))


def _page(request: SignedInRequest, home: Home, found: Case, thread: Thread | None) -> HttpResponse:
    """The look is written down first. What another reader said is not shown to who is still to read it."""
    whose = cases.person_ids_of(home, found.keys)
    if not whose or governance.sealed_to(request.user, timezone.now()) & set(whose.values()):
        raise Http404
    at = timezone.now()
    who: dict[str, Any] = {"by": request.user, "role": role_of(request), "at": at}
    actions.look(ref=found.ref, people=whose.values(), **who)
    form = DecisionForm(
        request.POST if "kind" in request.POST or "decide" in request.POST else None,
        people=len(found.people),
        records=len(found.keys),
    )
    reveal_form = RevealForm(request.POST if "reveal" in request.POST else None, prefix="reveal")
    if reveal_form.is_bound and reveal_form.is_valid():
        try:
            actions.reveal(ref=found.ref, people=whose.values(), reason=reveal_form.cleaned_data["reason"], **who)
        except actions.UnableToShow as refusal:
            reveal_form.add_error("reason", str(refusal))
        else:
            until = (at + REVEALED_FOR).isoformat()
            request.session[REVEALED] = {**request.session.get(REVEALED, {}), found.ref: until}
            return redirect(request.path)
    ticked = set(request.POST.getlist("record"))
    if form.is_bound and form.is_valid() and (answer := _decided(request, home, found, form, ticked, who)):
        return answer
    return render(
        request, "matches/case.html",
        _context(request, home, found, thread) | {"form": form, "reveal_form": reveal_form, "ticked": ticked},
    )  # fmt: skip


def _decided(
    request: SignedInRequest, home: Home, found: Case, form: DecisionForm, ticked: set[str], who: dict[str, Any]
) -> HttpResponse | None:
    queue, _ = _queue(request, home)
    try:
        decision = actions.decide(
            ref=found.ref,
            shown=[keys for _, keys in found.people],
            ticked={key for key in found.keys if ref_of(home, key) in ticked},
            share=areas.load(settings.AREA_FOLDER).second_reader_share,
            touches_care=found.needs_second,
            refs=functools.partial(ref_of, home),
            **form.cleaned_data,
            **who,
        )
    except actions.UnableToDecide as refusal:
        form.add_error("kind", str(refusal))
        return None
    words = f"Decided: {KINDS[decision.kind][:1].lower()}{KINDS[decision.kind][1:]}."
    messages.success(request, f"{words} The next run makes it so; you can take it back under decisions.")
    after = queue.after(found.ref)
    return redirect("matches:case", after) if after else redirect("matches:home")


def _context(request: SignedInRequest, home: Home, found: Case, thread: Thread | None) -> dict[str, Any]:
    is_revealed = _is_revealed(request, found.ref)
    held = pages.held_records(home, found, is_revealed=is_revealed)
    is_blind = thread is not None and thread.waits_for(request.user) and thread.state == "second"
    hidden = {thread.first.pk} if is_blind and thread is not None else set()
    earlier = [
        one for one in queries.trail(keys=found.keys, most=20) if one.pk not in hidden and one.first_id not in hidden
    ]
    doubts = [one for one in overlays.open_doubts() if one.record_ref in {record.ref for record in held.values()}]
    locked = {key for group, _ in queries.locked_groups() for key in group}
    queue, _ = _queue(request, home)
    return {
        "case": found,
        "people": pages.people(found, held, {one.record_ref for one in doubts}),
        "columns": pages.COLUMNS,
        "reasonings": pages.reasonings(weights.compared(home, found.keys), held, found),
        "vetoes": weights.vetoes_in_words(),
        "earlier": earlier,
        "undone": queries.undone_ids(),
        "third": thread if thread is not None and thread.state == "third" and thread.waits_for(request.user) else None,
        "is_mine": thread is not None and thread.state in ("second", "third") and not thread.waits_for(request.user),
        "kind_words": KINDS,
        "doubts": doubts,
        "is_locked": bool(locked & set(found.keys)),
        "is_revealed": is_revealed,
        "after": queue.after(found.ref),
        "place": next((n for n, row in enumerate(queue.rows, 1) if row.case.ref == found.ref), None),
        "total": len(queue.rows),
    }  # fmt: skip


def _is_revealed(request: SignedInRequest, ref: str) -> bool:
    until = request.session.get(REVEALED, {}).get(ref)
    return bool(until) and timezone.now() < datetime.datetime.fromisoformat(until)


@require_http_methods(["GET", "POST"])
@for_who_matches
def find(request: SignedInRequest, home: Home) -> HttpResponse:
    """
    Look for people by name or number, to join by hand. What was asked is kept in the session: no address holds it.

    `with`: somebody chosen before, with whom the one that is found is put side by side.
    """
    form = FindForm(request.POST or None)
    chosen = request.GET.get("with", "")
    if request.method == "POST" and form.is_valid():
        request.session[ASKED] = form.cleaned_data["asked"]
        return redirect(reverse("matches:find") + (f"?with={chosen}" if chosen.isalnum() else ""))
    asked = "" if request.method == "POST" else request.session.get(ASKED, "")
    context: dict[str, Any] = {"form": form, "asked": asked, "chosen": chosen if chosen.isalnum() else ""}
    if asked:
        try:
            shown = identities.find(home, asked, sealed=governance.sealed_to(request.user, timezone.now()))
        except NothingToShow:
            shown = []
        actions.searched(
            people=[one.person_id for one in shown], by=request.user, role=role_of(request), at=timezone.now()
        )
        context |= {"found": shown, "most": identities.FOUND_AT_MOST}
    return render(request, "matches/find.html", context)


@require_POST
@for_who_matches
def forget(request: SignedInRequest, home: Home) -> HttpResponse:
    """Clear what was asked, so that the next person at this desk does not see it."""
    request.session.pop(ASKED, None)
    return redirect("matches:find")
