"""
What families go through, and what came of it: spells of trouble, and the careers in social care they lead to.

Written from published national rates (Department for Education: children in need, children looked after; numbers
beside each constant). It knows nothing of how Kinfold reads the feeds: no marker, no threshold, no weight.
Troubles raise the monthly chance of a referral; that is the only way from a trouble to an outcome.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from kinfold.demonstration import calendar
from kinfold.demonstration.calendar import DAYS_A_MONTH, NEVER
from kinfold.demonstration.population import Town

MONTHS_BACK, MONTHS_ON = 120, 12
MONTHS = MONTHS_BACK + MONTHS_ON


@dataclasses.dataclass(frozen=True)
class Kind:
    """A trouble: share of families or children in it at a time, its mean length in months, how it raises referrals."""

    name: str
    share: float
    months: float
    raises: float
    leans: float  # how strongly it gathers in hard-pressed homes


# Strengths are set by published shares among children in need (`published.py`, ADR 18), never by how an order does.
FAMILY = (
    Kind("abuse", 0.045, 10, 2.65, 0.8),
    Kind("mind", 0.060, 14, 2.05, 0.6),
    Kind("substance", 0.022, 20, 2.2, 1.0),
    Kind("housing", 0.050, 9, 0.6, 0.9),
    Kind("custody", 0.012, 10, 0.8, 1.0),
    Kind("bereavement", 0.018, 9, 0.5, 0.1),
    Kind("debt", 0.070, 14, 0.35, 0.9),
)
CHILD = (
    Kind("school", 0.070, 16, 0.9, 0.5),
    Kind("exploitation", 0.006, 8, 1.9, 0.6),
    Kind("distress", 0.035, 12, 0.7, 0.3),
)
HARD_PRESSED, POOR, DISABLED, SPECIAL_NEEDS = 0.25, 0.35, 0.8, 1.45


@dataclasses.dataclass
class Spells:
    """Periods of one trouble: whose (household or child), from and to in days."""

    whose: np.ndarray
    from_on: np.ndarray
    to_on: np.ndarray

    def months(self, how_many: int, as_at: int) -> np.ndarray:
        """Whether each was in it, one row per household or child, one column per month of the grid."""
        start = as_at - MONTHS_BACK * DAYS_A_MONTH
        first = np.clip(((self.from_on - start) / DAYS_A_MONTH).astype(int), 0, MONTHS)
        last = np.clip(((self.to_on - start) / DAYS_A_MONTH).astype(int) + 1, 0, MONTHS)
        change = np.zeros((how_many, MONTHS + 1), dtype=np.int8)
        np.add.at(change, (self.whose, first), 1)
        np.add.at(change, (self.whose, last), -1)
        return np.cumsum(change, axis=1, dtype=np.int8)[:, :MONTHS] > 0


@dataclasses.dataclass
class Troubles:
    """Spells by name, who is poor and for how long, and the chance of referral of each child in each month."""

    spells: dict[str, Spells]
    poor: np.ndarray
    disabled: np.ndarray
    special_needs: np.ndarray
    plan: np.ndarray
    chance: np.ndarray
    family_score: np.ndarray


def make(rng: np.random.Generator, town: Town) -> Troubles:
    people = town.people
    kids, families = people.children, people.families
    hardship = town.hardship[:families]
    spells: dict[str, Spells] = {}
    score = np.zeros((families, MONTHS), dtype=np.float32)
    score += (HARD_PRESSED * hardship)[:, None].astype(np.float32)
    for kind in FAMILY:
        spells[kind.name] = _spells(rng, kind, hardship, town.as_at)
        score += np.float32(kind.raises) * spells[kind.name].months(families, town.as_at)
    poor = hardship + rng.normal(0, 0.7, families) > np.quantile(hardship, 0.75) + 0.15
    score += (POOR * poor)[:, None].astype(np.float32)
    disabled = rng.random(kids) < 0.032
    chance = score[people.family[:kids]]
    own = {}
    for kind in CHILD:
        found = _spells(rng, kind, hardship[people.family[:kids]], town.as_at)
        oldest = {"school": 5, "exploitation": 11, "distress": 8}[kind.name]
        keep = calendar.ages(people.birth[found.whose], found.from_on) >= oldest
        own[kind.name] = Spells(found.whose[keep], found.from_on[keep], found.to_on[keep])
        chance += np.float32(kind.raises) * own[kind.name].months(kids, town.as_at)
    draw = rng.random(kids) - 0.05 * hardship[people.family[:kids]]
    special_needs, plan = draw < 0.165, (draw < 0.035) | (disabled & (draw < 0.5))
    chance += (DISABLED * disabled + SPECIAL_NEEDS * (special_needs | plan))[:, None].astype(np.float32)
    np.exp(chance, out=chance)
    chance *= _age_factor(people.birth[:kids], town.as_at)
    return Troubles(
        spells={**spells, **own},
        poor=poor,
        disabled=disabled,
        special_needs=special_needs,
        plan=plan,
        chance=chance,
        family_score=score,
    )


def _spells(rng: np.random.Generator, kind: Kind, hardship: np.ndarray, as_at: int) -> Spells:
    lean = np.exp(kind.leans * hardship - kind.leans**2 / 2)
    window = MONTHS + 24
    rate = kind.share / kind.months * window * lean
    whose = np.repeat(np.arange(len(hardship)), rng.poisson(rate))
    from_on = as_at - (MONTHS_BACK + 24 - rng.random(len(whose)) * window) * DAYS_A_MONTH
    length = rng.gamma(1.6, kind.months / 1.6, len(whose)) * DAYS_A_MONTH
    order = np.lexsort((from_on, whose))
    return Spells(whose[order], from_on[order].astype(np.int64), (from_on + length)[order].astype(np.int64) + 7)


def _age_factor(birth: np.ndarray, as_at: int) -> np.ndarray:
    """Younger babies are referred most; nobody over 18 or more than five months before birth is."""
    when = as_at + (np.arange(MONTHS) - MONTHS_BACK) * DAYS_A_MONTH
    age = (when[None, :] - birth[:, None]) / 365.25
    steps = np.searchsorted(np.array([-0.4, 0.0, 1.0, 5.0, 11.0, 16.0, 17.9]), age)
    return np.array([0.0, 0.9, 1.6, 1.05, 0.9, 1.1, 0.85, 0.0], dtype=np.float32)[steps]


# A year's flows for each child: 633,000 referrals, 3.0 million contacts, 305,000 early help; 12.0 million children.
REFERRALS, CONTACTS, EARLY_HELP = 0.633 / 12.0, 3.0 / 12.0, 0.305 / 12.0
AGAIN = 0.11  # chance that a referral by itself brings another; with troubles that last, 22.6% follow one (2024/25)
SETTINGS_OF_THE_RATE = 4  # each leaves about a third of what the one before was out by
NFA, NOT_IN_NEED = 0.072, 0.295  # of referrals (2022/23)
# Of the referral in the middle, when in need: plans of protection and care; of those without a plan: inquiries.
PROTECTED, CARED_FOR, ENQUIRED = 0.187, 0.094, 0.30
CARE_FROM_AGE, CARE_AT_AGE = np.array([-1.0, 1, 5, 10, 16]), np.array([2.6, 0.5, 0.6, 1.25, 2.0])
NEEDS = np.array(["N1", "N2", "N3", "N4", "N5", "N6", "N8"], dtype=object)
SOURCES = np.array(["6", "2A", "1B", "3E", "3A", "3B", "5D", "4", "9", "8"], dtype=object)
SOURCE_SHARES = np.array([0.285, 0.21, 0.08, 0.06, 0.06, 0.06, 0.12, 0.03, 0.035, 0.06])


@dataclasses.dataclass
class Careers:
    """
    Referrals and what followed, one place per referral, in order of child and day. Days; NEVER where there was none.

    `closed` is when the case closed or will close, which may be after the day the demonstration stands at.
    """

    child: np.ndarray
    referred: np.ndarray
    closed: np.ndarray
    is_nfa: np.ndarray
    source: np.ndarray
    need: np.ndarray
    reason: np.ndarray
    periods: dict[str, tuple[np.ndarray, np.ndarray]]  # assessment, section47, plan, after (a second CIN plan), cp, cla
    category: np.ndarray
    care_end: np.ndarray

    def period(self, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Referral, from and to of each period of that kind; `to` may lie after the day the demonstration stands at."""
        start, end = self.periods[name]
        which = np.flatnonzero(start != NEVER)
        return which, start[which], end[which]

    def in_plan(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every child in need plan: the first, and the one after protection or care."""
        first, second = self.period("plan"), self.period("after")
        return tuple(np.concatenate(pair) for pair in zip(first, second, strict=True))  # type: ignore[return-value]


@dataclasses.dataclass(frozen=True)
class Lots:
    """
    One lot for each person in each month: what happens in a month happens to those whose lot is under their chance.

    The lots stay the same however common a thing is made, so that its rate can be set without a new draw.
    """

    luck: np.ndarray
    weight: np.ndarray
    children: int

    def under(self, a_year: float) -> tuple[np.ndarray, np.ndarray]:
        """(Person, month) of what comes to `a_year` for each child, on average over the last three years."""
        recent = self.weight[:, MONTHS_BACK - 36 : MONTHS_BACK]
        wanted = a_year * 3 * self.children
        scale = wanted / float(recent.sum(dtype=np.float64))
        for _ in range(4):  # a month holds one at most: the highest chances take up less than their share
            scale *= wanted / float(np.minimum(recent * np.float32(scale), 1).sum(dtype=np.float64))
        who, month = np.nonzero(self.luck < self.weight * np.float32(scale))
        return who, month


def lots(rng: np.random.Generator, weight: np.ndarray, family: np.ndarray, *, children: int) -> Lots:
    """
    Draw a lot for every person and month. Two thirds are shared by brothers and sisters.

    weight: person by month, relative, 0 where a person is no child. children: how many there are at a time.
    """
    shared = rng.random((int(family.max()) + 1, weight.shape[1]), dtype=np.float32)
    own = rng.random(weight.shape, dtype=np.float32)
    mixed = rng.random(len(family), dtype=np.float32) < 0.65
    own[mixed] = shared[family[mixed]]
    return Lots(own, weight, children)


def days_of(rng: np.random.Generator, month: np.ndarray, as_at: int) -> np.ndarray:
    start = as_at + (month - MONTHS_BACK) * DAYS_A_MONTH
    return (start + rng.random(len(month)) * DAYS_A_MONTH).astype(np.int64)


def careers(rng: np.random.Generator, town: Town, troubles: Troubles) -> Careers:
    """
    Turn chances into referrals, and each referral into its assessment, plan or care. Plays on for a year.

    Published rates count the referrals that councils accept. Some that are drawn here are not: they fall on a child
    whose case is open, more of them the more troubles gather in the same homes. So the rate is set by what is kept.
    """
    family, kids = town.people.family[: town.people.children], town.people.children
    children = len(children_on(town, town.as_at))
    drawn = lots(rng, troubles.chance, family, children=children)
    seed = rng.integers(2**63)
    a_year = REFERRALS
    for _ in range(SETTINGS_OF_THE_RATE):
        made = _play(np.random.default_rng(seed), town, troubles, drawn.under(a_year))
        kept = ((made.referred > town.as_at - 3 * 365) & (made.referred <= town.as_at)).sum() / 3 / children
        a_year *= REFERRALS / max(kept, 1 / kids)
    return _play(np.random.default_rng(seed), town, troubles, drawn.under(a_year))


def _play(
    rng: np.random.Generator, town: Town, troubles: Troubles, referrals: tuple[np.ndarray, np.ndarray]
) -> Careers:
    who, month = referrals
    who, month, referred = _again(rng, who, month, days_of(rng, month, town.as_at), town.as_at)
    order = np.lexsort((referred, who))
    who, referred = who[order], referred[order]
    strength = troubles.chance[who, np.clip(month[order], 0, MONTHS - 1)]
    rank = np.argsort(np.argsort(strength, kind="stable"), kind="stable") / max(1, len(strength))
    made = _paths(rng, town.people.birth[who], referred, rank, np.array(troubles.disabled)[who])
    return _one_at_a_time(who, made)


def children_on(town: Town, day: int) -> np.ndarray:
    """Places of those who are born and under 18 on a day."""
    birth = town.people.birth[: town.people.children]
    return np.flatnonzero((birth <= day) & (birth > day - 18 * 365.25))


def _again(
    rng: np.random.Generator, who: np.ndarray, month: np.ndarray, referred: np.ndarray, as_at: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add the referrals that follow an earlier one: a family that has been known once is sooner known again."""
    more = np.flatnonzero(rng.random(len(who)) < AGAIN)
    on = referred[more] + 45 + rng.exponential(150, len(more)).astype(np.int64)
    in_month = ((on - as_at) / DAYS_A_MONTH).astype(int) + MONTHS_BACK
    keep = in_month < MONTHS
    return np.r_[who, who[more][keep]], np.r_[month, in_month[keep]], np.r_[referred, on[keep]]


def _paths(
    rng: np.random.Generator, birth: np.ndarray, referred: np.ndarray, rank: np.ndarray, disabled: np.ndarray
) -> Careers:
    count = len(referred)
    grown = (birth + 18 * 365.25).astype(np.int64)
    draw = rng.random(count)
    nfa = draw < NFA
    unneeded = ~nfa & (draw < NFA + NOT_IN_NEED)
    in_need = ~nfa & ~unneeded
    worse = (0.35 + 1.3 * rank) * in_need
    protects = rng.random(count) < PROTECTED * worse
    age = np.searchsorted(CARE_FROM_AGE, calendar.ages(birth, referred), side="right") - 1
    cares = (rng.random(count) < CARED_FOR * worse * CARE_AT_AGE[age]) & (birth < referred + 60)
    never = np.full(count, NEVER)

    length = np.minimum(rng.lognormal(np.log(42), 0.42, count), 130).astype(np.int64) + 2
    assessed = (np.where(nfa, NEVER, referred), np.where(nfa, NEVER, referred + length))
    enquired = protects | (~nfa & (rng.random(count) < ENQUIRED))
    inquiry = np.where(enquired, referred + rng.integers(1, 12, count), NEVER)
    conference = inquiry + rng.integers(12, 26, count)
    section47 = (inquiry, np.where(enquired, conference, NEVER))

    plan_from = assessed[1]
    tail = np.where(disabled, 4.0, 1.0)
    plan_length = (rng.lognormal(np.log(3.4 * DAYS_A_MONTH), 1.0, count) * tail).astype(np.int64) + 14
    cp_from = np.where(protects, conference, NEVER)
    cp_to = np.where(
        protects, conference + (rng.lognormal(np.log(8.6 * DAYS_A_MONTH), 0.55, count)).astype(np.int64) + 30, NEVER
    )
    has_plan = in_need & ~protects
    plan_to = np.where(has_plan, plan_from + plan_length, NEVER)
    soon = rng.random(count) < 0.4
    care_from = np.where(
        cares,
        np.where(soon, referred + rng.integers(1, 30, count), referred + 40 + rng.integers(10, 280, count)),
        NEVER,
    )
    care_from = np.where(cares, np.maximum(care_from, birth), NEVER)
    care_to = np.where(cares, care_from + _care_length(rng, count), NEVER)
    # A plan runs until care begins, and protection a little longer: no case is open without either.
    plan_to = np.where(cares & has_plan, care_from, plan_to)
    has_plan &= plan_to > plan_from
    cp_to = np.where(cares & protects, np.maximum(care_from + 60, cp_from + 30), cp_to)
    ended = np.max([np.where(cares, care_to, NEVER), np.where(protects, cp_to, NEVER)], axis=0)
    after = (ended != NEVER) & (rng.random(count) < 0.65)
    after_from = np.where(after, ended, NEVER)
    after_to = np.where(after, ended + rng.lognormal(np.log(90), 0.5, count).astype(np.int64) + 20, NEVER)
    closed = np.max(
        [np.where(nfa, referred + 1, assessed[1]), np.where(has_plan, plan_to, NEVER), ended, after_to], axis=0
    )

    periods = {
        "assessment": assessed,
        "section47": section47,
        "cp": (cp_from, cp_to),
        "cla": (care_from, care_to),
        "plan": (np.where(has_plan, plan_from, NEVER), np.where(has_plan, plan_to, NEVER)),
        "after": (after_from, after_to),
    }
    periods = {name: _before_eighteen(*period, grown) for name, period in periods.items()}
    closed = np.minimum(closed, np.maximum(grown, referred + 1))
    ending = rng.random(count)
    reason = np.where(
        unneeded,
        "RC8",
        np.where(closed >= grown, "RC7", np.where(ending < 0.13, "RC9", np.where(ending < 0.17, "RC5", "RC7"))),
    ).astype(object)
    care_end = np.where(
        closed >= grown,
        "E8",
        rng.choice(["E4A", "E4B", "E45", "E41", "E8", "E12"], count, p=[0.38, 0.12, 0.22, 0.08, 0.15, 0.05]),
    ).astype(object)
    need = np.where(
        disabled & (ending < 0.5), "N2", rng.choice(NEEDS, count, p=[0.56, 0.05, 0.05, 0.1, 0.18, 0.04, 0.02])
    )
    category = rng.choice(["NEG", "EMO", "PHY", "SAB", "MUL"], count, p=[0.49, 0.36, 0.08, 0.04, 0.03]).astype(object)
    source = rng.choice(SOURCES, count, p=SOURCE_SHARES)
    return Careers(never, referred, closed, nfa, source, need.astype(object), reason, periods, category, care_end)


def _care_length(rng: np.random.Generator, count: int) -> np.ndarray:
    """A tenth under two weeks, under half within a year, the rest for years (2013 ceased spells)."""
    kind = rng.choice(4, count, p=[0.11, 0.30, 0.27, 0.32])
    options = np.stack(
        [
            rng.integers(3, 14, count),
            rng.integers(14, 365, count),
            (365 + rng.exponential(1.5 * 365, count)).astype(np.int64),
            rng.integers(4 * 365, 13 * 365, count),
        ]
    )
    return options[kind, np.arange(count)]


def _before_eighteen(start: np.ndarray, end: np.ndarray, grown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    gone = (start == NEVER) | (start >= grown)
    return np.where(gone, NEVER, start), np.where(gone, NEVER, np.minimum(end, grown))


def _one_at_a_time(who: np.ndarray, made: Careers) -> Careers:
    """Drop referrals received while the child's case was open: they are contacts on an open case."""
    kept = np.zeros(len(who), dtype=bool)
    first = np.r_[True, who[1:] != who[:-1]]
    place = np.arange(len(who)) - np.maximum.accumulate(np.where(first, np.arange(len(who)), 0))
    open_until = np.full(int(who.max()) + 1 if len(who) else 1, NEVER)
    for nth in range(int(place.max()) + 1 if len(who) else 0):
        now = np.flatnonzero(place == nth)
        free = now[made.referred[now] > open_until[who[now]] + 3]
        kept[free] = True
        open_until[who[free]] = made.closed[free]
    return dataclasses.replace(
        made,
        child=who[kept],
        referred=made.referred[kept],
        closed=made.closed[kept],
        is_nfa=made.is_nfa[kept],
        source=made.source[kept],
        need=made.need[kept],
        reason=made.reason[kept],
        category=made.category[kept],
        care_end=made.care_end[kept],
        periods={n: (a[kept], b[kept]) for n, (a, b) in made.periods.items()},
    )
