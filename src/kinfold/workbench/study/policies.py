"""Who may be drawn for a blind review, who may read one, and the draw itself. No database, no request, no clock."""

from __future__ import annotations

import dataclasses
import datetime
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kinfold.areas.roles import EVERY_AGENCY, Role

LEAST, MOST = 40, 200
TIMES_AS_MANY = 2  # households there must be for each one drawn: fewer, and a reader may guess who a child is
OPEN_FOR = datetime.timedelta(days=28)
WORDS_KEPT = datetime.timedelta(days=90)

LISTED = ("priority", "soon")
NOT_LISTED = ("watch", "none", "not_enough_known")
PATHWAYS = {
    "any": ("social_care", "other_service", "front_door", "outreach", "none"),
    "social_care": ("social_care",),
    "other_service": ("other_service",),
    "nobody": ("front_door", "outreach", "none"),
}
NOT_LISTED_WORDS = (
    "Not listed means: that night’s order put the child in none of the bands that somebody rings (priority and soon). "
    "It does not mean that nobody works with the child, or that nothing is known. Children about whom somebody must "
    "decide today are in neither half: nobody would leave them to a study."
)
AGE_BANDS = ((1, "under 1"), (5, "1 to 4"), (10, "5 to 9"), (16, "10 to 15"), (18, "16 and 17"))
THIRDS = ("least known of", "middle third", "best known of")
WHOLE = frozenset({"needs", "pressures", "strengths", "evidence", "not_known", "open_to"})


@dataclasses.dataclass(frozen=True)
class Candidate:
    """
    One child of the live list. coverage: share of our questions that can be answered, 0 to 1; null counts as 0.

    is_closed: restricted or sealed, here or by a feed. is_readers_own: a reader works with the child, may open it
    already, or has opened it before.
    """

    person_id: str
    household_id: str
    band: str
    pathway: str
    age_band: str
    coverage: float | None
    is_closed: bool = False
    is_readers_own: bool = False


def half(child: Candidate, *, about: str) -> str:
    """Which half of a study a child may be drawn for: listed, not listed, or never."""
    if child.is_closed or child.is_readers_own or child.pathway not in PATHWAYS[about]:
        return "never"
    if child.band in LISTED:
        return "listed"
    return "not listed" if child.band in NOT_LISTED else "never"


def may_read(roles: Iterable[Role]) -> bool:
    """
    Whether somebody with these roles may be asked: one of them reads whole records, none shows the order to analysts.
    """
    held = list(roles)
    return any(reads_whole(role) for role in held) and not any(role.may_explain for role in held)


def reads_whole(role: Role) -> bool:
    """Every agency's facts, the whole record, and as a reviewer."""
    return (
        role.level == 3 and EVERY_AGENCY in role.agencies and "reviewer" in role.entitled_by and role.sections >= WHOLE
    )


def age_band(birth_on: datetime.date | None, *, as_at: datetime.date) -> str:
    if birth_on is None:
        return "unborn or not known"
    years = as_at.year - birth_on.year - ((as_at.month, as_at.day) < (birth_on.month, birth_on.day))
    return next((words for below, words in AGE_BANDS if years < below), "18 and over")


def third_of(coverage: float | None, *, low: float, high: float) -> str:
    known = coverage or 0.0
    return THIRDS[0] if known <= low else THIRDS[1] if known <= high else THIRDS[2]


def cuts(coverages: Iterable[float | None]) -> tuple[float, float]:
    """Where the lowest third ends and the highest begins; 0 and 0 of nobody."""
    held = sorted(coverage or 0.0 for coverage in coverages)
    return (held[len(held) // 3], held[len(held) * 2 // 3]) if held else (0.0, 0.0)


@dataclasses.dataclass(frozen=True)
class Drawn:
    """One child drawn, and what the halves were matched on."""

    person_id: str
    is_listed: bool
    age_band: str
    known: str


@dataclasses.dataclass(frozen=True)
class Draw:
    """children: both halves, mixed. listed_pool, unlisted_pool: households that could be drawn of each half."""

    children: tuple[Drawn, ...]
    listed_pool: int
    unlisted_pool: int


class UnableToDraw(Exception):
    """Nobody was drawn; the message is fit to show."""


def draw(children: Sequence[Candidate], *, about: str, wanted: int, seed: int) -> Draw:
    """
    Draw half of `wanted` from the list and half from those who are not on it, as old and as well known, pair by pair.

    One child of a household at most. The same children and seed draw the same study. Raises UnableToDraw.
    """
    if wanted < LEAST or wanted > MOST or wanted % 2:
        raise UnableToDraw(f"Enter an even number from {LEAST} to {MOST}.")
    # Chance must not hang on the order in which a database gives its rows.
    held = sorted(children, key=lambda child: child.person_id)
    low, high = cuts(child.coverage for child in held if child.pathway in PATHWAYS[about] and not child.is_closed)
    chance = random.Random(seed)  # noqa: S311  a draw that can be done again, not a secret
    listed, others = (_shuffled(held, half_, about, chance) for half_ in ("listed", "not listed"))
    pools = tuple(len({child.household_id for child in pool}) for pool in (listed, others))
    for pool, words in zip(pools, ("on the list", "not on it"), strict=True):
        if pool < TIMES_AS_MANY * wanted // 2:
            raise UnableToDraw(
                f"This is too small for a study of {wanted}: {pool:,} households with a child who is {words} could be "
                f"drawn, and there must be {TIMES_AS_MANY * wanted // 2:,}. With fewer, a reader could guess who a "
                "child is. Nothing was drawn. Take every list together, or wait until more children are listed."
            )
    found: list[Drawn] = []
    for one, other in _pairs(listed, others, low=low, high=high):
        found += [_drawn(one, True, low, high), _drawn(other, False, low, high)]
        if len(found) == wanted:
            chance.shuffle(found)
            return Draw(tuple(found), *pools)
    raise UnableToDraw(
        f"Only {len(found) // 2} listed children have somebody as old and as well known who is not listed; "
        f"{wanted // 2} are needed. Nothing was drawn. Take fewer children, or every list together."
    )


def _shuffled(held: Sequence[Candidate], which: str, about: str, chance: random.Random) -> list[Candidate]:
    pool = [child for child in held if half(child, about=about) == which]
    chance.shuffle(pool)
    return pool


def _pairs(
    listed: Sequence[Candidate], others: Sequence[Candidate], *, low: float, high: float
) -> Iterable[tuple[Candidate, Candidate]]:
    """Each listed child with one who is not, of the same age band and third; no household twice."""
    waiting: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for child in others:
        waiting[child.age_band, third_of(child.coverage, low=low, high=high)].append(child)
    taken: set[str] = set()
    for child in listed:
        alike = waiting[child.age_band, third_of(child.coverage, low=low, high=high)]
        if child.household_id in taken:
            continue
        while alike and (alike[-1].household_id in taken or alike[-1].household_id == child.household_id):
            alike.pop()
        if alike:
            other = alike.pop()
            taken |= {child.household_id, other.household_id}
            yield child, other


def _drawn(child: Candidate, is_listed: bool, low: float, high: float) -> Drawn:
    return Drawn(child.person_id, is_listed, child.age_band, third_of(child.coverage, low=low, high=high))


def order(subjects: Sequence[int], *, seed: int, place: int) -> list[int]:
    """The order in which one reader reads: each reader's is another."""
    mixed = sorted(subjects)
    random.Random(f"{seed}/{place}").shuffle(mixed)  # noqa: S311
    return mixed


def may_finish(answered: int, asked: int) -> bool:
    return 0 < asked == answered
