"""
Social care's case system, as the tables of the Standard Safeguarding Dataset with a few local columns.

Local columns (visit interval, the worker's rating, phone and e-mail of staff, address lines, relationships) are
ones that councils add, because the dataset has no place for them. 1900-01-01 stands for an open end date.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kinfold.demonstration import calendar, names, troubles
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, open_and_closed, table, texts
from kinfold.demonstration.sight import Habits, Sight
from kinfold.demonstration.world import World

FEED = "social_care"
BEFORE = 5 * 365  # facts this long before the first delivery are in it
CODES = np.array([h.code for h in names.HERITAGES], dtype=object)
CONTACT_OUTCOMES = {
    "nfa": '{"OUTCOME_NFA_FLAG":"Y"}',
    "advice": '{"OUTCOME_PROVISION_ADVICE_FLAG":"Y"}',
    "early_help": '{"OUTCOME_EARLY_HELP_FLAG":"Y"}',
    "referral": '{"OUTCOME_NEW_REFERRAL_FLAG":"Y"}',
}


def write(world: World) -> Sight:
    """Write every table; returns the people social care knows, for the statutory returns that share its numbers."""
    post = world.post(FEED, dates=calendar.DATABASE)
    contacts = _contacts(world)
    seen, first = _people(world, contacts)
    _person(world, post, seen, first)
    _addresses(world, post, seen, first)
    _ties(world, post, seen, first)
    _staff(world, post)
    _contact_rows(world, post, seen, contacts)
    _referrals(world, post, seen)
    _plans(world, post, seen)
    _involvements(world, post, seen)
    _assessments(world, post, seen)
    _care(world, post, seen)
    _visits(world, post, seen)
    _voices(world, post, seen)
    return seen


def kept(world: World) -> np.ndarray:
    """Referrals that the case system still holds and that have happened."""
    c = world.careers
    return np.flatnonzero((c.closed > world.start - BEFORE) & (c.referred <= world.as_at))


def _contacts(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Child, day and outcome of each contact: those that became referrals, and three times as many that did not."""
    rng, town, c = world.rng("contacts"), world.town, world.careers
    people, kids = town.people, town.people.children
    now = np.flatnonzero((people.birth[:kids] <= town.as_at) & (people.birth[:kids] > town.as_at - 18 * 365.25))
    weight = world.troubles.chance**0.8
    rest = troubles.CONTACTS - troubles.REFERRALS
    who, month = troubles.monthly(rng, weight, people.family[:kids], a_year=rest, people=now)
    on = troubles.days_of(rng, month, town.as_at)
    outcome = rng.choice(["nfa", "advice", "early_help"], len(who), p=[0.52, 0.36, 0.12]).astype(object)
    ours = kept(world)
    who, on = np.r_[who, c.child[ours]], np.r_[on, c.referred[ours] - (rng.random(len(ours)) < 0.4)]
    outcome = np.r_[outcome, np.full(len(ours), "referral", dtype=object)]
    keep = (on > world.start - 500) & (on <= world.as_at) & ~np.isin(who, [new for _, new, _ in world.adoptions])
    for old, _, day in world.adoptions:
        keep &= (who != old) | (on < day)
    return who[keep], on[keep], outcome[keep]


