"""Which way a run goes: over what changed since the last one, over everything, or both to compare the two."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import ibis.expr.types as ir

from kinfold.linkage import night, shadow
from kinfold.linkage.again import changes, resolve_again
from kinfold.linkage.resolve import Options, Progress, Resolved, resolve, shares_of
from kinfold.store.engine import Engine

WHY_WHOLE = {
    "first": "nothing was kept of an earlier run",
    "settings": "the model, its settings, a rule or the number of records is another than at the last run",
    "later": "what was kept is of a later day than this run",
}


@dataclasses.dataclass(frozen=True)
class Tonight:
    """
    resolved: who is one person. night: to keep for the next run. report: way (whole, changes, or both), why, last
    whole run, and after an earlier run its new, changed, gone and reweighed records,
    pairs scored and groups built again.
    changes: the incremental result where both were worked out; None else.
    """

    resolved: Resolved
    night: night.Night
    report: dict[str, Any]
    changes: Resolved | None = None


def resolve_tonight(
    engine: Engine,
    records: ir.Table,
    *,
    options: Options,
    before: night.Night | None,
    as_at: datetime.date,
    shadow_every_days: int,
    progress: Progress = lambda step, rows: None,
) -> Tonight:
    """
    Say which records are one person, going on from `before` where that is allowed.

    shadow_every_days: after so many days since the last whole run both ways are taken, and the whole run stands.
    """
    marks = night.marked(engine, records, shares_of(engine, records, options.model))
    settings = night.settings_hash(options, records, engine=engine.version)
    why = _why_whole(before, settings, as_at)
    report: dict[str, Any] = {"way": "whole", "why": WHY_WHOLE.get(why or "", ""), "whole_on": as_at.isoformat()}
    again = None
    if before is not None and why is None:
        since = changes(engine, marks, before)
        again = resolve_again(engine, records, marks, night=before, since=since, options=options, progress=progress)
        report |= {
            "new": since.new, "changed": since.changed, "gone": since.gone, "reweighed": since.reweighed,
            "pairs_scored": again.scored, "groups_built_again": again.touched,
        }  # fmt: skip
        if (as_at - before.about.whole_on).days < shadow_every_days:
            about = dataclasses.replace(before.about, on=as_at)
            report |= {"way": "changes", "whole_on": about.whole_on.isoformat()}
            return Tonight(again.resolved, night.of(engine, records, marks, again.resolved, about), report)
    resolved = resolve(engine, engine.keep(night.weighed(records, marks)), options=options, progress=progress)
    about = night.About(settings=settings, on=as_at, whole_on=as_at, reach=tuple(resolved.reach))
    if again is not None:
        report |= {"way": "both", "disagreement": shadow.disagreement(resolved.person, again.resolved.person)}
    kept = night.of(engine, records, marks, resolved, about)
    return Tonight(resolved, kept, report, changes=None if again is None else again.resolved)


def _why_whole(before: night.Night | None, settings: str, as_at: datetime.date) -> str | None:
    if before is None:
        return "first"
    if before.about.settings != settings:
        return "settings"
    return "later" if before.about.on > as_at else None
