"""Contacts, referrals, plans and who holds each case."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kinfold.demonstration import troubles
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either, open_and_closed, table
from kinfold.demonstration.feeds.case_system import BEFORE, FEED, ends, kept, referral_ids, team_numbers
from kinfold.demonstration.sight import Sight
from kinfold.demonstration.world import World

CONTACT_OUTCOMES = {
    "nfa": '{"OUTCOME_NFA_FLAG":"Y"}',
    "advice": '{"OUTCOME_PROVISION_ADVICE_FLAG":"Y"}',
    "early_help": '{"OUTCOME_EARLY_HELP_FLAG":"Y"}',
    "referral": '{"OUTCOME_NEW_REFERRAL_FLAG":"Y"}',
}


def contacts_of(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Child, day and outcome of each contact: those that became referrals, and three times as many that did not."""
    rng, town, c = world.rng("contacts"), world.town, world.careers
    people, kids = town.people, town.people.children
    children = len(troubles.children_on(town, town.as_at))
    drawn = troubles.lots(rng, world.troubles.chance**0.8, people.family[:kids], children=children)
    who, month = drawn.under(troubles.CONTACTS - troubles.REFERRALS)
    on = troubles.days_of(rng, month, town.as_at)
    outcome = rng.choice(["nfa", "advice", "early_help"], len(who), p=[0.52, 0.36, 0.12]).astype(object)
    ours = kept(world)
    who, on = np.r_[who, c.child[ours]], np.r_[on, c.referred[ours] - (rng.random(len(ours)) < 0.4)]
    outcome = np.r_[outcome, np.full(len(ours), "referral", dtype=object)]
    keep = (on > world.start - 190) & (on <= world.as_at) & ~np.isin(who, [new for _, new, _ in world.adoptions])
    for old, _, day in world.adoptions:
        keep &= (who != old) | (on < day)
    return who[keep], on[keep], outcome[keep]


