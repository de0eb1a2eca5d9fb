"""What each role may see and do, as the area decided it in `roles.toml`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from kinfold.areas import toml

SECTIONS = frozenset(
    {
        "identity",
        "address",
        "contact",
        "safety",
        "open_to",
        "pressures",
        "needs",
        "strengths",
        "timeline",
        "family",
        "household",
        "evidence",
        "points",
        "not_known",
        "who_looked",
    }
)
STANDINGS = frozenset({"allocated", "team", "service", "outreach", "front_door", "duty", "reviewer"})
PAGES = frozenset(
    {
        "my_day",
        "team",
        "search",
        "looks",
        "deliveries",
        "mappings",
        "matches",
        "match_quality",
        "agreements",
        "restrictions",
        "explain",
        "challenges",
        "transparency",
        "rules",
        "proof",
        "studies",
    }
)
EVERY_AGENCY = "all"
RULES_OFFICES = ("practice", "governance")
"""A rule set needs the approval of both, by two people, neither of them its author."""


@dataclasses.dataclass(frozen=True)
class Role:
    """
    What a role may see of a child it has a standing towards, and the pages it has.

    entitled_by: kinds of standing that open a child to this role, the first that holds is the one recorded.
    queues: shared lists whose children the role works.
    rules_office: the office whose approval of rules it gives, which also makes lists plain: practice or governance.
    level: 0 nothing of a child, 1 that we know the family and how to reach it, 2 summary facts, 3 the record.
    """

    label: str
    home: str
    navigation: tuple[str, ...]
    purpose: str
    entitled_by: tuple[str, ...]
    sections: frozenset[str]
    agencies: frozenset[str]
    level: int
    name: str = ""
    queues: tuple[str, ...] = ()
    reads_own_agency: bool = False
    manages: bool = False
    may_search: bool = False
    may_duty: bool = False
    may_review_duty: bool = False
    may_see_looks: bool = False
    may_run_feeds: bool = False
    may_match: bool = False
    may_keep_agreements: bool = False
    may_keep_restrictions: bool = False
    may_explain: bool = False
    may_settle_facts: bool = False
    may_settle_statements: bool = False
    may_keep_transparency: bool = False
    may_try_rules: bool = False
    may_read_proof: bool = False
    may_study: bool = False
    rules_office: str = ""
    told_of_restricted: bool = False


@dataclasses.dataclass(frozen=True)
class Duty:
    """How a child that nobody is allocated to is opened: for how long, for what, and whose roles are told."""

    minutes: int
    told: tuple[str, ...]
    purposes: dict[str, str]


@dataclasses.dataclass(frozen=True)
class Roles:
    """`purposes` and `duty.purposes` are code to label; `role` is name to role."""

    purposes: dict[str, str]
    duty: Duty
    role: dict[str, Role]

    def get(self, name: str) -> Role:
        return self.role[name]

    def find(self, name: str) -> Role | None:
        return self.role.get(name)


def load(folder: Path) -> Roles:
    """Read `roles.toml` of an area folder. Raises `toml.AreaRejected` naming the file and the key."""
    path = folder / "roles.toml"
    roles = toml.settle(Roles, toml.read(path), file=path.name)
    named = {name: dataclasses.replace(role, name=name) for name, role in roles.role.items()}
    for name, role in named.items():
        _holds_together(role, roles, file=path.name, at=f"role.{name}")
    _known(roles.duty.told, named, file=path.name, at="duty.told")
    return dataclasses.replace(roles, role=named)


def _holds_together(role: Role, roles: Roles, *, file: str, at: str) -> None:
    _known(role.sections, SECTIONS, file=file, at=f"{at}.sections")
    _known(role.entitled_by, STANDINGS, file=file, at=f"{at}.entitled_by")
    _known(role.navigation, PAGES, file=file, at=f"{at}.navigation")
    _known([role.purpose], roles.purposes, file=file, at=f"{at}.purpose")
    if "points" in role.sections and not role.manages:
        raise toml.AreaRejected(f"{file}: {at}.sections has points, which only a role that manages may see.")
    if role.rules_office:
        _known([role.rules_office], RULES_OFFICES, file=file, at=f"{at}.rules_office")
    if role.level not in range(4):
        raise toml.AreaRejected(f"{file}: {at}.level must be 0, 1, 2 or 3.")


def _known(given: Iterable[str], allowed: Iterable[str], *, file: str, at: str) -> None:
    strange = sorted(set(given) - set(allowed))
    if strange:
        raise toml.AreaRejected(f"{file}: {at} has {', '.join(strange)}. Allowed: {', '.join(sorted(allowed))}.")
