"""
What an area can put in place for a family, each with the category of the services directory it is looked for under.

Markers name offers by their labels, so that what is offered beside a need is always of the area's own list.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from kinfold.areas import toml
from kinfold.areas.markers import Marker
from kinfold.areas.toml import AreaRejected

FILE = "offers.toml"
NEEDS = ("need", "lost")
"""Directions that lead to an offer: none of them is shown without a next step."""


@dataclasses.dataclass(frozen=True)
class Offers:
    """
    Everything in `offers.toml`.

    categories: of the services directory. offers: by label, as it is said to a worker, its category.
    """

    owner: str
    categories: tuple[str, ...]
    offers: dict[str, str]

    def categories_of(self, marker: Marker) -> tuple[str, ...]:
        """The category of each offer of a marker, in the same order."""
        return tuple(self.offers[label] for label in marker.offers)


def load(folder: Path, markers: Iterable[Marker]) -> Offers:
    """
    Read `offers.toml` of an area folder and check the markers against it.

    Raises AreaRejected naming file and key: for a category that is not listed, a marker whose offer is not listed, and
    a need or a lost contact without any.
    """
    offers = toml.settle(Offers, toml.read(folder / FILE), file=FILE)
    for label, category in offers.offers.items():
        if category not in offers.categories:
            raise AreaRejected(
                f'{FILE}: offers."{label}" is under {category}, which is not a category. Allowed: '
                f"{', '.join(offers.categories)}."
            )
    for marker in markers:
        _has_its_offers(marker, offers)
    return offers


def _has_its_offers(marker: Marker, offers: Offers) -> None:
    allowed = f"Allowed: {'; '.join(sorted(offers.offers))} ({FILE})."
    if marker.direction in NEEDS and not marker.offers:
        raise AreaRejected(f"{marker.where}.offers is missing: no need is shown without a next step. {allowed}")
    for label in marker.offers:
        if label not in offers.offers:
            raise AreaRejected(f"{marker.where}.offers names {label}, which this area does not offer. {allowed}")
