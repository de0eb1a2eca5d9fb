"""Restricted records, by number and owner alone: a list, who is named, and opening one again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.areas.roles import Role
from kinfold.governance import actions, audit
from kinfold.governance.gate import NotForYou
from kinfold.governance.models import Restriction
from kinfold.governance.requests import SignedInRequest
from kinfold.governance.restrictions import permissions
from kinfold.governance.restrictions.forms import LiftForm, NamedForm

PER_PAGE = 25


@require_safe
def listed(request: SignedInRequest) -> HttpResponse:
    """The records this person answers for. To a role that can answer for none the page is not there."""
    role = request.role
    if role is None or not (role.may_keep_restrictions or role.manages):
        raise NotForYou
    at = timezone.now()
    page = Paginator(permissions.answered_for(request.user, role, at), PER_PAGE).get_page(request.GET.get("page"))
    audit.record(
        action="restrictions.listed", at=at, user=request.user, role=role.name, purpose=role.purpose,
        listed=[one.person_id for one in page.object_list],
    )  # fmt: skip
    return render(request, "governance/restrictions.html", {"page": page})


@require_http_methods(["GET", "POST"])
def restriction(request: SignedInRequest, person_id: str) -> HttpResponse:
    """One restricted record: who may open it, and changing that."""
    role, found = _found(request, person_id)
    form = NamedForm(request.POST if request.method == "POST" else None, named=found.named.all())
    if form.is_valid():
        try:
            actions.change_named(
                person_id=person_id,
                add=form.cleaned_data["add"],
                remove=[one for one in found.named.all() if str(one.pk) in form.cleaned_data.get("remove", [])],
                by=request.user,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except actions.UnableToChangeNamed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Who may open the record is changed, from now on.")
            return redirect("governance:restriction", person_id)
    return _page(request, role, found, form, LiftForm(prefix="lift"))


@require_http_methods(["POST"])
def lift(request: SignedInRequest, person_id: str) -> HttpResponse:
    """Open a restricted record again to everybody entitled to it."""
    role, found = _found(request, person_id)
    if not permissions.may_lift(request.user, role, found):
        raise NotForYou
    form = LiftForm(request.POST, prefix="lift")
    if not form.is_valid():
        return _page(request, role, found, NamedForm(named=found.named.all()), form)
    actions.lift_restriction(
        person_id=person_id, by=request.user, reason=form.cleaned_data["reason"].strip(), at=timezone.now()
    )
    messages.success(request, f"Record {person_id} is open again to everybody who works with it.")
    return redirect("governance:restrictions" if role.may_keep_restrictions or role.manages else role.home)


def _found(request: SignedInRequest, person_id: str) -> tuple[Role, Restriction]:
    """The restriction, for who answers for it. To anybody else, and for any other number, nothing is there."""
    role = request.role
    if role is None:
        raise NotForYou
    found = permissions.answered_for(request.user, role, timezone.now()).filter(person_id=person_id).first()
    if found is None:
        raise NotForYou
    return role, found


def _page(
    request: SignedInRequest, role: Role, found: Restriction, form: NamedForm, lift_form: LiftForm
) -> HttpResponse:
    if request.method == "GET":
        audit.record(
            action="restriction.opened", at=timezone.now(), user=request.user, role=role.name, purpose=role.purpose,
            person_id=found.person_id,
        )  # fmt: skip
    context = {
        "restriction": found,
        "form": form,
        "lift_form": lift_form if permissions.may_lift(request.user, role, found) else None,
        "has_list": role.may_keep_restrictions or role.manages,
    }
    return render(request, "governance/restriction.html", context)
