"""
Schools: the census each term, flattened as the region's tool flattens it, and the wellbeing leads' log.

A census counts the pupils on its day and carries the attendance of the term before. The log is the silent feed:
its supplier stopped sending it seven months ago.
"""

from __future__ import annotations

import datetime

import numpy as np

from kinfold.demonstration import calendar, names, troubles
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either, table
from kinfold.demonstration.sight import Habits, Sight
from kinfold.demonstration.world import World

SILENT_FOR_MONTHS = 7

# What lifts absence, and how strongly: set by the published shares in `demonstration.heard`, on seeds of no exam.
OWN_TROUBLES = ("school", "distress", "exploitation")
AT_HOME = ("abuse", "mind", "substance", "housing", "custody", "bereavement")
OF_HARDSHIP, OF_HABIT, OF_CHANCE = 0.10, 0.72, 0.40
OF_NEEDS, OF_POVERTY = 0.35, 0.20
LIFTS = {"school": 1.1, "distress": 0.7, **dict.fromkeys(AT_HOME, 0.4)}
LEAST_ABSENCE, STEEPNESS = -4.12, 1.85
SUSPENDED, SUSPENDED_YOUNG = 0.0163, 0.003
TIMES_IN_TROUBLE, TIMES_NEEDS, TIMES_PLAN, TIMES_POVERTY, TIMES_AT_HOME = 6.0, 3.5, 2.2, 2.7, 0.6


def write(world: World) -> None:
    pupils = pupils_of(world)
    _census(world, pupils)
    _wellbeing(world, pupils)


def pupils_of(world: World) -> np.ndarray:
    """Those who go, went or will go to a state school; the others are in no census."""
    kids = world.kids
    return kids[world.rng("state schools").random(len(kids)) < 0.93]


def census_days(world: World) -> list[tuple[int, int, tuple[int, int], str]]:
    """Of each census since history began: its day, the day it was handed over, the term it reports on, its name."""
    first, last = calendar.day(world.start).year - 1, calendar.day(world.as_at).year
    terms = calendar.terms(first - 1, last)
    found = []
    for year in range(first, last + 1):
        for month, name in ((1, "spring"), (5, "summer"), (10, "autumn")):
            on = next(d for d in (datetime.date(year, month, n) for n in range(12, 23)) if d.weekday() == 3)
            before = [t for t in terms if t[1] <= on][-1]
            handed_over = calendar.number(on) + 15
            if world.start - 220 < handed_over <= world.as_at:
                found.append(
                    (
                        calendar.number(on),
                        handed_over,
                        (calendar.number(before[0]), calendar.number(before[1])),
                        f"{year}_{name}",
                    )
                )
    # History begins with the census that stood on its first day.
    standing = [(day, world.start, term, name) for day, handed, term, name in found if handed <= world.start]
    return standing[-1:] + [one for one in found if one[1] > world.start]


def _census(world: World, pupils: np.ndarray) -> None:
    people, school = world.town.people, world.schooling
    seen = world.look(
        "school_census",
        pupils,
        ids="{:08x}",
        habits=Habits(other_spelling=0.12, slips=0.006, old_surname=0.4, no_nhs=1.0),
    )
    censuses = census_days(world)
    days = [handed for _, handed, _, _ in censuses]
    post = world.post("school_census", days, dates=calendar.SCHOOL)
    habit = absence_habit(world)
    sent_home = np.full(len(seen.who), -1)
    for on, handed, term, name in censuses:
        rows = np.flatnonzero(_on_roll(world, seen.who, on))
        who = seen.who[rows]
        missed, possible = absence(world, who, term, habit)
        table_ids = np.array([f"{i}-{name[2:4]}{name[5:7]}" for i in seen.ids[rows]], dtype=object)
        age = calendar.ages(people.birth[who], on)
        upn = _upn(world, who, on)
        in_secondary = on >= _secondary_from(world, who)
        where = np.where(in_secondary, school.secondary[who], school.primary[who])
        post.put(
            handed,
            f"{name}_pupilonroll.csv",
            table(
                pupilonrolltableid=table_ids,
                NativeId=school.estab[where],
                dob=post.dates(seen.birth[rows]),
                surname=seen.surname_at(rows, np.full(len(rows), on)),
                forename=seen.forename[rows],
                upn=upn[0],
                formerupn=upn[1],
                sex=seen.sex[rows],
                entrydate=post.dates(np.where(in_secondary, _secondary_from(world, who), school.entry[who])),
                schoolname=school.names[where],
                estab=school.estab[where],
                enrolstatus="C",
                ethnicity=_codes(world)[people.heritage[who]],
                senprovision=np.where(
                    world.troubles.plan[who], "E", np.where(world.troubles.special_needs[who], "K", "N")
                ).astype(object),
                ncyearactual=np.maximum(0, np.floor(age - 4 - 0.0)).astype(np.int64),
                localpupilref=seen.ids[rows],
                termlysessionspossible=possible,
                termlysessionsmissed=missed,
                termstart=post.dates(np.full(len(rows), term[0])),
                termend=post.dates(np.full(len(rows), term[1])),
                youngcarer=np.where((who % 61 == 0) & (age > 8), "S", "N").astype(object),
                sendprovisionmissing=either(world.troubles.plan[who] & (who % 5 == 0), "Y", None).astype(object),
            ),
        )
        home = world.home(who, on)
        moved = np.flatnonzero(sent_home[rows] != home)
        sent_home[rows] = home
        homes = world.town.homes
        post.put(
            handed,
            f"{name}_addressesonroll.csv",
            table(
                pupilonrolltableid=table_ids[moved],
                paon=homes.lines[home[moved]],
                posttown="Saltmarsh",
                postcode=_bare(homes.postcode[home[moved]]),
                uniquepropertyreferencenumber=_padded(homes.uprn[home[moved]]),
                localpupilref=seen.ids[rows[moved]],
            ),
        )
        _left(world, post, seen, on, handed, name)
        _suspensions(world, post, seen, rows, table_ids, term, handed, name)


