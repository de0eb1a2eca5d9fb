"""
Who lives in Saltmarsh: families, their children, where they have lived and what they are called.

Everything here is truth, held as arrays with one place per person or household; what each agency has written
down of it is in `sight.py`. Young people of 18 to 20 are included because they were children when history began.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from kinfold.demonstration import names, numbers
from kinfold.demonstration.calendar import NEVER

HISTORY_YEARS = 10  # homes and troubles are drawn this far back, so that nothing starts from nowhere
STREETS = [
    "Harbour",
    "Mill",
    "Church",
    "Station",
    "Marsh",
    "Quay",
    "Orchard",
    "Victoria",
    "Albert",
    "Heron",
    "Curlew",
    "Samphire",
    "Lighthouse",
    "Saltern",
    "Rope",
    "Chapel",
    "Meadow",
    "Priory",
    "Park",
    "Beacon",
    "Elm",
    "Cliff",
    "Fishergate",
    "Windmill",
    "Tanner",
    "Plover",
    "Estuary",
    "Sandpiper",
    "Avocet",
    "Ferry",
]
KINDS = ["Road", "Street", "Lane", "Close", "Avenue", "Way", "Court", "Drive", "Terrace", "Gardens"]


@dataclasses.dataclass
class Homes:
    """Addresses (one place each) and tenancies: who lived where, from when, until when (NEVER = still)."""

    lines: np.ndarray
    postcode: np.ndarray
    uprn: np.ndarray
    area: np.ndarray
    lsoas: list[str]
    household: np.ndarray
    address: np.ndarray
    from_on: np.ndarray
    to_on: np.ndarray

    def of(self, household: np.ndarray, on: np.ndarray | int) -> np.ndarray:
        """Address of each household on a day; its first known one before that."""
        first = np.searchsorted(self.household, household, side="left")
        at = (
            np.searchsorted(self._order, household.astype(np.int64) * 10**6 + (np.asarray(on) + 200_000), side="right")
            - 1
        )
        return self.address[np.maximum(at, first)]

    def __post_init__(self) -> None:
        self._order = self.household.astype(np.int64) * 10**6 + (self.from_on + 200_000)


@dataclasses.dataclass
class People:
    """
    Everybody, children first. `birth` in days; `mother` and `father` are places in these arrays, -1 when not known.

    `surname_before` and `renamed_on` say what a person was called until a day (NEVER when the name never changed).
    """

    children: int
    families: int
    birth: np.ndarray
    sex: np.ndarray
    heritage: np.ndarray
    forename: np.ndarray
    surname: np.ndarray
    surname_before: np.ndarray
    renamed_on: np.ndarray
    household: np.ndarray
    family: np.ndarray
    mother: np.ndarray
    father: np.ndarray
    partner: np.ndarray
    twin: np.ndarray
    nhs: np.ndarray
    phone: np.ndarray
    adopted_from: np.ndarray

    def __len__(self) -> int:
        return len(self.birth)

    @property
    def kids(self) -> np.ndarray:
        return np.arange(self.children)

    def surname_on(self, who: np.ndarray, on: np.ndarray) -> np.ndarray:
        before = (self.renamed_on[who] != NEVER) & (on < self.renamed_on[who])
        return np.where(before, self.surname_before[who], self.surname[who])


@dataclasses.dataclass
class Town:
    """The whole of the truth about who lives where, and how hard life is there (`hardship`, one per household)."""

    as_at: int
    people: People
    homes: Homes
    hardship: np.ndarray


def make(rng: np.random.Generator, *, children: int, as_at: int) -> Town:
    """Make a town with exactly `children` people under 18 on `as_at`, and those who turned 18 in three years."""
    family, birth, twin = _births(rng, children, as_at)
    families = int(family.max()) + 1
    heritage = rng.choice(len(names.HERITAGES), size=families, p=_shares())
    people = _people(rng, family, birth, twin, heritage, as_at)
    households = int(people.household.max()) + 1
    hardship = rng.normal(size=households)
    homes = _homes(rng, hardship, households, max(8, children // 190), as_at)
    return Town(as_at=as_at, people=people, homes=homes, hardship=hardship)


def _shares() -> np.ndarray:
    shares = np.array([h.share for h in names.HERITAGES])
    return shares / shares.sum()


def _births(rng: np.random.Generator, children: int, as_at: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Family, day of birth and whether a twin, one per young person aged -0.5 to 21, eldest of a family first."""
    families = int(children * 1.1) + 20
    size = rng.choice([1, 2, 3, 4, 5], size=families, p=[0.34, 0.42, 0.16, 0.06, 0.02])
    family = np.repeat(np.arange(families), size)
    first = np.r_[0, np.cumsum(size)[:-1]]
    later = np.ones(len(family), dtype=bool)
    later[first] = False
    twin_of_before = later & (rng.random(len(family)) < 0.03)
    gap = np.where(later, np.maximum(rng.lognormal(np.log(2.9), 0.45, len(family)), 0.95), 0.0)
    gap[twin_of_before] = 0.0
    start = rng.uniform(-1.0, 30.0, families)
    run = np.cumsum(gap)
    age = start[family] - (run - run[first][family])
    keep = (age > -0.55) & (age < 21.0)
    counted = np.cumsum(keep & (age >= 0) & (age < 18))
    keep &= (counted < children) | ((counted == children) & (age >= 0) & (age < 18) & keep)
    birth = np.round(as_at - age * 365.25).astype(np.int64)
    # A quarter-day either side of a birthday must not change the count of children.
    birth = np.where((age >= 0) & (birth > as_at), as_at, birth)
    twin = twin_of_before | np.r_[twin_of_before[1:], False]
    _, renumbered = np.unique(family[keep], return_inverse=True)
    return renumbered, birth[keep], twin[keep]


