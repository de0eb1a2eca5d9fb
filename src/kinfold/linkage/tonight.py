"""Which way a run goes: over what changed since the last one, over everything, or both to compare the two."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import ibis.expr.types as ir
import numpy as np

from kinfold.linkage import night, shadow, standing
from kinfold.linkage.again import changes, resolve_again
from kinfold.linkage.resolve import Options, Resolved, resolve, shares_of
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
    again: what an incremental run went on from; None after a whole one.
    """

    resolved: Resolved
    night: night.Night
    report: dict[str, Any]
    changes: Resolved | None = None
    again: WentOn | None = None


@dataclasses.dataclass(frozen=True)
class WentOn:
    """
    before: what the last run kept. new_to_old: for each record its number then, -1 when it is fresh.

    is_anew: for each record, whether it or a pair of it is not as it was.
    """

    before: night.Night
    new_to_old: np.ndarray
    is_anew: np.ndarray


def resolve_tonight(
    engine: Engine,
    records: ir.Table,
    *,
    options: Options,
    before: night.Night | None,
    as_at: datetime.date,
    shadow_every_days: int,
    kept: standing.Kept,
) -> Tonight:
    """
    Say which records are one person, going on from `before` where that is allowed.

    shadow_every_days: after so many days since the last whole run both ways are taken, and the whole run stands.
    kept: the records as they are kept for the next run.
    """
    marks = night.marked(engine, records, shares_of(engine, records, options.model))
    settings = night.settings_hash(options, records, engine=engine.version)
    why = _why_whole(before, settings, as_at)
    report: dict[str, Any] = {"way": "whole", "why": WHY_WHOLE.get(why or "", ""), "whole_on": as_at.isoformat()}
    again = None
    if before is not None and why is None:
        since = changes(engine, marks, before)
        again = resolve_again(engine, records, marks, night=before, since=since, options=options)
        report |= {
            "new": since.new, "changed": since.changed, "gone": since.gone, "reweighed": since.reweighed,
            "pairs_scored": again.scored, "groups_built_again": again.touched,
        }  # fmt: skip
        if not night.is_shadow_due(before, as_at, shadow_every_days):
            about = dataclasses.replace(before.about, on=as_at, read_by=kept.read_by)
            report |= {"way": "changes", "whole_on": about.whole_on.isoformat()}
            left = night.of(engine, records, marks, again.resolved, about, standard=kept.standard)
            return Tonight(again.resolved, left, report, again=WentOn(before, since.new_to_old, again.is_anew))
    resolved = resolve(engine, engine.keep(night.weighed(records, marks)), options=options)
    about = night.About(settings=settings, read_by=kept.read_by, on=as_at, whole_on=as_at, reach=tuple(resolved.reach))
    if again is not None:
        assert before is not None
        report |= {"way": "both", "stood_wrongly": _stood_wrongly(marks, kept, before)}
        report |= {"disagreement": shadow.disagreement(resolved.person, again.resolved.person)}
    left = night.of(engine, records, marks, resolved, about, standard=kept.standard)
    return Tonight(resolved, left, report, changes=None if again is None else again.resolved)


def _stood_wrongly(marks: ir.Table, kept: standing.Kept, before: night.Night) -> int:
    """Records that an incremental night would have left as they were, and that are standardised otherwise tonight."""
    were = before.standard.select("person_key", was_said="said")
    were = were.join(before.records.select("person_key", was="fingerprint"), "person_key")
    now = kept.standard.select("person_key", "said").join(marks.select("person_key", "fingerprint"), "person_key")
    both = now.join(were, "person_key")
    return int(both.filter(both.said == both.was_said, both.fingerprint != both.was).count().execute())


def _why_whole(before: night.Night | None, settings: str, as_at: datetime.date) -> str | None:
    if before is None:
        return "first"
    if before.about.settings != settings:
        return "settings"
    return "later" if before.about.on > as_at else None
