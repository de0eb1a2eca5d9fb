"""Who works in Saltmarsh: teams, their managers, how to reach them, and which social worker holds which case."""

from __future__ import annotations

import dataclasses

import numpy as np

from kinfold.demonstration import calendar, names
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.population import Town
from kinfold.demonstration.troubles import Careers

MEAN_CASELOAD = 15.8  # children per case holder, Department for Education workforce 2022 to 2024
TEAMS = [
    "Heron",
    "Curlew",
    "Avocet",
    "Plover",
    "Samphire",
    "Lighthouse",
    "Estuary",
    "Saltern",
    "Beacon",
    "Ferry",
    "Harbour",
    "Quay",
    "Marsh",
    "Orchard",
    "Windmill",
    "Priory",
]


@dataclasses.dataclass(frozen=True)
class Worker:
    """One member of staff. `ref` is the staff number that feeds carry."""

    ref: str
    name: str
    team: str
    agency: str
    phone: str
    email: str
    job: str
    manager: bool = False


@dataclasses.dataclass
class Service:
    """The workers of one service, managers last, and how much of the work each takes (managers none)."""

    workers: list[Worker]
    weight: np.ndarray

    def column(self, field: str) -> np.ndarray:
        return np.array([getattr(w, field) for w in self.workers], dtype=object)

    def choose(self, draw: np.ndarray) -> np.ndarray:
        """A worker for each draw in [0, 1): the same draw gives the same worker."""
        return np.searchsorted(np.cumsum(self.weight), draw % 1.0, side="right")


# agency, prefix of staff numbers, job title, name of its teams, where its e-mails are
SERVICES = {
    "social_care": ("SW", "Social worker", "Children's social care, {} team", "saltmarsh.example"),
    "early_help": ("EH", "Early help practitioner", "Early help, {} locality", "saltmarsh.example"),
    "youth_justice": ("YJ", "Youth justice officer", "Youth justice service", "saltmarsh.example"),
    "health": ("HV", "Health visitor", "Health visiting, {} locality", "health.example"),
    "mental_health": ("MH", "Mental health practitioner", "Child and adolescent mental health", "health.example"),
    "substance_misuse": ("SM", "Recovery worker", "Turnstone recovery service", "recovery.example"),
    "probation": ("PR", "Probation practitioner", "Probation, Saltmarsh delivery unit", "probation.example"),
    "housing": ("HO", "Housing officer", "Housing needs", "saltmarsh.example"),
}


def service(rng: np.random.Generator, agency: str, cases: int, *, each: float = 20.0) -> Service:
    """Enough workers for the cases, in teams of about six with a manager; their loads differ as real ones do."""
    prefix, job, team, mail = SERVICES[agency]
    holders = max(3, round(cases / each))
    teams = max(1, round(holders / 6))
    total = holders + teams
    sex = rng.random(total) < 0.8
    women = names.choose(
        rng, names.HERITAGES[0].women + names.HERITAGES[5].women + names.HERITAGES[2].women, total, skew=0.1
    )
    men = names.choose(rng, names.HERITAGES[0].men + names.HERITAGES[4].men, total, skew=0.1)
    last = names.choose(rng, names.HERITAGES[0].surnames + names.HERITAGES[5].surnames, total, skew=0.05)
    workers = []
    for n in range(total):
        manager = n >= holders
        in_team = TEAMS[(n - holders if manager else n % teams) % len(TEAMS)]
        name = f"{women[n] if sex[n] else men[n]} {last[n]}"
        address = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
        workers.append(
            Worker(
                ref=f"{prefix}{n + 1:04d}",
                name=name,
                team=team.format(in_team),
                agency=agency,
                phone=f"01632 960{(hash_of(prefix) + n) % 1000:03d}",
                email=f"{address}{n + 1}@{mail}",
                job=f"{'Team manager' if manager else job}",
                manager=manager,
            )
        )
    weight = np.r_[rng.gamma(9.0, 1.0, holders), np.zeros(teams)]
    return Service(workers, weight / weight.sum())


def hash_of(word: str) -> int:
    return sum(ord(c) * 37 for c in word)


@dataclasses.dataclass
class Allocations:
    """Who held which case, from and to in days (NEVER = still at the end of the case)."""

    referral: np.ndarray
    worker: np.ndarray
    from_on: np.ndarray
    to_on: np.ndarray


def allocate(rng: np.random.Generator, town: Town, careers: Careers, holders: Service) -> Allocations:
    """Give each case to a worker; siblings share one, a third of long cases change hands, the newest wait."""
    draw = rng.random(town.people.families)
    family = town.people.family[careers.child]
    years = calendar.parts(careers.referred)[0]
    waiting = (careers.referred > town.as_at - 9) & (draw[family] < 0.7)
    which = np.flatnonzero(~careers.is_nfa & ~waiting)
    first = holders.choose(draw[family[which]] + years[which] * 0.618)
    second = holders.choose(draw[family[which]] + years[which] * 0.618 + 0.37)
    start, end = careers.referred[which] + 1, careers.closed[which]
    # The day cases change hands belongs to the family, so that brothers and sisters change together.
    share = 0.3 + 0.4 * (draw[family[which]] * 17 % 1.0)
    handover = (start + (np.minimum(end, start + 400) - start) * share).astype(np.int64)
    changes = (end - start > 150) & (draw[family[which]] * 7 % 1.0 < 0.33) & (first != second)
    again = np.flatnonzero(changes)
    return Allocations(
        referral=np.r_[which, which[again]],
        worker=np.r_[first, second[again]],
        from_on=np.r_[start, handover[again]],
        to_on=np.r_[np.where(changes, handover, end), end[again]],
    )


def open_on(from_on: np.ndarray, to_on: np.ndarray, day: int) -> np.ndarray:
    return (from_on <= day) & ((to_on == NEVER) | (to_on > day))