def _people(
    rng: np.random.Generator, family: np.ndarray, birth: np.ndarray, twin: np.ndarray, heritage: np.ndarray, as_at: int
) -> People:
    count, families = len(family), len(heritage)
    eldest = np.r_[True, family[1:] != family[:-1]]
    eldest_birth = birth[eldest]
    mothers, fathers = count + np.arange(families), count + families + np.arange(families)
    mother_birth = (eldest_birth - np.clip(rng.normal(28.0, 5.4, families), 15.5, 44) * 365.25).astype(np.int64)
    father_birth = (mother_birth - rng.normal(1.9, 4.2, families) * 365.25).astype(np.int64)
    father_birth = np.minimum(father_birth, (eldest_birth - 16.5 * 365.25).astype(np.int64))
    couple = rng.random(families) < 0.70
    known = couple | (rng.random(families) < 0.55)

    # Some fathers who live elsewhere are the man of another household: half-siblings in two homes.
    father = np.where(known, fathers, -1)
    away = np.flatnonzero(known & ~couple)
    second = away[rng.random(len(away)) < 0.3]
    hosts = np.flatnonzero(couple)
    if len(second) and len(hosts):
        near = np.abs(rng.normal(0, 0.02, len(second)))
        host = hosts[np.clip((second / families + near) * len(hosts), 0, len(hosts) - 1).astype(int)]
        father[second] = fathers[host]
    # Within one home, an elder child may have another father, who is in no record.
    step = eldest & ~twin & (rng.random(count) < 0.12) & (np.bincount(family, minlength=families)[family] > 1)

    of_child_father = np.where(step, -1, father[family])
    household = np.empty(count + 2 * families, dtype=np.int64)
    household[:count], household[mothers] = family, np.arange(families)
    household[fathers] = np.where(couple, np.arange(families), families + np.arange(families))
    sex = np.empty(len(household), dtype=object)
    sex[:count] = np.where(rng.random(count) < 0.513, "M", "F")
    twins = np.flatnonzero(twin)
    pairs = twins[1:][np.diff(twins) == 1]
    alike = pairs[rng.random(len(pairs)) < 0.65]
    sex[alike] = sex[alike - 1]
    sex[mothers], sex[fathers] = "F", "M"
    heritages = np.r_[heritage[family], heritage, heritage]
    switch = rng.random(families) < 0.06
    heritages[fathers] = np.where(switch, rng.permutation(heritage), heritage)

    forename, surname = _called(rng, sex, heritages, count)
    _family_names(rng, surname, family, heritages, mothers, father, of_child_father, couple)
    _sibling_names(rng, forename, sex, pairs, family, heritages)
    same = np.flatnonzero(eldest & (sex[:count] == "M") & (of_child_father >= 0) & (rng.random(count) < 0.012))
    forename[same] = forename[of_child_father[same]]
    surname[same] = surname[of_child_father[same]]
    people = People(
        children=count,
        families=families,
        birth=np.r_[birth, mother_birth, father_birth],
        sex=sex,
        heritage=heritages,
        forename=forename,
        surname=surname,
        surname_before=surname.copy(),
        renamed_on=np.full(len(sex), NEVER),
        household=household,
        family=np.r_[family, np.arange(families), np.arange(families)],
        mother=np.r_[mothers[family], np.full(2 * families, -1)],
        father=np.r_[of_child_father, np.full(2 * families, -1)],
        partner=np.where(couple, fathers, -1),
        twin=np.r_[twin, np.zeros(2 * families, dtype=bool)],
        nhs=np.full(len(sex), None, dtype=object),
        phone=numbers.mobiles(rng, len(sex)),
        adopted_from=np.full(len(sex), -1),
    )
    people.nhs[: count + families] = numbers.nhs_numbers(rng, count + families)
    _rename(rng, people, as_at)
    return people


