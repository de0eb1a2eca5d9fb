"""Trying rules out on the live list: the form, a marker whole, a file brought in, the answer, and the proposal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinfold.areas.rule_sets import Place, RuleSet
from kinfold.areas.toml import AreaRejected
from kinfold.governance import audit
from kinfold.governance import queries as governance
from kinfold.governance.requests import SignedInRequest
from kinfold.governance.rules import actions as register
from kinfold.governance.rules import queries
from kinfold.operations import pseudonyms, rules
from kinfold.operations import what_if as asking
from kinfold.operations.home import Home
from kinfold.vocabulary.bands import BANDS
from kinfold.vocabulary.exports import csv_lines, file_name
from kinfold.workbench.rules import actions, pages, tasks, wording
from kinfold.workbench.rules.forms import ImportForm, MarkerForm, ProposeForm, WeightsForm
from kinfold.workbench.rules.models import Trial
from kinfold.workbench.rules.permissions import for_analysts, for_readers, for_who_sees_rows
from kinfold.workbench.rules.views import labels_of, today, who

ROWS_A_PAGE = 25


def _started_from(request: SignedInRequest, base: RuleSet) -> dict[Place, Any]:
    """The changes of the trial that the page goes on from, when there is one and it is of these rules."""
    number = request.GET.get("from", "")
    found = Trial.objects.filter(pk=int(number)).first() if number.isdigit() and len(number) < 10 else None
    return actions.changes_of(found) if found is not None and found.base_hash == base.hash else {}


def _try(request: SignedInRequest, home: Home, form: Any, changes: dict[Place, Any]) -> Trial | None:
    try:
        return actions.try_out(home=home, changes=changes, **who(request))
    except actions.UnableToTry as refusal:
        form.add_error(None, str(refusal))
        return None


@require_http_methods(["GET", "POST"])
@for_analysts
def what_if(request: SignedInRequest, home: Home) -> HttpResponse:
    """Every weight, cap and threshold; submitting shows what would change."""
    base = queries.to_change()
    earlier = _started_from(request, base.rules)
    shown = base.rules.changed(earlier)
    form = WeightsForm(request.POST or None, base=base.rules, shown=shown)
    if form.is_valid():
        made = form.changes()
        # What the form does not show, such as a marker edited whole, stays as the trial it goes on from has it.
        kept = {place: value for place, value in earlier.items() if place not in form.shows()}
        if not (changes := kept | made):
            form.add_error(None, "Nothing differs from the rules there are. Change a number, or turn a marker off.")
        elif done := _try(request, home, form, changes):
            return redirect("rules:trial", done.pk)
    context = {"form": form, "base": base, "goes_on": request.GET.get("from", "") if earlier else ""}
    return render(request, "rules/what_if.html", context)


@require_http_methods(["GET", "POST"])
@for_analysts
def marker(request: SignedInRequest, home: Home, name: str) -> HttpResponse:
    """One marker, whole, as TOML."""
    base = queries.to_change()
    earlier = _started_from(request, base.rules)
    shown = base.rules.changed(earlier)
    if name not in shown.names():
        raise Http404
    form = MarkerForm(request.POST or None, initial={"text": shown.marker_text(name)})
    if form.is_valid():
        try:
            changes = earlier | form.changes(name, base.rules)
        except AreaRejected as refusal:
            form.add_error("text", str(refusal))
        else:
            if done := _try(request, home, form, changes):
                return redirect("rules:trial", done.pk)
    label = labels_of(shown)[name]
    context = {"form": form, "name": name, "label": label, "goes_on": request.GET.get("from", "") if earlier else ""}
    return render(request, "rules/marker.html", context)


@require_http_methods(["GET", "POST"])
@for_analysts
def bring_in(request: SignedInRequest, home: Home) -> HttpResponse:
    """A rule set from a file, tried as the change that it makes."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        base = queries.to_change()
        given: RuleSet = form.cleaned_data["rules"]
        changes = {place: given.values.get(place) for place in {**base.rules.values, **given.values}}
        if given.hash == base.rules.hash:
            form.add_error("rules", "Nothing in the file differs from the rules there are.")
        elif done := _try(request, home, form, changes):
            return redirect("rules:trial", done.pk)
    return render(request, "rules/import.html", {"form": form})


@require_POST
@for_analysts
def again(request: SignedInRequest, home: Home, version: int) -> HttpResponse:
    """What a version changes, tried on the rules of now: for a proposal that no longer fits, or to go back to one."""
    found = queries.find(version, on=today())
    if found is None:
        raise Http404
    changes = {tuple(at): now for at, _, now in found.row.differs}
    try:
        done = actions.try_out(home=home, changes=changes, **who(request))
    except actions.UnableToTry as refusal:
        messages.error(request, str(refusal))
        return redirect("rules:version", version)
    return redirect("rules:trial", done.pk)


