"""Deliveries: how each feed stands, uploads, what came of them, and taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import intake, workbench
from kinfold.operations.home import Home
from kinfold.operations.intake import DeliveryState
from kinfold.operations.receipts import Receipt
from kinfold.record import queries as record
from kinfold.record.snapshot import live
from kinfold.workbench import tasks
from kinfold.workbench.deliveries import actions, pages, queries, wording
from kinfold.workbench.deliveries.forms import ForceForm, MessageForm, UploadForm, WithdrawForm
from kinfold.workbench.deliveries.models import KINDS
from kinfold.workbench.deliveries.permissions import for_who_runs_feeds
from kinfold.workbench.deliveries.uploads import streamed
from kinfold.workbench.permissions import role_of

ASKED = "deliveries_asked"
LISTED_A_PAGE = 25
LOADED = ("loaded", "superseded", "withdrawn")


@require_safe
@for_who_runs_feeds
def home(request: SignedInRequest, home: Home) -> HttpResponse:
    """Every feed and how it stands, and what waits for somebody."""
    at = timezone.now()
    came = intake.states(home)
    feeds = workbench.feeds_now(home, came, at=at)
    context = {
        "rows": pages.feed_rows(feeds, on=timezone.localdate(at)),
        "waiting": pages.waiting(home, came, queries.unanswered(), at=at),
        "labels": _labels(feeds),
        "feed_alarms": record.feed_alarms(snapshot) if (snapshot := live()) else (),
    }
    return render(request, "deliveries/home.html", _words() | context)


@require_safe
@for_who_runs_feeds
def feed(request: SignedInRequest, home: Home, feed: str) -> HttpResponse:
    """One feed: whose it is, how it stands, and every delivery of it."""
    at = timezone.now()
    came = intake.states(home)
    found = next((one for one in workbench.feeds_now(home, came, at=at) if one.name == feed), None)
    if found is None:
        raise Http404
    page = Paginator([one for one in came if one.feed == feed], LISTED_A_PAGE).get_page(request.GET.get("page"))
    row = pages.feed_row(found, on=timezone.localdate(at))
    return render(request, "deliveries/feed.html", _words() | {"row": row, "page": page})


@streamed
@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def upload(request: SignedInRequest, home: Home) -> HttpResponse:
    """Take files in: kept under a receipt first, then checked in the background."""
    now = timezone.now()
    feeds = intake.feeds_for(home, at=now)
    corrects = _corrected(home, request.GET.get("corrects", ""))
    form = UploadForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        feeds=sorted(((name, one.label) for name, one in feeds.items()), key=lambda pair: pair[1]),
        today=timezone.localdate(now),
        initial={"delivered": timezone.localdate(now), "feed": request.GET.get("feed", "")},
    )
    if corrects is not None:
        del form.fields["feed"]
    if form.is_valid():
        try:
            made = actions.receive(
                home,
                files=form.cleaned_data["upload"],
                delivered=form.cleaned_data["delivered"],
                feed=form.cleaned_data.get("feed") or None,
                corrects=corrects.delivery_id if corrects else None,
                by=request.user,
                role=role_of(request),
                at=now,
            )
        except intake.UnableToReceive as refusal:
            form.add_error(None, str(refusal))
        else:
            tasks.check_receipt.enqueue(made.receipt_id, by=str(request.user))
            where = reverse("deliveries:receipt", args=[made.receipt_id])
            return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
    label = _label(home, corrects.feed) if corrects else ""
    return render(request, "deliveries/upload.html", {"form": form, "corrects": corrects, "label": label})


def _corrected(home: Home, delivery_id: str) -> DeliveryState | None:
    if not delivery_id:
        return None
    one = _loaded(intake.states(home), delivery_id)
    if one.state == "withdrawn":
        raise Http404
    return one


@require_safe
@for_who_runs_feeds
def receipt(request: SignedInRequest, home: Home, receipt_id: str) -> HttpResponse:
    """What came in one go, how far it is, and what came of it."""
    found = _receipt(home, receipt_id)
    return render(request, "deliveries/receipt.html", _of_receipt(request, home, found))


@require_safe
@for_who_runs_feeds
def progress(request: SignedInRequest, home: Home, receipt_id: str) -> HttpResponse:
    """The part of a receipt's page that asks again by itself. At the end the whole page is asked for."""
    found = _receipt(home, receipt_id)
    context = _of_receipt(request, home, found)
    if not context["progress"].is_working:
        return HttpResponseClientRedirect(reverse("deliveries:receipt", args=[receipt_id]))
    return render(request, "deliveries/progress.html", context)