def _called(
    rng: np.random.Generator, sex: np.ndarray, heritage: np.ndarray, children: int
) -> tuple[np.ndarray, np.ndarray]:
    forename, surname = np.empty(len(sex), dtype=object), np.empty(len(sex), dtype=object)
    grown = np.arange(len(sex)) >= children
    for number, kind in enumerate(names.HERITAGES):
        of = heritage == number
        for is_grown, is_girl, words in (
            (False, True, kind.girls),
            (False, False, kind.boys),
            (True, True, kind.women),
            (True, False, kind.men),
        ):
            which = np.flatnonzero(of & (grown == is_grown) & ((sex == "F") == is_girl))
            forename[which] = names.choose(rng, words, len(which), skew=0.45)
        which = np.flatnonzero(of)
        surname[which] = names.choose(rng, kind.surnames, len(which), skew=0.35 if len(kind.surnames) > 100 else 0.6)
    return forename, surname


def _family_names(
    rng: np.random.Generator,
    surname: np.ndarray,
    family: np.ndarray,
    heritage: np.ndarray,
    mothers: np.ndarray,
    father: np.ndarray,
    child_father: np.ndarray,
    couple: np.ndarray,
) -> None:
    """Share, join or keep apart the surnames of a family, in place; Polish women take the -ska ending."""
    count, families = len(family), len(mothers)
    draw = rng.random(families)
    married = couple & (draw < 0.62)
    surname[mothers[married]] = surname[father[married]]
    joined = (father >= 0) & (draw > 0.955)
    names_of = np.where((father >= 0) & (draw < 0.78), surname[np.maximum(father, 0)], surname[mothers])
    both = np.array(
        [f"{a}-{b}" for a, b in zip(surname[mothers], surname[np.maximum(father, 0)], strict=True)], dtype=object
    )
    names_of = np.where(joined, both, names_of)
    surname[:count] = names_of[family]
    apart = child_father == -1
    of_mother = np.where(married, names.choose(rng, names.HERITAGES[0].surnames, families), surname[mothers])
    surname[:count] = np.where(apart & (father[family] >= 0), of_mother[family], surname[:count])
    women = np.r_[np.zeros(count, dtype=bool), np.ones(families, dtype=bool), np.zeros(families, dtype=bool)]
    polish = np.flatnonzero(women & (heritage == 1))
    surname[polish] = [f"{s[:-1]}a" if s.endswith("ski") else s for s in surname[polish]]


def _sibling_names(
    rng: np.random.Generator,
    forename: np.ndarray,
    sex: np.ndarray,
    pairs: np.ndarray,
    family: np.ndarray,
    heritage: np.ndarray,
) -> None:
    """Some twins get names that look alike; no two brothers or sisters share a forename. In place."""
    for second in pairs.tolist():
        if sex[second] == sex[second - 1] and rng.random() < 0.2:
            options = names.TWIN_LIKE[sex[second]]
            forename[second - 1], forename[second] = options[int(rng.integers(len(options)))]
    for distance in range(1, 5):
        near = np.arange(distance, len(family))
        again = near[(family[near] == family[near - distance]) & (forename[near] == forename[near - distance])]
        for one in again.tolist():
            kind = names.HERITAGES[heritage[one]]
            taken = set(forename[max(0, one - 5) : one + 5])
            words = [n for n in (kind.girls if sex[one] == "F" else kind.boys) if n not in taken]
            forename[one] = words[int(rng.integers(len(words)))]


