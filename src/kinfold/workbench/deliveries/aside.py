"""Rows that were set aside. Each look, and each file, is written in the audit trail before it is given."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

import pyarrow.compute as pc
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import aside as asides
from kinfold.operations import intake, settling, workbench
from kinfold.operations.aside import Kind, PartAside, SetAside
from kinfold.operations.home import Home
from kinfold.vocabulary import exports
from kinfold.workbench.deliveries import actions, pages
from kinfold.workbench.deliveries.forms import ExportForm, RevealForm
from kinfold.workbench.deliveries.permissions import for_who_runs_feeds
from kinfold.workbench.permissions import role_of

REVEALED = "deliveries_revealed"
REVEALED_FOR = datetime.timedelta(minutes=15)
ROWS_A_PAGE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@for_who_runs_feeds
def rows(request: SignedInRequest, home: Home, delivery_id: str) -> HttpResponse:
    """The rows that wait, by part and reason, without what says who somebody is unless it was revealed."""
    return _page(request, home, _aside(home, delivery_id), _reveal_form(), None)


@require_POST
@for_who_runs_feeds
def reveal(request: SignedInRequest, home: Home, delivery_id: str) -> HttpResponse:
    """Show who the rows are about, to this person, for fifteen minutes, after they said why."""
    found = _aside(home, delivery_id)
    form = _reveal_form(request.POST)
    at = timezone.now()
    if form.is_valid():
        try:
            actions.reveal(
                delivery_id=delivery_id,
                by=request.user,
                role=role_of(request),
                at=at,
                reason=form.cleaned_data["reason"],
            )
        except actions.UnableToShow as refusal:
            form.add_error("reason", str(refusal))
        else:
            until = (at + REVEALED_FOR).isoformat()
            request.session[REVEALED] = {**request.session.get(REVEALED, {}), delivery_id: until}
            return redirect(_back(delivery_id))
    return _page(request, home, found, form, None)


@require_POST
@for_who_runs_feeds
def export(request: SignedInRequest, home: Home, delivery_id: str) -> HttpResponseBase:
    """The rows that wait as a file for the supplier, whole, names and all; written down first."""
    found = _aside(home, delivery_id)
    form = _export_form(request.POST)
    if not form.is_valid():
        return _page(request, home, found, _reveal_form(), form)
    part = _part(found, form.cleaned_data["part"])
    kind, reason, at = form.cleaned_data["form"], form.cleaned_data["reason"], timezone.now()
    try:
        actions.export(
            delivery_id=delivery_id,
            form=kind,
            rows=part.rows.num_rows if kind == "csv" else found.waiting,
            reason=reason,
            by=request.user,
            role=role_of(request),
            at=at,
        )
    except actions.UnableToShow as refusal:
        form.add_error("reason", str(refusal))
        return _page(request, home, found, _reveal_form(), form)
    what = f"set-aside-{delivery_id}"
    answer: HttpResponseBase
    if kind == "csv":
        answer = StreamingHttpResponse(_csv(found, part), content_type="text/csv; charset=utf-8")
        what = f"{what}-{part.part}"
    else:
        whole = io.BytesIO()
        about = _about(_label(home, found.feed), delivery_id, by=str(request.user), at=at, purpose=reason)
        settling.write_xlsx(found, whole, about=about)
        answer = HttpResponse(whole.getvalue(), content_type=XLSX)
    by = request.user.get_username()
    name = exports.file_name(what, by=by, at=timezone.localtime(at), purpose=reason, form=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


# Both forms of the page ask for a reason, so the names of their boxes are kept apart.
def _reveal_form(*given: Any, **more: Any) -> RevealForm:
    return RevealForm(*given, **{"auto_id": "reveal_%s", **more})


def _export_form(*given: Any, **more: Any) -> ExportForm:
    return ExportForm(*given, **{"auto_id": "export_%s", **more})


def _csv(found: SetAside, part: PartAside) -> Iterator[bytes]:
    """Lines of one part, after the mark that lets Excel read names right."""
    yield b"\xef\xbb\xbf"
    for line in settling.csv_lines(found, part):
        yield line.encode()


def _about(label: str, delivery_id: str, *, by: str, at: datetime.datetime, purpose: str) -> dict[str, str]:
    """What the last sheet of a workbook says of it: a file that is found must say where it came from."""
    return {
        "What it is": f"Rows of {label} that could not be used, and why",
        "Delivery": delivery_id,
        "Made by": by,
        "Made at": f"{timezone.localtime(at):%d %B %Y, %H:%M}",
        "Purpose": purpose,
        "What to do": "Put the rows right, keep the column Kinfold reference, and send them back.",
        "Take care": "It holds personal information. Send it by the route agreed, and delete it when it is done with.",
    }


def _page(
    request: SignedInRequest, home: Home, found: SetAside, reveal_form: RevealForm, export_form: ExportForm | None
) -> HttpResponse:
    part = _part(found, request.GET.get("part", "")) if found.parts else None
    context: dict[str, object] = {
        "aside": found,
        "part": part,
        "label": _label(home, found.feed),
        "is_revealed": _is_revealed(request, found.delivery_id),
        "reveal_form": reveal_form,
        "export_form": export_form or _export_form(initial={"part": part.part if part else "", "form": "xlsx"}),
    }
    if part is not None:
        context |= _rows_of(request, home, found, part, is_revealed=_is_revealed(request, found.delivery_id))
    return render(request, "deliveries/set_aside.html", context)


def _rows_of(
    request: SignedInRequest, home: Home, found: SetAside, part: PartAside, *, is_revealed: bool
) -> dict[str, object]:
    """One page of a part's rows, after the look was written down."""
    kinds = [kind for kind in found.kinds if kind.part == part.part]
    chosen = _chosen(request, kinds)
    wanted = _with_reason(part, chosen) if chosen else part
    page = Paginator(range(wanted.rows.num_rows), ROWS_A_PAGE).get_page(request.GET.get("page"))
    offset = max(0, page.start_index() - 1)
    shown = wanted.page(offset=offset, limit=ROWS_A_PAGE)
    actions.look_at_rows(
        delivery_id=found.delivery_id,
        part=part.part,
        rows=len(shown),
        is_revealed=is_revealed,
        by=request.user,
        role=role_of(request),
        at=timezone.now(),
    )
    who = workbench.columns_that_tell_who(home, found.feed, part.part, part.columns)
    columns = pages.ordered_columns(found, part.part, part.columns)
    listed = pages.aside_rows(shown, columns, who, is_revealed=is_revealed)
    return {
        "page": page,
        "columns": columns,
        "rows": listed,
        "kinds": list(enumerate(kinds)),
        "chosen": chosen,
        "hides": bool(who) or any(cell.is_hidden for row in listed for cell in row.cells),
        "address": f"part={part.part.replace('#', '%23')}" + (f"&reason={kinds.index(chosen)}" if chosen else ""),
    }


