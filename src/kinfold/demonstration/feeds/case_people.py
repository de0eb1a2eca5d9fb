"""Whom the case system knows: people, their numbers, homes and ties; the refuge marked as withheld."""

from __future__ import annotations

import numpy as np

from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either, open_and_closed, table
from kinfold.demonstration.feeds.case_system import CODES, FEED, ends, kept, upns
from kinfold.demonstration.sight import Habits, Sight
from kinfold.demonstration.world import World


def people_of(world: World, contacts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[Sight, np.ndarray]:
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


def write_people(world: World, post: Post, seen: Sight, first: np.ndarray) -> None:
    people, count = world.town.people, len(seen.who)
    is_child = seen.who < people.children
    born_later = is_child & (people.birth[seen.who] > first)
    renamed = (seen.renamed_on != NEVER) & (seen.renamed_on > first) & (seen.renamed_on <= world.as_at)
    place = np.r_[
        np.arange(count), np.flatnonzero(born_later & (people.birth[seen.who] <= world.as_at)), np.flatnonzero(renamed)
    ]
    known = np.r_[
        first,
        people.birth[seen.who][
            place[count : count + int((born_later & (people.birth[seen.who] <= world.as_at)).sum())]
        ],
        seen.renamed_on[np.flatnonzero(renamed)],
    ]
    unborn = people.birth[seen.who[place]] > known
    who = seen.who[place]
    grown = ~is_child[place]
    ethnicity = CODES[people.heritage[who]].copy()
    ethnicity[grown] = None
    upn, unknown = upns(world, who, known)
    forename, surname = seen.forename[place].copy(), seen.surname_at(place, known)
    forename[unborn] = "Unborn"
    sex = seen.sex[place].copy()
    sex[unborn] = "U"
    send = np.where(world.troubles.special_needs[np.minimum(who, people.children - 1)] & ~grown, "Y", "N").astype(
        object
    )
    rows = table(
        pers_person_id=seen.ids[place],
        pers_forename=forename,
        pers_surname=surname,
        pers_sex=sex,
        pers_gender=sex,
        pers_ethnicity=ethnicity,
        pers_dob=post.dates(np.where(unborn, NEVER, seen.birth[place])),
        pers_common_child_id=either(unborn, None, seen.nhs[place]),
        pers_upn=upn,
        pers_upn_unknown=unknown,
        pers_send_flag=send,
        pers_expected_dob=post.dates(np.where(unborn, people.birth[who] + 6, NEVER)),
        pers_death_date=None,
        pers_is_mother=np.where(grown & (people.sex[who] == "F"), "Y", "N").astype(object),
        pers_nationality=None,
        pers_local_role=np.where(unborn, "UNBORN", np.where(grown, "ADULT", "CHILD")).astype(object),
        pers_local_phone=np.where(grown, people.phone[who], None),
    )
    post.send("ssd_person.csv", rows, known, place)
    # A disability is told again whenever its person is, because the two are read together.
    ill = np.flatnonzero(~grown & ~unborn & world.troubles.disabled[np.minimum(who, people.children - 1)])
    codes = np.array(["AUT", "LD", "MOB", "HEAR", "BEH", "CON"], dtype=object)
    disabilities = table(
        disa_table_id=np.array([f"DI{i}" for i in seen.ids[place[ill]]], dtype=object),
        disa_person_id=seen.ids[place[ill]],
        disa_disability_code=codes[who[ill] % 6],
    )
    post.send("ssd_disability.csv", disabilities, known[ill], place[ill], even_empty=True)
    _identifiers(world, post, seen, first)


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
        link_table_id=np.array([f"LK{n}" for n in range(len(place))], dtype=object),
        link_person_id=seen.ids[place],
        link_identifier_type=kinds,
        link_identifier_value=values,
        link_valid_from_date=post.dates(first[place]),
        link_valid_to_date=None,
    )
    post.send("ssd_linked_identifiers.csv", rows, first[place])


def write_addresses(world: World, post: Post, seen: Sight, first: np.ndarray) -> None:
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
    in_refuge = dict(extra)
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
        addr_table_id=np.array([f"AD{n}" for n in which.tolist()], dtype=object),
        addr_local_lines=lines[which],
        addr_person_id=seen.ids[place[which]],
        addr_address_type=kind[which],
        addr_address_start_date=post.dates(from_on[which]),
        addr_address_end_date=ends(post, end),
        addr_address_postcode=code[which],
        addr_local_uprn=uprn[which],
        addr_local_lsoa=lsoa[which],
    )
    post.send("ssd_address.csv", rows, known, which)


def _withheld(world: World, seen: Sight, first: np.ndarray) -> list[tuple[int, int]]:
    people = world.town.people
    found = []
    for family, day in world.refuge.items():
        in_family = np.flatnonzero((people.family[seen.who] == family) & (people.household[seen.who] == family))
        found += [(int(p), max(day, int(first[p]))) for p in in_family if seen.who[p] != people.partner[family]]
    return found


def write_ties(world: World, post: Post, seen: Sight, first: np.ndarray) -> None:
    people = world.town.people
    kids = np.flatnonzero(seen.who < people.children)
    mother, father = people.mother[seen.who[kids]], people.father[seen.who[kids]]
    for_mother = kids[seen.knows(mother)]
    known = first[for_mother]
    rows = table(
        moth_table_id=np.array([f"MO{seen.ids[p]}" for p in for_mother], dtype=object),
        moth_person_id=seen.ids[seen.at(people.mother[seen.who[for_mother]])],
        moth_childs_person_id=seen.ids[for_mother],
        moth_childs_dob=post.dates(np.where(seen.birth[for_mother] > known, NEVER, seen.birth[for_mother])),
    )
    post.send("ssd_mother.csv", rows, known)
    family = np.array([f"F{n:06d}" for n in people.family[seen.who[kids]].tolist()], dtype=object)
    post.send(
        "ssd_family.csv",
        table(
            fami_table_id=np.array([f"FA{seen.ids[p]}" for p in kids], dtype=object),
            fami_family_id=family,
            fami_person_id=seen.ids[kids],
        ),
        first[kids],
    )

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
    post.send(
        "local_relationships.csv",
        table(
            rela_person_id=seen.ids[subject],
            rela_related_person_id=seen.ids[related],
            rela_relationship=words,
        ),
        np.maximum(first[subject], first[related]),
    )
