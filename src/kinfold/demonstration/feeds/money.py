"""Housing, benefits and council tax: adults first, children as names on a claim, dates of birth often missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kinfold.demonstration import calendar, sight
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either, open_and_closed, table
from kinfold.demonstration.sight import Habits
from kinfold.demonstration.world import World

REMINDED_AFTER = 63  # days; a debt that is paid sooner never shows


def write(world: World) -> None:
    _housing(world)
    _benefits(world)
    _council_tax(world)


def _titled(seen: sight.Sight, place: np.ndarray) -> np.ndarray:
    return np.array(
        [
            f"{'Mr' if s == 'M' else 'Mrs' if n % 3 else 'Miss'} {f} {last}"
            for n, (s, f, last) in enumerate(
                zip(seen.sex[place], seen.forename[place], seen.surname[place], strict=True)
            )
        ],
        dtype=object,
    )


def _in_arrears(world: World, family: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The debt each family is in or was last in: place of the family in the question, from and to."""
    s = world.troubles.spells["debt"]
    order = np.lexsort((s.from_on, s.whose))
    whose, start, end = s.whose[order], s.from_on[order], s.to_on[order]
    begun = start <= world.as_at
    whose, start, end = whose[begun], start[begun], end[begun]
    last = np.searchsorted(whose, family, side="right") - 1
    has = (last >= 0) & (whose[np.maximum(last, 0)] == family) & (end[np.maximum(last, 0)] > world.start - 100)
    return np.flatnonzero(has), start[last[has]], end[last[has]]


