"""
The rules that a run goes by: the approved set of the day where there is one, else the area folder's own.

Needs Django to be set up.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from kinfold.areas import feeds as feed_settings
from kinfold.areas import markers as marker_settings
from kinfold.areas import rule_sets
from kinfold.areas.toml import AreaRejected
from kinfold.governance.rules import queries
from kinfold.governance.rules.models import RuleSet
from kinfold.operations.home import Home
from kinfold.operations.run import Approved, RunFailed
from kinfold.profile import reads


def approved_on(on: datetime.date) -> Approved | None:
    """The approved set that is live on a day; None where the area folder's own hold. Raises RunFailed."""
    try:
        found = queries.in_force(on=on)
    except queries.RulesAltered as why:
        raise RunFailed(str(why)) from why
    return Approved(found.rules, found.version) if found.version is not None else None


def approved_today() -> Approved | None:
    return approved_on(timezone.localdate())


def approved_as(version: int | None) -> Approved | None:
    """The set that the register has under a number; None for the area folder's own. Raises RunFailed."""
    if version is None:
        return None
    row = RuleSet.objects.filter(version=version).first()
    if row is None:
        raise RunFailed(f"Version {version} of the rules is not in the register. Restore the service's database.")
    try:
        return Approved(queries.rules_of(row), version)
    except queries.RulesAltered as why:
        raise RunFailed(str(why)) from why


def are_plain(at: datetime.datetime) -> bool:
    """Whether lists are plain at a moment: no bands, no order by points."""
    return queries.was_plain(at)


def were_plain_on(day: datetime.date) -> bool:
    """Whether lists were plain when a day ended."""
    end = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), timezone.get_current_timezone())
    return queries.was_plain(end - datetime.timedelta(microseconds=1))


def check(home: Home, rules: rule_sets.RuleSet) -> rule_sets.Settled:
    """Everything that start-up checks of a set, before anybody may propose it. Raises AreaRejected."""
    settled = rules.settled(feeds=marker_settings.feeds_known(home.area))
    try:
        reads.check(settled.markers, feed_settings.load(home.area))
    except reads.MarkersDoNotFit as why:
        raise AreaRejected(str(why)) from why
    return settled
