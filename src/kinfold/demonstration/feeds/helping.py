"""Early help and the youth justice service: the two council services, beside social care, whose workers hold cases."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kinfold.demonstration import calendar, workforce
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either, open_and_closed, table
from kinfold.demonstration.sight import Habits, Sight
from kinfold.demonstration.world import World

FEWEST_OPEN = 3


def full_names(seen: Sight, place: np.ndarray) -> np.ndarray:
    return np.array([f"{f} {s}" for f, s in zip(seen.forename[place], seen.surname[place], strict=True)], dtype=object)


def worker_columns(staff: workforce.Service, which: np.ndarray) -> dict[str, np.ndarray]:
    """Who holds each case, as columns that every service's export has under its own capitals."""
    return {
        "WORKER_REF": staff.column("ref")[which],
        "WORKER_NAME": staff.column("name")[which],
        "WORKER_PHONE": staff.column("phone")[which],
        "WORKER_EMAIL": staff.column("email")[which],
        "TEAM": staff.column("team")[which],
    }


def write(world: World) -> None:
    _early_help(world)
    _youth_justice(world)


def help_worker(world: World) -> np.ndarray:
    """Worker of each spell of early help; a family keeps its worker within a year."""
    years = calendar.parts(world.help.from_on)[0]
    return world.services["early_help"].choose(world.help.worker_draw + years * 0.618)


def _early_help(world: World) -> None:
    post = world.post("early_help", delimiter=";", dates=calendar.DOTTED)
    people, h, homes = world.town.people, world.help, world.town.homes
    ours = np.flatnonzero((h.to_on > world.start - 365) & (h.from_on <= world.as_at) & ~np.isin(h.child, world.sealed))
    child = h.child[ours]
    seen = world.look(
        "early_help",
        np.r_[child, people.mother[child]],
        ids="EHM{:06d}",
        habits=Habits(no_nhs=0.5, slips=0.015, no_birth=0.03),
    )
    worker = help_worker(world)
    rows, known, end = open_and_closed(h.from_on[ours], h.to_on[ours], world.as_at)
    which = ours[rows]
    who = h.child[which]
    place, carer = seen.at(who), seen.at(people.mother[who])
    home = world.home(who, h.from_on[which])
    draw = world.rng("early help progress").random(len(h.child))[which]
    settled = h.from_on[which] < known - 40
    reason = {
        "goals": "Outcomes achieved",
        "declined": "Family did not wish to continue",
        "unreachable": "Unable to contact",
        "stepped_up": "Stepped up to social care",
        "closed": "Closed - other",
    }
    closed = end != NEVER
    post.send(
        "episodes.csv",
        table(
            EPISODE_ID=np.array([f"EPI{n}" for n in which.tolist()], dtype=object),
            PERSON_ID=seen.ids[place],
            CHILD_NAME=full_names(seen, place),
            DOB=post.dates(seen.birth[place]),
            SEX=seen.sex[place],
            NHS_NO=seen.nhs[place],
            ADDRESS=homes.lines[home],
            POSTCODE=homes.postcode[home],
            CARER_ID=seen.ids[carer],
            CARER_NAME=full_names(seen, carer),
            CARER_DOB=post.dates(seen.birth[carer]),
            CARER_PHONE=people.phone[people.mother[who]],
            START_DATE=post.dates(h.from_on[which]),
            END_DATE=post.dates(end),
            END_REASON=either(closed, np.array([reason[e] for e in h.end[which]], dtype=object), None),
            VISIT_DAYS="28",
            RATING=either(
                draw < 0.5, None, np.where(draw < 0.7, "Low", np.where(draw < 0.93, "Medium", "High"))
            ).astype(object),
            ENGAGED=either(closed | settled, either(draw < 0.7, "Y", "N"), None).astype(object),
            GOALS_ON_TRACK=either(closed | settled, either(draw < 0.62, "Yes", "No"), None).astype(object),
            **worker_columns(world.services["early_help"], worker[which]),
        ),
        known,
        rows,
    )
    _early_help_visits(world, post, seen, ours)


