"""Search, a child's page, the evidence behind a statement, and who has looked. Each asks the gate before it reads."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kinfold.areas.roles import Role
from kinfold.governance import gate
from kinfold.governance import queries as governance
from kinfold.governance.gate import Sight
from kinfold.governance.requests import SignedInRequest
from kinfold.governance.searching import looks_at
from kinfold.record import overlays, pages, plain, policies, queries, searching, wording
from kinfold.record.challenges import queries as challenges
from kinfold.record.forms import SearchForm
from kinfold.record.published import Child
from kinfold.record.snapshot import Snapshot, live
from kinfold.record.veil import Veil, ids
from kinfold.vocabulary import words

ASKED = "asked_for"
LOOKS_A_PAGE = 50
LOOKS = {
    "child.opened": "Opened the child’s page",
    "evidence.opened": "Opened the evidence behind a statement",
    "looks.opened": "Looked at who has looked",
    "row.opened": "Opened a row of a list",
    "row.done": "Recorded as done",
    "row.deferred": "Deferred",
    "row.not_useful": "Recorded as not useful",
    "row.wrong": "Recorded as wrong",
    "row.undone": "Took back what was recorded",
    "duty.opened": "Opened on duty",
    "doubt.page": "Looked at what may not be this child’s",
    "doubt.raised": "Said that a fact is not this child’s",
    "explain.opened": "Looked at how the place in the order came about",
    "challenge.page": "Looked at what to challenge",
    "challenge.raised": "Said that a fact or a statement is wrong",
    "challenge.opened": "Looked at what is challenged",
    "challenge.upheld": "Upheld a challenge",
    "challenge.not_upheld": "Did not uphold a challenge",
    "challenge.withdrawn": "Withdrew a challenge",
    "challenge.taken_back": "Took back the answer to a challenge",
    "doubt.opened": "Read what was said not to be this child’s",
    "doubt.upheld": "Decided that a fact is another child’s",
    "doubt.lifted": "Decided that a doubted fact does belong",
    "doubt.reopened": "Opened a doubt again",
    "study.read": "Read for a blind review",
    "study.answered": "Answered for a blind review",
    "study.left": "Left a blind review",
    "study.concern": "Asked somebody to look at the child today, from a blind review",
    "match.opened": "Looked at the identities of records to match",
}


def of_child(action: str) -> Callable[..., Callable[..., HttpResponse]]:
    """
    Wrap a view of a child: the gate answers and writes the look, then the snapshot is read.

    A child not in the snapshot is the same 404 as one the person may not see.
    """

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def ask_first(request: SignedInRequest, person_id: str, **rest: Any) -> HttpResponse:
            sight = gate.ask_for(request, person_id, action=action)
            snapshot = live()
            child = queries.find_child(snapshot, person_id) if snapshot else None
            if snapshot is None or child is None:
                raise Http404
            return view(request, snapshot, sight, child, **rest)

        return ask_first

    return wrap


@of_child("child.opened")
def child(request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child) -> HttpResponse:
    said, happened = queries.statements(snapshot, sight), queries.timeline(snapshot, sight)
    working = queries.open_to(snapshot, sight, child)
    family, household = queries.relatives(snapshot, sight)
    others = {person.other_id for person in (*family, *household)}
    flagged = {person.other_id for person in (*family, *household) if person.is_restricted}
    about = [row.about_ids for row in said] + [row.about_id for row in happened] + [row.about_id for row in working]
    veil = veil_of(request, snapshot, child, *about, *others, flagged=flagged)
    is_whole = veil.is_whole(child.person_id, child.about_ids)
    shown, contacts = plain.statements(veil.statements(said), snapshot), pages.contacts(veil.rows(working))
    statements = pages.grouped(shown)
    left_out = veil.left_out(said, happened, working)
    return render(
        request,
        "record/child.html",
        about_page(snapshot, sight, child, veil)
        | {
            "statements": statements,
            "why": pages.why(child, sight, statements, is_whole=is_whole and snapshot.plain_since is None),
            "changed": plain.changed(child.changed, snapshot) if policies.reads_all(sight) and is_whole else "",
            "contacts": contacts,
            "working_with": pages.working_with(child, sight, contacts, is_whole=is_whole)
            if sight.may_see("open_to")
            else "",
            "is_doubted": child.person_id in veil.hidden.doubted,
            "is_challenged": bool(veil.hidden.challenged),
            "marks": challenges.marks(snapshot, {child.person_id, *ids(*about)}),
            "sees_visits": policies.sees_visits(sight, child.pathway)
            and not veil.hidden.touches_agency(child.person_id, "social_care"),
            "seen": wording.seen(child.last_seen_on, child.last_seen_alone_on, as_at=snapshot.as_at),
            "family": [person for person in family if person.other_id not in veil.closed],
            "household": [person for person in household if person.other_id not in veil.closed],
            "asks": veil.asks(*others),
            "left_out": wording.listed(left_out),
            "timeline": pages.timeline(pages.alike_once(veil.rows(happened)), request.GET),
            "not_known": pages.not_known(
                child, statements, queries.feeds(snapshot), reads_all=policies.reads_all(sight)
            ),
        },
    )


def veil_of(
    request: SignedInRequest, snapshot: Snapshot, child: Child, *about_ids: str, flagged: Iterable[str] = ()
) -> Veil:
    """
    Who of the people behind a child's page is closed to its reader, and what is hidden of any of them.

    The child is not closed: the gate has answered that.
    """
    others = ids(child.about_ids, *about_ids) - {child.person_id}
    closed = governance.closed_to(request.user, others, timezone.now(), flagged=flagged)
    return Veil(closed, overlays.hidden(snapshot, {child.person_id, *others}, of=[child.person_id]))


def about_page(snapshot: Snapshot, sight: Sight, child: Child, veil: Veil) -> dict[str, Any]:
    """What every page of a child shows around its own content."""
    return {
        "snapshot": snapshot,
        "sight": sight,
        "child": child,
        "identity": pages.identity(
            child,
            sight,
            as_at=snapshot.as_at,
            is_whole=veil.is_whole(child.person_id, child.about_ids),
            is_doubted=any(person == child.person_id for person, _ in veil.hidden.records),
        ),
        "late_feeds": queries.late_feeds(snapshot),
        "feed_words": pages.standings(queries.late_feeds(snapshot)),
        "reads_all": policies.reads_all(sight),
        "age": functools.partial(wording.age, as_at=snapshot.as_at),
        "ago": functools.partial(wording.ago, as_at=snapshot.as_at),
        "agency_words": words.AGENCY,
        "tie_words": words.TIE,
        "adds_to": wording.adds_to,
        "reasons": wording.reasons,
    }


@of_child("evidence.opened")
def evidence(request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child, marker: str) -> HttpResponse:
    statement = queries.find_statement(snapshot, sight, marker) if sight.may_see("evidence") else None
    if statement is None:
        raise Http404
    veil = veil_of(request, snapshot, child, statement.about_ids)
    shown = veil.statements([statement])
    if not shown:
        raise Http404
    rows = veil.rows(queries.evidence(snapshot, sight, marker))
    feeds = {feed.feed: feed for feed in queries.feeds(snapshot)}
    return render(
        request,
        "record/evidence.html",
        about_page(snapshot, sight, child, veil)
        | {
            "statement": shown[0],
            "rows": rows,
            "marks": challenges.marks(snapshot, {child.person_id, *ids(statement.about_ids)}),
            "suppliers": [feeds[source] for source in dict.fromkeys(row.source for row in rows) if source in feeds],
            "records": [
                record
                for record in queries.matched_records(snapshot, child.person_id)
                if record.source in feeds
                and sight.may_read(feeds[record.source].agency)
                and (child.person_id, record.person_key_hash) not in veil.hidden.records
            ],
        },
    )


@of_child("looks.opened")
def looks(request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child) -> HttpResponse:
    if not sight.may_see("who_looked"):
        raise Http404
    rows = Paginator(looks_at(child.person_id), LOOKS_A_PAGE)
    return render(
        request,
        "record/looks.html",
        about_page(snapshot, sight, child, veil_of(request, snapshot, child))
        | {"page": rows.get_page(request.GET.get("page")), "look_words": LOOKS},
    )


def search(request: SignedInRequest) -> HttpResponse:
    """
    Ask by POST and show by GET: what was asked is kept in the session, so that no address ever holds a name.
    """
    if request.role is None or not request.role.may_search:
        raise Http404
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.session[ASKED] = form.cleaned_data["asked"]
        return redirect("record:search")
    asked = "" if request.method == "POST" else request.session.get(ASKED, "")
    snapshot = live()
    context: dict[str, Any] = {"form": form, "asked": asked, "snapshot": snapshot}
    if asked and snapshot:
        context |= _results(request, request.role, snapshot, searching.read(asked))
        context["late_feeds"] = queries.late_feeds(snapshot)
    return render(request, "record/search.html", context)


def _results(request: SignedInRequest, role: Role, snapshot: Snapshot, asked: searching.Asked) -> dict[str, Any]:
    """
    One page of what was found, as far as it may be shown; the gate writes who was named to whom.

    Whoever may not be named is left out before the pages are counted: a gap in a page would tell of them.
    """
    found = searching.find(snapshot, asked, doubted=overlays.doubted_people(snapshot))
    at = timezone.now()
    mine = governance.standings_of(request.user, role, found.person_ids, at)
    # A flagged record opens to a standing alone, until something is decided of it.
    flagged = queries.flagged(snapshot, set(found.person_ids) - set(mine))
    closed = governance.closed_to(request.user, found.person_ids, at, flagged=flagged)
    open_ids = [person_id for person_id in found.person_ids if person_id not in closed]
    page = Paginator(open_ids, searching.PAGE_ROWS).get_page(request.GET.get("page"))
    held = queries.children(snapshot, page.object_list)
    seen = gate.search(
        user=request.user,
        role=role.name,
        person_ids=[person_id for person_id in page.object_list if person_id in held],
        held_back=len(closed),
        at=at,
        request_path="record:search",
    )
    told = [owner for kind, owner in closed.values() if kind == "restricted"] if role.told_of_restricted else []
    return {
        "page": page,
        "rows": [(pages.result(held[person], as_at=snapshot.as_at), person in mine) for person in seen.shown],
        "restricted": seen.restricted + len(told),
        "asks": list(dict.fromkeys([*seen.ask, *told])),
        "found": found,
        "kinds": asked.kinds,
    }


@require_POST
def forget_search(request: SignedInRequest) -> HttpResponse:
    """Clear what was asked, so that the next person at this desk does not see it."""
    request.session.pop(ASKED, None)
    return redirect("record:search")
