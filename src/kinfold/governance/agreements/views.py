"""The register as the information governance lead keeps it: a list, one agreement, entering, approving, ending."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from kinfold.areas import feeds as feed_settings
from kinfold.areas.agreements import block_of
from kinfold.areas.feeds import Feed
from kinfold.governance import audit
from kinfold.governance.agreements import actions, policies, queries
from kinfold.governance.agreements.forms import ApproveForm, EndForm, ReasonForm, TermsForm
from kinfold.governance.agreements.queries import Entry
from kinfold.governance.agreements.through import let_through, outside
from kinfold.governance.gate import NotForYou
from kinfold.governance.requests import SignedInRequest
from kinfold.vocabulary.dates import in_words
from kinfold.vocabulary.exports import csv_lines, file_name

P = ParamSpec("P")


def for_keepers(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """A page that only a role that keeps the register has; to anybody else it is not there."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.role is None or not request.role.may_keep_agreements:
            raise NotForYou
        return view(request, *args, **kwargs)

    return guarded


@dataclasses.dataclass(frozen=True)
class Line:
    """One feed on the list. entry: null when the register has nothing for it; days_left: null unless it is live."""

    name: str
    label: str
    entry: Entry | None
    days_left: int | None


def _today() -> datetime.date:
    return timezone.localdate()


def _feeds() -> dict[str, Feed]:
    return feed_settings.load(settings.AREA_FOLDER)


def _lines() -> list[Line]:
    register, feeds = queries.register(on=_today()), _feeds()
    names = {name: feed.label for name, feed in feeds.items()} | {
        name: f"{name} (no longer a feed of this area)" for name in register if name not in feeds
    }
    lines = []
    for name, label in names.items():
        entry = register.get(name)
        version = entry.in_force if entry else None
        days_left = (version.last_on - _today()).days if version else None
        lines.append(Line(name, label, entry, days_left))
    return sorted(lines, key=_urgency)


def _urgency(line: Line) -> tuple[int, int, str]:
    """What somebody has to do something about comes first."""
    if line.entry is None or line.entry.waiting or line.entry.shown.state == "proposed":
        return 0, 0, line.label
    if line.entry.shown.state == "ended":
        return 3, 0, line.label
    place = 1 if line.entry.shown.state == "review" or (line.days_left or 0) < 60 else 2
    return place, line.days_left or 0, line.label


@require_GET
@for_keepers
def register(request: SignedInRequest) -> HttpResponse:
    return render(
        request,
        "governance/agreements.html",
        {"lines": _lines(), "words": policies.STATE_WORDS, "erased_from": policies.erased_from},
    )


@require_GET
@for_keepers
def register_csv(request: SignedInRequest) -> HttpResponse:
    """Every version of every agreement, a row each."""
    held = queries.register(on=_today())
    audit.record(
        action="agreements.exported", at=timezone.now(), user=request.user, role=_role(request),
        purpose=_purpose(request),
    )  # fmt: skip
    columns = (
        "feed", "reference", "version", "state", "from", "to", "review", "parties", "purposes", "lawful basis",
        "gateway", "impact assessment", "months kept", "pupil numbers may match", "columns kept", "approved by",
    )  # fmt: skip
    rows = []
    for name, entry in sorted(held.items()):
        for version in entry.versions:
            terms = version.terms
            row = [
                name, terms.id, version.row.version, policies.STATE_WORDS[version.state], terms.from_, version.last_on,
                terms.review or "", "; ".join(terms.parties), "; ".join(terms.purposes), terms.lawful_basis,
                terms.gateway, terms.dpia, terms.retention_months, "yes" if terms.upn_may_match else "no",
                "every column of the format" if terms.fields is None else "; ".join(terms.fields),
                "; ".join(approval.office for approval in version.approvals),
            ]  # fmt: skip
            rows.append(row)
    response = HttpResponse("".join(csv_lines(columns, rows)), content_type="text/csv; charset=utf-8")
    by = request.user.get_username()
    name = file_name("agreements", by=by, at=timezone.localtime(), purpose=_purpose(request), form="csv")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(feed: str) -> tuple[Feed | None, Entry | None]:
    """The feed and its entry in the register; Http404 when there is neither."""
    known, entry = _feeds().get(feed), queries.register(on=_today()).get(feed)
    if known is None and entry is None:
        raise Http404
    return known, entry


@require_GET
@for_keepers
def agreement(request: SignedInRequest, feed: str) -> HttpResponse:
    known, entry = _found(feed)
    context = {
        "feed": feed,
        "label": known.label if known else feed,
        "known": known,
        "entry": entry,
        "words": policies.STATE_WORDS,
        "through": let_through(settings.HOME, feed),
        "holds_more": outside(settings.HOME, feed, entry.in_force.terms) if entry and entry.in_force else None,
        "waiting": queries.purge_waiting(feed),
        "purges": queries.purges_of(feed),
        "erased_from": policies.erased_from,
        "today": _today(),
        "me": request.user,
    }
    return render(request, "governance/agreement.html", context)


