"""The report pages: what was tried, what came out, as charts, tables, words and paper."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import backtest_reports
from kinfold.operations.backtest_reports import OUTCOMES, NoReport, Report, Section
from kinfold.operations.home import Home
from kinfold.vocabulary.exports import csv_lines
from kinfold.workbench.proof import actions, charts
from kinfold.workbench.proof import paper as papers
from kinfold.workbench.proof.forms import TryForm
from kinfold.workbench.proof.permissions import for_who_reads_proof


@require_safe
@for_who_reads_proof
def home(request: SignedInRequest, home: Home) -> HttpResponse:
    """Every report, what is being tried, and what changed since the last run."""
    context = {
        "reports": backtest_reports.every(home),
        "asked": backtest_reports.asked_for(home),
        "outcomes": {one.name: one.label for one in OUTCOMES.values()},
        "drift": backtest_reports.drifted(home),
        "can_try": backtest_reports.days_that_can_be_tried(home) is not None,
    }
    return render(request, "proof/home.html", context)


@require_http_methods(["GET", "POST"])
@for_who_reads_proof
def try_day(request: SignedInRequest, home: Home) -> HttpResponse:
    """Choose a past day to try."""
    days = backtest_reports.days_that_can_be_tried(home)
    if days is None:
        raise Http404
    first, last = days
    form = TryForm(request.POST if request.method == "POST" else None, first=first, last=last)
    if form.is_valid():
        chosen = form.cleaned_data
        actions.ask(
            home, day=chosen["as_at"], outcome=chosen["outcome"], months=chosen["months"], by=request.user,
            role=request.role.name if request.role else "", at=timezone.now(),
        )  # fmt: skip
        messages.success(request, "The day is being rebuilt as it was known then. Come back in a few minutes.")
        return redirect("proof:home")
    usual = backtest_reports.months_after(last, -12)
    return render(request, "proof/try.html", {"form": form, "first": first, "usual": usual})


@require_safe
@for_who_reads_proof
def report(request: SignedInRequest, home: Home, key: str) -> HttpResponse:
    return render(request, "proof/report.html", {"report": _read(home, key)})


@require_safe
@for_who_reads_proof
def paper(request: SignedInRequest, home: Home, key: str) -> HttpResponse:
    read = _read(home, key)
    made = papers.pdf(read, authority=_authority(), at=timezone.now())
    return HttpResponse(made, content_type="application/pdf", headers=_named(f"kinfold-{key}.pdf"))


@require_safe
@for_who_reads_proof
def chart(request: SignedInRequest, home: Home, key: str, section: str) -> HttpResponse:
    found = _section(_read(home, key), section)
    if found.chart is None:
        raise Http404
    return HttpResponse(charts.svg(found.chart.spec), content_type="image/svg+xml")


@require_safe
@for_who_reads_proof
def table(request: SignedInRequest, home: Home, key: str, section: str) -> HttpResponse:
    """The table beside a chart, as it is read: small counts hidden."""
    found = _section(_read(home, key), section)
    lines = "".join(csv_lines(found.headings, found.rows))
    return HttpResponse(lines, content_type="text/csv; charset=utf-8", headers=_named(f"kinfold-{key}-{section}.csv"))


def _read(home: Home, key: str) -> Report:
    try:
        return backtest_reports.read(home, key)
    except NoReport as why:
        raise Http404 from why


def _section(report: Report, name: str) -> Section:
    try:
        return report.section(name)
    except NoReport as why:
        raise Http404 from why


def _authority() -> str:
    from kinfold.areas import area

    return area.load(settings.AREA_FOLDER).authority


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
