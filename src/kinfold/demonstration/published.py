"""
What England publishes beside what Saltmarsh's truth holds: rates, shares and gradients, each with its source.

The council is made from these figures and from nothing else. No marker, point or score of the order is read here, so
that a proof made on the council says something about the order and not about the council.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from kinfold.demonstration import calendar, names
from kinfold.demonstration.feeds import case_care, case_work
from kinfold.demonstration.world import World

A_YEAR, AT_A_TIME, SHARE, TIMES = "per 10,000 a year", "per 10,000", "share", "times"
MONTHS, WORKING_DAYS = "months", "working days"
YEARS = 3
TOGETHER = 2.5  # brothers and sisters go through things together: this many times the variance of children apart


@dataclasses.dataclass(frozen=True)
class Figure:
    """
    One published figure and the same of the made-up truth, both in `unit` (shares 0 to 1).

    low, high: between these the truth is as England is, chance left out: years differ, and so do definitions.
    chance: one standard error of `made`, brothers and sisters counted as going together.
    """

    about: str
    unit: str
    published: float
    low: float
    high: float
    source: str
    made: float
    chance: float

    @property
    def is_close(self) -> bool:
        """Within the bounds, or no further beyond them than two standard errors."""
        return self.low - 2 * self.chance <= self.made <= self.high + 2 * self.chance


def figures(world: World) -> list[Figure]:
    """Every figure of this council, in the order in which a family would meet the services."""
    seen = _Truth(world)
    return [*_flows(seen), *_referrals(seen), *_stocks(seen), *_in_need(seen), *_looked_after(seen), *_gradient(seen)]


class _Truth:
    """The children of the council, and who was open to social care on the day and a year and two years before."""

    def __init__(self, world: World) -> None:
        self.world, self.careers, self.as_at = world, world.careers, world.as_at
        people = world.town.people
        self.kids = people.children
        self.birth, self.family = people.birth[: self.kids], people.family[: self.kids]
        self.now = np.flatnonzero((self.birth <= self.as_at) & (self.birth > self.as_at - 18 * 365.25))
        self.days = [self.as_at - 365 * back for back in range(YEARS)]

    def a_year(self, on: np.ndarray) -> tuple[float, float]:
        """How many a year of things on these days came to 10,000 children, over three years, and its error."""
        count = ((on > self.as_at - 365 * YEARS) & (on <= self.as_at)).sum()
        one = 10_000 / YEARS / len(self.now)
        return count * one, np.sqrt(count * TOGETHER) * one

    def at_a_time(self, start: np.ndarray, end: np.ndarray) -> tuple[float, float]:
        """How many of 10,000 children are in it on a day, the mean of three days a year apart, and its error."""
        count = np.mean([((start <= day) & (end > day)).sum() for day in self.days])
        one = 10_000 / len(self.now)
        return count * one, np.sqrt(count * TOGETHER / 2) * one

    def open_on(self, day: int) -> np.ndarray:
        """Places of referrals whose case was open on a day, as the census counts children in need."""
        c = self.careers
        return np.flatnonzero((c.referred <= day) & (c.closed > day) & ~c.is_nfa)


def share_of(of: np.ndarray) -> tuple[float, float]:
    """The share that is true, and its error."""
    near = (of.sum() + 1) / (len(of) + 2)  # so that none of a few is not taken for certain
    return float(of.sum() / max(len(of), 1)), float(np.sqrt(near * (1 - near) * TOGETHER / max(len(of), 1)))


def _flows(seen: _Truth) -> Iterator[Figure]:
    c, help_ = seen.careers, seen.world.help
    contacts = case_work.contacts_of(seen.world)[1]
    need = ~c.is_nfa & (c.reason != "RC8")
    dfe, adcs = "DfE children in need", "ADCS Safeguarding Pressures 9"
    for about, on, published, low, high, source in (
        ("contacts", contacts, 2500, 2250, 2600, f"{adcs}: 3.0 million, 2023/24"),
        ("starts of early help", help_.from_on, 254, 225, 280, f"{adcs}: 305,000 assessments, 2023/24"),
        ("referrals", c.referred, 528, 505, 550, f"{dfe}: 633,000, 2024/25"),
        # Assessments made again of a case that is open are not made up; England has about one in twenty such.
        ("assessments", c.period("assessment")[1], 546, 460, 560, f"{dfe}: 655,540, 2022/23"),
        ("episodes of need that began", c.referred[need], 339, 310, 360, f"{dfe}: 406,770, 2017/18"),
        ("section 47 enquiries", c.period("section47")[1], 188, 165, 200, f"{dfe}: 225,400, 2022/23"),
        ("protection plans that began", c.period("cp")[1], 52, 46, 56, f"{dfe}: 62,200, 2014/15"),
        ("children who came into care", c.period("cla")[1], 27.5, 22, 31, "DfE looked after: 33,050, 2023/24"),
    ):
        yield Figure(about, A_YEAR, published, low, high, source, *seen.a_year(on))


def _referrals(seen: _Truth) -> Iterator[Figure]:
    c = seen.careers
    lately = (c.referred > seen.as_at - 365 * YEARS) & (c.referred <= seen.as_at)
    again = np.r_[False, (np.diff(c.child) == 0) & (np.diff(c.referred) < 365)]
    dfe = "DfE children in need"
    police, school = c.source == "6", c.source == "2A"
    for about, true, published, low, high, source in (
        ("referrals within 12 months of another", again, 0.226, 0.21, 0.24, f"{dfe}: 2024/25"),
        ("referrals that need no action", c.is_nfa, 0.072, 0.065, 0.08, f"{dfe}: 2022/23 and before"),
        ("referrals assessed as not in need", ~c.is_nfa & (c.reason == "RC8"), 0.295, 0.28, 0.31, f"{dfe}: 2022/23"),
        ("referrals by the police", police, 0.28, 0.27, 0.30, f"{dfe}: 2024/25"),
        ("referrals by schools", school, 0.21, 0.19, 0.22, f"{dfe}: 2024/25"),
    ):
        yield Figure(about, SHARE, published, low, high, source, *share_of(true[lately]))
    start, end = c.period("assessment")[1:]
    done = (end > seen.as_at - 365 * YEARS) & (end <= seen.as_at)
    days = (end - start)[done] * 5 / 7
    error = float(days.std() / np.sqrt(max(len(days), 1)))
    yield Figure("mean length of assessments", WORKING_DAYS, 33, 30, 35, f"{dfe}: 2022/23", float(days.mean()), error)
    closed = c.closed[~c.is_nfa & (c.reason != "RC8")]
    began = c.referred[~c.is_nfa & (c.reason != "RC8")]
    lasted = (closed - began)[(closed > seen.as_at - 365 * YEARS) & (closed <= seen.as_at)]
    middle, error = float(np.median(lasted)) / calendar.DAYS_A_MONTH, float(lasted.std() / np.sqrt(max(len(lasted), 1)))
    source = "our own estimate of the middle episode; see docs/adr/0018"
    yield Figure("episodes of need, the middle one", MONTHS, 6, 5, 7, source, middle, error / calendar.DAYS_A_MONTH)
    source = f"{dfe}: just under 1 in 10, 2020/21"
    yield Figure("episodes that ended after 2 years", SHARE, 0.09, 0.05, 0.12, source, *share_of(lasted > 730))


def _stocks(seen: _Truth) -> Iterator[Figure]:
    c = seen.careers
    need = (c.referred[~c.is_nfa], c.closed[~c.is_nfa])
    for about, (start, end), published, low, high, source in (
        ("children in need", need, 333, 315, 350, "DfE children in need: 2020 to 2024"),
        ("children on a protection plan", c.period("cp")[1:], 42, 38, 46, "DfE children in need: 49,900, 2024"),
        ("children looked after", c.period("cla")[1:], 69, 60, 73, "DfE looked after: 2021 to 2025"),
    ):
        yield Figure(about, AT_A_TIME, published, low, high, source, *seen.at_a_time(start, end))


def _in_need(seen: _Truth) -> Iterator[Figure]:
    """What is known of the children in need on the three days; pupils are those of 5 to 15."""
    trouble, as_at = seen.world.troubles, seen.as_at
    needs = trouble.special_needs | trouble.plan
    both = [(day, seen.careers.child[seen.open_on(day)]) for day in seen.days]
    pupils = np.concatenate([who[_of_school_age(seen, who, day)] for day, who in both])
    everyone = seen.now[_of_school_age(seen, seen.now, as_at)]
    outcomes = "DfE outcomes for children in need"
    meals = trouble.poor[seen.family]
    yield Figure(
        "pupils with free meals", SHARE, 0.25, 0.2, 0.27, "DfE schools, pupils: 2023/24", *share_of(meals[everyone])
    )
    source = f"{outcomes}: 61.6%; over half since 2020/21"
    yield Figure("pupils in need with free meals", SHARE, 0.616, 0.55, 0.65, source, *share_of(meals[pupils]))
    source = "DfE special educational needs: 1 in 6"
    yield Figure("pupils with special needs", SHARE, 0.17, 0.15, 0.19, source, *share_of(needs[everyone]))
    source = f"{outcomes}: 48.3% in 2019/20, just over half since"
    yield Figure("pupils in need with special needs", SHARE, 0.5, 0.46, 0.54, source, *share_of(needs[pupils]))
    yield from _factors(seen)
    who = np.concatenate([who for _, who in both])
    boys = seen.world.town.people.sex[who] == "M"
    yield Figure("children in need who are boys", SHARE, 0.54, 0.5, 0.57, "DfE children in need: 2021", *share_of(boys))
    groups = np.array([h.ethnicity for h in names.HERITAGES], dtype=object)[seen.world.town.people.heritage]
    source = "DfE children in need: 268,070 of 373,790 known, 2020"
    yield Figure("children in need who are white", SHARE, 0.717, 0.67, 0.8, source, *share_of(groups[who] == "white"))


def _of_school_age(seen: _Truth, who: np.ndarray, day: int) -> np.ndarray:
    age = calendar.ages(seen.birth[who], day)
    return (age >= 5) & (age < 16)


def _factors(seen: _Truth) -> Iterator[Figure]:
    """Concerns that the assessment of a child in need has found, as the census asks for them."""
    start, end = seen.careers.periods["assessment"]
    found: dict[str, list[np.ndarray]] = {word: [] for word in ("1 2", "3", "4", "15A")}
    for day in seen.days:
        assessed = seen.open_on(day)
        assessed = assessed[(end[assessed] <= day) & (start[assessed] != calendar.NEVER)]
        referral, _, code = case_care.factors(seen.world, assessed, end[assessed])
        for words, lists in found.items():
            those = [f"{word}{whose}" for word in words.split() for whose in ("A", "B", "C", "")]
            lists.append(np.isin(assessed, referral[np.isin(code, those)]))
    for about, words, published, low, high, said in (
        ("in need, domestic abuse found", "3", 0.496, 0.33, 0.52, "49.6%, 2016; fewer when of a parent alone"),
        ("in need, mental ill health found", "4", 0.366, 0.30, 0.43, "36.6%, 2016"),
        ("in need, drugs or alcohol found", "1 2", 0.193, 0.16, 0.30, "drugs 19.3%, alcohol 18.4%, 2016"),
        ("in need, self-harm found", "15A", 0.043, 0.03, 0.09, "4.3%, 2016"),
    ):
        yield Figure(
            about, SHARE, published, low, high, f"DfE children in need: {said}", *share_of(np.concatenate(found[words]))
        )


def _looked_after(seen: _Truth) -> Iterator[Figure]:
    referral, start, end = seen.careers.period("cla")
    child = seen.careers.child[referral]
    there = [(day, child[(start <= day) & (end > day)]) for day in seen.days]
    age = np.concatenate([calendar.ages(seen.birth[who], day) for day, who in there])
    who = np.concatenate([who for _, who in there])
    source = "DfE looked after: recent years, with those who came alone"
    for about, first, last, published, low, high in (
        ("looked after, under 1", 0, 1, 0.05, 0.03, 0.08),
        ("looked after, 1 to 4", 1, 5, 0.13, 0.10, 0.19),
        ("looked after, 5 to 9", 5, 10, 0.18, 0.15, 0.27),
        ("looked after, 10 to 15", 10, 16, 0.38, 0.30, 0.42),
        ("looked after, 16 and over", 16, 18, 0.26, 0.14, 0.28),
    ):
        yield Figure(about, SHARE, published, low, high, source, *share_of((age >= first) & (age < last)))
    boys = seen.world.town.people.sex[who] == "M"
    yield Figure(
        "looked after who are boys", SHARE, 0.53, 0.49, 0.57, "DfE looked after: 2025, not alone", *share_of(boys)
    )
    groups = np.array([h.ethnicity for h in names.HERITAGES], dtype=object)[seen.world.town.people.heritage]
    source = "DfE looked after: 2025"
    yield Figure("looked after who are white", SHARE, 0.71, 0.66, 0.8, source, *share_of(groups[who] == "white"))
    lasted = (end - start)[(end > seen.as_at - 365 * YEARS) & (end <= seen.as_at)]
    source = "DfE looked after: 46%, 2012/13"
    yield Figure("spells of care that ended within a year", SHARE, 0.46, 0.38, 0.5, source, *share_of(lasted < 365))


def _gradient(seen: _Truth) -> Iterator[Figure]:
    """How many times likelier care or a plan is in the poorest tenth of neighbourhoods than in the richest."""
    place = seen.world.town.homes
    household = seen.world.town.people.household[seen.now]
    area = place.area[place.of(household, np.full(len(household), seen.as_at))]
    tenth = np.argsort(np.argsort(area, kind="stable")) * 10 // len(area)
    c = seen.careers
    known = np.zeros(seen.kids, dtype=bool)
    for name in ("cp", "cla"):
        which, _, end = c.period(name)
        known[c.child[which[end > seen.as_at - 365 * YEARS]]] = True
    poorest, richest = (known[seen.now][tenth == place].sum() + 0.5 for place in (9, 0))
    times = poorest / richest
    error = times * np.sqrt(TOGETHER * (1 / poorest + 1 / richest))
    source = "Bywaters and others, child welfare inequalities, 2015: over ten"
    yield Figure("care or plan, poorest tenth over richest", TIMES, 10, 7, 16, source, float(times), float(error))
