"""The register of rules: what is live, what waits, what was; reading, approving and withdrawing a version."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.areas.rule_sets import RuleSet
from kinfold.areas.toml import AreaRejected
from kinfold.governance import audit
from kinfold.governance.requests import SignedInRequest
from kinfold.governance.rules import actions, policies, queries
from kinfold.governance.rules.policies import Version
from kinfold.operations.home import Home
from kinfold.vocabulary.dates import in_words
from kinfold.workbench.rules import wording
from kinfold.workbench.rules.forms import ApproveForm, ReasonForm
from kinfold.workbench.rules.models import Trial
from kinfold.workbench.rules.pages import bands_of, work_of
from kinfold.workbench.rules.permissions import for_offices, for_readers

TRIES_SHOWN = 10


def today() -> datetime.date:
    return timezone.localdate()


def who(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "role": request.role.name if request.role else "", "at": timezone.now()}


def labels_of(rules: RuleSet) -> dict[str, str]:
    """By name of a marker: its label."""
    return {name: str(rules.values.get(("marker", name, "label"), name)) for name in rules.names()}


@require_safe
@for_readers
def home(request: SignedInRequest, home: Home) -> HttpResponse:
    found = queries.versions(on=today())
    context: dict[str, Any] = {
        "live": next((one for one in found if one.state == "live"), None),
        "waiting": [one for one in found if one.state in ("proposed", "approved", "out_of_date")],
        "past": [one for one in found if one.state in ("replaced", "withdrawn")],
        "words": policies.STATE_WORDS,
        "offices": policies.OFFICE_WORDS,
        "plain": queries.plain_now(),
        "today": today(),
    }
    try:
        folder = queries.folder_rules()
        context["folder_hash"] = folder.hash
        context["markers"] = len(folder.names())
    except AreaRejected as why:
        context["folder_rejected"] = str(why)
    if request.role and request.role.may_try_rules:
        context["tries"] = Trial.objects.filter(by=request.user).order_by("-pk")[:TRIES_SHOWN]
    return render(request, "rules/home.html", context)


def _found(version: int) -> Version:
    found = queries.find(version, on=today())
    if found is None:
        raise Http404
    return found


def _read(found: Version) -> dict[str, Any]:
    """A version as its pages show it. Raises queries.RulesAltered."""
    rules = queries.rules_of(found.row)
    labels = labels_of(rules) | {
        at[1]: was for at, was, _ in found.row.differs if at[0] == "marker" and at[2:] == ["label"] and was
    }
    evidence = found.row.evidence
    return {
        "version": found,
        "changes": wording.changes(found.row.differs, labels),
        "words": policies.STATE_WORDS,
        "offices": policies.OFFICE_WORDS,
        "bands": bands_of(evidence) if evidence else None,
        "work": work_of(evidence) if evidence else None,
        "evidence": evidence,
        "today": today(),
    }


@require_safe
@for_readers
def version(request: SignedInRequest, home: Home, version: int) -> HttpResponse:
    found = _found(version)
    by_id, office = request.user.pk, request.role.rules_office if request.role else ""
    may = {
        "may_approve": policies.may_be_approved(found, by_id=by_id, office=office),
        "may_withdraw": policies.may_be_withdrawn(found, by_id=by_id, office=office),
    }
    try:
        context = _read(found)
    except queries.RulesAltered as why:
        return render(request, "rules/altered.html", {"version": found, "why": str(why)})
    return render(request, "rules/version.html", context | may)


@require_http_methods(["GET", "POST"])
@for_offices
def approve(request: SignedInRequest, home: Home, version: int) -> HttpResponse:
    found = _found(version)
    form = ApproveForm(request.POST or None)
    if form.is_valid():
        try:
            now = actions.approve(
                version=version, hash=request.POST.get("hash", ""), on=today(), **form.cleaned_data, **who(request)
            )
        except (actions.UnableToApprove, queries.RulesAltered) as refusal:
            form.add_error(None, str(refusal))
        else:
            if now.starts_on:
                messages.success(request, f"Version {version} is approved. It is live from {in_words(now.starts_on)}.")
            else:
                waits = " and ".join(policies.OFFICE_WORDS[office] for office in now.missing)
                messages.success(request, f"Your approval is recorded. It still waits for {waits}.")
            return redirect("rules:version", version)
    try:
        context = _read(found)
    except queries.RulesAltered as why:
        return render(request, "rules/altered.html", {"version": found, "why": str(why)})
    return render(request, "rules/approve.html", context | {"form": form})


@require_http_methods(["GET", "POST"])
@for_readers
def withdraw(request: SignedInRequest, home: Home, version: int) -> HttpResponse:
    found = _found(version)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw(version=version, on=today(), **form.cleaned_data, **who(request))
        except actions.UnableToWithdraw as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Version {version} is withdrawn. The rules stay as they are.")
            return redirect("rules:home")
    return render(request, "rules/withdraw.html", {"form": form, "version": found})


@require_safe
@for_readers
def version_toml(request: SignedInRequest, home: Home, version: int) -> HttpResponse:
    found = _found(version)
    try:
        rules = queries.rules_of(found.row)
    except queries.RulesAltered as why:
        return render(request, "rules/altered.html", {"version": found, "why": str(why)})
    return _toml(request, rules, f"rules-version-{version}")


@require_safe
@for_readers
def live_toml(request: SignedInRequest, home: Home) -> HttpResponse:
    """The rules of today, whoever's they are."""
    return _toml(request, queries.in_force(on=today()).rules, f"rules-{today():%Y-%m-%d}")


def _toml(request: SignedInRequest, rules: RuleSet, name: str) -> HttpResponse:
    given = who(request)
    audit.record(
        action="rules.exported", at=given["at"], user=request.user, role=given["role"], detail={"hash": rules.hash}
    )
    response = HttpResponse(rules.text(), content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return response
