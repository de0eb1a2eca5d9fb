"""My day and my team. A list shows only children the gate lets this person see, and the gate writes that it did."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinfold.areas.roles import Role
from kinfold.governance import gate
from kinfold.governance import queries as governance
from kinfold.governance.requests import SignedInRequest
from kinfold.record import overlays, pages, plain, policies, wording
from kinfold.record import queries as record
from kinfold.record.published import WorklistRow
from kinfold.record.snapshot import Snapshot, live
from kinfold.record.veil import Veil, ids
from kinfold.worklists import actions, not_known, permissions, queries, reach
from kinfold.worklists import rows as of_list
from kinfold.worklists.forms import OutcomeForm
from kinfold.worklists.models import Outcome


@dataclasses.dataclass(frozen=True)
class Listed:
    """One page of a list. counts: rows by group in the whole list; held_back: rows of this page not for this person."""

    rows: list[of_list.Shown]
    counts: dict[str, int]
    page: Page
    held_back: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def groups(self) -> list[tuple[str, str, list[of_list.Shown]]]:
        """(code, words, rows) of the groups that this page holds."""
        return [
            (code, words, [row for row in self.rows if row.group == code])
            for code, words in of_list.GROUPS.items()
            if any(row.group == code for row in self.rows)
        ]


@require_safe
def my_day(request: SignedInRequest) -> HttpResponse:
    """What is on this person's own list, in this role."""
    if request.role is None:
        return redirect("governance:choose_role")
    role = _role_with(request, permissions.has_a_list)
    snapshot, veil = live(), _veil(request)
    whose = _without_sealed(veil, permissions.own_rows(request.user, role))
    context = _listed(request, role, snapshot, whose, veil=veil, action="list.opened")
    if snapshot:
        context["recorded"] = queries.recorded_by(request.user, since=snapshot.published_at)
        context["reached"] = reach.of_queues(snapshot, role)
    context["asks_what_is_not_known"] = permissions.asks_what_is_not_known(role)
    return render(request, "worklists/my_day.html", context)


@require_safe
def print_list(request: SignedInRequest) -> HttpResponse:
    """The same list for the road, on paper: the first hundred rows, without what can come later."""
    role, veil = _role_with(request, permissions.has_a_list), _veil(request)
    whose = _without_sealed(veil, permissions.own_rows(request.user, role) & ~Q(list_group="waiting"))
    context = _listed(request, role, live(), whose, veil=veil, action="list.printed", most=queries.ROWS_TO_PRINT)
    return render(request, "worklists/print.html", context)


@require_safe
def team(request: SignedInRequest) -> HttpResponse:
    """A manager's team: who has what to do, and what nobody has picked up."""
    role = _role_with(request, permissions.manages_a_team)
    snapshot, veil = live(), _veil(request)
    whose = _without_sealed(veil, permissions.team_rows(request.user, role))
    context = _listed(request, role, snapshot, whose & Q(owner_kind="team"), veil=veil, action="team.opened")
    if snapshot:
        loads = queries.loads(snapshot, whose)
        context |= {
            "loads": [load for load in loads if load.owner_kind != "team"],
            "worker_names": queries.names_of_workers(loads),
            "not_opened": queries.not_opened(snapshot, whose),
            "reached": reach.of_team(snapshot, request.user),
            "feed_alarms": record.feed_alarms(snapshot),
            "waiting": next((load for load in loads if load.owner_kind == "team"), None),
        }
    return render(request, "worklists/team.html", context)


@require_safe
def not_enough_known(request: SignedInRequest) -> HttpResponse:
    """Children of a manager's team, or of the queues somebody works, of whom too little is known to say "low"."""
    role = _role_with(request, permissions.asks_what_is_not_known)
    snapshot, veil = live(), _veil(request)
    if snapshot is None:
        return render(request, "worklists/not_enough_known.html", {"snapshot": None, "late_feeds": []})
    mine = permissions.team_rows(request.user, role) if role.manages else permissions.queue_rows(role)
    whose = _without_sealed(veil, mine)
    page = Paginator(not_known.children(snapshot, whose), queries.ROWS_A_PAGE).get_page(request.GET.get("page"))
    asked = [child.person_id for child in page.object_list]
    sights = _sights(request, role, asked, action="not_enough_known.opened")
    owners = not_known.owners(snapshot, whose, sights)
    said = record.not_known_of_many(snapshot, sights)
    feeds = {feed.feed: feed for feed in record.feeds(snapshot)}
    shown = [
        not_known.shown(
            child, sights[child.person_id], said[child.person_id], feeds, snapshot,
            owner=owners.get(child.person_id, ""), reads_all=policies.reads_all(sights[child.person_id]),
        )
        for child in page.object_list
        if child.person_id in sights
    ]  # fmt: skip
    context = {"snapshot": snapshot, "late_feeds": record.late_feeds(snapshot), "page": page, "children": shown}
    context |= {"held_back": len(asked) - len(sights), "on_no_list": not_known.on_no_list(snapshot)}
    context |= {"least": wording.share(not_known.least_coverage()), "feed_alarms": record.feed_alarms(snapshot)}
    return render(request, "worklists/not_enough_known.html", context)


