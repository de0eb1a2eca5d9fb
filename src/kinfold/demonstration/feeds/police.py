"""Police notices of domestic abuse, missing children and children of concern; and probation, which comes late."""

from __future__ import annotations

import numpy as np

from kinfold.demonstration import calendar, sight
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import either, half_yearly, open_and_closed, table
from kinfold.demonstration.sight import Habits
from kinfold.demonstration.world import World

# A year's calls to a family in which there is abuse, and to any: set by what the police record (`demonstration.heard`).
CALLS, STRAY_CALLS = 1.25, 0.006
# Of those the courts sentence, who goes to prison, and whose children the prison or probation service knows of: 74,275
# of 108,990 parents (Ministry of Justice, 2024).
IN_PRISON, NAMED = 0.58, 0.68


def write(world: World) -> None:
    _domestic_abuse(world)
    _missing(world)
    _probation(world)


def called_out(world: World) -> tuple[np.ndarray, np.ndarray]:
    """Family and day of each domestic abuse incident that the police record, in order of day."""
    rng, people = world.rng("domestic abuse"), world.town.people
    s = world.troubles.spells["abuse"]
    n = np.repeat(np.arange(len(s.whose)), rng.poisson((s.to_on - s.from_on) / 365 * CALLS))
    on = (s.from_on[n] + rng.random(len(n)) * (s.to_on[n] - s.from_on[n])).astype(np.int64)
    family = s.whose[n]
    stray = rng.integers(0, people.families, rng.poisson(people.families * STRAY_CALLS * 3))
    family, on = np.r_[family, stray], np.r_[on, world.start - 100 + rng.integers(0, 1190, len(stray))]
    keep = (on > world.start - 365) & (on <= world.as_at)
    family, on = family[keep], on[keep]
    order = np.argsort(on, kind="stable")
    return family[order], on[order]


def _domestic_abuse(world: World) -> None:
    """One row for each person of each notice; people have no number of their own, only their line of the notice."""
    rng, people = world.rng("domestic abuse notices"), world.town.people
    family, on = called_out(world)
    grade = rng.choice(["Standard", "Medium", "High"], len(on), p=[0.62, 0.27, 0.11]).astype(object)
    at_home = rng.random(len(on)) < 0.86

    mother = people.children + family
    eldest = np.searchsorted(people.family[: people.children], family)
    father = np.where(
        people.partner[family] >= 0, people.partner[family], people.father[np.minimum(eldest, people.children - 1)]
    )
    notice, who, role = [np.arange(len(on))], [mother], [np.full(len(on), "V", dtype=object)]
    has = father >= 0
    notice.append(np.flatnonzero(has))
    who.append(father[has])
    role.append(np.full(int(has.sum()), "S", dtype=object))
    kids = world.kids
    kids = kids[np.argsort(people.family[kids], kind="stable")]
    first, last = (np.searchsorted(people.family[kids], family, side=side) for side in ("left", "right"))
    which = np.repeat(np.arange(len(on)), last - first)
    child = kids[
        np.arange(len(which))
        - np.repeat(np.r_[0, np.cumsum(last - first)[:-1]], last - first)
        + np.repeat(first, last - first)
    ]
    age = calendar.ages(people.birth[child], on[which])
    there = at_home[which] & (age >= 0) & (age < 18) & (rng.random(len(which)) < 0.8)
    notice.append(which[there])
    who.append(child[there])
    role.append(np.full(int(there.sum()), "C", dtype=object))

    notices, people_in, roles = np.concatenate(notice), np.concatenate(who), np.concatenate(role)
    order = np.lexsort((roles == "C", roles == "S", notices))
    notices, people_in, roles = notices[order], people_in[order], roles[order]
    line = np.arange(len(notices)) - np.searchsorted(notices, notices, side="left") + 1
    refs = np.array([f"PPN{r:07d}" for r in (notices + 2_000_000).tolist()], dtype=object)
    keys = np.array([f"{r}/{n}" for r, n in zip(refs, line.tolist(), strict=True)], dtype=object)
    seen = sight.look(
        world.rng("police people"),
        world.town,
        people_in,
        ids="{}",
        habits=Habits(slips=0.03, no_birth=0.05, upper=True, no_nhs=1),
    )
    world.ledger.add("police_domestic_abuse", keys, people_in)
    place, when = seen.at(people_in), on[notices]
    home = world.home(people_in, when)
    post = world.post("police_domestic_abuse", dates=calendar.SLASHED)
    shown = post.dates(when).to_pylist()
    for bad in range(17, len(shown), 3001):
        shown[bad] = "31/02/2025"
    post.send(
        "PPN_DA_export.csv",
        table(
            PPN_REF=refs,
            LINE=line,
            INCIDENT_DATE=np.array(shown, dtype=object),
            GRADE=grade[notices],
            LOCATION=np.where(at_home[notices], "DWELLING", "STREET").astype(object),
            ROLE=roles,
            FORENAME=seen.forename[place],
            SURNAME=seen.surname[place],
            DOB=post.dates(seen.birth[place]),
            SEX=seen.sex[place],
            ADDRESS=world.town.homes.lines[home],
            POSTCODE=world.town.homes.postcode[home],
            PRESENT=either(roles == "C", "Y", None).astype(object),
        ),
        when + 2,
    )


