"""Who works with which child tonight, as the gate needs it: allocated workers, their teams, services and queues."""

from __future__ import annotations

import datetime

import ibis.expr.types as ir

from kinfold.governance import actions as governance
from kinfold.governance import queries
from kinfold.governance.actions import StandingRow
from kinfold.governance.models import Standing, User
from kinfold.priority import cases
from kinfold.store.engine import Engine
from kinfold.vocabulary import services as vocabulary

Tables = dict[str, ir.Table]
QUEUES = {"front_door": "front_door", "unallocated": "front_door", "outreach": "outreach"}
SERVICE_STAGES = ("early_help", "caseload", "treatment", "supervision", "allocation")
RESTRICTED_BY = "The feeds mark this record as restricted."
OWNER = "Duty manager, children's social care"


def of_run(engine: Engine, tables: Tables) -> list[StandingRow]:
    """One row per holder, child and kind of standing that the run's tables speak for."""
    held, link = tables["involvement"], tables["link"]
    children = tables["priority_child"].select("person_id")
    open_now = held.filter(held.to_on.isnull()).join(link, "person_key", rname="link_{name}")
    open_now = cases.numbered(open_now.semi_join(children, "person_id"), tables["feed_standing"])
    mine = open_now.filter(open_now.worker_ref.notnull())
    rows = [
        *_rows(engine, mine.select("person_id", ref=mine.worker_ref), "worker", "allocated"),
        *_rows(engine, open_now.filter(open_now.team.notnull()).select("person_id", ref="team"), "team", "team"),
    ]
    rows += _rows(engine, services(open_now), "service", "service")
    rows += _of_lists(engine, tables["worklist_row"])
    return rows


def services(open_now: ir.Table) -> ir.Table:
    """
    Which service works with which child: person_id and ref, the service's own key or, without one, its team's.

    open_now: involvements that have not ended, with person_id, numbered (`cases.numbered`). Where neither is named,
    the worker's own standing is all there is: an agency is many services, and being in one of them opens nothing of
    the others. Social care's are by worker and team.
    """
    of_services = open_now.filter(open_now.stage.isin(SERVICE_STAGES) & (open_now.agency != "social_care"))
    named = of_services.select("person_id", ref=of_services.service_key.coalesce(of_services.team))
    return named.filter(named.ref.notnull())


def _of_lists(engine: Engine, listed: ir.Table) -> list[StandingRow]:
    """Whoever has a child on their list may open it: also the sibling of a case, and a queue's children."""
    rows = []
    for holder, kind in (("worker", "allocated"), ("team", "team"), ("service", "service")):
        mine = listed.filter(listed.owner_kind == holder).select("person_id", ref="owner_ref")
        if holder == "service":  # a run of an earlier release gave rows to whole agencies
            mine = mine.filter(mine.ref.contains(":") | mine.ref.contains(vocabulary.AGENCY_AND_TEAM))
        rows += _rows(engine, mine, holder, kind)
    for queue, kind in QUEUES.items():
        waiting = listed.filter((listed.owner_kind == "queue") & (listed.owner_ref == queue))
        rows += _rows(engine, waiting.select("person_id", ref="owner_ref"), "queue", kind)
    return rows


def restrict(engine: Engine, tables: Tables, *, at: datetime.datetime) -> int:
    """
    Shut the records that a feed marks as restricted to all but the workers allocated, and return how many were new.

    An adult's is shut as a child's is: they are named on the pages of children. The workers allocated to their
    children may know of them. A restriction is lifted by a person, never by a feed that stops saying so.
    """
    people, family = tables["people"], tables["family"]
    marked_people = people.filter(people.is_restricted).select("person_id")
    marked = sorted(marked_people.to_pyarrow().column(0).to_pylist())
    theirs = family.filter(family.kind.isin(("parent", "carer"))).semi_join(
        marked_people, family.other_id == marked_people.person_id
    )
    about: dict[str, set[str]] = {person_id: {person_id} for person_id in marked}
    for tie in theirs.select("person_id", "other_id").distinct().to_pyarrow().to_pylist():
        about[tie["other_id"]].add(tie["person_id"])
    workers = _workers_of(sorted(set().union(*about.values())))
    flagged = {
        person_id: {worker for child in children for worker in workers.get(child, ())}
        for person_id, children in about.items()
    }
    return governance.restrict_flagged(flagged=flagged, owner=OWNER, reason=RESTRICTED_BY, at=at)


def _workers_of(person_ids: list[str]) -> dict[str, set[User]]:
    """By child: the accounts of the workers allocated now."""
    held = Standing.objects.filter(person_id__in=person_ids, holder_kind="worker", kind="allocated", to_at=None)
    pairs = list(held.values_list("person_id", "holder_ref"))
    accounts = queries.accounts_of(ref for _, ref in pairs)
    found: dict[str, set[User]] = {}
    for person_id, ref in pairs:
        if ref in accounts:
            found.setdefault(person_id, set()).add(accounts[ref])
    return found


def _rows(engine: Engine, pairs: ir.Table, holder_kind: str, kind: str) -> list[StandingRow]:
    found = pairs.distinct().to_pyarrow()
    return [
        StandingRow(holder_kind=holder_kind, holder_ref=ref, person_id=person_id, kind=kind)
        for person_id, ref in zip(found["person_id"].to_pylist(), found["ref"].to_pylist(), strict=True)
    ]