def _housing(world: World) -> None:
    rng, people, homes = world.rng("housing"), world.town.people, world.town.homes
    post = world.post("housing", encoding="cp1252", dates=calendar.SLASHED)
    families = np.arange(people.families)
    social = families[world.town.hardship[: people.families] + rng.normal(0, 0.9, people.families) > 0.95]
    tenancy = np.flatnonzero(
        np.isin(homes.household, social)
        & ((homes.to_on == NEVER) | (homes.to_on > world.start))
        & (homes.from_on <= world.as_at)
    )
    family = homes.household[tenancy]
    mother = people.children + family
    partner = np.where(rng.random(len(family)) < 0.7, people.partner[family], -1)
    case = _homeless(world, rng)
    s_mother = people.children + case[0]
    kids = world.kids
    minors = kids[
        np.isin(people.family[kids], social)
        & (people.birth[kids] > world.start - 18 * 365)
        & (rng.random(len(kids)) < 0.85)
    ]
    who = np.r_[mother, partner[partner >= 0], s_mother]
    seen = world.look("housing", who, ids="CUST{:06d}", habits=Habits(no_birth=0.15, slips=0.015, no_nhs=1.0))
    rows, known, end = open_and_closed(homes.from_on[tenancy], homes.to_on[tenancy], world.as_at)
    place, address = seen.at(mother[rows]), homes.address[tenancy[rows]]
    second = partner[rows]
    joint = second >= 0
    there = seen.at(np.where(joint, second, mother[rows]))
    number = np.array([f"TEN{n:07d}" for n in tenancy[rows].tolist()], dtype=object)
    weeks = np.full(len(rows), None, dtype=object)
    owed = np.full(len(rows), NEVER)
    where, start, stop = _in_arrears(world, family[rows])
    late = where[(known[where] > start + 30) & (known[where] < stop)]
    from_debt = dict(zip(where.tolist(), start.tolist(), strict=True))
    for n in late.tolist():
        weeks[n], owed[n] = str(min(60, (int(known[n]) - from_debt[n]) // 7)), from_debt[n]
    short = (rng.random(people.families) < 0.16)[family[rows]]
    post.send(
        "tenancies.csv",
        table(
            **{
                "Tenancy Ref": number,
                "UPRN": homes.uprn[address],
                "Address": homes.lines[address],
                "Postcode": homes.postcode[address],
                "Start": post.dates(homes.from_on[tenancy[rows]]),
                "End": post.dates(end),
                "Tenant 1 Ref": seen.ids[place],
                "Tenant 1": _titled(seen, place),
                "Tenant 1 DOB": post.dates(seen.birth[place]),
                "Tenant 1 Phone": people.phone[mother[rows]],
                "Tenant 2 Ref": np.where(joint, seen.ids[there], None),
                "Tenant 2": either(joint, _titled(seen, there), None),
                "Tenant 2 DOB": post.dates(np.where(joint, seen.birth[there], NEVER)),
                "Bedrooms Short": np.where(short, "1", "0").astype(object),
                "Tenure": np.where(family[rows] % 3 > 0, "Secure", "Introductory").astype(object),
                "Arrears Weeks": weeks,
                "Arrears From": post.dates(owed),
            }
        ),
        known,
        rows,
    )
    _members(world, post, seen, minors, tenancy)
    _homelessness(world, post, seen, case)


def _members(world: World, post: Post, seen_adults: sight.Sight, minors: np.ndarray, tenancy: np.ndarray) -> None:
    """Children listed in a tenancy, by name; a third without a date of birth. The number is the line of the tenancy."""
    people, homes = world.town.people, world.town.homes
    order = tenancy[np.argsort(homes.household[tenancy] * 10**6 + homes.from_on[tenancy], kind="stable")]
    last = np.searchsorted(homes.household[order], people.family[minors], side="right") - 1
    of = order[np.maximum(last, 0)]
    right = (last >= 0) & (homes.household[of] == people.family[minors])
    minors, of = minors[right], of[right]
    seen = sight.look(
        world.rng("housing members"), world.town, minors, ids="{}", habits=Habits(no_birth=0.33, slips=0.02)
    )
    of = of[np.argsort(minors, kind="stable")]
    number = np.array([f"TEN{n:07d}" for n in of.tolist()], dtype=object)
    line = np.arange(1, len(of) + 1)
    world.ledger.add(
        "housing", np.array([f"{t}/{n}" for t, n in zip(number, line.tolist(), strict=True)], dtype=object), seen.who
    )
    post.send(
        "household members.csv",
        table(
            **{
                "Tenancy Ref": number,
                "Member No": line,
                "Main Tenant Ref": seen_adults.ids[seen_adults.at(people.children + people.family[seen.who])],
                "Member Name": np.array(
                    [f"{f} {s}" for f, s in zip(seen.forename, seen.surname, strict=True)], dtype=object
                ),
                "Member DOB": post.dates(seen.birth),
                "Relationship": np.where(line % 40 == 0, "Other", "Child").astype(object),
                "Address": homes.lines[homes.address[of]],
                "Postcode": homes.postcode[homes.address[of]],
                "UPRN": homes.uprn[homes.address[of]],
            }
        ),
        np.maximum(homes.from_on[of], people.birth[seen.who]) + 10,
    )


def _homeless(world: World, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Families owed a duty: family, the day they approached, the day it ended."""
    s = world.troubles.spells["housing"]
    n = np.flatnonzero((s.to_on > world.start - 60) & (s.from_on <= world.as_at) & (rng.random(len(s.whose)) < 0.55))
    return s.whose[n], s.from_on[n], s.to_on[n]


def _homelessness(world: World, post: Post, seen: sight.Sight, case: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    people, rng = world.town.people, world.rng("homelessness")
    family, start, stop = case
    mother = people.children + family
    placed = rng.random(len(family)) < 0.4
    notice = rng.random(len(family)) < 0.35
    rows, known, end = open_and_closed(start, stop, world.as_at)
    place = seen.at(mother[rows])
    into = np.where(placed[rows], start[rows] + 12, NEVER)
    into = np.where(into <= known, into, np.where(into <= world.as_at, into, NEVER))
    out = np.where((into != NEVER) & (end != NEVER) & (end > into), end, NEVER)
    into = np.where((end != NEVER) & (end <= into), NEVER, into)
    spent = (np.minimum(np.where(out == NEVER, world.as_at, out), world.as_at) - into) // 7
    post.send(
        "homelessness cases.csv",
        table(
            **{
                "Case Ref": np.array([f"HL{n:05d}" for n in rows.tolist()], dtype=object),
                "Applicant Ref": seen.ids[place],
                "Applicant": _titled(seen, place),
                "Applicant DOB": post.dates(seen.birth[place]),
                "Phone": people.phone[mother[rows]],
                "Approach Date": post.dates(start[rows]),
                "Duty": np.array(["Prevention", "Relief", "Main"], dtype=object)[rows % 3],
                "Notice To Quit": post.dates(np.where(notice[rows], start[rows] - 14, NEVER)),
                "TA In": post.dates(into),
                "TA Out": post.dates(out),
                "TA Weeks": np.where(into == NEVER, None, np.maximum(spent, 0).astype(str).astype(object)),
                "Closed": post.dates(end),
            }
        ),
        known,
        rows,
    )


def _benefits(world: World) -> None:
    """Free meals (children), claims (adults) and local crisis help. National Insurance numbers are of the QQ kind."""
    rng, people = world.rng("benefits"), world.town.people
    post = world.post("benefits", delimiter=";", dates=calendar.SLASHED)
    kids = np.setdiff1d(np.arange(people.children), [old for old, _, _ in world.adoptions])
    kids = kids[people.birth[kids] <= world.as_at]
    poor = world.troubles.poor | (rng.random(people.families) < 0.03)
    entry = world.schooling.entry[kids]
    years = calendar.parts(entry)[0]
    leaving = calendar.from_parts(years + 12, np.full(len(kids), 7), np.full(len(kids), 22))
    meals = poor[people.family[kids]] & (entry <= world.as_at) & (leaving > world.start)
    meals &= rng.random(people.families)[people.family[kids]] < 0.94
    eater, from_on, to_on = kids[meals], entry[meals], leaving[meals]
    claimants = people.children + np.flatnonzero(
        poor & (np.bincount(people.family[kids], minlength=people.families) > 0)
    )
    helped, day, kind = _crisis(world, rng, claimants)
    seen = world.look(
        "benefits",
        np.r_[claimants, eater, helped],
        ids="BEN{:07d}",
        habits=Habits(no_birth=0.01, slips=0.008, no_nhs=1.0),
    )
    rows, known, end = open_and_closed(from_on, to_on, world.as_at)
    place, home = seen.at(eater[rows]), world.home(eater[rows], known)
    parent = seen.at(people.mother[eater[rows]])
    told = seen.knows(people.mother[eater[rows]])
    post.send(
        "free_meals.csv",
        table(
            ENTITLEMENT_ID=np.array([f"FSM{n:06d}" for n in rows.tolist()], dtype=object),
            CHILD_REF=seen.ids[place],
            CHILD_FORENAME=seen.forename[place],
            CHILD_SURNAME=seen.surname_at(place, known),
            CHILD_DOB=post.dates(seen.birth[place]),
            PARENT_REF=np.where(told, seen.ids[parent], None),
            SCHOOL=world.schooling.names[world.schooling.primary[eater[rows]]],
            START=post.dates(from_on[rows]),
            END=post.dates(end),
            MEALS_TAKEN=np.where(eater[rows] % 9 == 0, "N", "Y").astype(object),
            ADDRESS=world.town.homes.lines[home],
            POSTCODE=world.town.homes.postcode[home],
        ),
        known,
        rows,
    )
    place, home = seen.at(claimants), world.home(claimants, world.start)
    since = np.maximum(world.start - rng.integers(0, 2000, len(claimants)), people.birth[claimants] + 17 * 366)
    in_work = rng.random(len(claimants)) < 0.42
    post.send(
        "claims.csv",
        table(
            CLAIM_REF=np.array([f"CL{n:06d}" for n in range(len(claimants))], dtype=object),
            CLAIMANT_REF=seen.ids[place],
            NINO=np.array([f"QQ{n:06d}{'ABCD'[n % 4]}" for n in (place * 7919 % 1_000_000).tolist()], dtype=object),
            SURNAME=seen.surname[place],
            FORENAME=seen.forename[place],
            DOB=post.dates(seen.birth[place]),
            ADDRESS=world.town.homes.lines[home],
            POSTCODE=world.town.homes.postcode[home],
            UPRN=world.town.homes.uprn[home],
            PHONE=people.phone[claimants],
            CLAIM_START=post.dates(since),
            ADULT_IN_WORK=np.where(in_work, "Y", "N").astype(object),
            BENEFIT_CAPPED=np.where(~in_work & (claimants % 29 == 0), "Y", "N").astype(object),
        ),
        np.maximum(since, world.start - 1),
    )
    post.send(
        "local_help.csv",
        table(
            AWARD_REF=np.array([f"LW{n:06d}" for n in range(len(day))], dtype=object),
            CLAIMANT_REF=seen.ids[seen.at(helped)],
            SURNAME=seen.surname[seen.at(helped)],
            FORENAME=seen.forename[seen.at(helped)],
            DOB=post.dates(seen.birth[seen.at(helped)]),
            AWARD_DATE=post.dates(day),
            AWARD_TYPE=kind,
        ),
        day,
    )


def _crisis(world: World, rng: np.random.Generator, claimants: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    people = world.town.people
    n = np.repeat(claimants, rng.poisson(0.25, len(claimants)))
    s = world.troubles.spells["debt"]
    m = np.repeat(np.arange(len(s.whose)), rng.poisson(0.8, len(s.whose)))
    who = np.r_[n, people.children + s.whose[m]]
    on = np.r_[
        world.start + rng.integers(0, 1095, len(n)),
        (s.from_on[m] + rng.random(len(m)) * (s.to_on[m] - s.from_on[m])).astype(np.int64),
    ]
    keep = (on > world.start - 30) & (on <= world.as_at)
    kind = rng.choice(["FOOD VOUCHER", "CRISIS FUND", "FUEL VOUCHER"], int(keep.sum()), p=[0.5, 0.4, 0.1]).astype(
        object
    )
    return who[keep], on[keep], kind


def _council_tax(world: World) -> None:
    """Every household's account: names as SMITH/JOHN MR, no dates of birth, a few rows with nothing to know them by."""
    rng, people, homes = world.rng("council tax"), world.town.people, world.town.homes
    post = world.post("council_tax", encoding="cp1252", dates=calendar.COMPACT)
    tenancy = np.flatnonzero(((homes.to_on == NEVER) | (homes.to_on > world.start)) & (homes.from_on <= world.as_at))
    household = homes.household[tenancy]
    lived_in = np.isin(household, people.household)
    tenancy, household = tenancy[lived_in], household[lived_in]
    families = people.families
    own = household < families
    first = np.where(
        own & (people.partner[np.minimum(household, families - 1)] >= 0) & (rng.random(len(household)) < 0.55),
        people.partner[np.minimum(household, families - 1)],
        people.children + household,
    )
    other = np.where(
        first == people.children + household,
        people.partner[np.minimum(household, families - 1)],
        people.children + household,
    )
    second = np.where(own & (rng.random(len(household)) < 0.85), other, -1)
    seen = sight.look(
        world.rng("council tax people"),
        world.town,
        np.r_[first, second[second >= 0]],
        ids="{}",
        habits=Habits(upper=True, slips=0.012, old_surname=0.35, other_spelling=0.08),
    )
    account = np.array([f"8{n:08d}" for n in (tenancy * 7 + 11).tolist()], dtype=object)
    joint = second >= 0
    world.ledger.add("council_tax", np.array([f"{a}/1" for a in account], dtype=object), first)
    world.ledger.add("council_tax", np.array([f"{a}/2" for a in account[joint]], dtype=object), second[joint])
    rows, known, end = open_and_closed(homes.from_on[tenancy], homes.to_on[tenancy], world.as_at)
    place, there = seen.at(first[rows]), seen.at(np.where(joint[rows], second[rows], first[rows]))
    address = homes.address[tenancy[rows]]
    # Arrears arise and are paid off while the account is open, so they are told in later tellings of the same account.
    owing, told, owed, begun = arrears_told(
        world, np.where(own, household, -1), homes.from_on[tenancy], homes.to_on[tenancy], post.days
    )
    opening = np.zeros(len(tenancy), dtype=np.int64)
    opening[rows[::-1]] = np.arange(len(rows))[::-1]
    again = np.r_[np.arange(len(rows)), opening[owing]]
    weeks = np.r_[np.full(len(rows), None, dtype=object), owed.astype(str).astype(object)]
    since, known = np.r_[np.full(len(rows), NEVER), begun], np.r_[known, told]
    names_1 = np.array(
        [
            f"{s}/{f} {t}"
            for s, f, t in zip(seen.surname[place], seen.forename[place], _titles(seen, place), strict=True)
        ],
        dtype=object,
    )
    names_2 = np.array(
        [
            f"{s}/{f} {t}"
            for s, f, t in zip(seen.surname[there], seen.forename[there], _titles(seen, there), strict=True)
        ],
        dtype=object,
    )
    lost = np.arange(len(rows)) % 1500 == 1499
    all_rows = table(
        ACCOUNT_REF=np.where(lost, None, account[rows]),
        UPRN=homes.uprn[address],
        PROPERTY_ADDRESS=homes.lines[address],
        POSTCODE=homes.postcode[address],
        LIABLE_1=names_1,
        LIABLE_2=either(joint[rows], names_2, None),
        MOVED_IN=post.dates(homes.from_on[tenancy[rows]]),
        MOVED_OUT=post.dates(end),
        DISCOUNT=either(joint[rows], None, "SINGLE").astype(object),
    )
    sent = (
        all_rows.take(again)
        .append_column("ARREARS_WEEKS", table(a=weeks)["a"])
        .append_column("ARREARS_FROM", post.dates(since))
    )
    post.send("CTAX_EXTRACT.csv", sent, known, rows[again])


def arrears_told(
    world: World, family: np.ndarray, opened: np.ndarray, ended: np.ndarray, days: Sequence[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """
    What an account says of each debt of its family: from the reminder on, at every delivery, until it is paid off.

    family: of each account, -1 where nobody's. opened, ended: of each account. days: of the deliveries.
    Returns the account's place, the day it is told, weeks owed (0 once paid off) and since when.
    """
    s = world.troubles.spells["debt"]
    first, last = (np.searchsorted(s.whose, family, side=side) for side in ("left", "right"))
    count = np.where(family >= 0, last - first, 0)
    account = np.repeat(np.arange(len(family)), count)
    nth = np.arange(len(account)) - np.repeat(np.cumsum(count) - count, count)
    debt = first[account] + nth
    begun, over = s.from_on[debt], s.to_on[debt]
    closes = np.where(ended[account] == NEVER, world.as_at + 1, ended[account])
    reminded = begun + REMINDED_AFTER
    fits = (opened[account] <= reminded) & (reminded < np.minimum(over, closes)) & (reminded <= world.as_at)
    account, begun, over, closes, reminded = (each[fits] for each in (account, begun, over, closes, reminded))
    told = [(account, reminded, (reminded - begun) // 7, begun)]
    for day in days:
        still = (reminded < day) & (day < np.minimum(over, closes))
        told.append((account[still], np.full(int(still.sum()), day), (day - begun[still]) // 7, begun[still]))
    paid = (over < closes) & (over <= world.as_at)
    told.append((account[paid], over[paid], np.zeros(int(paid.sum()), dtype=np.int64), over[paid]))
    account, when, weeks, since = (np.concatenate(part) for part in zip(*told, strict=True))
    return account, when, np.minimum(weeks, 80), since


def _titles(seen: sight.Sight, place: np.ndarray) -> np.ndarray:
    return np.where(seen.sex[place] == "M", "MR", np.where(place % 2 > 0, "MRS", "MS"))