def _trial(trial_id: int) -> tuple[Trial, bool]:
    """A trial, and whether it was made to the rules that a change is made to now."""
    found = get_object_or_404(Trial.objects.select_related("by"), pk=trial_id)
    return found, found.base_hash == queries.to_change().rules.hash


@require_safe
@for_readers
def trial(request: SignedInRequest, home: Home, trial_id: int) -> HttpResponse:
    """What would change."""
    found, fits = _trial(trial_id)
    base = queries.to_change().rules
    if request.GET.get("as") == "csv":
        return _csv(request, found)
    changes = actions.changes_of(found)
    labels = labels_of(base) | labels_of(base.changed(changes))
    context = {
        "trial": found,
        "fits": fits,
        "changes": wording.changes(found.changes, labels),
        "bands": pages.bands_of(found.answer),
        "moves": pages.moves_of(found.answer),
        "work": pages.work_of(found.answer),
        "rising": pages.rising_of(found.answer),
        "further": pages.further_of(found.further),
        "asked_again": [labels.get(name, name) for name in found.answer["asked_again"]],
        "is_old": found.answer["run_id"] != home.live_run(),
        "may_try": bool(request.role and request.role.may_try_rules),
        "may_see_rows": bool(request.role and request.role.may_try_rules and request.role.may_explain),
    }
    return render(request, "rules/trial.html", context)


def _csv(request: SignedInRequest, found: Trial) -> HttpResponse:
    given = who(request)
    audit.record(
        action="rules.trial_exported", at=given["at"], user=request.user, role=given["role"],
        detail={"trial": found.pk},
    )  # fmt: skip
    lines = csv_lines(("what", "of", "before", "after"), pages.csv_rows(found.answer))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    name = file_name(
        f"what-if-{found.pk}", by=request.user.username, at=timezone.localtime(), purpose="rules", form="csv"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@for_who_sees_rows
def children(request: SignedInRequest, home: Home, trial_id: int) -> HttpResponse:
    """Whose band would change, by pseudonym. The look is written before the page."""
    found, fits = _trial(trial_id)
    if not fits:
        messages.error(request, "The rules have changed since this was tried. Try it again to see whose band changes.")
        return redirect("rules:trial", trial_id)
    base = queries.to_change().rules
    number = request.GET.get("page", "1")
    start = (int(number) - 1) * ROWS_A_PAGE if number.isdigit() and 0 < int(number) < 10_000 else 0
    try:
        settled = rules.check(home, base.changed(actions.changes_of(found)))
        closed = governance.all_closed_to(request.user, timezone.now())
        total, rows = asking.who_moves(home, settled, closed=closed, start=start, most=ROWS_A_PAGE)
    except (AreaRejected, asking.NothingToTryOn) as refusal:
        messages.error(request, str(refusal))
        return redirect("rules:trial", trial_id)
    given = who(request)
    audit.record(
        action="rules.children_listed", at=given["at"], user=request.user, role=given["role"],
        listed=[row["person_id"] for row in rows], purpose=request.role.purpose if request.role else "",
        detail={"trial": found.pk},
    )  # fmt: skip
    shown = [
        row | {
            "pseudonym": pseudonyms.pseudonym(home, row["person_id"]),
            "was": BANDS[row["band_before"]],
            "becomes": BANDS[row["band"]],
            "list": wording.PATHWAYS[row["pathway"]],
        }
        for row in rows
    ]  # fmt: skip
    page = Paginator(range(total), ROWS_A_PAGE).get_page(number)
    return render(request, "rules/children.html", {"trial": found, "rows": shown, "page": page})


@require_POST
@for_analysts
def prove(request: SignedInRequest, home: Home, trial_id: int) -> HttpResponse:
    """Ask for the backtest and the fairness of what was tried; they follow in the background."""
    found, fits = _trial(trial_id)
    if fits and tasks.ask(found):
        messages.success(request, "The backtest is on its way. This page shows it when it is there.")
    return redirect("rules:trial", trial_id)


@require_http_methods(["GET", "POST"])
@for_analysts
def propose(request: SignedInRequest, home: Home, trial_id: int) -> HttpResponse:
    """Save what was tried as a proposal."""
    found, fits = _trial(trial_id)
    form = ProposeForm(request.POST or None)
    if form.is_valid():
        base = queries.to_change().rules
        tried = base.changed(actions.changes_of(found))
        try:
            if not fits:
                raise register.UnableToPropose(
                    "The rules have changed since you tried this out. Try it again on the new ones; nothing was saved."
                )
            rules.check(home, tried)
            row = register.propose(
                rules=tried, based_on=base, on=today(), evidence=found.answer, **form.cleaned_data, **who(request)
            )
        except (register.UnableToPropose, AreaRejected) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Saved as version {row.version}. The two offices have to approve it.")
            return redirect("rules:version", row.version)
    return render(request, "rules/propose.html", {"form": form, "trial": found, "fits": fits})
