"""
What agencies hear of what families go through, beside what is published of it: how much, and of whom.

The feeds are written from these figures where there are any (ADR 18 names those that have none). Nothing of the order
is read here: no marker, no point, no child's place.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kinfold.demonstration import calendar
from kinfold.demonstration.feeds import education, health, money, police
from kinfold.demonstration.published import A_YEAR, SHARE, TIMES, TOGETHER, Figure, share_of
from kinfold.demonstration.world import World

YEARS, TERMS = 3, 6


def figures(world: World) -> list[Figure]:
    """Every figure of what this council's agencies hear: schools, police, courts, health, and money."""
    pupils = _Pupils(world)
    return [*_absence(pupils), *_suspended(pupils), *_police(world), *_health(world), *_debt(world)]


class _Pupils:
    """Pupils of the last two years, one place per pupil and term: absence, suspensions and whom it happens to."""

    def __init__(self, world: World) -> None:
        rolls, missed, suspended, in_need = [], [], [], []
        pupils = education.pupils_of(world)
        for _, _, term, _ in education.census_days(world)[-TERMS:]:
            held, possible = education.absence(world, pupils, term)
            at_school = pupils[possible > 0]
            careers, day = world.careers, term[1]
            is_open = (careers.referred <= day) & (careers.closed > day) & ~careers.is_nfa
            rolls.append(at_school)
            missed.append(held[possible > 0] / possible[possible > 0])
            suspended.append(education.suspensions(world, at_school, term))
            in_need.append(np.isin(at_school, careers.child[is_open]))
        who = np.concatenate(rolls)
        self.missed, self.suspended = np.concatenate(missed), np.concatenate(suspended)
        self.in_need = np.concatenate(in_need)
        self.has_plan = world.troubles.plan[who]
        self.has_support = world.troubles.special_needs[who] & ~self.has_plan
        self.has_neither = ~self.has_plan & ~self.has_support
        self.has_meals = world.troubles.poor[world.town.people.family[who]]


def _absence(seen: _Pupils) -> Iterator[Figure]:
    persistent, severe = seen.missed >= 0.1, seen.missed >= 0.5
    everyone = np.ones(len(persistent), dtype=bool)
    autumn, need = "DfE pupil attendance: autumn 2023/24", "DfE outcomes for children in need"
    for about, who, is_so, published, low, high, source in (
        ("absent a tenth of school", everyone, persistent, 0.201, 0.185, 0.22, f"{autumn}; 20% of the year"),
        ("  with no special needs", seen.has_neither, persistent, 0.182, 0.165, 0.20, autumn),
        ("  with support for special needs", seen.has_support, persistent, 0.299, 0.27, 0.33, autumn),
        ("  with a plan for special needs", seen.has_plan, persistent, 0.346, 0.31, 0.38, autumn),
        ("  with free meals", seen.has_meals, persistent, 0.33, 0.30, 0.36, autumn),
        ("  without", ~seen.has_meals, persistent, 0.156, 0.14, 0.175, autumn),
        ("  in need", seen.in_need, persistent, 0.44, 0.40, 0.48, f"{need}: 2023/24"),
        ("absent half of school", everyone, severe, 0.023, 0.018, 0.028, f"{need}: 2.2% and 2.5%, 2023 and 2024"),
        ("  in need", seen.in_need, severe, 0.105, 0.085, 0.125, f"{need}: 10.1% and 11%, 2023 and 2024"),
    ):
        # The same pupil is in every term, so terms add little to what is certain.
        share, chance = share_of(is_so[who])
        yield Figure(about, SHARE, published, low, high, source, share, chance * np.sqrt(TERMS))


def _suspended(seen: _Pupils) -> Iterator[Figure]:
    times = seen.suspended
    a_year = 3 * 10_000 * times.mean()
    error = 3 * 10_000 * times.std() * np.sqrt(TOGETHER * TERMS / len(times))
    release = "DfE suspensions and exclusions: 2022/23"
    yield Figure("suspensions of pupils", A_YEAR, 933, 800, 1140, f"{release}; 1,131 in 2023/24", a_year, error)
    for about, who, others, published, low, high in (
        ("suspensions, support over no special needs", seen.has_support, seen.has_neither, 4, 3.2, 4.8),
        ("suspensions, plan over no special needs", seen.has_plan, seen.has_neither, 3, 2.2, 3.8),
        ("suspensions, free meals over without", seen.has_meals, ~seen.has_meals, 4, 3.2, 4.8),
    ):
        yield _times_over(about, times[who], times[others], published, low, high, release)
    source = "Jay and others, 2022: 32% and 12% of years 7 to 11"
    yield _times_over("suspended, in need over not", (times > 0)[seen.in_need], (times > 0)[~seen.in_need],
                      2.7, 2.3, 4.9, source)  # fmt: skip