def _codes(world: World) -> np.ndarray:
    return np.array([h.code for h in names.HERITAGES], dtype=object)


def _bare(codes: np.ndarray) -> np.ndarray:
    """Every ninth school leaves the space out of postcodes."""
    return np.array([c.replace(" ", "") if n % 9 == 0 else c for n, c in enumerate(codes)], dtype=object)


def _padded(uprns: np.ndarray) -> np.ndarray:
    return np.array([None if n % 11 == 0 else u for n, u in enumerate(uprns)], dtype=object)


def _secondary_from(world: World, who: np.ndarray) -> np.ndarray:
    years, months, _ = calendar.parts(world.schooling.entry[who])
    return calendar.from_parts(years + 7, months, np.full(len(who), 4))


def _left_on(world: World, who: np.ndarray) -> np.ndarray:
    """Day a child left the roll: at sixteen; or, one in ninety, earlier and for nowhere known."""
    years, _, _ = calendar.parts(world.schooling.entry[who])
    end = calendar.from_parts(years + 12, np.full(len(who), 7), np.full(len(who), 22))
    draw = world.rng("left early").random(world.town.people.children)[who]
    early = world.as_at - (draw * 90_000).astype(np.int64) % 900
    return np.where((draw < 0.011) & (early > world.schooling.entry[who] + 200) & (early < end), early, end)


def _on_roll(world: World, who: np.ndarray, on: int) -> np.ndarray:
    return (world.schooling.entry[who] <= on) & (_left_on(world, who) > on)


def _upn(world: World, who: np.ndarray, on: int) -> tuple[np.ndarray, np.ndarray]:
    """UPN on the day and the former one: a temporary UPN lasts the first two years."""
    school = world.schooling
    temporary = school.temporary[who] != None  # noqa: E711
    still = temporary & (on < school.entry[who] + 730)
    return either(still, school.temporary[who], school.upn[who]), either(
        temporary & ~still, school.temporary[who], None
    )


def in_term(world: World, name: str, who: np.ndarray, term: tuple[int, int]) -> np.ndarray:
    """The share of a term's months (0 to 1) that each child was in a trouble, the child's own or the family's."""
    people, spells = world.town.people, world.troubles.spells[name]
    is_own = name in OWN_TROUBLES
    held = spells.months(people.children if is_own else people.families, world.as_at)
    held = held[who if is_own else people.family[who]]
    first, last = (
        np.clip(int((day - world.as_at) / calendar.DAYS_A_MONTH) + troubles.MONTHS_BACK, 0, troubles.MONTHS - 1)
        for day in term
    )
    return np.asarray(held[:, first : last + 1].mean(axis=1))


def absence_habit(world: World) -> np.ndarray:
    """What a child brings to every term: a draw of its own, and how hard-pressed the home is."""
    people = world.town.people
    own = world.rng("absence traits").normal(size=people.children)
    hardship = np.clip(world.town.hardship[people.family[: people.children]], -2, 2.5)
    return np.asarray(own + OF_HARDSHIP * hardship)


