"""Make the demonstration council: dated deliveries as agencies would send them, and the truth beside them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from pathlib import Path

from kinfold.demonstration import truth, world
from kinfold.demonstration.feeds import directory, education, health, helping, money, police, social_care, statutory

LARGEST = 350_000
SMALLEST = 300


class UnableToMake(ValueError):
    """The council that was asked for cannot be made; the message says what can."""


@dataclasses.dataclass(frozen=True)
class Made:
    """
    What was made. `rows` counts data rows written, by feed; `incoming` holds `<delivered date>/<feed>/<file>`.

    `delivered` is every delivery as (day, feed), in the order in which they should be loaded.
    """

    incoming: Path
    truth: Path
    children: int
    rows: dict[str, int]
    delivered: tuple[tuple[datetime.date, str], ...]


def make(
    home: Path, *, children: int, seed: int, as_at: datetime.date, progress: Callable[[str], None] | None = None
) -> Made:
    """
    Write three years of deliveries ending at `as_at` into `home/incoming`, and who is who into `home/truth`.

    children: how many people under 18 live in Saltmarsh on `as_at`.
    The same arguments write the same bytes. `progress` is told the name of each step as it starts.
    Raises UnableToMake when `children` is out of bounds or deliveries are already there.
    """
    incoming, beside = home / "incoming", home / "truth"
    if not SMALLEST <= children <= LARGEST:
        raise UnableToMake(
            f"A council of {SMALLEST:,} to {LARGEST:,} children can be made; {children:,} were asked for."
        )
    if incoming.exists() and any(incoming.iterdir()):
        raise UnableToMake(
            "There are deliveries here already. Nothing was changed; choose another folder or empty this one."
        )
    tell = progress or (lambda _: None)
    tell("People, families and what they go through")
    town = world.make(incoming, children=children, seed=seed, as_at=as_at)
    tell("Social care")
    seen = social_care.write(town)
    for label, write in (
        ("Statutory returns", lambda w: statutory.write(w, seen)),
        ("Schools", education.write),
        ("Early help and youth justice", helping.write),
        ("Police and probation", police.write),
        ("Housing, benefits and council tax", money.write),
        ("Health", health.write),
        ("Services directory", directory.write),
    ):
        tell(label)
        write(town)
    tell("Truth")
    truth.write(town, beside)
    delivered = sorted(
        (datetime.date.fromisoformat(day.name), feed.name) for day in incoming.iterdir() for feed in day.iterdir()
    )
    return Made(incoming, beside, children, dict(town.outbox.rows), tuple(delivered))