def _early_help_visits(world: World, post: Post, seen: Sight, ours: np.ndarray) -> None:
    h, rng = world.help, world.rng("early help visits")
    begin, finish = np.maximum(h.from_on[ours] + 8, world.start - 40), np.minimum(h.to_on[ours], world.as_at)
    times = np.maximum((finish - begin) // 28 + 1, 0)
    which = np.repeat(ours, times)
    nth = np.arange(len(which)) - np.repeat(np.r_[0, np.cumsum(times)[:-1]], times)
    family = world.town.people.family[h.child[which]]
    on = np.repeat(begin, times) + nth * 28 + (family * 7 + nth * 5) % 11 - 4
    keep = (on < world.as_at) & (h.end[which] != "unreachable") & ((family + nth) % 13 > 0) & (on > h.from_on[which])
    which, on, family = which[keep], on[keep], family[keep]
    draw = rng.random(len(which))
    ids = [f"{w}-{d}" for w, d in zip(which.tolist(), on.tolist(), strict=True)]
    person = seen.ids[seen.at(h.child[which])]
    post.send(
        "visits.csv",
        table(
            VISIT_ID=np.array([f"V{n}" for n in ids], dtype=object),
            PERSON_ID=person,
            VISIT_DATE=post.dates(on),
            CHILD_SEEN=np.where(draw < 0.9, "Yes", "No").astype(object),
            SEEN_ALONE=np.where(draw < 0.45, "Yes", "No").astype(object),
        ),
        on,
    )
    some = draw > 0.86
    word = np.where(
        draw > 0.975, "FAMILY GROUP MEETING", np.where(draw > 0.9, "VOICE - SAFE AND BETTER", "VOICE - WORRIED")
    ).astype(object)
    post.send(
        "notes.csv",
        table(
            NOTE_ID=np.array([f"N{n}" for n in ids], dtype=object)[some],
            PERSON_ID=person[some],
            NOTE_DATE=post.dates(on[some]),
            NOTE_TYPE=word[some],
        ),
        on[some],
    )


class YouthWork(NamedTuple):
    """One place per piece of work: the child, its days, the officer's place, and a draw from 0 to 1."""

    who: np.ndarray
    from_on: np.ndarray
    to_on: np.ndarray
    worker: np.ndarray
    draw: np.ndarray


def youth_work(world: World) -> YouthWork:
    """Orders and out-of-court work with children of ten and over."""
    rng, people = world.rng("youth justice"), world.town.people
    kids = world.kids
    age = calendar.ages(people.birth[kids], world.as_at - 550)
    pulled = np.zeros(people.children, dtype=bool)
    pulled[world.troubles.spells["exploitation"].whose] = True
    troubled = np.zeros(people.children, dtype=bool)
    recent = world.troubles.spells["school"]
    troubled[recent.whose[recent.to_on > world.start]] = True
    chance = (
        np.where((age > 9.5) & (age < 18), 0.006, 0) * np.where(pulled[kids], 12, 1) * np.where(troubled[kids], 4, 1)
    )
    chance = chance * np.where(people.sex[kids] == "M", 1.6, 0.4)
    likeliest = kids[np.argsort(-chance, kind="stable")]
    who = kids[rng.random(len(kids)) < chance]
    # However small the council, an officer who signs in has work today.
    who = np.r_[who, likeliest[~np.isin(likeliest, who)][: max(FEWEST_OPEN - len(who), 0)]]
    from_on = world.as_at - rng.integers(5, 1200, len(who))
    from_on = np.maximum(from_on, people.birth[who] + 10 * 366)
    to_on = from_on + rng.choice([90, 180, 270, 365, 730], len(who))
    is_open = workforce.open_on(from_on, to_on, world.as_at)
    to_on[np.flatnonzero(~is_open)[: max(FEWEST_OPEN - int(is_open.sum()), 0)]] = world.as_at + 60
    worker = world.services["youth_justice"].choose(rng.random(people.families)[people.family[who]])
    return YouthWork(who, from_on, to_on, worker, rng.random(len(who)))


def _youth_justice(world: World) -> None:
    """The youth justice case system's tab-separated report."""
    who, from_on, to_on, worker, drawn = youth_work(world)
    post = world.post("youth_justice", delimiter="\t", dates=calendar.SLASHED)
    seen = world.look("youth_justice", who, ids="CV{:05d}", habits=Habits(no_nhs=1.0, slips=0.012))
    staff = world.services["youth_justice"]
    rows, known, end = open_and_closed(from_on, to_on, world.as_at)
    place, home = seen.at(who[rows]), world.home(who[rows], from_on[rows])
    orders = np.array(
        [
            "RO - Referral order",
            "YRO - Youth rehabilitation order",
            "OOCD - Youth conditional caution",
            "OOCD - Community resolution",
            "PREV - Prevention",
        ],
        dtype=object,
    )
    draw = drawn[rows]
    post.send(
        "ChildView caseload.txt",
        table(
            YP_ID=seen.ids[place],
            Surname=seen.surname[place],
            Forename=seen.forename[place],
            DOB=post.dates(seen.birth[place]),
            Gender=np.where(seen.sex[place] == "M", "Male", "Female").astype(object),
            Address=world.town.homes.lines[home],
            Postcode=world.town.homes.postcode[home],
            Intervention_ID=np.array([f"INT{n:05d}" for n in rows.tolist()], dtype=object),
            Programme=orders[rows % 5],
            Start=post.dates(from_on[rows]),
            End=post.dates(end),
            Contact_Every_Days="14",
            Safety_And_Wellbeing=either(
                draw < 0.3, None, np.where(draw < 0.55, "Low", np.where(draw < 0.85, "Medium", "High"))
            ).astype(object),
            **worker_columns(staff, worker[rows]),
        ),
        known,
        rows,
    )
