"""The named people of the demonstration: one for each role, each with the staff number that the feeds carry."""

from __future__ import annotations

import numpy as np

from kinfold.demonstration import workforce
from kinfold.demonstration.feeds import case_care, helping
from kinfold.demonstration.workforce import Worker
from kinfold.demonstration.world import World

OFFICE = (
    ("outreach_worker", "OR0001", "Tomasz Nowak", "Family outreach", "outreach"),
    ("screener", "FD0001", "Priya Sandhu", "Front door", "social_care"),
    ("decision_maker", "FD0002", "Grace Okafor", "Front door", "social_care"),
    ("governance_lead", "IG0001", "Helen Marlow", "Information governance", "governance"),
    ("matcher", "DE0001", "Leila Haddad", "Data and insight", "governance"),
    ("analyst", "AN0001", "Ruth Adeyemi", "Data and insight", "governance"),
    ("practice_lead", "PL0001", "Joan Carver", "Quality of practice", "social_care"),
    # A second, so that a match which two must read can be read twice.
    ("matcher", "DE0002", "Dilys Arkwright", "Data and insight", "governance"),
)


def people(world: World) -> list[dict[str, str]]:
    """One row per named person: username, name, role, staff_ref, team, agency, email, phone."""
    holder = social_worker(world)
    staff = world.services["social_care"].workers
    manager = next(w for w in staff if w.manager and w.team == holder.team)
    helper = _busiest_helper(world)
    rows = [
        _row("social_worker", holder),
        _row("team_manager", manager),
        _row("early_help_practitioner", helper),
        _row("partner_worker", _busiest_officer(world)),
    ]
    for n, (role, ref, name, team, agency) in enumerate(OFFICE):
        address = f"{name.lower().replace(' ', '.')}@saltmarsh.example"
        rows.append(_row(role, Worker(ref, name, team, agency, f"01632 960{900 + n:03d}", address, role)))
    return rows


def _row(role: str, worker: Worker) -> dict[str, str]:
    return {
        "username": worker.name.lower().replace(" ", "."),
        "name": worker.name,
        "role": role,
        "staff_ref": worker.ref,
        "team": worker.team,
        "agency": worker.agency,
        "email": worker.email,
        "phone": worker.phone,
    }


def social_worker(world: World) -> Worker:
    """The social worker whose caseload today is nearest to sixteen and who has visits that are due."""
    a, staff = world.allocations, world.services["social_care"].workers
    now = workforce.open_on(a.from_on, a.to_on, world.as_at)
    load = np.bincount(a.worker[now], minlength=len(staff))
    late = np.zeros(len(staff), dtype=np.int64)
    for name, every in (("plan", 28), ("cp", 14), ("cla", 42)):
        referral, on = case_care.visit_days(world, name, every)
        last = np.full(len(world.careers.child), -(10**6))
        np.maximum.at(last, referral, on)
        start, end = world.careers.periods[name]
        due = (
            now & (start[a.referral] != -(10**6)) & (start[a.referral] <= world.as_at) & (end[a.referral] > world.as_at)
        )
        due &= last[a.referral] < world.as_at - every - 2
        late += np.bincount(a.worker[due], minlength=len(staff))
    holders = np.array([not w.manager for w in staff])
    order = np.lexsort((-late, np.abs(load - 16) - 3 * np.minimum(late, 2), ~holders))
    return staff[int(order[0])]


def _busiest_helper(world: World) -> Worker:
    h, staff = world.help, world.services["early_help"].workers
    now = workforce.open_on(h.from_on, h.to_on, world.as_at)
    load = np.bincount(helping.help_worker(world)[now], minlength=len(staff))
    return staff[int(load.argmax())]


def _busiest_officer(world: World) -> Worker:
    work, staff = helping.youth_work(world), world.services["youth_justice"].workers
    now = workforce.open_on(work.from_on, work.to_on, world.as_at)
    return staff[int(np.bincount(work.worker[now], minlength=len(staff)).argmax())]
