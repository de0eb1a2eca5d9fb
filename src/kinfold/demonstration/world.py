"""Everything the feeds are written from: the town, its troubles and careers, its staff, schools, refuge and seals."""

from __future__ import annotations

import dataclasses
import datetime
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kinfold.demonstration import calendar, deliveries, numbers, population, sight, troubles, workforce
from kinfold.demonstration.calendar import NEVER

MONTHS_OF_HISTORY = 36


@dataclasses.dataclass
class Schooling:
    """Where children go to school: places in `names`, per child; UPNs, temporary ones where there is one."""

    names: np.ndarray
    urn: np.ndarray
    estab: np.ndarray
    primary: np.ndarray
    secondary: np.ndarray
    entry: np.ndarray
    upn: np.ndarray
    temporary: np.ndarray


@dataclasses.dataclass
class Ledger:
    """Who each source's person really is: written as truth, never into the feeds."""

    rows: list[tuple[str, np.ndarray, np.ndarray]] = dataclasses.field(default_factory=list)

    def add(self, source: str, keys: np.ndarray, who: np.ndarray) -> None:
        """keys: the source's own numbers for people, without its name in front; who: their places in the truth."""
        self.rows.append((source, keys, who))


@dataclasses.dataclass
class World:
    """The made-up council as it really is on `as_at` (days)."""

    seed: int
    as_at: int
    start: int
    town: population.Town
    careers: troubles.Careers
    troubles: troubles.Troubles
    services: dict[str, workforce.Service]
    allocations: workforce.Allocations
    help: EarlyHelp
    schooling: Schooling
    refuge: dict[int, int]
    refuge_address: tuple[str, str, str]
    adoptions: list[tuple[int, int, int]]
    outbox: deliveries.Outbox
    ledger: Ledger = dataclasses.field(default_factory=Ledger)

    def rng(self, name: str) -> np.random.Generator:
        """Chance of its own for each feed, so that a change to one leaves the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def post(self, feed: str, days: Sequence[int] | None = None, **style: str) -> deliveries.Post:
        given = days or deliveries.half_yearly(self.as_at, last=2 + zlib.crc32(feed.encode()) % 4)
        return deliveries.Post(self.outbox, feed, given, deliveries.Style(**style))

    def look(
        self, feed: str, who: np.ndarray, *, ids: str, habits: sight.Habits | None = None, source: str | None = None
    ) -> sight.Sight:
        """See people as a feed does, and write down in the ledger who they really are."""
        seen = sight.look(self.rng(f"{feed} people {ids}"), self.town, who, ids=ids, habits=habits)
        self.ledger.add(source or feed, seen.ids, seen.who)
        return seen

    @property
    def sealed(self) -> np.ndarray:
        return np.array([one for old, new, _ in self.adoptions for one in (old, new)], dtype=np.int64)

    @property
    def kids(self) -> np.ndarray:
        """Children and young people whose identity is not sealed, the unborn left out."""
        people = self.town.people
        everyone = np.flatnonzero(people.birth[: people.children] <= self.as_at)
        return np.setdiff1d(everyone, self.sealed)

    def home(self, who: np.ndarray, on: np.ndarray | int) -> np.ndarray:
        """Address (a place in `town.homes`) of people on a day."""
        return self.town.homes.of(self.town.people.household[who], on)


@dataclasses.dataclass
class EarlyHelp:
    """Spells of early help, one place per child and spell; `end` is why it ended."""

    child: np.ndarray
    from_on: np.ndarray
    to_on: np.ndarray
    end: np.ndarray
    worker_draw: np.ndarray


def make(folder: Path, *, children: int, seed: int, as_at: datetime.date) -> World:
    """Make the truth; nothing is written yet."""

    def rng(name: str) -> np.random.Generator:
        return np.random.default_rng([seed, zlib.crc32(name.encode())])

    day = calendar.number(as_at)
    town = population.make(rng("town"), children=children, as_at=day)
    trouble = troubles.make(rng("troubles"), town)
    careers = troubles.careers(rng("careers"), town, trouble)
    adoptions = _adopt(rng("adoptions"), town, careers)
    open_now = int(((careers.referred <= day) & (careers.closed > day) & ~careers.is_nfa).sum())
    services = {
        "social_care": workforce.service(rng("social workers"), "social_care", open_now, each=workforce.MEAN_CASELOAD)
    }
    each = {
        "early_help": children * 0.0135,
        "youth_justice": children * 0.003,
        "health": children * 0.02,
        "mental_health": children * 0.02,
        "substance_misuse": children * 0.01,
        "probation": children * 0.008,
        "housing": children * 0.03,
    }
    for agency, cases in each.items():
        services[agency] = workforce.service(rng(f"{agency} workers"), agency, int(cases))
    allocations = workforce.allocate(rng("allocations"), town, careers, services["social_care"])
    return World(
        seed=seed,
        as_at=day,
        start=calendar.number(calendar.back(as_at, months=MONTHS_OF_HISTORY)),
        town=town,
        troubles=trouble,
        careers=careers,
        services=services,
        allocations=allocations,
        help=_early_help(rng("early help"), town, trouble, careers),
        schooling=_schooling(rng("schools"), town),
        refuge=_refuge(rng("refuge"), town, trouble),
        refuge_address=("Tern House, Saltern Way", "ZZ99 9ZZ", "999999999999"),
        adoptions=adoptions,
        outbox=deliveries.Outbox(folder),
    )


def _adopt(rng: np.random.Generator, town: population.Town, careers: troubles.Careers) -> list[tuple[int, int, int]]:
    """Two children who left care by adoption: (birth identity, new identity in another family, day of the order)."""
    people, kids = town.people, town.people.children
    age = calendar.ages(people.birth[:kids], town.as_at)
    known = np.bincount(careers.child, minlength=kids) > 0
    young = careers.child
    able = (age[young] > 2.2) & (age[young] < 4.3) & ~careers.is_nfa & (careers.referred < town.as_at - 420)
    able &= ~people.twin[young] & (np.bincount(young, minlength=kids)[young] == 1)
    cared = careers.periods["cla"][0] != NEVER
    order = np.lexsort((rng.random(len(young)), ~cared))
    made: list[tuple[int, int, int]] = []
    for referral in order[able[order]][:2].tolist():
        old = int(young[referral])
        taken = [n for pair in made for n in pair[:2]]
        couples = people.partner[people.family[:kids]] >= 0
        fit = (
            couples
            & ~known
            & ~people.twin[:kids]
            & (np.abs(age - age[old]) < 0.6)
            & (people.family[:kids] != people.family[old])
        )
        options = np.setdiff1d(np.flatnonzero(fit), taken)
        if not len(options):
            continue
        new = int(options[int(rng.integers(len(options)))])
        people.birth[new], people.sex[new], people.adopted_from[new] = people.birth[old], people.sex[old], old
        on = int(town.as_at - rng.integers(90, 300))
        start = max(int(people.birth[old]) + 20, int(careers.referred[referral]) + 20)
        for name, period in careers.periods.items():
            if name in ("after", "cp") or name == "plan" and period[0][referral] != NEVER:
                period[0][referral] = period[1][referral] = NEVER
        careers.periods["cla"][0][referral], careers.periods["cla"][1][referral] = start, on
        careers.closed[referral], careers.care_end[referral], careers.reason[referral] = on, "E12", "RC1"
        made.append((old, new, on))
    return made


def _early_help(
    rng: np.random.Generator, town: population.Town, trouble: troubles.Troubles, careers: troubles.Careers
) -> EarlyHelp:
    """Family spells of about six months; some end in a referral, some cannot be reached, some follow a closed case."""
    people, kids = town.people, town.people.children
    children = len(troubles.children_on(town, town.as_at))
    drawn = troubles.lots(rng, np.sqrt(trouble.chance), people.family[:kids], children=children)
    who, month = drawn.under(troubles.EARLY_HELP)
    from_on = troubles.days_of(rng, month, town.as_at)
    down = np.flatnonzero(
        (careers.reason == "RC9") | ((careers.reason == "RC8") & (rng.random(len(careers.child)) < 0.06))
    )
    who, from_on = np.r_[who, careers.child[down]], np.r_[from_on, careers.closed[down] + 5]
    length = (rng.lognormal(np.log(165), 0.5, len(who))).astype(np.int64) + 14
    draw = rng.random(len(who))
    end = np.select([draw < 0.60, draw < 0.74, draw < 0.84], ["goals", "declined", "unreachable"], "closed").astype(
        object
    )
    to_on = from_on + np.where((end == "declined") | (end == "unreachable"), np.minimum(length, 60), length)
    order = np.lexsort((from_on, who))
    who, from_on, to_on, end = who[order], from_on[order], to_on[order], end[order]
    family_draw = rng.random(people.families)
    free = np.ones(len(who), dtype=bool)
    keys = careers.child.astype(np.int64) * 10**6 + careers.referred + 200_000
    place = np.searchsorted(keys, who.astype(np.int64) * 10**6 + from_on + 200_000)
    before = np.maximum(place - 1, 0)
    clash = (place > 0) & (careers.child[before] == who) & (careers.closed[before] > from_on)
    free &= ~clash
    after = np.minimum(place, len(keys) - 1)
    up = (
        (careers.child[after] == who)
        & (careers.referred[after] < to_on)
        & (careers.referred[after] >= from_on)
        & (place < len(keys))
    )
    to_on = np.where(up, careers.referred[after], to_on)
    end = np.where(up, "stepped_up", end)
    again = np.r_[False, (who[1:] == who[:-1]) & (from_on[1:] < to_on[:-1])]
    keep = free & ~again & (calendar.ages(people.birth[who], from_on) < 17.8) & (people.birth[who] <= from_on)
    return EarlyHelp(who[keep], from_on[keep], to_on[keep], end[keep], family_draw[people.family[who[keep]]])


def _schooling(rng: np.random.Generator, town: population.Town) -> Schooling:
    people, kids = town.people, town.people.children
    primaries, secondaries = max(3, kids // 330), max(2, kids // 1300)
    streets = population.STREETS
    labels = [f"{streets[n % 30]}{'' if n < 30 else f' {n // 30 + 1}'} Primary School" for n in range(primaries)]
    labels += [f"{streets[(n * 7 + 3) % 30]}{'' if n < 30 else f' {n // 30 + 1}'} Academy" for n in range(secondaries)]
    estab = np.r_[2000 + np.arange(primaries) % 2000, 4000 + np.arange(secondaries) % 1000]
    area = town.homes.area[town.homes.of(people.household[:kids], people.birth[:kids] + 1500)]
    areas = len(town.homes.lsoas)
    spread = area / areas + rng.normal(0, 0.03, people.families)[people.family[:kids]]
    primary = np.clip((spread * primaries).astype(int), 0, primaries - 1)
    secondary = primaries + np.clip((spread * secondaries).astype(int), 0, secondaries - 1)
    years, months, _ = calendar.parts(people.birth[:kids])
    entry_year = years + 4 + (months >= 9)
    entry = calendar.from_parts(entry_year, np.full(kids, 9), np.full(kids, 5))
    order = np.lexsort((np.arange(kids), entry_year, primary))
    group = primary[order] * 10_000 + entry_year[order]
    serial = np.empty(kids, dtype=np.int64)
    serial[order] = np.arange(kids) - np.searchsorted(group, group, side="left") + 1
    upn = numbers.upns(estab[primary], entry_year, serial)
    temporary = np.full(kids, None, dtype=object)
    some = np.flatnonzero(rng.random(kids) < 0.02)
    temporary[some] = numbers.temporary_upns(estab[primary[some]], entry_year[some], serial[some])
    return Schooling(
        np.array(labels, dtype=object),
        np.array([f"9990{n:02d}" if n < 100 else f"99{n + 1000}" for n in range(len(labels))], dtype=object),
        estab,
        primary,
        secondary,
        entry,
        upn,
        temporary,
    )


def _refuge(rng: np.random.Generator, town: population.Town, trouble: troubles.Troubles) -> dict[int, int]:
    """Families living in the refuge, and since when: mothers on their own with children, after abuse at home."""
    people, kids = town.people, town.people.children
    abuse = trouble.spells["abuse"]
    recent = np.unique(abuse.whose[(abuse.from_on < town.as_at) & (abuse.to_on > town.as_at - 200)])
    minors = np.bincount(
        people.family[:kids][(people.birth[:kids] > town.as_at - 16 * 365) & (people.birth[:kids] < town.as_at)],
        minlength=people.families,
    )
    able = recent[(people.partner[recent] < 0) & (minors[recent] > 0)]
    if not len(able):
        able = np.flatnonzero((people.partner < 0) & (minors > 0))
    some = rng.permutation(able)[: max(2, kids // 1500)]
    return {int(family): int(town.as_at - rng.integers(20, 160)) for family in np.sort(some)}
