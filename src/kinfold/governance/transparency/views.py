"""The transparency record for whoever keeps it: the draft, one field of it, the files, and an owner's sign-off."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kinfold.governance import audit
from kinfold.governance.gate import NotForYou
from kinfold.governance.requests import SignedInRequest
from kinfold.governance.transparency import actions, exports, queries
from kinfold.governance.transparency.forms import FieldForm, SignOffForm
from kinfold.vocabulary.exports import file_name

P = ParamSpec("P")
FORMS: dict[str, tuple[str, Callable[[queries.Record], str | bytes]]] = {
    "html": ("text/html; charset=utf-8", exports.as_html),
    "json": ("application/json", exports.as_json),
    "odt": ("application/vnd.oasis.opendocument.text", exports.as_odt),
}


def for_keepers(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """A page that only a role that keeps the record has; to anybody else it is not there."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.role is None or not request.role.may_keep_transparency:
            raise NotForYou
        return view(request, *args, **kwargs)

    return guarded


def _who(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "role": request.role.name if request.role else "", "at": timezone.now()}


@require_http_methods(["GET", "POST"])
@for_keepers
def home(request: SignedInRequest) -> HttpResponse:
    """The whole draft, what is blank first of all, and signing it off."""
    record = queries.record()
    form = SignOffForm(request.POST or None)
    if form.is_valid():
        try:
            actions.sign_off(record=record, note=form.cleaned_data["note"], **_who(request))
        except actions.UnableToWrite as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Signed off as it stands now. It can be published.")
            return redirect("governance:transparency")
    signed = queries.last_sign_off()
    context = {
        "record": record,
        "form": form,
        "signed": signed,
        "is_signed_now": signed is not None and signed.hash == record.hash,
        "blocks": exports.blocks,
        "behind": [field for field in record.fields if field.is_behind],
    }
    return render(request, "governance/transparency/home.html", context)


@require_http_methods(["GET", "POST"])
@for_keepers
def field(request: SignedInRequest, key: str) -> HttpResponse:
    """One field: what the live configuration says, and what stands instead when somebody wrote it."""
    found = next((one for one in queries.record().fields if one.slot.key == key), None)
    if found is None:
        raise Http404
    form = FieldForm(request.POST or None, initial={"text": found.text})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        is_the_draft = text.replace("\r\n", "\n").strip() == found.drafted.strip()
        actions.write(field=key, text="" if is_the_draft else text, drafted=found.drafted, **_who(request))
        messages.success(request, f"{found.slot.label}: kept. Later drafts keep it too.")
        return redirect("governance:transparency")
    return render(
        request, "governance/transparency/field.html", {"field": found, "form": form, "blocks": exports.blocks}
    )


@require_safe
@for_keepers
def export(request: SignedInRequest, form: str) -> HttpResponse:
    """The record as a file, blanks and all; who took it is written down."""
    if form not in FORMS:
        raise Http404
    content_type, made_of = FORMS[form]
    record, who = queries.record(), _who(request)
    audit.record(
        action="transparency.exported", at=who["at"], user=who["by"], role=who["role"],
        detail={"form": form, "blanks": len(record.blanks), "hash": record.hash[:16]},
    )  # fmt: skip
    purpose = request.role.purpose if request.role else ""
    name = file_name(
        "transparency", by=request.user.get_username(), at=timezone.localtime(), purpose=purpose, form=form
    )
    response = HttpResponse(made_of(record), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
