"""Making a mapping: from a file, through corrections, to a try."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kinfold.governance.requests import SignedInRequest
from kinfold.operations import proposals
from kinfold.operations.home import Home
from kinfold.operations.proposals import Part, Sketch
from kinfold.workbench.deliveries.permissions import for_who_runs_feeds
from kinfold.workbench.deliveries.uploads import streamed
from kinfold.workbench.mappings import actions, changing, queries, trying, wording
from kinfold.workbench.mappings.forms import ColumnForm, NewForm, PartForm, TextForm, name_of
from kinfold.workbench.mappings.models import MappingProposal
from kinfold.workbench.permissions import role_of


@require_safe
@for_who_runs_feeds
def home(request: SignedInRequest, home: Home) -> HttpResponse:
    """Every mapping that was begun, and how far it is."""
    proposals.forget_old(home, on=timezone.localdate())
    return render(request, "mappings/home.html", {"rows": queries.list_mappings(), "states": wording.STATES})


@streamed
@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def new(request: SignedInRequest, home: Home) -> HttpResponse:
    """Begin with a file: it is kept as an example, and a mapping is proposed for it."""
    is_post = request.method == "POST"
    form = NewForm(request.POST if is_post else None, request.FILES if is_post else None)
    if form.is_valid():
        try:
            made = actions.start(
                home, file=form.cleaned_data["upload"], name=name_of(form.cleaned_data["label"]),
                label=form.cleaned_data["label"], supplier=form.cleaned_data["supplier"], on=timezone.localdate(),
                by=request.user, role=role_of(request), at=timezone.now(),
            )  # fmt: skip
        except actions.UnableToChange as refusal:
            form.add_error("upload", str(refusal))
        else:
            return redirect("mappings:mapping", made.mapping)
    return render(request, "mappings/new.html", {"form": form})


@require_safe
@for_who_runs_feeds
def mapping(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """A mapping whole: every column, what a row is, what came of trying it, and the file it makes."""
    given = latest(mapping)
    of_sketch = () if given.is_text else proposals.from_dict(given.sketch).parts
    parts = [(number, part, _columns(part)) for number, part in enumerate(of_sketch)]
    context = {
        "given": given,
        "parts": parts,
        "versions": list(queries.versions(mapping)[:20]),
        "example_is_kept": proposals.example_path(home, given.receipt_id) is not None,
        "may_read": request.user.pk not in {one.by_id for one in queries.versions(mapping)},
    }
    return render(request, "mappings/mapping.html", words() | context)


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def column(request: SignedInRequest, home: Home, mapping: str, part: int, column: int) -> HttpResponse:
    """Say what one column is."""
    given, sketch, of = _part(mapping, part)
    if column >= len(of.columns):
        raise Http404
    one = of.columns[column]
    form = ColumnForm(request.POST if request.method == "POST" else None, column=one, part=of)
    if form.is_valid():
        uses = [use for prefix in form.prefixes() if (use := form.use(prefix)) is not None]
        made = changing.corrected(home, given.receipt_id, of, one, uses, by=str(request.user))
        changed = changing.with_part(sketch, part, changing.with_column(of, column, made))
        answer = _change(request, form, given, changed, what=f"{one.name}: {_in_words(made, of)}")
        if answer is not None:
            return answer
    context = {"given": given, "part": of, "column": one, "form": form, "number": column}
    return render(request, "mappings/column.html", words() | context)


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def part(request: SignedInRequest, home: Home, mapping: str, part: int) -> HttpResponse:
    """Say what a row is."""
    given, sketch, of = _part(mapping, part)
    form = PartForm(request.POST if request.method == "POST" else None, part=of)
    if form.is_valid():
        changed = changing.with_part(sketch, part, changing.of_row(of, form.cleaned_data))
        changed = dataclasses.replace(changed, agency=changed.parts[0].agency)
        answer = _change(request, form, given, changed, what="What a row is")
        if answer is not None:
            return answer
    return render(request, "mappings/part.html", words() | {"given": given, "part": of, "form": form})


@require_http_methods(["GET", "POST"])
@for_who_runs_feeds
def as_text(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """Change the mapping's own text, for what the other pages cannot say."""
    given = latest(mapping)
    if not given.may_change:
        raise Http404
    form = TextForm(request.POST if request.method == "POST" else None, initial={"toml": given.toml})
    if form.is_valid():
        try:
            actions.write(given, form.cleaned_data["toml"], by=request.user, role=role_of(request), at=timezone.now())
        except actions.UnableToChange as refusal:
            form.add_error("toml", str(refusal))
        else:
            messages.success(request, "Changed: the mapping’s text. Try it before you save it for review.")
            return redirect("mappings:mapping", mapping)
    return render(request, "mappings/text.html", words() | {"given": given, "form": form})


