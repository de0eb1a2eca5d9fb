"""The switch: lists made plain at once, by one of the two offices, and put back in order."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kinfold.governance.requests import SignedInRequest
from kinfold.governance.rules import actions, queries
from kinfold.operations.home import Home
from kinfold.workbench.rules.forms import InOrderForm, PlainForm
from kinfold.workbench.rules.permissions import for_readers
from kinfold.workbench.rules.views import who


@require_http_methods(["GET", "POST"])
@for_readers
def plain_lists(request: SignedInRequest, home: Home) -> HttpResponse:
    now = queries.plain_now()
    form = InOrderForm(request.POST or None) if now else PlainForm(request.POST or None)
    # The page says which way the switch goes: two people who press at once do not undo each other.
    if request.method == "POST" and request.POST.get("switch") != ("in_order" if now else "plain"):
        messages.error(request, "Somebody was faster: the lists are as this page shows now. Nothing was changed.")
        return redirect("rules:plain_lists")
    if form.is_valid():
        act = actions.put_in_order if now else actions.make_plain
        try:
            act(**form.cleaned_data, **who(request))
        except actions.UnableToSwitch as refusal:
            form.add_error(None, str(refusal))
        else:
            done = (
                "Lists are in the order of the rules again." if now else "Lists are plain from now on, for everybody."
            )
            messages.success(request, done)
            return redirect("rules:plain_lists")
    may_switch = bool(request.role and request.role.rules_office)
    context = {"form": form, "now": now, "times": queries.times_plain()[:20], "may_switch": may_switch}
    return render(request, "rules/plain_lists.html", context)