@require_safe
def worker(request: SignedInRequest, owner_kind: str, owner_ref: str) -> HttpResponse:
    """The list of one worker or service of a manager's team."""
    role = _role_with(request, permissions.manages_a_team)
    veil = _veil(request)
    whose = permissions.team_rows(request.user, role) & Q(owner_kind=owner_kind, owner_ref=owner_ref)
    context = _listed(request, role, live(), _without_sealed(veil, whose), veil=veil, action="worker_list.opened")
    if not context["listed"] or not context["listed"].total:
        raise Http404
    context["owner"] = next((row.owner for row in context["listed"].rows if row.owner), "")
    return render(request, "worklists/worker.html", context)


@require_http_methods(["GET", "POST"])
def record_outcome(request: SignedInRequest, row_key: str) -> HttpResponse:
    """Say what was done about a row. Whose row it is is asked first, then the gate."""
    role = _role_with(request, permissions.has_a_list)
    snapshot, row = _own_row(request, role, row_key)
    sight = gate.ask_for(request, row.person_id, action="row.opened")
    form = OutcomeForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()
        try:
            actions.record_outcome(
                row=row,
                by=request.user,
                role=role.name,
                at=now,
                on=timezone.localdate(now),
                **form.cleaned_data,
            )
        except actions.UnableToRecord as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Recorded. You can undo it on your list.")
            return redirect(role.home)
    statements = record.statements_of_many(snapshot, {row.person_id: sight})[row.person_id]
    veil = _with_hidden(_veil(request), snapshot, [row])
    shown = of_list.shown(row, sight, statements, None, as_at=snapshot.as_at, veil=veil)
    return render(request, "worklists/record.html", {"form": form, "row": shown, "snapshot": snapshot})


@require_POST
def undo_outcome(request: SignedInRequest, row_key: str) -> HttpResponse:
    role = _role_with(request, permissions.has_a_list)
    _, row = _own_row(request, role, row_key)
    gate.ask_for(request, row.person_id, action="row.opened")
    try:
        actions.undo_outcome(row_key=row.row_key, by=request.user, role=role.name, at=timezone.now())
    except actions.UnableToRecord as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Undone. The row is back as it was.")
    return redirect(role.home)


def _role_with(request: SignedInRequest, has_page: Callable[[Role], bool]) -> Role:
    """The role in use, when it has this page; otherwise there is no such page."""
    if request.role is None or not has_page(request.role):
        raise Http404
    return request.role


def _own_row(request: SignedInRequest, role: Role, row_key: str) -> tuple[Snapshot, WorklistRow]:
    snapshot = live()
    whose = permissions.may_act_on(request.user, role)
    row = queries.find_row(snapshot, whose, row_key) if snapshot else None
    if snapshot is None or row is None:
        raise Http404
    return snapshot, row


def _without_sealed(veil: Veil, whose: Q) -> Q:
    """Rows without those of sealed records: a restricted one counts as held back, a sealed one is not there."""
    sealed = [person_id for person_id, (kind, _) in veil.closed.items() if kind == "sealed"]
    return whose & ~Q(person_id__in=sealed) if sealed else whose


def _veil(request: SignedInRequest) -> Veil:
    """Everybody whose record is closed to the reader, whether on the list or behind one of its rows."""
    return Veil(governance.all_closed_to(request.user, timezone.now()))


def _with_hidden(veil: Veil, snapshot: Snapshot, rows: list[WorklistRow]) -> Veil:
    """The veil with what is said not to be these children's, nor that of anybody behind their rows."""
    about = ids(*(row.person_id for row in rows), *(row.about_ids for row in rows))
    return dataclasses.replace(veil, hidden=overlays.hidden(snapshot, about, of=[row.person_id for row in rows]))


def _sights(request: SignedInRequest, role: Role, person_ids: list[str], *, action: str) -> dict[str, gate.Sight]:
    """Who of a list may be shown; the gate has written that they were."""
    return gate.many(
        user=request.user,
        role=role.name,
        person_ids=person_ids,
        action=action,
        at=timezone.now(),
        request_path=request.resolver_match.view_name if request.resolver_match else "",
    )


def _listed(
    request: SignedInRequest,
    role: Role,
    snapshot: Snapshot | None,
    whose: Q,
    *,
    veil: Veil,
    action: str,
    most: int = queries.ROWS_A_PAGE,
) -> dict[str, Any]:
    """A page's list, banner and date; `listed` is None before the first run."""
    if snapshot is None:
        return {"snapshot": None, "listed": None, "late_feeds": []}
    counts = queries.counts(snapshot, whose)
    page = Paginator(range(sum(counts.values())), most).get_page(request.GET.get("page"))
    rows = queries.rows(snapshot, whose, start=max(0, page.start_index() - 1), most=most)
    sights = _sights(request, role, [row.person_id for row in rows], action=action)
    seen = [row for row in rows if row.person_id in sights]
    for row in seen:
        row.changed = plain.changed(row.changed, snapshot)
    veil = _with_hidden(veil, snapshot, seen)
    statements = record.statements_of_many(snapshot, sights)
    outcomes: dict[str, Outcome] = queries.outcomes_of([row.row_key for row in seen], since=snapshot.published_at)
    late = record.late_feeds(snapshot)
    feed_words = pages.standings(late)
    return {
        "snapshot": snapshot,
        "late_feeds": late,
        "listed": Listed(
            rows=[
                of_list.shown(
                    row,
                    sights[row.person_id],
                    plain.statements(statements[row.person_id], snapshot),
                    outcomes.get(row.row_key),
                    as_at=snapshot.as_at,
                    feed_words=feed_words,
                    veil=veil,
                    is_plain=snapshot.plain_since is not None,
                )
                for row in seen
            ],
            counts=counts,
            page=page,
            held_back=len(rows) - len(seen),
        ),
    }