def _missing(world: World) -> None:
    """Missing episodes, one child in two hundred a year but one in ten of those in care; and notices of concern."""
    rng, people, c = world.rng("missing"), world.town.people, world.careers
    post = world.post("police_missing", delimiter="|", dates=calendar.NAMED)
    s = world.troubles.spells["exploitation"]
    n = np.repeat(np.arange(len(s.whose)), rng.poisson(1.6, len(s.whose)))
    who, on = s.whose[n], (s.from_on[n] + rng.random(len(n)) * (s.to_on[n] - s.from_on[n])).astype(np.int64)
    referral, start, end = c.period("cla")
    older = calendar.ages(people.birth[c.child[referral]], end) > 11
    m = np.repeat(np.flatnonzero(older), rng.poisson(0.25 * np.clip((end - start)[older] / 365, 0, 6)))
    who, on = (
        np.r_[who, c.child[referral[m]]],
        np.r_[on, (start[m] + rng.random(len(m)) * (end[m] - start[m])).astype(np.int64)],
    )
    stray = rng.choice(world.kids, rng.poisson(len(world.kids) * 0.0035 * 3))
    who, on = np.r_[who, stray], np.r_[on, world.start + rng.integers(0, 1095, len(stray))]
    age = calendar.ages(people.birth[who], on)
    keep = (on > world.start - 90) & (on <= world.as_at) & (age > 8) & (age < 18) & ~np.isin(who, world.sealed)
    who, on = who[keep], on[keep]
    back = on + rng.geometric(0.55, len(on)) - 1

    concerned, day, kind = _concerns(world, rng)
    seen = world.look(
        "police_missing",
        np.r_[who, concerned],
        ids="NOM{:06d}",
        habits=Habits(slips=0.02, upper=True, no_nhs=1.0, no_birth=0.01),
    )
    place, home = seen.at(who), world.home(who, on)
    post.send(
        "missing_episodes.txt",
        table(
            EPISODE_REF=np.array([f"MIS{n:05d}" for n in range(len(on))], dtype=object),
            NOMINAL=seen.ids[place],
            SURNAME=seen.surname[place],
            FORENAME=seen.forename[place],
            DATE_OF_BIRTH=post.dates(seen.birth[place]),
            SEX=seen.sex[place],
            HOME_ADDRESS=world.town.homes.lines[home],
            POSTCODE=world.town.homes.postcode[home],
            REPORTED=post.dates(on),
            FOUND=post.dates(np.where(back <= world.as_at, back, NEVER)),
            INTERVIEW_OFFERED=np.where(on % 5 > 0, "Y", "N").astype(object),
        ),
        np.maximum(on, np.minimum(back, on + 3)),
    )
    place, home = seen.at(concerned), world.home(concerned, day)
    post.send(
        "child_concern_notices.txt",
        table(
            NOTICE_REF=np.array([f"CCN{n:05d}" for n in range(len(day))], dtype=object),
            NOMINAL=seen.ids[place],
            SURNAME=seen.surname[place],
            FORENAME=seen.forename[place],
            DATE_OF_BIRTH=post.dates(seen.birth[place]),
            SEX=seen.sex[place],
            HOME_ADDRESS=world.town.homes.lines[home],
            POSTCODE=world.town.homes.postcode[home],
            NOTICE_DATE=post.dates(day),
            CATEGORY=kind,
        ),
        day + 1,
    )