def absence(
    world: World, who: np.ndarray, term: tuple[int, int], habit: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """
    Sessions missed and possible of pupils in a term.

    Set by what DfE publishes of whom absence happens to (`demonstration.heard`): a fifth of pupils miss a tenth or
    more, a third of those with free meals or a plan for special needs, and 44% of those in need.
    """
    rng, trouble = world.rng(f"absence {term[0]}"), world.troubles
    habit = absence_habit(world) if habit is None else habit
    level = habit[who] * OF_HABIT + rng.normal(size=len(who)) * OF_CHANCE
    level += OF_NEEDS * (trouble.special_needs | trouble.plan)[who]
    level += OF_POVERTY * trouble.poor[world.town.people.family[who]]
    for name, much in LIFTS.items():
        level += much * in_term(world, name, who, term)
    rate = 1 / (1 + np.exp(-(LEAST_ABSENCE + STEEPNESS * level)))
    weekdays = int((term[1] - term[0]) * 5 / 7) - 6
    possible = np.where(world.schooling.entry[who] > term[1], 0, weekdays * 2 - rng.integers(0, 3, len(who)) * 2)
    entered = (world.schooling.entry[who] <= term[0]) & (_left_on(world, who) >= term[1])
    possible = np.where(entered, possible, 0)
    return np.minimum(rng.binomial(possible, np.minimum(rate, 0.98)), possible), possible


def suspensions(world: World, who: np.ndarray, term: tuple[int, int]) -> np.ndarray:
    """
    How many times each pupil is suspended in a term.

    Set by what DfE publishes (`demonstration.heard`): nine suspensions a year for a hundred pupils, three to four times
    as many for pupils with special needs or free meals, and several times as many pupils in need.
    """
    rng, trouble, people = world.rng(f"suspensions {term[0]}"), world.troubles, world.town.people
    age = calendar.ages(people.birth[who], term[0])
    rate = np.where(age > 11, SUSPENDED, SUSPENDED_YOUNG) * (1 + TIMES_IN_TROUBLE * in_term(world, "school", who, term))
    rate *= np.where(trouble.plan[who], TIMES_PLAN, np.where(trouble.special_needs[who], TIMES_NEEDS, 1.0))
    rate *= np.where(trouble.poor[people.family[who]], TIMES_POVERTY, 1.0)
    for name in AT_HOME:
        rate *= 1 + TIMES_AT_HOME * in_term(world, name, who, term)
    return rng.poisson(rate)


def _left(world: World, post: Post, seen: Sight, on: int, handed: int, name: str) -> None:
    """Pupils who left a school since the census before, with where they went, when anybody knows."""
    left, moved = _left_on(world, seen.who), _secondary_from(world, seen.who)
    entered = world.schooling.entry[seen.who]
    gone = np.flatnonzero((left <= on) & (left > on - 135) & (entered < left))
    up = np.flatnonzero((moved <= on) & (moved > on - 135) & (left > moved))
    rows = np.r_[gone, up]
    who, ended = seen.who[rows], np.r_[left[gone], moved[up]]
    is_up = np.arange(len(rows)) >= len(gone)
    of_age = calendar.ages(world.town.people.birth[who], ended) > 15.8
    secondary = (ended > _secondary_from(world, who)) & ~is_up
    where = np.where(secondary, world.schooling.secondary[who], world.schooling.primary[who])
    destination = np.where(is_up, "Transferred", np.where(of_age, "Completed", "Not known")).astype(object)
    rows_out = table(
        pupilnolongeronrolltableid=np.array([f"{i}-L{name[2:4]}" for i in seen.ids[rows]], dtype=object),
        upn=world.schooling.upn[who],
        surname=seen.surname[rows],
        forename=seen.forename[rows],
        dob=post.dates(seen.birth[rows]),
        sex=seen.sex[rows],
        entrydate=post.dates(np.where(secondary, _secondary_from(world, who), world.schooling.entry[who])),
        leavingdate=post.dates(ended),
        estab=world.schooling.estab[where],
        schoolname=world.schooling.names[where],
        destination=destination,
        localpupilref=seen.ids[rows],
    )
    post.put(handed, f"{name}_pupilnolongeronroll.csv", rows_out)


def _suspensions(
    world: World,
    post: Post,
    seen: Sight,
    rows: np.ndarray,
    table_ids: np.ndarray,
    term: tuple[int, int],
    handed: int,
    name: str,
) -> None:
    """Suspensions and permanent exclusions of the term before."""
    times = suspensions(world, seen.who[rows], term)
    rng = world.rng(f"suspension days {term[0]}")
    which = np.repeat(np.arange(len(rows)), times)
    start = term[0] + rng.integers(3, term[1] - term[0] - 6, len(which))
    permanent = rng.random(len(which)) < 0.012
    post.put(
        handed,
        f"{name}_termlyexclusionsonroll.csv",
        table(
            pupilonrolltableid=table_ids[which],
            termlyexclusionstableid=np.array(
                [f"EX{name[2:4]}{name[5:7]}{n:05d}" for n in range(len(which))], dtype=object
            ),
            startdate=post.dates(start),
            category=np.where(permanent, "PERM", "SUSP").astype(object),
            sessions=np.where(permanent, 0, 2 * (1 + rng.geometric(0.45, len(which)))),
            reason1=np.array(["PP", "DB", "VA", "OW", "BU"], dtype=object)[which % 5],
            localpupilref=seen.ids[rows[which]],
        ),
    )


def _wellbeing(world: World, pupils: np.ndarray) -> None:
    """The designated leads' log: concerns, bereavements, trusted adults, nursery places and missing provision."""
    rng, people = world.rng("wellbeing"), world.town.people
    start = calendar.day(world.as_at)
    days = [calendar.number(calendar.back(start, months=m)) for m in (36, 30, 24, 18, 12, SILENT_FOR_MONTHS)]
    post = world.post("school_wellbeing", days, delimiter="|", encoding="cp1252", dates=calendar.NAMED)
    when, who, kind = _log(world, rng, pupils)
    noted = np.unique(who)
    seen = world.look("school_wellbeing", noted, ids="WB-{}", habits=Habits(no_birth=0.02, slips=0.02, no_nhs=1.0))
    place = seen.at(who)
    order = np.argsort(when, kind="stable")
    place, when, kind, who = place[order], when[order], kind[order], who[order]
    possible = np.where(kind == "NURSERY", 60, 0)
    missed = rng.binomial(60, 0.12, len(kind))
    post.send(
        "wellbeing_log.txt",
        table(
            **{
                "Entry No": np.array([f"E{n:06d}" for n in range(len(place))], dtype=object),
                "Pupil Ref": seen.ids[place],
                "Pupil Name": np.array(
                    [f"{f} {s}" for f, s in zip(seen.forename[place], seen.surname[place], strict=True)], dtype=object
                ),
                "Date Of Birth": post.dates(seen.birth[place]),
                "UPN": np.where(calendar.ages(people.birth[who], when) > 5, world.schooling.upn[who], None),
                "Entry Date": post.dates(when),
                "Category": kind,
                "Sessions Offered": either(possible > 0, "60", None),
                "Sessions Missed": either(possible > 0, missed.astype(str).astype(object), None),
            }
        ),
        when,
    )


def _log(world: World, rng: np.random.Generator, pupils: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    people, spells = world.town.people, world.troubles.spells
    when, who, kind = [], [], []

    def add(days: np.ndarray, children: np.ndarray, word: str) -> None:
        age = calendar.ages(people.birth[children], days)
        keep = (days > world.start - 30) & (days <= world.as_at) & (age > 4) & (age < 16.5) & np.isin(children, pupils)
        if word == "NURSERY":
            keep = (days > world.start - 30) & (days <= world.as_at) & (age > 2) & (age < 4)
        when.append(days[keep])
        who.append(children[keep])
        kind.append(np.full(int(keep.sum()), word, dtype=object))

    kids = world.kids
    for name, rate in (("school", 1.6), ("distress", 1.3), ("exploitation", 3.0)):
        s = spells[name]
        n = np.repeat(np.arange(len(s.whose)), rng.poisson(rate, len(s.whose)))
        add((s.from_on[n] + rng.random(len(n)) * (s.to_on[n] - s.from_on[n])).astype(np.int64), s.whose[n], "CONCERN")
    by_family = np.argsort(people.family[kids], kind="stable")
    for name, rate, word in (
        ("abuse", 0.5, "CONCERN"),
        ("substance", 0.4, "CONCERN"),
        ("bereavement", 0.7, "BEREAVEMENT"),
    ):
        s = spells[name]
        child = kids[by_family][np.minimum(np.searchsorted(people.family[kids][by_family], s.whose), len(kids) - 1)]
        right = (people.family[child] == s.whose) & (rng.random(len(child)) < rate)
        add(s.from_on[right] + rng.integers(2, 60, int(right.sum())), child[right], word)
    some = kids[rng.random(len(kids)) < 0.05]
    add(world.start + rng.integers(0, 1095, len(some)), some, "TRUSTED ADULT")
    some = kids[rng.random(len(kids)) < 0.10]
    add((people.birth[some] + (2.2 + 1.6 * rng.random(len(some))) * 365).astype(np.int64), some, "NURSERY")
    some = kids[world.troubles.plan[kids] & (rng.random(len(kids)) < 0.2)]
    add(world.start + rng.integers(0, 1095, len(some)), some, "PROVISION NOT IN PLACE")
    some = kids[rng.random(len(kids)) < 0.03]
    add(world.start + rng.integers(0, 1095, len(some)), some, "CONCERN")
    days, child, words = np.concatenate(when), np.concatenate(who), np.concatenate(kind)
    assert (days != NEVER).all()
    return days, child, words