@require_POST
@for_who_runs_feeds
def ask(request: SignedInRequest, home: Home, receipt_id: str, what: str) -> HttpResponse:
    """Ask for a receipt to be checked again or loaded; the work goes on in the background."""
    found = _receipt(home, receipt_id)
    if what not in ("check", "load"):
        raise Http404
    forced = ""
    if what == "load" and intake.may_be_forced(found, intake.feeds_for(home, at=timezone.now())):
        form = ForceForm(request.POST)
        if not form.is_valid():
            return render(request, "deliveries/receipt.html", _of_receipt(request, home, found) | {"force_form": form})
        forced = form.cleaned_data["reason"].strip()
    if not workbench.bytes_are_kept(home, found):
        messages.error(request, "The files are no longer kept. Ask the supplier to send them again.")
    else:
        at = timezone.now()
        actions.ask(
            action=f"{what}_asked", receipt_id=receipt_id, by=request.user, role=role_of(request), at=at, forced=forced
        )
        request.session[ASKED] = {
            **request.session.get(ASKED, {}), receipt_id: {"what": what, "at": at.isoformat()}
        }  # fmt: skip
        if what == "check":
            tasks.check_receipt.enqueue(receipt_id, by=str(request.user))
        else:
            tasks.load_receipt.enqueue(receipt_id, by=str(request.user), forced=forced)
    return redirect("deliveries:receipt", receipt_id)


@require_safe
@for_who_runs_feeds
def delivery(request: SignedInRequest, home: Home, delivery_id: str) -> HttpResponse:
    """A loaded delivery: what came, what was understood, what was set aside, whom to ring, and what was said."""
    came = intake.states(home)
    return _delivery_page(request, home, came, _loaded(came, delivery_id), MessageForm())


def _delivery_page(
    request: SignedInRequest, home: Home, came: list[DeliveryState], one: DeliveryState, form: MessageForm
) -> HttpResponse:
    delivery_id = one.delivery_id or ""
    found = intake.find(home, one.receipt_id) if one.receipt_id else None
    feed = intake.feeds_for(home, at=timezone.now()).get(one.feed or "")
    context = {
        "one": one,
        "feed": feed,
        "label": feed.label if feed else one.feed,
        "receipt": found,
        "aside": intake.set_aside(home, delivery_id) if one.rows_set_aside else None,
        "tables": wording.in_order(workbench.tables_of(home, delivery_id)),
        "told": pages.problems(one.report),
        "history": pages.history(one, found, came),
        "corrections": [other for other in came if other.corrects == delivery_id],
        "messages_about": queries.messages_about(delivery_id, one.receipt_id or ""),
        "message_form": form,
    }
    return render(request, "deliveries/delivery.html", _words() | context)


