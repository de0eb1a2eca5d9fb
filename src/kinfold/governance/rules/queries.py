"""The only code that lists rule sets, and that says which is live on a day."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import json
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q, QuerySet

from kinfold.areas import rule_sets
from kinfold.governance.rules import policies
from kinfold.governance.rules.models import PlainLists, RuleApproval, RuleSet, RuleWithdrawal
from kinfold.governance.rules.policies import Version


class RulesAltered(Exception):
    """A rule set is not as it was proposed; the message says which and what to do."""


@dataclasses.dataclass(frozen=True)
class InForce:
    """
    The rules of a day.

    version: null where none was approved by then and the area folder's own hold. since: null then too.
    """

    rules: rule_sets.RuleSet
    version: int | None = None
    since: datetime.date | None = None


def versions(*, on: datetime.date) -> list[Version]:
    """Every version as it stands on `on`, newest first. The sets themselves are read by `rules_of`."""
    approvals: dict[int, list[RuleApproval]] = {}
    for approval in RuleApproval.objects.select_related("by").order_by("at", "pk"):
        approvals.setdefault(approval.rule_set_id, []).append(approval)
    withdrawn = {one.rule_set_id: one for one in RuleWithdrawal.objects.select_related("by")}
    rows = list(RuleSet.objects.select_related("proposed_by").defer("values").order_by("version"))
    begun = _begun(rows, approvals, withdrawn)
    live = max((v for v, start in begun.items() if start <= on), default=0)
    base = rows[_place(rows, max(begun))].hash if begun else folder_rules().hash
    found = []
    for row in rows:
        given, starts = tuple(approvals.get(row.pk, ())), begun.get(row.version)
        missing = policies.missing_offices(given)
        if row.pk in withdrawn:
            state: policies.State = "withdrawn"
        elif missing:
            state = "proposed" if row.based_on == base else "out_of_date"
        else:
            state = "live" if row.version == live else "replaced" if row.version < live else "approved"
        found.append(Version(row, given, withdrawn.get(row.pk), missing, starts, state))
    return found[::-1]


def _begun(
    rows: Iterable[RuleSet], approvals: dict[int, list[RuleApproval]], withdrawn: dict[int, RuleWithdrawal]
) -> dict[int, datetime.date]:
    """By version, oldest first: when each that is approved and not withdrawn starts."""
    begun: dict[int, datetime.date] = {}
    for row in rows:
        given = approvals.get(row.pk, [])
        if row.pk not in withdrawn and not policies.missing_offices(given):
            begun[row.version] = policies.starts_on(row, given, after=max(begun.values(), default=None))
    return begun


def _place(rows: list[RuleSet], version: int) -> int:
    return next(n for n, row in enumerate(rows) if row.version == version)


def find(version: int, *, on: datetime.date) -> Version | None:
    return next((one for one in versions(on=on) if one.row.version == version), None)


def in_force(*, on: datetime.date) -> InForce:
    """The rules of a day: the approved set that had started by then, else the area folder's. Raises RulesAltered."""
    live = next((one for one in versions(on=on) if one.starts_on and one.starts_on <= on), None)
    if live is None or live.row.version is None:
        return InForce(folder_rules())
    return InForce(rules_of(live.row), live.row.version, live.starts_on)


def to_change() -> InForce:
    """What a change is made from: the newest approved set, begun or not, else the area folder's."""
    newest = next((one for one in versions(on=datetime.date.max) if one.starts_on), None)
    return InForce(rules_of(newest.row), newest.row.version, newest.starts_on) if newest else InForce(folder_rules())


def folder_rules() -> rule_sets.RuleSet:
    """The set that the area folder holds. Raises areas.toml.AreaRejected."""
    return rule_sets.of_folder(settings.AREA_FOLDER)


def rules_of(row: RuleSet) -> rule_sets.RuleSet:
    """The set of a version. Raises RulesAltered when the row is not as it was proposed."""
    found = rule_sets.RuleSet(rule_sets.unstored(row.values))
    if found.hash != row.hash or not hmac.compare_digest(row.seal, seal(row)):
        raise RulesAltered(
            f"Version {row.version} of the rules is not as it was proposed. Nothing was run by it. Restore the "
            "service's database from its backup, or propose the rules again from the file they were exported to."
        )
    return found


def seal(row: RuleSet) -> str:
    """The keyed hash of a version's row, 64 hex characters."""
    names = ("version", "hash", "based_on", "differs", "evidence", "reason", "impact_assessment", "proposed_by_id")
    held = {name: getattr(row, name) for name in names} | {"from_on": str(row.from_on)}
    held["proposed_at"] = row.proposed_at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    text = json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(settings.AUDIT_KEY, text.encode(), hashlib.sha256).hexdigest()


def plain_now() -> PlainLists | None:
    """Since when and why lists are plain; None when they are in the order of the rules."""
    return PlainLists.objects.filter(to_at=None).select_related("by").first()


def was_plain(at: datetime.datetime) -> bool:
    """Whether lists were plain at a moment."""
    return PlainLists.objects.filter(Q(to_at=None) | Q(to_at__gt=at), from_at__lte=at).exists()


def times_plain() -> QuerySet[PlainLists]:
    return PlainLists.objects.select_related("by", "ended_by").order_by("-from_at", "-pk")
