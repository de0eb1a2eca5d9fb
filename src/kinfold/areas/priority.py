"""How an area puts children in order: caps, bands by capacity, decide-today triggers, rising, rests."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kinfold.areas import toml

STANDINGS = ("social_care", "other_service", "front_door", "no_service")
"""How a household stands to the services; each has its own people to act, and so its own capacity."""


@dataclasses.dataclass(frozen=True)
class Capacity:
    """
    How many households the people who act can reach in a week, for one group of children.

    A household is one conversation, however many children it has. `soon` is how many more come next.
    """

    priority: int
    soon: int


@dataclasses.dataclass(frozen=True)
class Bands:
    """
    The cut between bands.

    margin: a child already in a band stays while its household ranks within capacity x (1 + margin), so that
        nobody drops in and out from night to night.
    priority_least, soon_least: points; below them a child is not put forward even when capacity is free.
    least_coverage: share, 0 to 1; below it a child is never called low, only not known enough.
    least_domains: domains with points needed for the top two bands, unless a person must decide today.
    never_alone: domains that alone never lift a child above `watch`.
    """

    capacity: dict[str, Capacity]
    margin: float = 0.15
    priority_least: float = 8
    soon_least: float = 4
    least_coverage: float = 0.5
    least_domains: int = 2
    never_alone: tuple[str, ...] = ("Money",)


@dataclasses.dataclass(frozen=True)
class Trigger:
    """
    Something that goes to a person today whatever the points: an event, so often, within so many days.

    event: kind of event; details: only these details of it (none named: every one).
    taking_part_as: the child's part in it. ages_to: oldest age in whole years, included.
    statement: what is said of the child; `{times}` and `{on}` are filled in.
    """

    name: str
    event: str
    within_days: int
    statement: str
    at_least: int = 1
    details: tuple[str, ...] = ()
    taking_part_as: tuple[str, ...] = ("subject", "victim")
    age_to: int = 17


@dataclasses.dataclass(frozen=True)
class Rising:
    """Pressures up by `points` or more in `within_days`, over `domains` domains or more."""

    points: float = 8
    within_days: int = 90
    domains: int = 2


@dataclasses.dataclass(frozen=True)
class LostContact:
    """markers: by name, those that say nobody has seen a child whom somebody should; such a child is on a list."""

    markers: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class StepDown:
    """
    When to ask whether help could be less: "consider stepping down", which closes nothing.

    stages: open work that is asked about. goals: markers that say the plan's goals are on track.
    held_days: nothing new may have happened or been told for so long.
    at_most: pressures, in points, may come to no more than this now. fallen: by so many points they are lower than at
    the start of those days; with less of a fall, the plan's goals have to be said to be on track.
    least_coverage: share, 0 to 1; below it nothing is said.
    """

    stages: tuple[str, ...] = ("child_in_need", "early_help")
    goals: tuple[str, ...] = ()
    held_days: int = 90
    at_most: float = 6
    fallen: float = 2
    least_coverage: float = 0.6


@dataclasses.dataclass(frozen=True)
class Rests:
    """
    How long, in days, a row leaves a list after somebody has dealt with it.

    done_awaits_feed: a row marked done whose visit has still not come through the feed comes back after this.
    """

    not_useful: int = 28
    wrong: int = 28
    done_awaits_feed: int = 7


@dataclasses.dataclass(frozen=True)
class Priority:
    """
    Everything in `priority.toml`.

    caps: most points a domain may count for, in pressures and in unmet needs alike. A domain not named has none.
    needs_share: the part of unmet needs in the figure that puts households in order.
    household_share, household_most: how the rest of a household's children add to its highest, in points.
    new_within_days: a first run has no list before it; what we were told in these days is said to be new.
    due_within_working_days: a visit due within these is work for this week.
    """

    caps: dict[str, float]
    bands: Bands
    acute: tuple[Trigger, ...]
    rising: Rising = Rising()
    lost_contact: LostContact = LostContact()
    step_down: StepDown = StepDown()
    rests: Rests = Rests()
    needs_share: float = 0.5
    household_share: float = 0.25
    household_most: float = 10
    new_within_days: int = 7
    due_within_working_days: int = 5


def load(folder: Path) -> Priority:
    """Read `priority.toml` of an area folder. Raises `toml.AreaRejected`."""
    path = folder / "priority.toml"
    return of_values(toml.read(path), file=path.name)


def of_values(values: dict[str, Any], *, file: str) -> Priority:
    """The settings that the values of the file say, with every check of `load`."""
    settings = toml.settle(Priority, values, file=file)
    for standing in STANDINGS:
        if standing not in settings.bands.capacity:
            raise toml.AreaRejected(f"{file}: bands.capacity.{standing} is missing.")
    for standing in settings.bands.capacity:
        if standing not in STANDINGS:
            raise toml.AreaRejected(f"{file}: bands.capacity.{standing} is not one of {', '.join(STANDINGS)}.")
    for at, number, least, most in _bounded(settings):
        if not least <= number <= most:
            raise toml.AreaRejected(f"{file}: {at} must be from {least:g} to {most:g}.")
    return settings


def _bounded(settings: Priority) -> Iterator[tuple[str, float, float, float]]:
    """(key, value, least, most) of every number that means nothing outside some bounds."""
    bands, rising = settings.bands, settings.rising
    for at in ("needs_share", "household_share"):
        yield at, getattr(settings, at), 0, 1
    yield "household_most", settings.household_most, 0, 100
    yield from ((f"caps.{domain}", most, 0, 100) for domain, most in settings.caps.items())
    yield from ((f"bands.{at}", getattr(bands, at), 0, 1) for at in ("margin", "least_coverage"))
    yield from ((f"bands.{at}", getattr(bands, at), 0, 100) for at in ("priority_least", "soon_least"))
    yield "bands.least_domains", bands.least_domains, 1, 10
    for standing, capacity in bands.capacity.items():
        yield f"bands.capacity.{standing}.priority", capacity.priority, 0, 100_000
        yield f"bands.capacity.{standing}.soon", capacity.soon, 0, 100_000
    yield "rising.points", rising.points, 0, 100
    yield "rising.within_days", rising.within_days, 1, 730
    yield "rising.domains", rising.domains, 1, 10
    yield "step_down.held_days", settings.step_down.held_days, 28, 730
    yield "step_down.at_most", settings.step_down.at_most, 0, 100
    yield "step_down.fallen", settings.step_down.fallen, 0, 100
    yield "step_down.least_coverage", settings.step_down.least_coverage, 0, 1
