"""The only code that changes trials: keyword-only, one transaction, audit inside."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from kinfold.areas import rule_sets
from kinfold.areas.toml import AreaRejected
from kinfold.governance import audit
from kinfold.governance.models import User
from kinfold.governance.rules import queries as register
from kinfold.governance.rules.queries import InForce
from kinfold.operations import rules, what_if
from kinfold.operations.home import Home
from kinfold.workbench.rules.models import Trial


class UnableToTry(Exception):
    """The rules cannot be tried; the message names the marker or key and what is allowed."""


def try_out(
    *,
    home: Home,
    changes: Mapping[rule_sets.Place, Any],
    by: User,
    role: str,
    at: datetime.datetime,
    base: InForce | None = None,
) -> Trial:
    """
    Try changes on the live list and keep the answer, which holds no child. Nobody's list changes.

    base: what the changes are made to; the newest approved set when not given. Raises UnableToTry.
    """
    base = base or register.to_change()
    tried = base.rules.changed(changes)
    try:
        answer = what_if.try_out(home, tried, rules.check(home, tried))
    except (AreaRejected, what_if.NothingToTryOn) as why:
        raise UnableToTry(str(why)) from why
    differs = rule_sets.differs(base.rules, tried)
    with transaction.atomic():
        trial = Trial.objects.create(
            by=by,
            at=at,
            base_hash=base.rules.hash,
            base_version=base.version,
            changes=[[list(one.place), *rule_sets.plain((one.was, one.now))] for one in differs],
            answer=answer.as_json(),
        )
        audit.record(
            action="rules.tried", at=at, user=by, role=role,
            detail={"trial": trial.pk, "hash": tried.hash, "changes": len(differs)},
        )  # fmt: skip
    return trial


def changes_of(trial: Trial) -> dict[rule_sets.Place, Any]:
    return rule_sets.unstored((place, now) for place, _, now in trial.changes)