def _concerns(world: World, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Child, day and category of each notice of concern, most of them about children who are drawn into something."""
    people, kids = world.town.people, world.kids
    s = world.troubles.spells["exploitation"]
    n = np.flatnonzero(rng.random(len(s.whose)) < 0.6)
    who, on = s.whose[n], s.from_on[n] + rng.integers(5, 90, len(n))
    kind = rng.choice(["HARMFUL CONTACT", "EXPLOITATION", "VICTIM - VIOLENCE"], len(n), p=[0.4, 0.4, 0.2]).astype(
        object
    )
    stray = rng.choice(kids, rng.poisson(len(kids) * 0.006 * 3))
    who, on = np.r_[who, stray], np.r_[on, world.start + rng.integers(0, 1095, len(stray))]
    kind = np.r_[
        kind,
        rng.choice(
            ["VICTIM - VIOLENCE", "VICTIM - SEXUAL", "HARMFUL CONTACT", "GENERAL CONCERN", "TBC"],
            len(stray),
            p=[0.4, 0.12, 0.15, 0.31, 0.02],
        ).astype(object),
    ]
    age = calendar.ages(people.birth[who], on)
    keep = (on > world.start - 90) & (on <= world.as_at) & (age > 3) & (age < 18) & ~np.isin(who, world.sealed)
    return who[keep], on[keep], kind[keep]


def sentenced(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sentences of parents since history began: family, the parent, whether it is prison, from and to."""
    rng, people = world.rng("sentences"), world.town.people
    s = world.troubles.spells["custody"]
    recent = np.flatnonzero((s.to_on > world.start - 200) & (s.from_on <= world.as_at))
    family = s.whose[recent]
    eldest = np.searchsorted(people.family[: people.children], family)
    father = np.where(people.partner[family] >= 0, people.partner[family], people.father[eldest])
    who = np.where((father >= 0) & (rng.random(len(family)) < 0.9), father, people.children + family)
    return family, who, rng.random(len(family)) < IN_PRISON, s.from_on[recent], s.to_on[recent]


def _probation(world: World) -> None:
    """Adults in custody or on community orders, and the children they named. The last delivery is five weeks old."""
    rng, people = world.rng("probation"), world.town.people
    _, who, is_prison, from_on, to_on = sentenced(world)
    kind = np.where(is_prison, "CUSTODY", "COMMUNITY").astype(object)
    children = np.flatnonzero(
        np.isin(people.father[: people.children], who) | np.isin(people.mother[: people.children], who)
    )
    children = np.setdiff1d(children[people.birth[children] <= world.as_at], world.sealed)
    children = children[rng.random(len(children)) < NAMED]
    seen = world.look("probation", who, ids="X{:06d}", habits=Habits(upper=True, no_nhs=1.0, slips=0.012))
    rows, known, end = open_and_closed(from_on, to_on, world.as_at)
    place, home = seen.at(who[rows]), world.home(who[rows], from_on[rows])
    days = half_yearly(world.as_at, last=36)
    post = world.post("probation", days, delimiter=",", encoding="cp1252", dates=calendar.SLASHED)
    staff = world.services["probation"]
    holder = staff.choose(rng.random(len(who)))[rows]
    post.send(
        "sentences.csv",
        table(
            CRN=seen.ids[place],
            SENTENCE_ID=np.array([f"S{n:05d}" for n in rows.tolist()], dtype=object),
            NAME=np.array(
                [f"{s}, {f}" for f, s in zip(seen.forename[place], seen.surname[place], strict=True)], dtype=object
            ),
            DOB=post.dates(seen.birth[place]),
            SEX=seen.sex[place],
            ADDRESS=world.town.homes.lines[home],
            POSTCODE=world.town.homes.postcode[home],
            SENTENCE_TYPE=kind[rows],
            START=post.dates(from_on[rows]),
            END=post.dates(end),
            OFFICER_REF=staff.column("ref")[holder],
            OFFICER=staff.column("name")[holder],
            OFFICER_PHONE=staff.column("phone")[holder],
            OFFICE=staff.column("team")[holder],
        ),
        known,
        rows,
    )
    named = sight.look(
        world.rng("probation children"),
        world.town,
        children,
        ids="{}",
        habits=Habits(upper=True, slips=0.03, no_birth=0.12),
    )
    parent = np.where(np.isin(people.father[named.who], who), people.father[named.who], people.mother[named.who])
    keys = np.array([f"{seen.ids[p]}/{n}" for n, p in enumerate(seen.at(parent).tolist(), start=1)], dtype=object)
    world.ledger.add("probation", keys, named.who)
    told = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(told, who, from_on)
    post.send(
        "dependants.csv",
        table(
            CRN=seen.ids[seen.at(parent)],
            DEPENDANT_NO=np.arange(1, len(keys) + 1),
            DEPENDANT_NAME=np.array(
                [f"{f} {s}" for f, s in zip(named.forename, named.surname, strict=True)], dtype=object
            ),
            DEPENDANT_DOB=post.dates(named.birth),
        ),
        np.maximum(told[parent], people.birth[named.who]),
    )