def write_contacts(world: World, post: Post, seen: Sight, contacts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    who, on, outcome = contacts
    rng = world.rng("contact sources")
    source = rng.choice(troubles.SOURCES, len(who), p=troubles.SOURCE_SHARES)
    rows = table(
        cont_contact_id=np.array([f"CT{n}" for n in range(len(who))], dtype=object),
        cont_person_id=seen.ids[seen.at(who)],
        cont_contact_date=post.dates(on),
        cont_contact_source_code=source,
        cont_contact_outcome_json=np.array([CONTACT_OUTCOMES[o] for o in outcome], dtype=object),
    )
    post.send("ssd_contacts.csv", rows, on)


def write_staff(world: World, post: Post) -> None:
    staff = world.services[FEED]
    teams = sorted(set(staff.column("team")))
    refs = staff.column("ref")
    number = {team: f"T{n + 1:02d}" for n, team in enumerate(teams)}
    post.send_in_full(
        "ssd_department.csv",
        table(
            dept_team_id=np.array([number[t] for t in teams], dtype=object),
            dept_team_name=np.array(teams, dtype=object),
            dept_team_parent_id="CSC",
            dept_team_parent_name="Children's social care",
        ),
    )
    post.send_in_full(
        "ssd_professionals.csv",
        table(
            prof_professional_id=np.array([f"P{r}" for r in refs], dtype=object),
            prof_staff_id=refs,
            prof_professional_name=staff.column("name"),
            prof_social_worker_registration_no=np.array([f"SW{900000 + n}" for n in range(len(refs))], dtype=object),
            prof_professional_job_title=staff.column("job"),
            prof_professional_department=staff.column("team"),
            prof_full_time_equivalency="1.0",
            prof_agency_worker_flag=np.array(["NYNNNN"[n % 6] for n in range(len(refs))], dtype=object),
            prof_local_phone=staff.column("phone"),
            prof_local_email=staff.column("email"),
        ),
    )


def write_referrals(world: World, post: Post, seen: Sight) -> None:
    c, ours = world.careers, kept(world)
    rows, known, end = open_and_closed(c.referred[ours], c.closed[ours], world.as_at)
    which = ours[rows]
    closed = end != NEVER
    worker, team = _referral_worker(world)
    post.send(
        "ssd_cin_episodes.csv",
        table(
            cine_referral_id=referral_ids(which),
            cine_person_id=seen.ids[seen.at(c.child[which])],
            cine_referral_date=post.dates(c.referred[which]),
            cine_cin_primary_need_code=np.where(c.is_nfa[which], "N0", c.need[which]),
            cine_referral_source_code=c.source[which],
            cine_referral_nfa=np.where(c.is_nfa[which], "Y", "N").astype(object),
            cine_close_reason=np.where(closed, c.reason[which], None),
            cine_close_date=ends(post, end),
            cine_referral_team=team[which],
            cine_referral_worker_id=worker[which],
        ),
        known,
        which,
    )


def _referral_worker(world: World) -> tuple[np.ndarray, np.ndarray]:
    """The first worker of each referral and the team, null where it still waits."""
    count = len(world.careers.child)
    worker, team = np.full(count, None, dtype=object), np.full(count, None, dtype=object)
    a = world.allocations
    first = np.arange(len(a.referral))[::-1]
    worker[a.referral[first]] = np.array([f"P{r}" for r in world.services[FEED].column("ref")], dtype=object)[
        a.worker[first]
    ]
    team[a.referral[first]] = team_numbers(world)[a.worker[first]]
    return worker, team


def write_plans(world: World, post: Post, seen: Sight) -> None:
    c = world.careers
    referral, start, end = c.in_plan()
    recent = end > world.start - BEFORE
    referral, start, end = referral[recent], start[recent], end[recent]
    rows, known, ended = open_and_closed(start, end, world.as_at)
    which = referral[rows]
    post.send(
        "ssd_cin_plans.csv",
        table(
            cinp_cin_plan_id=np.array(
                [f"CN{r}-{s}" for r, s in zip(which.tolist(), start[rows].tolist(), strict=True)], dtype=object
            ),
            cinp_referral_id=referral_ids(which),
            cinp_person_id=seen.ids[seen.at(c.child[which])],
            cinp_cin_plan_start_date=post.dates(start[rows]),
            cinp_cin_plan_end_date=ends(post, ended),
        ),
        known,
        rows,
    )
    for name, file, build in (("section47", "ssd_s47_enquiry.csv", _section47), ("cp", "ssd_cp_plans.csv", _cp_plan)):
        referral, start, end = c.period(name)
        recent = end > world.start - BEFORE
        referral, start, end = referral[recent], start[recent], end[recent]
        rows, known, ended = open_and_closed(start, end, world.as_at)
        post.send(file, build(world, post, seen, referral[rows], start[rows], ended), known, rows)


def _section47(
    world: World, post: Post, seen: Sight, which: np.ndarray, start: np.ndarray, end: np.ndarray
) -> pa.Table:
    c = world.careers
    to_plan = c.periods["cp"][0][which] != NEVER
    return table(
        s47e_s47_enquiry_id=np.array([f"S47{n}" for n in which.tolist()], dtype=object),
        s47e_referral_id=referral_ids(which),
        s47e_person_id=seen.ids[seen.at(c.child[which])],
        s47e_s47_start_date=post.dates(start),
        s47e_s47_end_date=ends(post, end),
        s47e_s47_nfa=either(end == NEVER, None, either(to_plan, "N", "Y")).astype(object),
    )


def _cp_plan(world: World, post: Post, seen: Sight, which: np.ndarray, start: np.ndarray, end: np.ndarray) -> pa.Table:
    c = world.careers
    return table(
        cppl_cp_plan_id=np.array([f"CP{n}" for n in which.tolist()], dtype=object),
        cppl_referral_id=referral_ids(which),
        cppl_person_id=seen.ids[seen.at(c.child[which])],
        cppl_cp_plan_start_date=post.dates(start),
        cppl_cp_plan_end_date=ends(post, end),
        cppl_cp_plan_initial_category=c.category[which],
        cppl_cp_plan_latest_category=c.category[which],
    )


def write_involvements(world: World, post: Post, seen: Sight) -> None:
    """Who holds each case; the visit interval of the plan in force and, for two thirds, the worker's own rating."""
    c, a = world.careers, world.allocations
    useful = np.flatnonzero((a.to_on > world.start - BEFORE) & np.isin(a.referral, kept(world)))
    rows, known, end = open_and_closed(a.from_on[useful], a.to_on[useful], world.as_at)
    place = useful[rows]
    referral = a.referral[place]
    every = np.full(len(place), 20, dtype=np.int64)
    every[c.periods["plan"][0][referral] != NEVER] = 28
    every[c.periods["cp"][0][referral] != NEVER] = 14
    in_care = (c.periods["cla"][0][referral] != NEVER) & (
        c.periods["cla"][0][referral] <= np.maximum(known, a.from_on[place]) + 40
    )
    every[in_care] = 42
    draw = world.rng("ratings").random(len(c.child))[referral]
    severe = (every == 14) | in_care
    rating = either(
        draw < 0.35,
        None,
        np.where(
            draw < np.where(severe, 0.4, 0.62), "Low", np.where(draw < np.where(severe, 0.7, 0.9), "Medium", "High")
        ),
    ).astype(object)
    refs = world.services[FEED].column("ref")
    post.send(
        "ssd_involvements.csv",
        table(
            invo_involvements_id=np.array([f"IN{n}" for n in place.tolist()], dtype=object),
            invo_professional_id=np.array([f"P{r}" for r in refs], dtype=object)[a.worker[place]],
            invo_professional_role_id="ALLOCATED CASE WORKER",
            invo_professional_team=team_numbers(world)[a.worker[place]],
            invo_involvement_start_date=post.dates(a.from_on[place]),
            invo_involvement_end_date=ends(post, end),
            invo_worker_change_reason=either(end == NEVER, None, "ORGRST").astype(object),
            invo_person_id=seen.ids[seen.at(c.child[referral])],
            invo_referral_id=referral_ids(referral),
            invo_local_visit_every_days=either(draw > 0.93, None, every.astype(str).astype(object)),
            invo_local_rating=rating,
        ),
        known,
        rows,
    )