@require_POST
@for_who_runs_feeds
def undo(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """Take the last change back."""
    given = latest(mapping)
    try:
        what = given.what
        actions.undo(given, by=request.user, role=role_of(request), at=timezone.now())
        messages.success(request, f"Undone: {what}.")
    except actions.UnableToChange as refusal:
        messages.error(request, str(refusal))
    return redirect("mappings:mapping", mapping)


@require_POST
@for_who_runs_feeds
def try_it(request: SignedInRequest, home: Home, mapping: str) -> HttpResponse:
    """Try the mapping on its example."""
    trying.begin(home, latest(mapping))
    return redirect(f"{request.path.removesuffix('try/')}#tried")


def _change(
    request: SignedInRequest, form: ColumnForm | PartForm, given: MappingProposal, sketch: Sketch, *, what: str
) -> HttpResponse | None:
    try:
        actions.change(given, sketch, what=what, by=request.user, role=role_of(request), at=timezone.now())
    except (actions.UnableToChange, proposals.NotASketch) as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, f"Changed: {what}.")
    return redirect("mappings:mapping", given.mapping)


def latest(mapping: str) -> MappingProposal:
    """The newest version. Raises Http404."""
    found = queries.latest(mapping)
    if found is None:
        raise Http404
    return found


def _part(mapping: str, number: int) -> tuple[MappingProposal, Sketch, Part]:
    given = latest(mapping)
    if given.is_text or not given.may_change:
        raise Http404
    sketch = proposals.from_dict(given.sketch)
    if number >= len(sketch.parts):
        raise Http404
    return given, sketch, sketch.parts[number]


def _columns(part: Part) -> list[dict[str, Any]]:
    """The columns of a part as the page lists them: what each becomes in words, how sure, and why."""
    known, places = proposals.meanings(), proposals.places(part)
    rows = []
    for number, one in enumerate(part.columns):
        uses = [
            {
                "words": known[use.meaning].words,
                "person": wording.person(use.person, part) if use.person else "",
                "sure": use.sure,
                "why": use.why,
                "codes": [(value, wording.code(ours), ours == "null") for value, ours in use.codes],
            }
            for use in one.uses
        ]
        becomes = list(
            dict.fromkeys(wording.column_of_ours(table, ours) for table, ours, _ in places.get(one.name, []))
        )
        makes_key = one.name in (*part.row_id, *part.event_id, *(name for who in part.people for name in who.key))
        rows.append({"number": number, "column": one, "uses": uses, "becomes": becomes, "makes_key": makes_key})
    return rows


def _in_words(column: proposals.Column, part: Part) -> str:
    known = proposals.meanings()
    return " and ".join(known[use.meaning].words for use in column.uses) or "not read"


def words() -> dict[str, Any]:
    """What templates put states, tables and people into words with."""
    return {
        "states": wording.STATES,
        "sureness": wording.SURENESS,
        "table_words": wording.TABLES,
        "column_of_ours": wording.column_of_ours,
        "code": wording.code,
        "person": wording.person,
        "only_how": wording.ONLY_HOW,
    }
