"""What every page of the shell knows: whose service it is, who is signed in, and the pages their role has."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from kinfold.areas import area as areas
from kinfold.areas.area import Area
from kinfold.governance import permissions

PAGES = {
    "my_day": ("My day", "worklists:my_day"),
    "team": ("My team", "worklists:team"),
    "search": ("Search", "record:search"),
    "looks": ("Who looked", "governance:looks"),
    "deliveries": ("Deliveries", "deliveries:home"),
    "mappings": ("Mappings", "mappings:home"),
    "matches": ("Matches", "matches:home"),
    "match_quality": ("Match quality", "quality:home"),
    "agreements": ("Agreements", "governance:agreements"),
    "rules": ("Rules", "rules:home"),
    "proof": ("Proof", "proof:home"),
    "studies": ("Blind reviews", "study:home"),
    "restrictions": ("Restricted records", "governance:restrictions"),
    "explain": ("Explain", "explain:home"),
    "challenges": ("Challenges", "challenges:home"),
    "transparency": ("Transparency record", "governance:transparency"),
}


@functools.lru_cache(maxsize=4)
def _area(folder: Path) -> Area:
    return areas.load(folder)


def shell(request: HttpRequest) -> dict[str, Any]:
    role = getattr(request, "role", None)
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "area": _area(settings.AREA_FOLDER),
        "user": user if signed_in else None,
        "role": role,
        "has_several_roles": signed_in and len(getattr(user, "role_names", ())) > 1,
        "navigation": _navigation(request, signed_in=signed_in),
        "role_labels": {name: held.label for name, held in permissions.roles().role.items()},
    }


def _navigation(request: HttpRequest, *, signed_in: bool) -> list[dict[str, Any]]:
    """Pages of the role in use, and notices, as GOV.UK's service navigation wants them."""
    role = getattr(request, "role", None)
    if not signed_in or role is None:
        return []
    items = [_item(request, *PAGES[name]) for name in role.navigation]
    if role.may_review_duty:
        items.append(_item(request, "Opened on duty", "governance:duty_list"))
    unread = getattr(request.user, "unread_notices", 0)
    items.append(_item(request, f"Notices ({unread})" if unread else "Notices", "governance:notices"))
    return [item for item in items if item]


def _item(request: HttpRequest, text: str, name: str) -> dict[str, Any] | None:
    try:
        href = reverse(name)
    except NoReverseMatch:
        return None
    return {"text": text, "href": href, "current": request.path == href}
