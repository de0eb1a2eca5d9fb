"""What every table of the case system is written with: its numbers, its open end dates, which cases it still holds."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from kinfold.demonstration import calendar, names
from kinfold.demonstration.calendar import NEVER
from kinfold.demonstration.deliveries import Post, either
from kinfold.demonstration.world import World

FEED = "social_care"
BEFORE = 5 * 365  # facts this long before the first delivery are in it
CODES = np.array([h.code for h in names.HERITAGES], dtype=object)


def kept(world: World) -> np.ndarray:
    """Referrals that the case system still holds and that have happened."""
    c = world.careers
    return np.flatnonzero((c.closed > world.start - BEFORE) & (c.referred <= world.as_at))


def ends(post: Post, end: np.ndarray) -> pa.Array:
    """An open end is 1900-01-01 in one row of three, as copies of the system have it."""
    odd = np.arange(len(end)) % 3 == 0
    return post.dates(np.where((end == NEVER) & odd, calendar.number(calendar.EPOCH.replace(year=1900)), end))


def referral_ids(which: np.ndarray) -> np.ndarray:
    return np.array([f"R{n:07d}" for n in which.tolist()], dtype=object)


def team_numbers(world: World) -> np.ndarray:
    """Number of each worker's team, as the department table has it."""
    teams = world.services[FEED].column("team")
    order = {team: f"T{n + 1:02d}" for n, team in enumerate(sorted(set(teams)))}
    return np.array([order[t] for t in teams], dtype=object)


def upns(world: World, who: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    people, school = world.town.people, world.schooling
    child = np.minimum(who, people.children - 1)
    at_school = (who < people.children) & (school.entry[child] < known)
    told = world.rng("social care upns").random(people.children)[child] < 0.7
    upn = either(at_school & told, school.upn[child], None)
    return upn, either((who < people.children) & ~at_school, "UN1", None)