def _people(world: World, contacts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[Sight, np.ndarray]:
    """Children with a contact or a case, most of their mothers, some fathers; and the day each was first known."""
    rng, people, c = world.rng("social care people"), world.town.people, world.careers
    ours = kept(world)
    child, day = np.r_[contacts[0], c.child[ours]], np.r_[contacts[1], c.referred[ours] - 1]
    first_of = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(first_of, child, day)
    known = np.unique(child)
    mothers, fathers = people.mother[known], people.father[known]
    has_mother = rng.random(people.families)[people.family[known]] < 0.92
    has_father = (fathers >= 0) & (rng.random(len(known)) < 0.5)
    np.minimum.at(first_of, mothers[has_mother], first_of[known][has_mother])
    np.minimum.at(first_of, fathers[has_father], first_of[known][has_father])
    who = np.unique(np.r_[known, mothers[has_mother], fathers[has_father]])
    seen = world.look(FEED, who, ids="{:07d}", habits=Habits(other_spelling=0.1, no_nhs=0.25, default_date=0.001))
    return seen, first_of[seen.who]


def _person(world: World, post: Post, seen: Sight, first: np.ndarray) -> None:
    people, count = world.town.people, len(seen.who)
    is_child = seen.who < people.children
    born_later = is_child & (people.birth[seen.who] > first)
    renamed = (seen.renamed_on != NEVER) & (seen.renamed_on > first) & (seen.renamed_on <= world.as_at)
    place = np.r_[
        np.arange(count), np.flatnonzero(born_later & (people.birth[seen.who] <= world.as_at)), np.flatnonzero(renamed)
    ]
    known = np.r_[first, people.birth[seen.who][place[count : count + int((born_later & (people.birth[seen.who] <= world.as_at)).sum())]],
                  seen.renamed_on[np.flatnonzero(renamed)]]  # fmt: skip
    unborn = people.birth[seen.who[place]] > known
    who = seen.who[place]
    grown = ~is_child[place]
    ethnicity = CODES[people.heritage[who]].copy()
    ethnicity[grown] = None
    upn, unknown = _upns(world, who, known)
    forename, surname = seen.forename[place].copy(), seen.surname_at(place, known)
    forename[unborn] = "Unborn"
    sex = seen.sex[place].copy()
    sex[unborn] = "U"
    send = np.where(world.troubles.special_needs[np.minimum(who, people.children - 1)] & ~grown, "Y", "N").astype(
        object
    )
    rows = table(
        pers_person_id=seen.ids[place], pers_forename=forename, pers_surname=surname, pers_sex=sex, pers_gender=sex,
        pers_ethnicity=ethnicity, pers_dob=post.dates(np.where(unborn, NEVER, seen.birth[place])),
        pers_common_child_id=np.where(unborn, None, seen.nhs[place]), pers_upn=upn, pers_upn_unknown=unknown,
        pers_send_flag=send, pers_expected_dob=post.dates(np.where(unborn, people.birth[who] + 6, NEVER)),
        pers_death_date=None, pers_is_mother=np.where(grown & (people.sex[who] == "F"), "Y", "N").astype(object),
        pers_nationality=None, pers_local_role=np.where(unborn, "UNBORN", np.where(grown, "ADULT", "CHILD")).astype(object),
        pers_local_phone=np.where(grown, people.phone[who], None),
    )  # fmt: skip
    post.send("ssd_person.csv", rows, known, place)
    _identifiers(world, post, seen, first)


def _upns(world: World, who: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    people, school = world.town.people, world.schooling
    child = np.minimum(who, people.children - 1)
    at_school = (who < people.children) & (school.entry[child] < known)
    told = world.rng("social care upns").random(people.children)[child] < 0.7
    upn = np.where(at_school & told, school.upn[child], None)
    return upn, np.where((who < people.children) & ~at_school, "UN1", None)


def _identifiers(world: World, post: Post, seen: Sight, first: np.ndarray) -> None:
    """Old case numbers and temporary UPNs, which the case system keeps apart from the person."""
    school, people = world.schooling, world.town.people
    kids = np.flatnonzero(seen.who < people.children)
    temporary = kids[school.temporary[seen.who[kids]] != None]  # noqa: E711
    legacy = kids[world.rng("legacy numbers").random(len(kids)) < 0.1]
    legacy = legacy[first[legacy] < world.start + 200]
    place = np.r_[temporary, legacy]
    kinds = np.r_[
        np.full(len(temporary), "Former Unique Pupil Number"), np.full(len(legacy), "Legacy case number")
    ].astype(object)
    values = np.r_[
        school.temporary[seen.who[temporary]], np.array([f"CF{n:06d}" for n in range(len(legacy))], dtype=object)
    ]
    rows = table(
        link_table_id=np.array([f"LK{n}" for n in range(len(place))], dtype=object), link_person_id=seen.ids[place],
        link_identifier_type=kinds, link_identifier_value=values,
        link_valid_from_date=post.dates(first[place]), link_valid_to_date=None,
    )  # fmt: skip
    post.send("ssd_linked_identifiers.csv", rows, first[place])


def _addresses(world: World, post: Post, seen: Sight, first: np.ndarray) -> None:
    """Homes since the family was first known, the refuge marked as withheld, and where children were placed."""
    town, homes, count = world.town, world.town.homes, len(seen.who)
    household = town.people.household[seen.who]
    begin = np.searchsorted(homes.household, household, side="left")
    finish = np.searchsorted(homes.household, household, side="right")
    place = np.repeat(np.arange(count), finish - begin)
    tenancy = (
        np.arange(len(place))
        - np.repeat(np.r_[0, np.cumsum(finish - begin)[:-1]], finish - begin)
        + np.repeat(begin, finish - begin)
    )
    to_on = homes.to_on[tenancy]
    useful = ((to_on == NEVER) | (to_on > first[place])) & (homes.from_on[tenancy] <= world.as_at)
    place, tenancy = place[useful], tenancy[useful]
    from_on, to_on = np.maximum(homes.from_on[tenancy], town.people.birth[seen.who[place]]), homes.to_on[tenancy]
    kind = np.full(len(place), "Home", dtype=object)
    lines, code = homes.lines[homes.address[tenancy]], homes.postcode[homes.address[tenancy]]
    uprn, area = homes.uprn[homes.address[tenancy]], homes.area[homes.address[tenancy]]
    extra = _withheld(world, seen, first)
    in_refuge = {p: day for p, day in extra}
    for n in np.flatnonzero(np.isin(place, list(in_refuge))).tolist():
        day = in_refuge[int(place[n])]
        to_on[n] = day if to_on[n] == NEVER else min(to_on[n], day)
    place = np.r_[place, [p for p, _ in extra]].astype(np.int64)
    from_on, to_on = (
        np.r_[from_on, [d for _, d in extra]].astype(np.int64),
        np.r_[to_on, [NEVER] * len(extra)].astype(np.int64),
    )
    keep = (to_on == NEVER) | (to_on > from_on)
    more = [np.full(len(extra), word, dtype=object) for word in ("Confidential - refuge", *world.refuge_address)]
    kind, lines, code, uprn = (np.r_[a, b] for a, b in zip((kind, lines, code, uprn), more, strict=True))
    lsoa = np.r_[np.array(homes.lsoas, dtype=object)[area], np.full(len(extra), None, dtype=object)]
    place, from_on, to_on, kind, lines, code, uprn, lsoa = (
        a[keep] for a in (place, from_on, to_on, kind, lines, code, uprn, lsoa)
    )
    which, known, end = open_and_closed(np.maximum(from_on, first[place]), to_on, world.as_at)
    rows = table(
        addr_table_id=np.array([f"AD{n}" for n in which.tolist()], dtype=object), addr_local_lines=lines[which],
        addr_person_id=seen.ids[place[which]], addr_address_type=kind[which],
        addr_address_start_date=post.dates(from_on[which]), addr_address_end_date=_ends(post, end),
        addr_address_postcode=code[which], addr_local_uprn=uprn[which], addr_local_lsoa=lsoa[which],
    )  # fmt: skip
    post.send("ssd_address.csv", rows, known, which)


def _withheld(world: World, seen: Sight, first: np.ndarray) -> list[tuple[int, int]]:
    people = world.town.people
    found = []
    for family, day in world.refuge.items():
        in_family = np.flatnonzero((people.family[seen.who] == family) & (people.household[seen.who] == family))
        found += [(int(p), max(day, int(first[p]))) for p in in_family if seen.who[p] != people.partner[family]]
    return found


def _ends(post: Post, end: np.ndarray) -> pa.Array:
    """An open end is 1900-01-01 in one row of three, as copies of the system have it."""
    odd = np.arange(len(end)) % 3 == 0
    return post.dates(np.where((end == NEVER) & odd, calendar.number(calendar.EPOCH.replace(year=1900)), end))


def _ties(world: World, post: Post, seen: Sight, first: np.ndarray) -> None:
    people = world.town.people
    kids = np.flatnonzero(seen.who < people.children)
    mother, father = people.mother[seen.who[kids]], people.father[seen.who[kids]]
    for_mother = kids[seen.knows(mother)]
    known = first[for_mother]
    rows = table(
        moth_table_id=np.array([f"MO{seen.ids[p]}" for p in for_mother], dtype=object),
        moth_person_id=seen.ids[seen.at(people.mother[seen.who[for_mother]])], moth_childs_person_id=seen.ids[for_mother],
        moth_childs_dob=post.dates(np.where(seen.birth[for_mother] > known, NEVER, seen.birth[for_mother])),
    )  # fmt: skip
    post.send("ssd_mother.csv", rows, known)
    family = np.array([f"F{n:06d}" for n in people.family[seen.who[kids]].tolist()], dtype=object)
    post.send("ssd_family.csv", table(
        fami_table_id=np.array([f"FA{seen.ids[p]}" for p in kids], dtype=object), fami_family_id=family, fami_person_id=seen.ids[kids],
    ), first[kids])  # fmt: skip

    has_father = (father >= 0) & seen.knows(father)
    one, other, kind = (
        [kids[has_father]],
        [seen.at(father[has_father])],
        [np.full(int(has_father.sum()), "Father", dtype=object)],
    )
    for distance in (1, 2, 3):
        a, b = kids[:-distance], kids[distance:]
        same = people.family[seen.who[a]] == people.family[seen.who[b]]
        full = people.father[seen.who[a]] == people.father[seen.who[b]]
        word = np.where(full, "Sibling", "Half sibling").astype(object)[same]
        one += [a[same], b[same]]
        other += [b[same], a[same]]
        kind += [word, word]
    subject, related, words = np.concatenate(one), np.concatenate(other), np.concatenate(kind)
    post.send("local_relationships.csv", table(
        rela_person_id=seen.ids[subject], rela_related_person_id=seen.ids[related], rela_relationship=words,
    ), np.maximum(first[subject], first[related]))  # fmt: skip


def _staff(world: World, post: Post) -> None:
    staff = world.services[FEED]
    teams = sorted(set(staff.column("team")))
    refs = staff.column("ref")
    number = {team: f"T{n + 1:02d}" for n, team in enumerate(teams)}
    post.send_in_full("ssd_department.csv", table(
        dept_team_id=np.array([number[t] for t in teams], dtype=object), dept_team_name=np.array(teams, dtype=object),
        dept_team_parent_id="CSC", dept_team_parent_name="Children's social care",
    ))  # fmt: skip
    post.send_in_full("ssd_professionals.csv", table(
        prof_professional_id=np.array([f"P{r}" for r in refs], dtype=object), prof_staff_id=refs,
        prof_professional_name=staff.column("name"),
        prof_social_worker_registration_no=np.array([f"SW{900000 + n}" for n in range(len(refs))], dtype=object),
        prof_professional_job_title=staff.column("job"), prof_professional_department=staff.column("team"),
        prof_full_time_equivalency="1.0", prof_agency_worker_flag=np.array(["NYNNNN"[n % 6] for n in range(len(refs))], dtype=object),
        prof_local_phone=staff.column("phone"), prof_local_email=staff.column("email"),
    ))  # fmt: skip


def team_numbers(world: World) -> np.ndarray:
    """Number of each worker's team, as the department table has it."""
    teams = world.services[FEED].column("team")
    order = {team: f"T{n + 1:02d}" for n, team in enumerate(sorted(set(teams)))}
    return np.array([order[t] for t in teams], dtype=object)


def _contact_rows(world: World, post: Post, seen: Sight, contacts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    who, on, outcome = contacts
    rng = world.rng("contact sources")
    source = rng.choice(troubles.SOURCES, len(who), p=troubles.SOURCE_SHARES)
    rows = table(
        cont_contact_id=np.array([f"CT{n}" for n in range(len(who))], dtype=object), cont_person_id=seen.ids[seen.at(who)],
        cont_contact_date=post.dates(on), cont_contact_source_code=source,
        cont_contact_outcome_json=np.array([CONTACT_OUTCOMES[o] for o in outcome], dtype=object),
    )  # fmt: skip
    post.send("ssd_contacts.csv", rows, on)


def referral_ids(which: np.ndarray) -> np.ndarray:
    return np.array([f"R{n:07d}" for n in which.tolist()], dtype=object)


def _referrals(world: World, post: Post, seen: Sight) -> None:
    c, ours = world.careers, kept(world)
    rows, known, end = open_and_closed(c.referred[ours], c.closed[ours], world.as_at)
    which = ours[rows]
    closed = end != NEVER
    worker, team = _referral_worker(world)
    post.send("ssd_cin_episodes.csv", table(
        cine_referral_id=referral_ids(which), cine_person_id=seen.ids[seen.at(c.child[which])],
        cine_referral_date=post.dates(c.referred[which]), cine_cin_primary_need_code=np.where(c.is_nfa[which], "N0", c.need[which]),
        cine_referral_source_code=c.source[which], cine_referral_nfa=np.where(c.is_nfa[which], "Y", "N").astype(object),
        cine_close_reason=np.where(closed, c.reason[which], None), cine_close_date=_ends(post, end),
        cine_referral_team=team[which], cine_referral_worker_id=worker[which],
    ), known, which)  # fmt: skip


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


def _plans(world: World, post: Post, seen: Sight) -> None:
    c = world.careers
    referral, start, end = c.in_plan()
    recent = end > world.start - BEFORE
    referral, start, end = referral[recent], start[recent], end[recent]
    rows, known, ended = open_and_closed(start, end, world.as_at)
    which = referral[rows]
    post.send("ssd_cin_plans.csv", table(
        cinp_cin_plan_id=np.array([f"CN{r}-{s}" for r, s in zip(which.tolist(), start[rows].tolist(), strict=True)], dtype=object),
        cinp_referral_id=referral_ids(which), cinp_person_id=seen.ids[seen.at(c.child[which])],
        cinp_cin_plan_start_date=post.dates(start[rows]), cinp_cin_plan_end_date=_ends(post, ended),
    ), known, rows)  # fmt: skip
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
        s47e_s47_enquiry_id=np.array([f"S47{n}" for n in which.tolist()], dtype=object), s47e_referral_id=referral_ids(which),
        s47e_person_id=seen.ids[seen.at(c.child[which])], s47e_s47_start_date=post.dates(start), s47e_s47_end_date=_ends(post, end),
        s47e_s47_nfa=np.where(end == NEVER, None, np.where(to_plan, "N", "Y")).astype(object),
    )  # fmt: skip


def _cp_plan(world: World, post: Post, seen: Sight, which: np.ndarray, start: np.ndarray, end: np.ndarray) -> pa.Table:
    c = world.careers
    return table(
        cppl_cp_plan_id=np.array([f"CP{n}" for n in which.tolist()], dtype=object), cppl_referral_id=referral_ids(which),
        cppl_person_id=seen.ids[seen.at(c.child[which])], cppl_cp_plan_start_date=post.dates(start), cppl_cp_plan_end_date=_ends(post, end),
        cppl_cp_plan_initial_category=c.category[which], cppl_cp_plan_latest_category=c.category[which],
    )  # fmt: skip


def _involvements(world: World, post: Post, seen: Sight) -> None:
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
    rating = np.where(draw < 0.35, None, np.where(draw < np.where(severe, 0.4, 0.62), "Low",
                      np.where(draw < np.where(severe, 0.7, 0.9), "Medium", "High"))).astype(object)  # fmt: skip
    refs = world.services[FEED].column("ref")
    post.send("ssd_involvements.csv", table(
        invo_involvements_id=np.array([f"IN{n}" for n in place.tolist()], dtype=object),
        invo_professional_id=np.array([f"P{r}" for r in refs], dtype=object)[a.worker[place]],
        invo_professional_role_id="ALLOCATED CASE WORKER", invo_professional_team=team_numbers(world)[a.worker[place]],
        invo_involvement_start_date=post.dates(a.from_on[place]), invo_involvement_end_date=_ends(post, end),
        invo_worker_change_reason=np.where(end == NEVER, None, "ORGRST").astype(object),
        invo_person_id=seen.ids[seen.at(c.child[referral])], invo_referral_id=referral_ids(referral),
        invo_local_visit_every_days=np.where(draw > 0.93, None, every.astype(str).astype(object)), invo_local_rating=rating,
    ), known, rows)  # fmt: skip


FACTORS = {"abuse": "3B", "mind": "4B", "substance": "2B", "custody": "20", "bereavement": "20", "housing": "20"}


def _assessments(world: World, post: Post, seen: Sight) -> None:
    c = world.careers
    referral, start, end = c.period("assessment")
    recent = end > world.start - BEFORE
    referral, start, end = referral[recent], start[recent], end[recent]
    rows, known, ended = open_and_closed(start, end, world.as_at)
    which = referral[rows]
    post.send("ssd_cin_assessments.csv", table(
        cina_assessment_id=np.array([f"AS{n}" for n in which.tolist()], dtype=object), cina_person_id=seen.ids[seen.at(c.child[which])],
        cina_referral_id=referral_ids(which), cina_assessment_start_date=post.dates(start[rows]),
        cina_assessment_child_seen=np.where(ended == NEVER, None, np.where(which % 12 == 0, "N", "Y")).astype(object),
        cina_assessment_auth_date=_ends(post, ended),
        cina_assessment_outcome_nfa=np.where(ended == NEVER, None, np.where(c.reason[which] == "RC8", "Y", "N")).astype(object),
    ), known, rows, even_empty=True)  # fmt: skip
    done = end <= world.as_at
    which, on, code = factors(world, referral[done], end[done])
    post.send("ssd_assessment_factors.csv", table(
        cinf_table_id=np.array([f"AF{n}-{f}" for n, f in zip(which.tolist(), code, strict=True)], dtype=object),
        cinf_assessment_id=np.array([f"AS{n}" for n in which.tolist()], dtype=object),
        cinf_assessment_factors_json=np.array([f'["{f}"]' for f in code], dtype=object),
    ), on)  # fmt: skip


def factors(world: World, referral: np.ndarray, on: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Referral, day and code of each concern found: what the family was going through, and now and then something else."""
    people, months = world.town.people, ((on - world.as_at) / calendar.DAYS_A_MONTH).astype(int) + troubles.MONTHS_BACK
    months = np.clip(months, 0, troubles.MONTHS - 1)
    child = world.careers.child[referral]
    rng = world.rng("factors")
    found: list[tuple[np.ndarray, str]] = []
    for name, spells in world.troubles.spells.items():
        in_it = spells.months(
            people.children if name in ("school", "exploitation", "distress") else people.families, world.as_at
        )
        whose = child if name in ("school", "exploitation", "distress") else people.family[child]
        near = in_it[whose, months] | in_it[whose, np.maximum(months - 3, 0)]
        code = {**FACTORS, "exploitation": "24A", "distress": "15A", "school": "14A", "debt": "20"}[name]
        found.append((np.flatnonzero(near & (rng.random(len(child)) < 0.8)), code))
    found.append((np.flatnonzero(world.careers.need[referral] == "N1"), "16A"))
    found.append((np.flatnonzero(rng.random(len(child)) < 0.12), "17A"))
    found.append(
        (np.flatnonzero((rng.random(len(child)) < 0.05) & (calendar.ages(people.birth[child], on) > 11)), "11A")
    )
    place = np.concatenate([rows for rows, _ in found])
    code = np.concatenate([np.full(len(rows), word, dtype=object) for rows, word in found])
    keys = np.unique(np.array([f"{p:08d}{c}" for p, c in zip(place.tolist(), code, strict=True)]))
    place, code = np.array([int(k[:8]) for k in keys], dtype=np.int64), np.array([k[8:] for k in keys], dtype=object)
    return referral[place], on[place], code


def _care(world: World, post: Post, seen: Sight) -> None:
    c = world.careers
    referral, start, end = c.period("cla")
    recent = end > world.start - BEFORE
    referral, start, end = referral[recent], start[recent], end[recent]
    rows, known, ended = open_and_closed(start, end, world.as_at)
    which = referral[rows]
    number = np.array([f"LA{n}" for n in which.tolist()], dtype=object)
    status = np.array(["C1", "C2", "V2", "E1"], dtype=object)
    post.send("ssd_cla_episodes.csv", table(
        clae_cla_episode_id=number, clae_person_id=seen.ids[seen.at(c.child[which])], clae_cla_episode_start_date=post.dates(start[rows]),
        clae_cla_episode_start_reason="S", clae_cla_primary_need_code=c.need[which], clae_cla_episode_ceased_date=_ends(post, ended),
        clae_cla_episode_ceased_reason=np.where(ended == NEVER, None, c.care_end[which]), clae_cla_id=number,
        clae_referral_id=referral_ids(which), clae_cla_placement_id=number, clae_entered_care_date=post.dates(start[rows]),
    ), known, rows)  # fmt: skip
    post.send("ssd_legal_status.csv", table(
        lega_legal_status_id=np.array([f"LS{n}" for n in which.tolist()], dtype=object), lega_person_id=seen.ids[seen.at(c.child[which])],
        lega_legal_status=status[which % 4 * (which % 3 > 0)], lega_legal_status_start_date=post.dates(start[rows]),
        lega_legal_status_end_date=_ends(post, ended),
    ), known, rows)  # fmt: skip
    kind, code, lines = placement(world, which)
    post.send("ssd_cla_placement.csv", table(
        clap_cla_placement_id=number, clap_cla_placement_start_date=post.dates(start[rows]), clap_cla_placement_type=kind,
        clap_cla_placement_urn=np.array([f"SC{900000 + n % 300}" for n in which.tolist()], dtype=object), clap_cla_id=number,
        clap_cla_placement_provider="PR1", clap_cla_placement_postcode=code, clap_cla_placement_end_date=_ends(post, ended),
        clap_person_id=seen.ids[seen.at(c.child[which])], clap_local_lines=lines,
    ), known, rows)  # fmt: skip


def placement(world: World, referral: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Type, postcode and address of the placement of each period of care: two thirds foster homes, some with kin."""
    homes, draw = world.town.homes, (referral * 7919) % 1000 / 1000
    kinds = np.array(["U6", "U1", "K2", "K3", "P1", "U4"], dtype=object)
    kind = kinds[np.searchsorted([0.5, 0.66, 0.8, 0.86, 0.92], draw)]
    where = (referral * 104_729) % len(homes.lines)
    return kind, homes.postcode[where], homes.lines[where]


def visit_days(world: World, name: str, every: int) -> tuple[np.ndarray, np.ndarray]:
    """Referral and day of each visit in the periods of one kind since the first delivery. One case in nine has drifted."""
    c, rng = world.careers, world.rng(f"visits {name}")
    referral, start, end = c.in_plan() if name == "plan" else c.period(name)
    begin, finish = np.maximum(start + 3, world.start - 60), np.minimum(end, world.as_at - 1)
    worth = finish > begin
    referral, begin, finish = referral[worth], begin[worth], finish[worth]
    family = world.town.people.family[c.child[referral]]
    drift = rng.random(world.town.people.families)[family]
    finish = np.where(
        (drift < 0.11) & (finish == world.as_at - 1), finish - (every * (1.0 + drift * 12)).astype(np.int64), finish
    )
    times = np.maximum((finish - begin) // every + 1, 0)
    which = np.repeat(np.arange(len(referral)), times)
    nth = np.arange(len(which)) - np.repeat(np.r_[0, np.cumsum(times)[:-1]], times) if len(times) else which
    # Brothers and sisters are seen on the same day: the jitter belongs to the family and the visit.
    jitter = ((family[which] * 31 + nth * 17) % 9 - 4) * every // 28
    on = begin[which] + nth * every + jitter
    keep = (
        (on >= begin[which] - 3)
        & (on <= np.minimum(finish[which], world.as_at - 1))
        & ((family[which] * 13 + nth * 7) % 23 > 0)
    )
    return referral[which[keep]], on[keep]


def _visits(world: World, post: Post, seen: Sight) -> None:
    c, people = world.careers, world.town.people
    for name, every, file, start in (
        ("plan", 28, "ssd_cin_visits.csv", "cinv_cin_visit"), ("cp", 14, "ssd_cp_visits.csv", "cppv_cp_visit"),
        ("cla", 42, "ssd_cla_visits.csv", "clav_cla_visit"),
    ):  # fmt: skip
        referral, on = visit_days(world, name, every)
        draw = world.rng(f"seen {name}").random(len(on))
        was_seen = np.where(draw < 0.93, "Y", "N").astype(object)
        older = calendar.ages(people.birth[c.child[referral]], on) > 4
        alone = np.where((draw < 0.58) & older, "Y", np.where(draw > 0.97, None, "N")).astype(object)
        prefix = start.split("_")[0]
        rows = {
            f"{start}_id": np.array([f"{prefix.upper()}{r}-{d}" for r, d in zip(referral.tolist(), on.tolist(), strict=True)], dtype=object),
            f"{prefix}_person_id": seen.ids[seen.at(c.child[referral])],
            f"{start}_date": post.dates(on), f"{start}_seen": was_seen, f"{start}_seen_alone": alone,
        }  # fmt: skip
        post.send(file, table(**rows), on + (on % 4 == 0))


def _voices(world: World, post: Post, seen: Sight) -> None:
    """Children's own words, taken at a visit in twenty, and disabilities."""
    c, people = world.careers, world.town.people
    referral, on = visit_days(world, "plan", 28)
    take = (referral + on) % 19 == 0
    take &= calendar.ages(people.birth[c.child[referral]], on) > 5
    referral, on = referral[take], on[take]
    safe = np.where((referral + on) % 3 > 0, "Y", "N").astype(object)
    post.send("ssd_voice_of_child.csv", table(
        voch_table_id=np.array([f"VC{r}-{d}" for r, d in zip(referral.tolist(), on.tolist(), strict=True)], dtype=object),
        voch_person_id=seen.ids[seen.at(c.child[referral])], voch_plan_safe=safe, voch_local_date=post.dates(on),
    ), on)  # fmt: skip
    kids = np.flatnonzero(seen.who < people.children)
    ill = kids[world.troubles.disabled[seen.who[kids]] & (people.birth[seen.who[kids]] < world.as_at)]
    codes = np.array(["AUT", "LD", "MOB", "HEAR", "BEH", "CON"], dtype=object)
    post.send("ssd_disability.csv", table(
        disa_table_id=np.array([f"DI{seen.ids[p]}" for p in ill], dtype=object), disa_person_id=seen.ids[ill],
        disa_disability_code=texts(codes[seen.who[ill] % 6]),
    ), np.maximum(people.birth[seen.who[ill]] + 300, world.start))  # fmt: skip
