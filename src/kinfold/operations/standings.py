"""Who works with which child tonight, as the gate needs it: allocated workers, their teams, services and queues."""

from __future__ import annotations

import ibis.expr.types as ir

from kinfold.governance.actions import StandingRow
from kinfold.store.engine import Engine

Tables = dict[str, ir.Table]
QUEUES = {"front_door": "front_door", "outreach": "outreach"}


def of_run(engine: Engine, tables: Tables) -> list[StandingRow]:
    """One row per holder, child and kind of standing that the run's tables speak for."""
    held, link = tables["involvement"], tables["link"]
    children = tables["priority_child"].select("person_id")
    open_now = held.filter(held.to_on.isnull()).join(link, "person_key", rname="link_{name}")
    open_now = open_now.semi_join(children, "person_id")
    mine = open_now.filter(open_now.worker_ref.notnull())
    rows = [
        *_rows(engine, mine.select("person_id", ref=mine.worker_ref), "worker", "allocated"),
        *_rows(engine, open_now.filter(open_now.team.notnull()).select("person_id", ref="team"), "team", "team"),
    ]
    services = open_now.filter(open_now.stage.isin(("early_help", "caseload", "treatment", "supervision")))
    rows += _rows(engine, services.select("person_id", ref="agency"), "service", "service")
    listed = tables["worklist_row"].filter(lambda t: t.owner_kind == "queue")
    for queue, kind in QUEUES.items():
        waiting = listed.filter(listed.owner_ref == queue).select("person_id", ref="owner_ref")
        rows += _rows(engine, waiting, "queue", kind)
    return rows


def _rows(engine: Engine, pairs: ir.Table, holder_kind: str, kind: str) -> list[StandingRow]:
    found = pairs.distinct().to_pyarrow()
    return [
        StandingRow(holder_kind=holder_kind, holder_ref=ref, person_id=person_id, kind=kind)
        for person_id, ref in zip(found["person_id"].to_pylist(), found["ref"].to_pylist(), strict=True)
    ]
