"""
How one agency has written down the people it knows: its own numbers for them, and its own mistakes.

The rates of slips are those a data engineer meets: a misspelling in a hundred, a swapped day and month in three
hundred, a first of January where nobody knew, a missing date of birth for one householder in five.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from kinfold.demonstration import calendar, names
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.population import Town


@dataclasses.dataclass(frozen=True)
class Habits:
    """What an agency gets wrong, as shares of people 0 to 1."""

    slips: float = 0.010
    other_spelling: float = 0.16
    swapped_names: float = 0.004
    half_of_hyphen: float = 0.10
    old_surname: float = 0.25
    swapped_date: float = 0.003
    wrong_digit: float = 0.005
    default_date: float = 0.003
    no_birth: float = 0.0
    no_nhs: float = 0.08
    no_sex: float = 0.002
    upper: bool = False


@dataclasses.dataclass
class Sight:
    """People as one agency sees them, in order of `who` (places in the truth). `birth` in days, NEVER when missing."""

    who: np.ndarray
    ids: np.ndarray
    forename: np.ndarray
    surname: np.ndarray
    birth: np.ndarray
    sex: np.ndarray
    nhs: np.ndarray
    renamed_on: np.ndarray
    surname_before: np.ndarray

    def at(self, people: np.ndarray) -> np.ndarray:
        """Places here of people of the truth, every one of whom must be known here."""
        return np.searchsorted(self.who, people)

    def knows(self, people: np.ndarray) -> np.ndarray:
        place = np.minimum(np.searchsorted(self.who, people), max(0, len(self.who) - 1))
        return self.who[place] == people if len(self.who) else np.zeros(len(people), dtype=bool)

    def surname_at(self, place: np.ndarray, on: np.ndarray) -> np.ndarray:
        """The surname as it was on a day: an agency learns of a change when it happens."""
        before = (self.renamed_on[place] != NEVER) & (on < self.renamed_on[place])
        return np.where(before, self.surname_before[place], self.surname[place])


def look(rng: np.random.Generator, town: Town, who: np.ndarray, *, ids: str, habits: Habits | None = None) -> Sight:
    """
    Write down `who` as an agency would.

    ids: a pattern with one number, such as "P{:06d}"; numbers are handed out in no order.
    Repeats of a person in `who` are seen once.
    """
    habits = habits or Habits()
    people, who = town.people, np.unique(who)
    count = len(who)
    number = 1 + rng.permutation(count * 3)[:count]
    forename, surname = people.forename[who].copy(), people.surname[who].copy()
    renamed = people.renamed_on[who].copy()
    stale = (renamed != NEVER) & (rng.random(count) < habits.old_surname)
    surname[stale] = people.surname_before[who][stale]
    renamed[stale] = NEVER
    _misname(rng, forename, surname, habits)
    birth = _misdate(rng, people.birth[who].copy(), people.heritage[who] > 0, people.birth[who] > town.as_at, habits)
    sex = people.sex[who].copy()
    sex[rng.random(count) < habits.no_sex] = None
    nhs = people.nhs[who].copy()
    nhs[rng.random(count) < habits.no_nhs] = None
    before = people.surname_before[who].copy()
    if habits.upper:
        forename, surname, before = _upper(forename), _upper(surname), _upper(before)
    labels = np.array([ids.format(n) for n in number.tolist()], dtype=object)
    return Sight(who, labels, forename, surname, birth, sex, nhs, renamed, before)


def _upper(words: np.ndarray) -> np.ndarray:
    return np.array([w.upper() if w else w for w in words], dtype=object)


def _some(rng: np.random.Generator, count: int, share: float) -> list[int]:
    return np.flatnonzero(rng.random(count) < share).tolist()


def _misname(rng: np.random.Generator, forename: np.ndarray, surname: np.ndarray, habits: Habits) -> None:
    count = len(forename)
    for words in (forename, surname):
        for n in _some(rng, count, habits.other_spelling):
            words[n] = names.other_spelling(rng, words[n])
        for n in _some(rng, count, habits.slips):
            words[n] = names.slip(rng, words[n])
    for n in _some(rng, count, habits.half_of_hyphen):
        if "-" in surname[n] and not surname[n].startswith("Al-"):
            surname[n] = surname[n].split("-")[int(rng.integers(2))]
    for n in _some(rng, count, habits.swapped_names):
        forename[n], surname[n] = surname[n], forename[n]


def _misdate(
    rng: np.random.Generator, birth: np.ndarray, elsewhere: np.ndarray, unborn: np.ndarray, habits: Habits
) -> np.ndarray:
    """Swap, mistype, default or lose dates of birth; defaults gather where papers came from another country."""
    years, months, days = calendar.parts(birth)
    draw = rng.random(len(birth))
    swapped = (draw < habits.swapped_date) & (days <= 12)
    wrong = ~swapped & (draw < habits.swapped_date + habits.wrong_digit)
    draw = rng.random(len(birth))
    first_of_year = draw < habits.default_date * np.where(elsewhere, 5, 0.6)
    default = (draw > 1 - habits.default_date / 3) & ~first_of_year
    made = np.where(swapped, calendar.from_parts(years, days, months), birth)
    tens = rng.random(len(birth)) < 0.5
    typed = np.where(tens & (days > 10), days - 10, np.where(days % 10 < 9, days + 1, days - 1))
    made = np.where(wrong, calendar.from_parts(years, months, typed), made)
    made = np.where(first_of_year, calendar.from_parts(years, np.ones_like(months), np.ones_like(days)), made)
    made = np.where(
        default, calendar.from_parts(np.full_like(years, 1900), np.ones_like(months), np.ones_like(days)), made
    )
    made = np.where(unborn, birth, made)
    return np.where(rng.random(len(birth)) < habits.no_birth, NEVER, made)
