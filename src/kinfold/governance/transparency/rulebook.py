"""The rule book of the live run, as staff read it: what is said of a child, on what, and what orders families."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kinfold.areas.markers import Marker
from kinfold.areas.priority import Priority
from kinfold.areas.roles import Role
from kinfold.governance.requests import SignedInRequest
from kinfold.governance.transparency.sources import Sources, read

KINDS = {
    "pressure": "Pressure",
    "need": "Unmet need",
    "lost": "Not seen in our feeds",
    "strength": "Strength",
    "acute": "Decide today",
    "modifier": "Adjustment",
}


@dataclasses.dataclass(frozen=True)
class Entry:
    """One marker as the page shows it. connected: labels of the feeds that tell it. points: "" for who sees none."""

    marker: Marker
    kind: str
    statement: str
    when: str
    ages: str
    connected: tuple[str, ...]
    points: str


def sees_points(role: Role | None) -> bool:
    """Managers, and roles that see no child of their own accord: practitioners and partners never see a figure."""
    return role is not None and ("points" in role.sections or role.level == 0 or role.may_settle_statements)


@require_safe
def rule_book(request: SignedInRequest) -> HttpResponse:
    told = read(Path(settings.HOME), Path(settings.AREA_FOLDER), agreed={}, holders={})
    with_points = sees_points(request.role)
    entries = [entry(marker, told, with_points=with_points) for marker in told.markers]
    domains: dict[str, list[Entry]] = {}
    for one in entries:
        domains.setdefault(one.marker.domain, []).append(one)
    context = {
        "run": told.run,
        "domains": sorted(domains.items()),
        "order": order_rules(told.priority, with_points=with_points),
        "with_points": with_points,
    }
    return render(request, "governance/transparency/rule_book.html", context)


def entry(marker: Marker, told: Sources, *, with_points: bool) -> Entry:
    feeds = tuple(told.feeds[name].label for name in marker.feeds if name in told.feeds)
    return Entry(
        marker=marker,
        kind=KINDS[marker.direction],
        statement=marker.statement.replace("{times} times", "a number of times").replace("{times}", "several").replace(
            "{on}", "a day"
        ),
        when=f"Within the last {_months(marker.lookback_months)}" if marker.lookback_months else "As long as it is so",
        ages=_ages(marker),
        connected=feeds,
        points=_points(marker) if with_points else "",
    )  # fmt: skip


def _months(months: float) -> str:
    if months == 12:
        return "year"
    if months % 12 == 0:
        years = int(months // 12)
        return f"{years} years"
    return f"{months:g} month{'' if months == 1 else 's'}"


def _ages(marker: Marker) -> str:
    if marker.ages.unborn:
        return "Not yet born"
    first, last = marker.ages.from_, marker.ages.to
    if (first, last) == (0, 17):
        return "Every child under 18"
    return f"Age {first}" if first == last else f"Ages {first} to {last}"


def _points(marker: Marker) -> str:
    if marker.direction in ("strength", "acute"):
        return (
            "none: a strength is shown and never counted"
            if marker.direction == "strength"
            else "none: a person decides"
        )
    if marker.direction == "modifier":
        return f"pressures count {marker.multiplier:g} times"
    fades = f", halves each {_months(marker.half_life_months)}" if marker.half_life_months else ", does not fade"
    more = "".join(f"; {extra.points:g} more: {extra.reason}" for extra in marker.extra)
    return f"{marker.points:g}{fades}{more}. {marker.reason}"


def order_rules(settled: Priority, *, with_points: bool) -> list[str]:
    """What puts families in an order, a sentence each; figures only for those who may see them."""
    said = [
        "Whatever must be decided today goes to a person at once, whatever else is counted.",
        "Facts fade: what happened long ago counts less, and what is still so does not fade.",
        "However many facts there are of one kind, it is counted once, for the latest.",
        "What is not known adds nothing and takes nothing away.",
        (
            f"Where under {settled.bands.least_coverage:.0%} can be answered, we say that not enough "
            "is known, never that all is well."
        ),
        f"The first two bands need pressures or needs in {settled.bands.least_domains} domains or more.",
        f"{' and '.join(settled.bands.never_alone)} alone lifts nobody above those to watch.",
        "Strengths are shown first and never counted: good attendance can hide much.",
        "How many families are put forward follows how many conversations there are people for in a week.",
        "A tie goes to the child unseen longest, then to the one least is known of; never by name.",
    ]
    if with_points:
        caps = ", ".join(f"{domain} {most:g}" for domain, most in settled.caps.items())
        said += [
            f"Most points that a domain counts for: {caps}.",
            (
                f"The order counts all pressures and {settled.needs_share:g} of the unmet needs. Each further "
                f"child of a household adds {settled.household_share:g} of their own, up to {settled.household_most:g}."
            ),
        ]
    return said