def _rename(rng: np.random.Generator, people: People, as_at: int) -> None:
    """Some mothers and children changed surname in the last six years; children with their mother, or alone."""
    count, families = people.children, people.families
    mothers = count + np.arange(families)
    changed = rng.random(families) < 0.05
    on = as_at - rng.integers(30, 6 * 365, families)
    spare = names.choose(rng, names.HERITAGES[0].surnames, families)
    which = mothers[changed]
    people.surname_before[which], people.renamed_on[which] = spare[changed], on[changed]
    follows = changed & (rng.random(families) < 0.45)
    kids = np.flatnonzero(follows[people.family[:count]] & (people.birth[:count] < on[people.family[:count]]))
    people.surname_before[kids] = spare[people.family[kids]]
    people.renamed_on[kids] = on[people.family[kids]]


def _homes(rng: np.random.Generator, hardship: np.ndarray, households: int, areas: int, as_at: int) -> Homes:
    """Homes of every household over ten years; hard-pressed households move more and live in the same parts of town."""
    span = HISTORY_YEARS * 365
    moves = rng.poisson(HISTORY_YEARS * 0.075 * np.exp(0.55 * hardship - 0.15))
    household = np.repeat(np.arange(households), moves + 1)
    first = np.r_[0, np.cumsum(moves + 1)[:-1]]
    from_on = as_at - rng.integers(1, span, len(household))
    from_on[first] = as_at - span - rng.integers(1, 2000, households)
    order = np.lexsort((from_on, household))
    from_on = from_on[order]
    last = np.r_[household[1:] != household[:-1], True]
    to_on = np.where(last, NEVER, np.r_[from_on[1:], 0])

    tenancies = len(household)
    # Neighbourhoods are as mixed as makes care ten times likelier in the poorest tenth than in the richest (2015); a
    # household that moves mostly stays near.
    near = rng.normal(0, 0.9, households)[household] + rng.normal(0, 0.8, tenancies)
    place = np.argsort(np.argsort(hardship[household] + near)) / tenancies
    address = np.arange(tenancies)
    _hand_on(rng, address, from_on, to_on)
    area = np.clip((place * areas).astype(int), 0, areas - 1)
    per_postcode = 15
    by_area = np.argsort(area, kind="stable")
    block = np.zeros(tenancies, dtype=np.int64)
    block[by_area] = np.arange(tenancies) // per_postcode
    code_of_block, of_block = np.unique(block * 10_000 + area, return_inverse=True)
    codes = numbers.postcodes(len(code_of_block), of_area=code_of_block % 10_000)
    road = rng.integers(len(STREETS) * len(KINDS), size=len(code_of_block))
    number = 1 + (np.arange(tenancies) * 7 % 97)
    flat = rng.random(tenancies) < 0.18
    lines = np.array(
        [
            f"{'Flat ' + str(1 + n % 9) + ', ' if f else ''}{n} {STREETS[r // len(KINDS)]} {KINDS[r % len(KINDS)]}"
            for n, f, r in zip(number.tolist(), flat.tolist(), road[of_block].tolist(), strict=True)
        ],
        dtype=object,
    )
    uprn = np.array([f"999{n:09d}" for n in (10_000_000 + rng.permutation(tenancies)).tolist()], dtype=object)
    return Homes(
        lines=lines,
        postcode=codes[of_block],
        uprn=uprn,
        area=area,
        lsoas=numbers.lsoa_codes(areas),
        household=household,
        address=address,
        from_on=from_on,
        to_on=to_on,
    )


def _hand_on(rng: np.random.Generator, address: np.ndarray, from_on: np.ndarray, to_on: np.ndarray) -> None:
    """Let a fifth of movers take a home that another household left, in place."""
    left = np.flatnonzero(to_on != NEVER)
    left = left[np.argsort(to_on[left], kind="stable")]
    came = np.flatnonzero(rng.random(len(address)) < 0.2)
    came = came[np.argsort(from_on[came], kind="stable")]
    free = np.searchsorted(to_on[left], from_on[came], side="right")
    taken = -1
    for arrival, vacant in zip(came.tolist(), free.tolist(), strict=True):
        if vacant - 1 > taken:
            taken = taken + 1 if rng.random() < 0.7 else vacant - 1
            if address[left[taken]] == left[taken] and left[taken] != arrival and taken < vacant:
                address[arrival] = address[left[taken]]
