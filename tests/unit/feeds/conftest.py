"""A made-up police feed and a place to load it into."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinfold.areas import feeds as area_feeds
from kinfold.areas.feeds import Feed
from kinfold.feeds.load import load
from kinfold.feeds.reports import DeliveryReport

ON = datetime.date(2025, 6, 2)
AT = datetime.datetime(2025, 6, 2, 9, 0, tzinfo=datetime.UTC)
COLUMNS = "REF,DAY,ROLE,FORENAME,SURNAME,DOB,POSTCODE,GRADE"
GOOD = "N1,01/05/2025,C,Amira,Okafor,03/04/2015,ZZ1 1ZZ,High"
NOTICES: dict[str, Any] = {
    "label": "Police notices",
    "agency": "police",
    "supplier": {"name": "Saltmarsh Police"},
    "purpose": "Safeguarding",
    "cadence_days": 7,
    "silent_after_days": 21,
    "delivers": "changes",
    "agreement": {
        "id": "DSA-07",
        "parties": ["Saltmarsh Council", "Saltmarsh Police"],
        "purposes": ["safeguarding"],
        "lawful_basis": "UK GDPR 6(1)(e)",
        "dpia": "DPIA-1",
        "fields": COLUMNS.split(","),
        "from": datetime.date(2023, 4, 1),
        "to": datetime.date(2027, 3, 31),
        "retention_months": 24,
        "approved_by": ["Data protection officer"],
    },
    "covers": [{"table": "event", "kind": "domestic_abuse", "age_from": 0, "age_to": 17, "back_months": 36}],
    "codes": {"grade": {"Standard": "standard", "High": "high"}},
    "part": [
        {
            "name": "notices",
            "recognise": ["REF", "DAY", "ROLE", "GRADE"],
            "row": [
                {
                    "table": "event",
                    "source_id": "{REF}",
                    "event_key": "{REF}",
                    "kind": {"constant": "domestic_abuse"},
                    "on": {"column": "DAY"},
                    "severity": {"column": "GRADE", "codes": "grade"},
                },
                {
                    "table": "participant",
                    "when": {"column": "ROLE", "is": ["C"]},
                    "source_id": "{REF}/{FORENAME}",
                    "event_key": "{REF}",
                    "person_key": "{FORENAME}/{SURNAME}/{DOB}",
                    "involved_as": {"constant": "present"},
                },
                {
                    "table": "person",
                    "when": {"column": "ROLE", "is": ["C"]},
                    "source_id": "{FORENAME}/{SURNAME}/{DOB}",
                    "person_key": "{FORENAME}/{SURNAME}/{DOB}",
                    "role": {"constant": "child"},
                    "birth_on": {"column": "DOB"},
                },
                {
                    "table": "address",
                    "when": [{"column": "ROLE", "is": ["C"]}, {"column": "POSTCODE", "present": True}],
                    "source_id": "{FORENAME}/{SURNAME}/{DOB}/{POSTCODE}",
                    "person_key": "{FORENAME}/{SURNAME}/{DOB}",
                    "kind": {"constant": "home"},
                    "postcode": {"column": "POSTCODE"},
                    "from_on": {"column": "DAY"},
                },
            ],
        }
    ],
}


def notices(**changes: Any) -> dict[str, Any]:
    """The settings of the police feed, changed at the top or, with `agreement_...`, in its agreement."""
    settings = copy.deepcopy(NOTICES)
    for key, value in changes.items():
        if key.startswith("agreement_"):
            settings["agreement"][key.removeprefix("agreement_")] = value
        elif value is None:
            del settings[key]
        else:
            settings[key] = value
    return settings


def feed_of(name: str, settings: dict[str, Any]) -> dict[str, Feed]:
    return {name: area_feeds.feed_of(name, settings)}


def of_format(name: str, **changes: Any) -> dict[str, Feed]:
    """A feed of a built-in format, all of it agreed."""
    settings = notices(part=None, codes=None, covers=None, agreement_fields="all of the format")
    return feed_of(name, {**settings, "format": name, **changes})


@pytest.fixture
def police() -> dict[str, Feed]:
    return feed_of("police", notices())


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def to(text: str | bytes, name: str = "notices.csv") -> Path:
        path = tmp_path / "received" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to


class Place:
    """A home that files are loaded into, and what is then in it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def load(self, *paths: Path, feeds: dict[str, Feed], on: datetime.date = ON, **more: Any) -> list[DeliveryReport]:
        return load(paths, self.home, feeds, delivered=on, received_at=AT, **more)

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a mapped table over every delivery."""
        files = sorted((self.home / "lake" / "mapped").glob(f"*/{name}.parquet"))
        rows = [row for path in files for row in pq.read_table(path).to_pylist()]
        return sorted(rows, key=lambda row: (row["delivery_id"], row["part"], row["row_number"]))

    def landed(self) -> pa.Table:
        return pq.read_table(next(self.home.glob("deliveries/*/*/landed/*.parquet")))

    def set_aside(self) -> list[dict[str, Any]]:
        return [
            row
            for path in sorted(self.home.glob("deliveries/*/*/set_aside/*.parquet"))
            for row in pq.read_table(path).sort_by("row_number").to_pylist()
        ]

    def manifest(self) -> str:
        return next(self.home.glob("deliveries/*/*/manifest.json")).read_text(encoding="utf-8")

    def files(self) -> set[str]:
        """Every file of the home but the empty one that loads take turns by, which stays."""
        files = {path.relative_to(self.home).as_posix() for path in self.home.rglob("*") if path.is_file()}
        return files - {".writing/lock"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home")
