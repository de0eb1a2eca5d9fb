"""
What may this person, in this role, for this purpose, see of this child? Every page of a child asks here first.

The answer is worked out from governance's own tables alone, and the audit row is written before it is given: if
the row cannot be written, there is no answer. A child who is not there and a child one may not see are refused
in the same words.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterable

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from kinfold.areas.roles import EVERY_AGENCY, Role
from kinfold.governance import audit, permissions, queries
from kinfold.governance.models import User
from kinfold.governance.requests import SignedInRequest

PERSON_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class NotForYou(Http404):
    """There is no such child for this person. It says no more, and is shown as any page that is not there."""


@dataclasses.dataclass(frozen=True)
class Sight:
    """
    What may be seen of one child, and why.

    entitled_by: the kind of standing. agencies: those whose facts may be read ("all" for every one). until: when a
    look on duty ends; null when nothing ends it.
    """

    person_id: str
    role: str
    entitled_by: str
    purpose: str
    sections: frozenset[str]
    agencies: frozenset[str]
    level: int
    until: datetime.datetime | None = None

    def may_see(self, section: str) -> bool:
        return section in self.sections

    def may_read(self, agency: str) -> bool:
        return EVERY_AGENCY in self.agencies or agency in self.agencies


@dataclasses.dataclass(frozen=True)
class Found:
    """What of a search may be shown: ids in the order given, how many are held back, and whom to ask about them."""

    shown: tuple[str, ...]
    restricted: int
    ask: tuple[str, ...]


def ask(
    *,
    user: User,
    role: str,
    person_id: str,
    purpose: str = "",
    action: str,
    at: datetime.datetime,
    request_path: str = "",
    through: str = "",
) -> Sight:
    """
    Answer what may be seen of one child, and record the look or the refusal first.

    purpose: a code of the area's purposes; empty takes the standing's own. request_path: the page's name, never
    its address. through: a page with standings of its own (`reviewers.let_page_review`), which alone count then. Not to
    be called inside a transaction: a refusal must stay written. Raises NotForYou.
    """
    person = person_id if PERSON_ID.fullmatch(person_id) else ""
    with transaction.atomic(durable=True, savepoint=False):
        sight, why = _answer(user, role, person, purpose, at, through)
        audit.record(
            action=action,
            at=at,
            user=user,
            role=role,
            person_id=person,
            purpose=sight.purpose if sight else purpose,
            entitlement=sight.entitled_by if sight else "",
            sections=sight.sections if sight else (),
            path_name=request_path,
            result="allowed" if sight else "refused",
            detail={} if sight else {"why": why},
        )
    if sight is None:
        raise NotForYou
    return sight


def ask_for(request: SignedInRequest, person_id: str, *, action: str, purpose: str = "") -> Sight:
    """`ask` for the person signed in, in the role in use, at this moment, on this page."""
    match = request.resolver_match
    return ask(
        user=request.user,
        role=request.role.name if request.role else "",
        person_id=person_id,
        purpose=purpose,
        action=action,
        at=timezone.now(),
        request_path=match.view_name if match else "",
    )


def many(
    *,
    user: User,
    role: str,
    person_ids: Iterable[str],
    purpose: str = "",
    action: str,
    at: datetime.datetime,
    request_path: str = "",
) -> dict[str, Sight]:
    """
    Answer for a list: the sight of each child who may be shown, in the order given, and one audit row for the list.

    The row names every child shown. Children who may not be shown are left out without a word.
    """
    asked = list(dict.fromkeys(person_ids))
    with transaction.atomic(durable=True, savepoint=False):
        sights = _answers(user, role, asked, purpose, at)
        audit.record(
            action=action,
            at=at,
            user=user,
            role=role,
            listed=sights,
            purpose=purpose or _purpose_of(role),
            path_name=request_path,
            detail={"shown": len(sights), "held_back": len(asked) - len(sights)},
        )
    return sights


def search(
    *,
    user: User,
    role: str,
    person_ids: Iterable[str],
    held_back: int = 0,
    at: datetime.datetime,
    request_path: str = "",
) -> Found:
    """
    Answer which children of a search may be named, and record that they were.

    Search names children without a standing, to roles that may search; restricted and sealed ones only to those
    named for them. Roles told of restricted records learn how many there are and whom to ask, never of sealed ones.
    held_back: how many the caller left out already, so that no page shows that somebody is missing from it.
    Raises NotForYou when the role may not search.
    """
    asked = list(dict.fromkeys(person_ids))
    held = permissions.roles().find(role)
    may = held is not None and held.may_search and permissions.may_use(user, role, at)
    with transaction.atomic(durable=True, savepoint=False):
        closed = queries.closed_to(user, asked, at) if may else {}
        shown = tuple(person for person in asked if person not in closed) if may else ()
        audit.record(
            action="search.shown",
            at=at,
            user=user,
            role=role,
            listed=shown,
            purpose=held.purpose if held else "",
            path_name=request_path,
            result="allowed" if may else "refused",
            detail={"shown": len(shown), "held_back": held_back + len(closed)},
        )
    if held is None or not may:
        raise NotForYou
    told = [owner for kind, owner in closed.values() if kind == "restricted"] if held.told_of_restricted else []
    return Found(shown, len(told), tuple(dict.fromkeys(told)))


def _answer(
    user: User, role: str, person_id: str, purpose: str, at: datetime.datetime, through: str
) -> tuple[Sight | None, str]:
    held = permissions.roles().find(role)
    if held is None or not permissions.may_use(user, role, at):
        return None, "role"
    if purpose and purpose not in permissions.roles().purposes:
        return None, "purpose"
    if not person_id:
        return None, "not an id"
    found = queries.standings_of(user, held, [person_id], at, through=through).get(person_id)
    if found is None:
        return None, "no standing"
    if found.is_closed:
        return None, "restricted"
    return _sight(user, held, found, purpose), ""


def _answers(user: User, role: str, person_ids: list[str], purpose: str, at: datetime.datetime) -> dict[str, Sight]:
    held = permissions.roles().find(role)
    if held is None or not permissions.may_use(user, role, at):
        return {}
    if purpose and purpose not in permissions.roles().purposes:
        return {}
    found = queries.standings_of(user, held, person_ids, at)
    return {
        person: _sight(user, held, found[person], purpose)
        for person in person_ids
        if person in found and not found[person].is_closed
    }


def _sight(user: User, role: Role, standing: queries.Entitlement, purpose: str) -> Sight:
    # What a service's own agency told us is read of that service's own children, and of nobody else's.
    is_theirs = role.reads_own_agency and standing.kind in ("service", "allocated")
    own = {user.agency} - {""} if is_theirs else set()
    return Sight(
        person_id=standing.person_id,
        role=role.name,
        entitled_by=standing.kind,
        purpose=purpose or standing.purpose,
        sections=role.sections,
        agencies=role.agencies | own,
        level=role.level,
        until=standing.until,
    )


def _purpose_of(role: str) -> str:
    held = permissions.roles().find(role)
    return held.purpose if held else ""
