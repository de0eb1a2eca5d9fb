"""
The feeds of an area, each under the agreement that the register has for it: what loading and a run go by.

Needs Django to be set up. The `[agreement]` of a feed's file is how one comes into the register, and counts for
nothing until it is there and approved.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable

from kinfold.areas import area as area_settings
from kinfold.areas import feeds as feed_settings
from kinfold.areas.agreements import Agreement as Terms
from kinfold.areas.feeds import Feed
from kinfold.governance.agreements import actions, queries
from kinfold.governance.agreements.models import Agreement
from kinfold.governance.agreements.policies import Version
from kinfold.governance.agreements.queries import Entry
from kinfold.governance.models import User
from kinfold.operations.home import Home
from kinfold.operations.run import RunFailed
from kinfold.vocabulary.dates import in_words


class NoRegister(RunFailed):
    """The home holds deliveries and its register of agreements is empty; the message says what to do."""


def feeds_of(home: Home, *, on: datetime.date) -> dict[str, Feed]:
    """
    The feeds of the area, ready to read deliveries with, each with the agreement that is in force on `on`.

    on: the day of loading, not the day a delivery claims to be of; what was ended may not come in by an earlier date.
    A feed without one has `agreement` None and says why in `not_agreed`. Raises areas.toml.AreaRejected, and
    governance's RegisterAltered when a row of the register is not as it was entered.
    """
    register = queries.register(on=on)
    purposes = area_settings.load(home.area).purposes
    return {
        name: _under_the_register(feed, register.get(name), purposes)
        for name, feed in feed_settings.load(home.area).items()
    }


def _under_the_register(feed: Feed, entry: Entry | None, purposes: tuple[str, ...]) -> Feed:
    version = entry.in_force if entry else None
    if version is None:
        return dataclasses.replace(feed, agreement=None, not_agreed=_why_not(entry))
    if not set(version.terms.purposes) & set(purposes):
        why = (
            f"its agreement {version.terms.id} is for {_listed(version.terms.purposes)}, and this area joins records "
            f"for {_listed(purposes)}"
        )
        return dataclasses.replace(feed, agreement=None, not_agreed=why)
    return dataclasses.replace(feed, agreement=version.terms, not_agreed="")


def _why_not(entry: Entry | None) -> str:
    if entry is None:
        return "the register has no data sharing agreement for it"
    version = entry.shown
    reference = version.terms.id
    if version.state == "proposed":
        return f"its agreement {reference} waits for the approval of {_listed(version.missing)}"
    if version.state == "approved":
        return f"its agreement {reference} does not begin until {in_words(version.row.from_on)}"
    return f"its agreement {reference} ended on {in_words(_ended_on(version))}"


def _ended_on(version: Version) -> datetime.date:
    return version.row.to_on if version.purge is None else min(version.row.to_on, version.purge.due_on)


def _listed(words: Iterable[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def terms_for_run(home: Home, *, on: datetime.date) -> dict[str, Terms]:
    """
    What a run of `on` goes by: the terms of each feed whose deliveries count.

    An agreement that has run out and was not ended lets nothing new in, and what it let in still counts: to erase it
    is somebody's decision. One that was ended, that never began, or that names no purpose of this area's counts for
    nothing. Raises NoRegister when the home holds deliveries and nothing was ever entered.
    """
    if queries.is_empty() and any(home.deliveries.glob("*/*/manifest.json")):
        raise NoRegister(
            "This home holds deliveries, and its register of agreements is empty: it was made before there was one. "
            "Nothing was run. Enter the agreements of the area's feeds with `kinfold agreements enter --by NAME` and "
            "have them approved with `kinfold agreements approve`; a demonstration is made again by "
            "`kinfold demo --fresh`."
        )
    purposes = set(area_settings.load(home.area).purposes)
    counting = {}
    for name, entry in queries.register(on=on).items():
        version = next((one for one in entry.versions if _counts(one)), None)
        if version is not None and set(version.terms.purposes) & purposes:
            counting[name] = version.terms
    return counting


def _counts(version: Version) -> bool:
    has_run_out = version.state == "ended" and version.purge is None and not version.missing
    return version.loads or has_run_out


def enter_from_area(
    home: Home, *, by: User | None, at: datetime.datetime, role: str = "", feeds: Iterable[str] = (), reason: str = ""
) -> list[Agreement]:
    """
    Enter the `[agreement]` of the area's feeds, those that differ from what the register has.

    by: who enters them, in `role`; None for the demonstration alone, whose own are approved at once.
    feeds: their names; every feed of the area when there are none. Returns the versions entered, which are proposed.
    Raises governance's UnableToEnter.
    """
    if by is None and not home.is_demonstration:
        raise actions.UnableToEnter("An agreement is entered by somebody. Nothing was entered.")
    entered = []
    for name, feed in feed_settings.load(home.area).items():
        if (feeds and name not in feeds) or feed.agreement is None or _is_there(name, feed.agreement, at):
            continue
        if by is None:
            entered.append(actions.enter_for_demonstration(feed=name, terms=feed.agreement, at=at))
        else:
            entered.append(actions.enter(feed=name, terms=feed.agreement, by=by, role=role, at=at, reason=reason))
    return entered


def _is_there(feed: str, terms: Terms, at: datetime.datetime) -> bool:
    entry = queries.register(on=at.date()).get(feed)
    return entry is not None and entry.versions[0].terms == terms and entry.versions[0].purge is None


def ended_for_good(*, on: datetime.date) -> set[str]:
    """Feeds whose agreement somebody has ended, with no other proposed: what comes of them can never be loaded."""
    return {
        name
        for name, entry in queries.register(on=on).items()
        if entry.in_force is None and entry.versions[0].purge is not None
    }


def run_out(*, on: datetime.date) -> list[str]:
    """Feeds whose agreement has run out by `on`, that nobody has ended or renewed: what it let in is still held."""
    register = queries.register(on=on)
    return [name for name, entry in register.items() if entry.in_force is None and any(map(_counts, entry.versions))]