@require_safe
@for_who_runs_feeds
def changes(request: SignedInRequest, home: Home, delivery_id: str) -> HttpResponse:
    """What changed from last time. Asked for apart, because comparing a large delivery takes seconds."""
    came = intake.states(home)
    one = _loaded(came, delivery_id)
    context = {
        "one": one,
        "changes": pages.changes(workbench.changes_of(home, one, came)),
        "label": _label(home, one.feed),
    }
    page = "deliveries/changes_table.html" if request.htmx else "deliveries/changes.html"
    return render(request, page, _words() | context)


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def withdraw(request: SignedInRequest, home: Home, delivery_id: str) -> HttpResponse:
    """Take a delivery back, with a reason, after saying what that does."""
    came = intake.states(home)
    one = _loaded(came, delivery_id)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            intake.withdraw(
                home,
                delivery_id,
                by=str(request.user),
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
                user=request.user,
                role=role_of(request),
            )
        except intake.UnableToWithdraw as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Withdrawn. The next run leaves it out.")
            return redirect("deliveries:delivery", delivery_id)
    before = next(
        (other for other in came if other.feed == one.feed and other.superseded_by == delivery_id), None
    ) if one.state == "loaded" else None  # fmt: skip
    context = {
        "one": one,
        "form": form,
        "label": _label(home, one.feed),
        "before": before,
        "corrections": [other for other in came if other.corrects == delivery_id and other.state == "loaded"],
    }
    return render(request, "deliveries/withdraw.html", _words() | context)


@require_POST
@for_who_runs_feeds
def say(request: SignedInRequest, home: Home, about: str) -> HttpResponse:
    """Add a message about a delivery, or about a receipt that is none yet."""
    came = intake.states(home)
    one = next((one for one in came if about in (one.delivery_id, one.receipt_id)), None)
    if one is None:
        raise Http404
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            actions.say(
                about=about,
                feed=one.feed or "",
                by=request.user,
                role=role_of(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except actions.UnableToSay as refusal:
            form.add_error(None, str(refusal))
        else:
            page = "deliveries:delivery" if one.state in LOADED and about == one.delivery_id else "deliveries:receipt"
            return redirect(f"{reverse(page, args=[about])}#messages")
    if one.state in LOADED and about == one.delivery_id:
        return _delivery_page(request, home, came, one, form)
    found = _receipt(home, one.receipt_id or "")
    return render(request, "deliveries/receipt.html", _of_receipt(request, home, found) | {"message_form": form})


def _of_receipt(request: SignedInRequest, home: Home, found: Receipt) -> dict[str, Any]:
    at = timezone.now()
    feeds = intake.feeds_for(home, at=at)
    reports = found.result.reports if found.result else ()
    asked = request.session.get(ASKED, {}).get(found.receipt_id)
    return _words() | {
        "receipt": found,
        "progress": pages.progress(found, asked, at=at),
        "reports": [(report, feeds.get(report.feed or ""), pages.problems(report)) for report in reports],
        "is_kept": workbench.bytes_are_kept(home, found),
        "days_kept": workbench.days_kept(home, found),
        "may_load": found.state == "checked",
        "force_form": ForceForm() if intake.may_be_forced(found, feeds) else None,
        "messages_about": queries.messages_about(found.receipt_id),
        "message_form": MessageForm(),
    }


def _receipt(home: Home, receipt_id: str) -> Receipt:
    found = intake.find(home, receipt_id)
    if found is None:
        raise Http404
    return found


def _loaded(came: list[DeliveryState], delivery_id: str) -> DeliveryState:
    one = next((one for one in came if one.delivery_id == delivery_id and one.state in LOADED), None)
    if one is None:
        raise Http404
    return one


def _label(home: Home, feed: str | None) -> str:
    found = intake.feeds_for(home, at=timezone.now()).get(feed or "")
    return found.label if found else feed or "Files nobody knows"


def _labels(feeds: list[workbench.FeedNow]) -> dict[str, str]:
    return {feed.name: feed.label for feed in feeds}


def _words() -> dict[str, Any]:
    """What templates put states, ways and sizes into words with."""
    return {
        "delivery_states": wording.DELIVERY_STATES,
        "ways": wording.WAYS,
        "table_words": wording.TABLES,
        "size": wording.size,
        "message_kinds": KINDS,
    }
