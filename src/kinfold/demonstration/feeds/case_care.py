"""Assessments and what they found, periods of care and placements, visits and children's own words."""

from __future__ import annotations

import numpy as np

from kinfold.demonstration import calendar, troubles
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either, open_and_closed, table
from kinfold.demonstration.feeds.case_system import BEFORE, ends, referral_ids
from kinfold.demonstration.sight import Sight
from kinfold.demonstration.world import World

FACTORS = {"abuse": "3B", "mind": "4B", "substance": "2B", "custody": "20", "bereavement": "20", "housing": "20"}


def write_assessments(world: World, post: Post, seen: Sight) -> None:
    c = world.careers
    referral, start, end = c.period("assessment")
    recent = end > world.start - BEFORE
    referral, start, end = referral[recent], start[recent], end[recent]
    rows, known, ended = open_and_closed(start, end, world.as_at)
    which = referral[rows]
    post.send(
        "ssd_cin_assessments.csv",
        table(
            cina_assessment_id=np.array([f"AS{n}" for n in which.tolist()], dtype=object),
            cina_person_id=seen.ids[seen.at(c.child[which])],
            cina_referral_id=referral_ids(which),
            cina_assessment_start_date=post.dates(start[rows]),
            cina_assessment_child_seen=either(ended == NEVER, None, either(which % 12 == 0, "N", "Y")).astype(object),
            cina_assessment_auth_date=ends(post, ended),
            cina_assessment_outcome_nfa=either(
                ended == NEVER, None, np.where(c.reason[which] == "RC8", "Y", "N")
            ).astype(object),
        ),
        known,
        rows,
        even_empty=True,
    )
    done = end <= world.as_at
    which, on, code = factors(world, referral[done], end[done])
    post.send(
        "ssd_assessment_factors.csv",
        table(
            cinf_table_id=np.array([f"AF{n}-{f}" for n, f in zip(which.tolist(), code, strict=True)], dtype=object),
            cinf_assessment_id=np.array([f"AS{n}" for n in which.tolist()], dtype=object),
            cinf_assessment_factors_json=np.array([f'["{f}"]' for f in code], dtype=object),
        ),
        on,
    )


