"""How a child's place in the order came about: for managers by the child, for analysts by a pseudonym."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.governance import audit
from kinfold.governance import queries as governance
from kinfold.governance.gate import Sight
from kinfold.governance.requests import SignedInRequest
from kinfold.operations import explain, explain_words, pseudonyms
from kinfold.operations.home import Home
from kinfold.record import queries
from kinfold.record.published import Child, Evidence
from kinfold.record.snapshot import Snapshot, live
from kinfold.record.veil import Veil
from kinfold.record.views import about_page, of_child, veil_of
from kinfold.workbench.explain import pages
from kinfold.workbench.explain.forms import FindForm
from kinfold.workbench.permissions import open_home

SHOWN_AT_FIRST = 12


@require_safe
@of_child("explain.opened")
def child(request: SignedInRequest, snapshot: Snapshot, sight: Sight, child: Child) -> HttpResponse:
    """Each point of a child's sum, to the row, for a role that sees points. The gate has written the look."""
    if not sight.may_see("points"):
        raise Http404
    veil, context = _explained(request, open_home(), snapshot, child)
    context |= about_page(snapshot, sight, child, veil) | {"asks": veil.asks(*context["about"])}
    return render(request, "explain/child.html", context)


def _explained(
    request: SignedInRequest, home: Home, snapshot: Snapshot, child: Child, *, flagged: bool = False
) -> tuple[Veil, dict[str, Any]]:
    """
    A child's sum as far as it may be shown to whoever asks, on the day that the address asks for.

    flagged: whether people whom a feed calls restricted are left out too, as for whoever may open nobody.
    """
    kept = [one.on for one in pages.days(home, None)]
    day = pages.asked_day(request.GET.get("as_at", ""), kept)
    told, refusal = _told(home, child.person_id, day)
    about = _about(told)
    veil = veil_of(request, snapshot, child, *about, flagged=queries.flagged(snapshot, about) if flagged else ())
    if told is not None and veil.hidden and day is not None and day != snapshot.as_at:
        told, refusal = None, "Something of this child is being checked, so that only the live list can be explained."
    if told is not None:
        not_hidden = _not_hidden(snapshot, child, veil)
        told = pages.without(told, lambda row: _is_shown(row, veil, not_hidden))
    return veil, {
        "told": told,
        "refusal": refusal,
        "groups": pages.groups(told) if told else [],
        "days": pages.days(home, day),
        "feed_labels": {feed.feed: feed.label for feed in queries.feeds(snapshot)},
        "about": about,
        "day": datetime.date.fromisoformat,
        "figure": explain_words.whole,
    }


def _told(home: Home, person_id: str, day: datetime.date | None) -> tuple[pages.Told | None, str]:
    try:
        return explain.explain(home, person_id, as_at=day), ""
    except explain.NothingToExplain:
        return None, "This child is not on the list of that day, or that list can no longer be explained."


def _about(told: pages.Told | None) -> list[str]:
    rows = [row for line in told["lines"] for row in line["evidence"]] if told else []
    return sorted({row["about_id"] for row in rows if row["about_id"]})


Place = tuple[str, str, str, int | None]


def _not_hidden(snapshot: Snapshot, child: Child, veil: Veil) -> frozenset[Place] | None:
    """Rows behind the child's statements that nothing hides; None when nothing of anybody here is hidden."""
    if not veil.hidden:
        return None
    rows = veil.rows(snapshot.of(Evidence).filter(person_id=child.person_id))
    return frozenset((row.marker, row.delivery_id, row.part, row.row_number) for row in rows)


def _is_shown(row: Mapping[str, Any], veil: Veil, not_hidden: Collection[Place] | None) -> bool:
    place = (row["marker"], row["delivery_id"], row["part"], row["row_number"])
    return row["about_id"] not in veil.closed and (not_hidden is None or place in not_hidden)


@require_http_methods(["GET", "POST"])
def home(request: SignedInRequest) -> HttpResponse:
    """Ask for a child by pseudonym, or take one from a few of the list. Whose they are is never shown."""
    role, held = _analyst(request), open_home()
    form = FindForm(request.POST or None)
    if form.is_valid():
        return redirect("explain:pseudonym", form.cleaned_data["pseudonym"])
    snapshot = live()
    some = list(_some(snapshot, request)) if snapshot else []
    audit.record(
        action="explain.listed", at=timezone.now(), user=request.user, role=role, purpose="rules",
        listed=[one.person_id for one in some], detail={"shown": len(some)},
    )  # fmt: skip
    rows = [(pseudonyms.pseudonym(held, one.person_id), one) for one in some]
    return render(
        request, "explain/home.html", {"form": form, "rows": rows, "snapshot": snapshot, "figure": explain_words.whole}
    )


def _some(snapshot: Snapshot, request: SignedInRequest) -> list[Child]:
    """The first of the order whose records are open: an example, not a list to work from."""
    first = snapshot.of(Child).filter(is_restricted=False).exclude(figure=None).order_by("-figure", "id")
    closed = governance.all_closed_to(request.user, timezone.now())
    return [one for one in first[: SHOWN_AT_FIRST * 2] if one.person_id not in closed][:SHOWN_AT_FIRST]


@require_safe
def by_pseudonym(request: SignedInRequest, pseudonym: str) -> HttpResponse:
    """Each point of a sum with its age, and no row, no exact day and no name. The look is written first."""
    role, held, snapshot = _analyst(request), open_home(), live()
    if snapshot is None:
        raise Http404
    ids = snapshot.of(Child).filter(is_restricted=False).values_list("person_id", flat=True)
    person_id = pseudonyms.whose(held, pseudonym, ids)
    at = timezone.now()
    is_open = person_id is not None and not governance.closed_to(request.user, [person_id], at)
    audit.record(
        action="explain.by_pseudonym", at=at, user=request.user, role=role, person_id=person_id or "", purpose="rules",
        entitlement="pseudonym", result="allowed" if is_open else "refused",
    )  # fmt: skip
    child = queries.find_child(snapshot, person_id) if person_id and is_open else None
    if child is None:
        raise Http404
    _, context = _explained(request, held, snapshot, child, flagged=True)
    context |= {"pseudonym": pseudonym.upper(), "snapshot": snapshot}
    return render(request, "explain/pseudonym.html", context)


def _analyst(request: SignedInRequest) -> str:
    if request.role is None or not request.role.may_explain:
        raise Http404
    return request.role.name