def _times_over(
    about: str, one: np.ndarray, other: np.ndarray, published: float, low: float, high: float, source: str
) -> Figure:
    ratio = float(one.mean() / max(other.mean(), 1e-9))
    error = ratio * np.sqrt(TOGETHER * TERMS * (1 / max(one.sum(), 1) + 1 / max(other.sum(), 1)))
    return Figure(about, TIMES, published, low, high, source, ratio, float(error))


def _police(world: World) -> Iterator[Figure]:
    family, on = police.called_out(world)
    homes = np.unique(world.town.people.family[_children(world)])
    calls = ((on > world.as_at - 365 * YEARS) & np.isin(family, homes)).sum()
    # 1,459,663 recorded in a year, for 24.8 million households; a third of victims live with a child, and 28% of homes
    # have one.
    source = "ONS: 1.46 million, year to March 2021; a third of victims with children, 2023"
    yield _rate("domestic abuse recorded, of families", calls / YEARS, len(homes), 680, 550, 820, source)
    parents_of, _, is_prison, from_on, to_on = police.sentenced(world)
    lately = is_prison & (from_on <= world.as_at) & (to_on > world.as_at - 365)
    children = np.isin(world.town.people.family[_children(world)], parents_of[lately]).sum()
    source = "Ministry of Justice: 192,912 children, 2021/22"
    yield _rate("children with a parent in prison", children, len(_children(world)), 153, 120, 185, source)


def _health(world: World) -> Iterator[Figure]:
    children, people = _children(world), world.town.people
    family, _, from_on, _ = health.treated(world)
    lately = family[(from_on > world.as_at - 365 * 2) & (from_on <= world.as_at)]
    lived_with = np.isin(people.family[children], lately).sum() / 2
    source = "NDTMS: nearly 50,000 children, 2019/20"
    yield _rate("children with whom an adult began treatment", lived_with, len(children), 42, 32, 54, source)
    who, referred, _, ended, is_away = health.asked_for_help(world)
    active = (who < people.children) & (referred <= world.as_at) & (ended > world.as_at - 365)
    source = "Children's Commissioner: 949,200 children, 8%, 2022/23"
    yield _rate("children referred for mental health care", len(np.unique(who[active])), len(children), 800, 690, 920,
                source)  # fmt: skip
    source = "Children's Commissioner: 39%, 2022/23; 32%, 2021/22"
    yield Figure("  closed before treatment", SHARE, 0.39, 0.30, 0.43, source, *share_of(is_away[active]))
    who, on = health.attended(world)
    age = calendar.ages(people.birth[who], on)
    for about, under, published, low, high, source in (
        ("emergency attendances, under 1", 1, 8190, 7200, 9200, "HES, Nath and others, 2022: 819 of 1,000, 2018/19"),
        ("emergency attendances, under 5", 5, 6600, 6000, 7300, "HES: 659.6 of 1,000, 2019/20"),
    ):
        yield _rate(about, (age < under).sum(), _years_lived(world, under), published, low, high, source)


def _debt(world: World) -> Iterator[Figure]:
    homes = np.unique(world.town.people.family[_children(world)])
    debt = world.troubles.spells["debt"]
    owing = (debt.from_on + money.REMINDED_AFTER <= world.as_at) & (debt.to_on > world.as_at)
    source = "Citizens Advice, 2021: 3.5 million people, of 45 million adults"
    yield Figure("families behind with council tax", SHARE, 0.078, 0.05, 0.085, source,
                 *share_of(np.isin(homes, debt.whose[owing])))  # fmt: skip


def _children(world: World) -> np.ndarray:
    birth = world.town.people.birth[: world.town.people.children]
    return np.flatnonzero((birth <= world.as_at) & (birth > world.as_at - 18 * 365.25))


def _years_lived(world: World, under: int) -> float:
    """How many years children under an age lived in Saltmarsh since attendances are told."""
    birth = world.town.people.birth[world.kids]
    first, last = np.maximum(birth, world.start - 60), np.minimum(birth + under * 365.25, world.as_at)
    return float(np.clip(last - first, 0, None).sum() / 365.25)


def _rate(about: str, count: float, of: float, published: float, low: float, high: float, source: str) -> Figure:
    one = 10_000 / max(of, 1)
    return Figure(about, A_YEAR, published, low, high, source, count * one, float(np.sqrt(count * TOGETHER) * one))
