"""The only code that changes the register of rules: keyword-only, one transaction, audit inside."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from kinfold.areas import rule_sets
from kinfold.governance import audit, permissions
from kinfold.governance.models import User
from kinfold.governance.rules import policies, queries
from kinfold.governance.rules.models import PlainLists, RuleApproval, RuleSet, RuleWithdrawal
from kinfold.governance.rules.policies import Version

SHORTEST_REASON = 10
FURTHEST = datetime.timedelta(days=366)


class UnableToPropose(Exception):
    """The rules cannot be proposed; the message is fit to show."""


class UnableToApprove(Exception):
    """The approval cannot be recorded; the message is fit to show."""


class UnableToWithdraw(Exception):
    """The rules cannot be withdrawn; the message is fit to show."""


class UnableToSwitch(Exception):
    """Lists cannot be made plain, or put in order again; the message is fit to show."""


def may_propose(user: User, role: str, at: datetime.datetime) -> bool:
    held = permissions.roles().find(role)
    return held is not None and held.may_try_rules and permissions.may_use(user, role, at)


def office_of(user: User, role: str, at: datetime.datetime) -> str:
    """The office a person speaks for in a role; "" for none."""
    held = permissions.roles().find(role)
    return held.rules_office if held is not None and permissions.may_use(user, role, at) else ""


@transaction.atomic
def propose(
    *,
    rules: rule_sets.RuleSet,
    based_on: rule_sets.RuleSet,
    from_on: datetime.date,
    by: User,
    role: str,
    at: datetime.datetime,
    on: datetime.date,
    reason: str,
    impact_assessment: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> RuleSet:
    """
    Save a rule set as a proposal. It changes nothing until both offices have approved it and its day has come.

    rules: checked by the caller (`RuleSet.settled`, and what start-up checks beside it). on: today.
    Raises UnableToPropose.
    """
    if not may_propose(by, role, at):
        raise UnableToPropose("Your role does not propose rules. Nothing was saved.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToPropose("Say in a few words why the rules should change, so that it can be understood later.")
    if not on < from_on <= on + FURTHEST:
        raise UnableToPropose("The first day must be after today and within a year.")
    changes = rule_sets.differs(based_on, rules)
    if not changes:
        raise UnableToPropose("Nothing differs from the rules there are. Nothing was saved.")
    newest = RuleSet.objects.select_for_update().order_by("-version").first()
    if queries.to_change().rules.hash != based_on.hash:
        raise UnableToPropose(
            "The rules have changed since you tried this out. Try it again on the new ones; nothing was saved."
        )
    same = RuleSet.objects.filter(hash=rules.hash, based_on=based_on.hash, withdrawal=None).first()
    if same is not None:
        raise UnableToPropose(f"Version {same.version} proposes exactly this already. Nothing was saved.")
    row = RuleSet(
        version=newest.version + 1 if newest else 1,
        hash=rules.hash,
        based_on=based_on.hash,
        values=rule_sets.stored(rules.values),
        differs=[[list(c.place), *rule_sets.plain((c.was, c.now))] for c in changes],
        evidence=dict(evidence or {}),
        from_on=from_on,
        reason=reason.strip(),
        impact_assessment=impact_assessment.strip(),
        proposed_by=by,
        proposed_at=at,
    )
    row.seal = queries.seal(row)
    row.save()
    audit.record(
        action="rules.proposed", at=at, user=by, role=role,
        detail={"version": row.version, "hash": row.hash, "changes": len(changes)},
    )  # fmt: skip
    return row


@transaction.atomic
def approve(
    *, version: int, hash: str, by: User, role: str, at: datetime.datetime, on: datetime.date, note: str
) -> Version:
    """
    Record that an office approves a version. hash: of the set that was read. Returns the version as it now stands.

    Raises UnableToApprove when the person may not, proposed it, approved it for the other office, or it does not fit.
    """
    office = office_of(by, role, at)
    if not office:
        raise UnableToApprove("Your role does not approve rules. Nothing was recorded.")
    RuleSet.objects.select_for_update().filter(version=version).first()
    found = queries.find(version, on=on)
    if found is None or found.row.hash != hash:
        raise UnableToApprove("There is no such proposal. Nothing was recorded.")
    _fits(found)
    if found.row.proposed_by_id == by.pk:
        raise UnableToApprove("Somebody else has to approve what you proposed. Nothing was recorded.")
    if any(approval.by_id == by.pk for approval in found.approvals):
        raise UnableToApprove("You have approved this for the other office; it takes two people. Nothing was recorded.")
    if office not in found.missing:
        raise UnableToApprove(f"{_started(policies.OFFICE_WORDS[office])} has approved this already.")
    if len(note.strip()) < SHORTEST_REASON:
        raise UnableToApprove("Say in a few words what you looked at before approving.")
    queries.rules_of(RuleSet.objects.get(pk=found.row.pk))
    RuleApproval.objects.create(rule_set=found.row, office=office, note=note.strip(), by=by, at=at)
    audit.record(
        action="rules.approved", at=at, user=by, role=role,
        detail={"version": version, "hash": found.row.hash, "office": office},
    )  # fmt: skip
    now = queries.find(version, on=on)
    assert now is not None, "it was there a moment ago, and nothing is ever taken away"
    return now


def _fits(found: Version) -> None:
    if found.state == "out_of_date":
        raise UnableToApprove(
            "The rules have changed since this was proposed, so it no longer fits: approving it would undo "
            "that change. Ask the author to try it again on the new rules. Nothing was recorded."
        )
    if found.state == "withdrawn":
        raise UnableToApprove("This proposal was withdrawn. Nothing was recorded.")
    if not found.missing:
        raise UnableToApprove("Both offices have approved this already. Nothing was recorded.")


def _started(words: str) -> str:
    return words[:1].upper() + words[1:]


@transaction.atomic
def withdraw(
    *, version: int, by: User, role: str, at: datetime.datetime, on: datetime.date, reason: str
) -> RuleWithdrawal:
    """
    Take a version back before it is live: its author, or an office. Raises UnableToWithdraw.

    One that is live is not withdrawn: the rules before it are proposed again, or lists are made plain.
    """
    found = queries.find(version, on=on)
    is_author = found is not None and found.row.proposed_by_id == by.pk and may_propose(by, role, at)
    if found is None or not (is_author or office_of(by, role, at)):
        raise UnableToWithdraw("Only its author and the offices that approve rules can withdraw this.")
    if found.state in ("live", "replaced"):
        raise UnableToWithdraw(
            "These rules have been live and cannot be withdrawn. Propose the ones before them again; if lists have to "
            "change at once, make them plain."
        )
    if found.state == "withdrawn":
        raise UnableToWithdraw("This was withdrawn already. Nothing was changed.")
    later = [one for one in queries.versions(on=on) if one.row.based_on == found.row.hash and one.starts_on]
    if found.starts_on and later:
        raise UnableToWithdraw(f"Version {later[0].row.version} builds on this one. Withdraw that first.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToWithdraw("Say in a few words why it is withdrawn.")
    row = RuleWithdrawal.objects.create(rule_set=found.row, reason=reason.strip(), by=by, at=at)
    audit.record(action="rules.withdrawn", at=at, user=by, role=role, detail={"version": version})
    return row


@transaction.atomic
def make_plain(*, by: User, role: str, at: datetime.datetime, reason: str) -> PlainLists:
    """Switch the order by points off, at once, for everybody. Raises UnableToSwitch."""
    if not office_of(by, role, at):
        raise UnableToSwitch("Your role cannot make lists plain. Nothing was changed.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToSwitch("Say in a few words why lists are made plain; everybody who has a list reads it.")
    if queries.plain_now() is not None:
        raise UnableToSwitch("Lists are plain already. Nothing was changed.")
    row = PlainLists.objects.create(from_at=at, by=by, reason=reason.strip())
    audit.record(action="lists.made_plain", at=at, user=by, role=role, detail={"switch": row.pk})
    return row


@transaction.atomic
def put_in_order(*, by: User, role: str, at: datetime.datetime, reason: str) -> PlainLists:
    """Put lists back in the order of the rules. Raises UnableToSwitch."""
    if not office_of(by, role, at):
        raise UnableToSwitch("Your role cannot put lists back in order. Nothing was changed.")
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToSwitch("Say in a few words why the order can be trusted again.")
    row = PlainLists.objects.select_for_update().filter(to_at=None).first()
    if row is None:
        raise UnableToSwitch("Lists are in the order of the rules already. Nothing was changed.")
    row.is_on, row.to_at, row.ended_by, row.ended_reason = False, at, by, reason.strip()
    row.save(update_fields=["is_on", "to_at", "ended_by", "ended_reason"])
    audit.record(action="lists.put_in_order", at=at, user=by, role=role, detail={"switch": row.pk})
    return row