def factors(world: World, referral: np.ndarray, on: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Referral, day and code of each concern found: what the family was going through, and now and then another."""
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
        found.append((np.flatnonzero(near & (rng.random(len(child)) < 0.9)), code))
    found.append((np.flatnonzero(world.careers.need[referral] == "N1"), "16A"))
    found.append((np.flatnonzero(rng.random(len(child)) < 0.12), "17A"))
    found.append(
        (np.flatnonzero((rng.random(len(child)) < 0.05) & (calendar.ages(people.birth[child], on) > 11)), "11A")
    )
    place = np.concatenate([rows for rows, _ in found])
    words = np.concatenate([np.full(len(rows), word, dtype=object) for rows, word in found])
    keys = np.unique(np.array([f"{p:08d}{w}" for p, w in zip(place.tolist(), words, strict=True)]))
    place, words = np.array([int(k[:8]) for k in keys], dtype=np.int64), np.array([k[8:] for k in keys], dtype=object)
    return referral[place], on[place], words


def write_care(world: World, post: Post, seen: Sight) -> None:
    c = world.careers
    referral, start, end = c.period("cla")
    recent = end > world.start - BEFORE
    referral, start, end = referral[recent], start[recent], end[recent]
    rows, known, ended = open_and_closed(start, end, world.as_at)
    which = referral[rows]
    number = np.array([f"LA{n}" for n in which.tolist()], dtype=object)
    status = np.array(["C1", "C2", "V2", "E1"], dtype=object)
    post.send(
        "ssd_cla_episodes.csv",
        table(
            clae_cla_episode_id=number,
            clae_person_id=seen.ids[seen.at(c.child[which])],
            clae_cla_episode_start_date=post.dates(start[rows]),
            clae_cla_episode_start_reason="S",
            clae_cla_primary_need_code=c.need[which],
            clae_cla_episode_ceased_date=ends(post, ended),
            clae_cla_episode_ceased_reason=np.where(ended == NEVER, None, c.care_end[which]),
            clae_cla_id=number,
            clae_referral_id=referral_ids(which),
            clae_cla_placement_id=number,
            clae_entered_care_date=post.dates(start[rows]),
        ),
        known,
        rows,
    )
    post.send(
        "ssd_legal_status.csv",
        table(
            lega_legal_status_id=np.array([f"LS{n}" for n in which.tolist()], dtype=object),
            lega_person_id=seen.ids[seen.at(c.child[which])],
            lega_legal_status=status[which % 4 * (which % 3 > 0)],
            lega_legal_status_start_date=post.dates(start[rows]),
            lega_legal_status_end_date=ends(post, ended),
        ),
        known,
        rows,
    )
    kind, code, lines = placement(world, which)
    post.send(
        "ssd_cla_placement.csv",
        table(
            clap_cla_placement_id=number,
            clap_cla_placement_start_date=post.dates(start[rows]),
            clap_cla_placement_type=kind,
            clap_cla_placement_urn=np.array([f"SC{900000 + n % 300}" for n in which.tolist()], dtype=object),
            clap_cla_id=number,
            clap_cla_placement_provider="PR1",
            clap_cla_placement_postcode=code,
            clap_cla_placement_end_date=ends(post, ended),
            clap_person_id=seen.ids[seen.at(c.child[which])],
            clap_local_lines=lines,
        ),
        known,
        rows,
    )


def placement(world: World, referral: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Type, postcode and address of the placement of each period of care: two thirds foster homes, some with kin."""
    homes, draw = world.town.homes, (referral * 7919) % 1000 / 1000
    kinds = np.array(["U6", "U1", "K2", "K3", "P1", "U4"], dtype=object)
    kind = kinds[np.searchsorted([0.5, 0.66, 0.8, 0.86, 0.92], draw)]
    where = (referral * 104_729) % len(homes.lines)
    return kind, homes.postcode[where], homes.lines[where]


def visit_days(world: World, name: str, every: int) -> tuple[np.ndarray, np.ndarray]:
    """Referral and day of each visit in one kind of period since the first delivery. One case in nine has drifted."""
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


def write_visits(world: World, post: Post, seen: Sight) -> None:
    c, people = world.careers, world.town.people
    for name, every, file, start in (
        ("plan", 28, "ssd_cin_visits.csv", "cinv_cin_visit"),
        ("cp", 14, "ssd_cp_visits.csv", "cppv_cp_visit"),
        ("cla", 42, "ssd_cla_visits.csv", "clav_cla_visit"),
    ):
        referral, on = visit_days(world, name, every)
        draw = world.rng(f"seen {name}").random(len(on))
        was_seen = np.where(draw < 0.93, "Y", "N").astype(object)
        older = calendar.ages(people.birth[c.child[referral]], on) > 4
        alone = either((draw < 0.58) & older, "Y", either(draw > 0.97, None, "N")).astype(object)
        prefix = start.split("_")[0]
        rows = {
            f"{start}_id": np.array(
                [f"{prefix.upper()}{r}-{d}" for r, d in zip(referral.tolist(), on.tolist(), strict=True)], dtype=object
            ),
            f"{prefix}_person_id": seen.ids[seen.at(c.child[referral])],
            f"{start}_date": post.dates(on),
            f"{start}_seen": was_seen,
            f"{start}_seen_alone": alone,
        }
        post.send(file, table(**rows), on + (on % 4 == 0))


def write_voices(world: World, post: Post, seen: Sight) -> None:
    """Children's own words, taken at one visit in nineteen."""
    c, people = world.careers, world.town.people
    referral, on = visit_days(world, "plan", 28)
    take = (referral + on) % 19 == 0
    take &= calendar.ages(people.birth[c.child[referral]], on) > 5
    referral, on = referral[take], on[take]
    safe = np.where((referral + on) % 3 > 0, "Y", "N").astype(object)
    post.send(
        "ssd_voice_of_child.csv",
        table(
            voch_table_id=np.array(
                [f"VC{r}-{d}" for r, d in zip(referral.tolist(), on.tolist(), strict=True)], dtype=object
            ),
            voch_person_id=seen.ids[seen.at(c.child[referral])],
            voch_plan_safe=safe,
            voch_local_date=post.dates(on),
        ),
        on,
    )
