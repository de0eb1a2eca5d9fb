"""The area itself: its name, its geography and calendar, and where its decisions are kept."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

from kinfold.areas import toml

ENGINES = ("duckdb", "spark")


@dataclasses.dataclass(frozen=True)
class Geography:
    """Where the area is: the authority's codes, and the census year of its small areas."""

    ons_code: str
    dfe_code: str
    lsoa_vintage: int


@dataclasses.dataclass(frozen=True)
class Calendar:
    """Days that are not working days, and the school terms, as half-open [start, end) pairs."""

    bank_holidays: tuple[datetime.date, ...]
    terms: tuple[tuple[datetime.date, ...], ...]


@dataclasses.dataclass(frozen=True)
class Retention:
    """
    How long, in days, what this product holds is kept.

    not_agreed_bytes_days: received bytes of a feed that no agreement lets in, while somebody may yet enter one.
    """

    received_bytes_days: int = 90
    not_agreed_bytes_days: int = 7
    snapshots_days: int = 30
    markers_days: int = 730


@dataclasses.dataclass(frozen=True)
class Area:
    """
    purposes: what the area joins records for; a feed agreed for none of them is neither loaded nor read.
    second_reader_share: share of decisions on matches that a second person reads blind, 0 to 1.
    engine: what compares pairs of records, `duckdb` or `spark`.
    shadow_every_days: how often linkage is also worked out whole, and the nightly changes are held against it.
    """

    name: str
    authority: str
    is_demonstration: bool
    geography: Geography
    calendar: Calendar
    retention: Retention
    engine: str = "duckdb"
    help_email: str = ""
    second_reader_share: float = 0.1
    shadow_every_days: int = 7
    purposes: tuple[str, ...] = ("safeguarding", "early help", "signposting")
    folder: Path = Path()


def load(folder: Path) -> Area:
    """Read `area.toml` of an area folder. Raises `toml.AreaRejected`."""
    path = folder / "area.toml"
    area = toml.settle(Area, toml.read(path), file=path.name)
    if area.engine not in ENGINES:
        raise toml.AreaRejected(f"{path.name}: engine is not one of {', '.join(ENGINES)}.")
    return dataclasses.replace(area, folder=folder)
