"""Signing in, the role in use, notices, opening a child on duty, and who looked at whom."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST

from kinfold.governance import actions, audit, permissions, queries, searching, wording
from kinfold.governance.forms import DutyForm, LooksForm, ReviewForm, RoleForm, SignInForm
from kinfold.governance.gate import NotForYou
from kinfold.governance.middleware import CHOSEN
from kinfold.governance.models import User
from kinfold.governance.requests import SignedInRequest

PER_PAGE = 50
LOOKED_FOR = "looked_for"


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """A user name and a password. Who signed in, and whose sign-in was refused, are entries of the audit trail."""

    template_name = "governance/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        now = timezone.now()
        self.request.session["signed_in_at"] = self.request.session["seen_at"] = now.isoformat()
        audit.record(action="signed_in", at=now, user=cast(User, form.get_user()))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        name = form.cleaned_data.get("username", "") if form.non_field_errors() else ""
        if name:
            is_locked = getattr(self.request, "axes_locked_out", False)
            _refused_sign_in("sign_in.locked" if is_locked else "sign_in.refused", name)
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(was_idle=self.request.session.get("was_idle", False), **kwargs)


def _refused_sign_in(action: str, name: str) -> None:
    """Whose account was tried, when there is one; what was typed is never written, it may be a password."""
    user = User.objects.filter(username=name).first()
    audit.record(action=action, at=timezone.now(), user=user, result="refused")


@login_not_required
def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any = None) -> HttpResponse:
    return render(request, "governance/locked_out.html", status=429)


@require_POST
def sign_out(request: SignedInRequest) -> HttpResponse:
    audit.record(action="signed_out", at=timezone.now(), user=request.user)
    logout(request)
    return redirect("governance:signed_out")


@login_not_required
def signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "governance/signed_out.html")


@require_http_methods(["GET", "POST"])
def choose_role(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    held = permissions.held_roles(request.user, now)
    form = RoleForm(request.POST or None, held=held, initial={"role": request.role.name if request.role else None})
    if form.is_valid():
        chosen = form.cleaned_data["role"]
        audit.record(action="role.chosen", at=now, user=request.user, role=chosen)
        request.session[CHOSEN] = chosen
        return redirect("web:home")
    return render(request, "governance/choose_role.html", {"form": form, "held": held})


@require_http_methods(["GET", "POST"])
def notices(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        actions.read_notices(user=request.user, at=timezone.now())
        return redirect("governance:notices")
    page = Paginator(queries.notices_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/notices.html", {"page": page})


@require_http_methods(["GET", "POST"])
def open_on_duty(request: SignedInRequest, person_id: str) -> HttpResponse:
    """The form is the same for any record number: asking tells nothing about who is there."""
    if request.role is None or not request.role.may_duty:
        raise NotForYou
    form = DutyForm(request.POST or None)
    if form.is_valid():
        try:
            actions.open_on_duty(
                user=request.user,
                role=request.role.name,
                person_id=person_id,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except actions.UnableToOpenOnDuty as refusal:
            form.add_error(None, str(refusal))
        except NotForYou:
            # A number nobody has opens too, and leads to a page that is not there: so must this.
            return redirect(_child_page(person_id))
        else:
            return redirect(_child_page(person_id))
    duty = permissions.roles().duty
    return render(request, "governance/open_on_duty.html", {"form": form, "duty": duty, "person_id": person_id})


def _child_page(person_id: str) -> str:
    try:
        return reverse("record:child", args=[person_id])
    except NoReverseMatch:
        return reverse("web:home")


def duty_list(request: SignedInRequest) -> HttpResponse:
    if request.role is None or not request.role.may_review_duty:
        raise NotForYou
    waiting = queries.duty_to_review(request.user, request.role, timezone.now())
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "purposes": permissions.roles().duty.purposes}
    return render(request, "governance/duty_list.html", context)


@require_http_methods(["GET", "POST"])
def duty_review(request: SignedInRequest, opened_id: int) -> HttpResponse:
    if request.role is None or not request.role.may_review_duty:
        raise NotForYou
    opened = get_object_or_404(queries.duty_to_review(request.user, request.role, timezone.now()), pk=opened_id)
    audit.record(
        action="duty.read", at=timezone.now(), user=request.user, role=request.role.name, person_id=opened.person_id
    )
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        try:
            actions.review_duty(
                opened_id=opened_id,
                by=request.user,
                role=request.role.name,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except actions.UnableToReview as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("governance:duty_list")
    context = {
        "opened": opened,
        "form": form,
        "purposes": permissions.roles().duty.purposes,
        "may_review": opened.reviewed_at is None and opened.user_id != request.user.pk,
    }
    return render(request, "governance/duty_review.html", context)


@require_http_methods(["GET", "POST"])
def looks(request: SignedInRequest) -> HttpResponse:
    """
    Who looked at whom. Searching the trail is itself a look, and is recorded before anything is shown.

    What was asked is kept in the session: a user name is a person's name, and no address holds one.
    """
    if request.role is None or not request.role.may_see_looks:
        raise NotForYou
    form = LooksForm(request.POST or request.session.get(LOOKED_FOR))
    if request.method == "POST" and form.is_valid():
        request.session[LOOKED_FOR] = request.POST.dict()
        return redirect("governance:looks")
    asked = form.cleaned_data if form.is_valid() else {}
    trail = searching.audit_search(user=request.user, role=request.role.name, at=timezone.now(), **asked)
    if form.errors:
        trail = trail.none()
    page = Paginator(trail, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "chain": searching.chain_state(),
        "action_words": wording.action,
        "standing_words": wording.STANDINGS,
        "purposes": permissions.roles().purposes,
    }
    return render(request, "governance/looks.html", context)