@require_GET
@for_keepers
def agreement_toml(request: SignedInRequest, feed: str, version: int) -> HttpResponse:
    """One version as the `[agreement]` block of a feed's file."""
    _, entry = _found(feed)
    found = next((one for one in entry.versions if one.row.version == version), None) if entry else None
    if found is None:
        raise Http404
    audit.record(
        action="agreements.exported", at=timezone.now(), user=request.user, role=_role(request), detail={"feed": feed}
    )
    response = HttpResponse(block_of(found.terms), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{feed}-agreement-{version}.toml"'
    return response


def _role(request: SignedInRequest) -> str:
    return request.role.name if request.role else ""


def _purpose(request: SignedInRequest) -> str:
    return request.role.purpose if request.role else ""


def _who(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "role": _role(request), "at": timezone.now()}


@require_http_methods(["GET", "POST"])
@for_keepers
def enter(request: SignedInRequest, feed: str) -> HttpResponse:
    """A new version, begun from the one before or, for the first, from the feed's file."""
    known, entry = _found(feed)
    if known is None:
        raise Http404
    start = entry.versions[0].terms if entry else known.agreement
    form = TermsForm(request.POST or None, is_of_format=known.format is not None, terms=start)
    if form.is_valid():
        try:
            row = actions.enter(feed=feed, terms=form.terms(), reason=form.cleaned_data["reason"], **_who(request))
        except actions.UnableToEnter as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Version {row.version} is entered. Somebody else has to approve it.")
            return redirect("governance:agreement", feed)
    context = {"form": form, "feed": feed, "label": known.label, "entry": entry}
    return render(request, "governance/agreement_enter.html", context)


@require_http_methods(["GET", "POST"])
@for_keepers
def approve(request: SignedInRequest, feed: str) -> HttpResponse:
    known, entry = _found(feed)
    if entry is None or not entry.versions[0].missing:
        raise Http404
    newest = entry.versions[0]
    # What is approved is what was read: a version entered since the page was opened has to be read first.
    if request.method == "POST" and request.POST.get("version") != str(newest.row.version):
        messages.error(request, "Nothing was recorded: this page shows another version now. Read it first.")
        return redirect("governance:agreement_approve", feed)
    holds_more = outside(settings.HOME, feed, newest.terms)
    form = ApproveForm(request.POST or None, missing=newest.missing, holds_more=bool(holds_more))
    if form.is_valid():
        try:
            missing = actions.approve(feed=feed, version=newest.row.version, **form.cleaned_data, **_who(request))
        except actions.UnableToApprove as refusal:
            form.add_error(None, str(refusal))
        else:
            waits = f" It still waits for {', '.join(missing)}." if missing else ""
            messages.success(request, f"The approval of version {newest.row.version} is recorded.{waits}")
            return redirect("governance:agreement", feed)
    is_own = newest.row.entered_by_id == request.user.pk
    context = {
        "form": form,
        "feed": feed,
        "label": known.label if known else feed,
        "newest": newest,
        "is_own": is_own,
        "holds_more": holds_more,
    }
    return render(request, "governance/agreement_approve.html", context)


@require_http_methods(["GET", "POST"])
@for_keepers
def end(request: SignedInRequest, feed: str) -> HttpResponse:
    known, entry = _found(feed)
    if entry is None or entry.versions[0].purge is not None:
        raise Http404
    form = EndForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        due_on = given["due_on"] if given["when"] == "later" else _today()
        try:
            purge = actions.end(feed=feed, due_on=due_on, reason=given["reason"], **_who(request))
        except actions.UnableToEnd as refusal:
            form.add_error(None, str(refusal))
        else:
            when = "from now on" if purge.due_on <= _today() else f"from {in_words(purge.due_on)}"
            erased = in_words(policies.erased_from(purge))
            messages.success(
                request, f"The agreement ends: {when} nothing is loaded. What it brought is erased from {erased}."
            )
            return redirect("governance:agreement", feed)
    context = {
        "form": form,
        "feed": feed,
        "label": known.label if known else feed,
        "through": let_through(settings.HOME, feed),
        "waits_days": policies.WAITS.days,
    }
    return render(request, "governance/agreement_end.html", context)


@require_http_methods(["GET", "POST"])
@for_keepers
def confirm(request: SignedInRequest, feed: str) -> HttpResponse:
    """A second person agrees that what an ended agreement brought is erased without waiting."""
    waiting = queries.end_waiting(feed)
    if waiting is None or policies.erased_from(waiting) == waiting.due_on:
        raise Http404
    if request.method == "POST":
        try:
            actions.confirm_end(purge_id=waiting.pk, **_who(request))
        except actions.UnableToEnd as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Confirmed. What the feed brought is erased by the next retention run.")
        return redirect("governance:agreement", feed)
    known, _ = _found(feed)
    context = {
        "feed": feed,
        "label": known.label if known else feed,
        "waiting": waiting,
        "is_own": waiting.by_id == request.user.pk,
        "erased_from": policies.erased_from(waiting),
        "through": let_through(settings.HOME, feed),
    }
    return render(request, "governance/agreement_confirm.html", context)


@require_http_methods(["GET", "POST"])
@for_keepers
def call_off(request: SignedInRequest, feed: str) -> HttpResponse:
    waiting = queries.purge_waiting(feed)
    if waiting is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            actions.call_off(purge_id=waiting.pk, **form.cleaned_data, **_who(request))
        except actions.UnableToEnd as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "It is called off. What the feed brought stays.")
            return redirect("governance:agreement", feed)
    known, _ = _found(feed)
    context = {
        "form": form,
        "feed": feed,
        "label": known.label if known else feed,
        "waiting": waiting,
        "erased_from": policies.erased_from(waiting),
    }
    return render(request, "governance/agreement_call_off.html", context)
