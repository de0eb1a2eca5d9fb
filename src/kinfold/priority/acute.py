"""What a person must decide today: the triggers that an area names. No points are involved."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from kinfold.areas.priority import Trigger
from kinfold.priority import words

ACUTE = ("person_id", "name", "statement", "on", "times")


def triggered(parts: ir.Table, children: ir.Table, *, triggers: Sequence[Trigger], as_at: datetime.date) -> ir.Table:
    """
    Children for whom an event happened as often, and as lately, as a trigger says.

    parts: one row per person and event (`seen.took_part`). children: one row per child: `person_id`, `birth_on`.
    The same kind of event told twice of one day counts once. A child whose age is not known is not left out.
    Returns one row per child and trigger: person_id, name, statement (filled in), on (the latest), times; no rows when
    an area names no triggers.
    """
    if not triggers:
        nothing = parts.filter(ibis.literal(False))
        return nothing.select(
            "person_id", "on", name=ibis.null("string"), statement=ibis.null("string"), times=ibis.null("int64")
        ).select(*ACUTE)
    return ibis.union(*(_one(parts, children, trigger, as_at=as_at) for trigger in triggers))


def _one(parts: ir.Table, children: ir.Table, trigger: Trigger, *, as_at: datetime.date) -> ir.Table:
    since = as_at - datetime.timedelta(days=trigger.within_days)
    wanted = (parts.kind == trigger.event) & (parts.on > since) & parts.involved_as.isin(trigger.taking_part_as)
    if trigger.details:
        wanted &= parts.detail.isin(trigger.details)
    counted = parts.filter(wanted).group_by("person_id").agg(times=parts.on.nunique(), on=parts.on.max())
    born_after = datetime.date(as_at.year - trigger.age_to - 1, as_at.month, min(as_at.day, 28))
    of_age = children.filter(children.birth_on.isnull() | (children.birth_on > born_after)).select("person_id")
    found = counted.filter(counted.times >= trigger.at_least).join(of_age, "person_id")
    return found.mutate(
        name=ibis.literal(trigger.name),
        statement=words.filled_in(ibis.literal(trigger.statement), times=found.times, on=found.on),
    ).select(*ACUTE)