def _chosen(request: SignedInRequest, kinds: list[Kind]) -> Kind | None:
    """The reason asked for, by its place in the list: no address holds a column's name."""
    place = request.GET.get("reason", "")
    return next((kind for number, kind in enumerate(kinds) if str(number) == place), None)


def _with_reason(part: PartAside, kind: Kind) -> PartAside:
    rows = part.rows.filter(pc.equal(part.rows.column("reason_code"), kind.code))
    column = pc.fill_null(rows.column("reason_column"), "")
    return PartAside(part.part, rows.filter(pc.equal(column, kind.column or "")), part.words)


def _part(found: SetAside, name: str) -> PartAside:
    if not found.parts:
        raise Http404
    return next((part for part in found.parts if part.part == name), found.parts[0])


def _aside(home: Home, delivery_id: str) -> SetAside:
    try:
        return intake.set_aside(home, delivery_id)
    except asides.NoSuchDelivery as why:
        raise Http404 from why


def _is_revealed(request: SignedInRequest, delivery_id: str) -> bool:
    until = request.session.get(REVEALED, {}).get(delivery_id)
    return bool(until) and timezone.now() < datetime.datetime.fromisoformat(until)


def _back(delivery_id: str) -> str:
    return f"{reverse('deliveries:set_aside', args=[delivery_id])}#rows"


def _label(home: Home, feed: str) -> str:
    found = intake.feeds_for(home, at=timezone.now()).get(feed)
    return found.label if found else feed
