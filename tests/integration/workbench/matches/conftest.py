"""
A lake of a dozen records written by hand, and a data engineer signed in over it. Everybody is made up.

P1 and P2 may be one child; P1 alone is open to social care. P3 and P4 are grown-ups named alike. P5 is a child whose
three records are one person. P6 and P7 are children, of whom P7's address is withheld.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client

from kinfold.operations import home as homes
from kinfold.operations.home import Home

ROOT = "/workbench/matches/"
AREA = homes.shipped_area()
TOLD = datetime.date(2026, 1, 5)
PEOPLE = {
    "P1": ("child", "Marta", "Quill", datetime.date(2015, 3, 14), False, ["social_care:1", "school_census:1"]),
    "P2": ("child", "Martha", "Quill", datetime.date(2015, 3, 14), False, ["police_missing:2"]),
    "P3": ("adult", "Owen", "Reed", None, False, ["council_tax:3"]),
    "P4": ("adult", "Owen", "Reed", None, False, ["housing:4"]),
    "P5": ("child", "Iris", "Vane", datetime.date(2016, 6, 1), False,
           ["school_census:5", "child_health:5", "police_missing:5"]),
    "P6": ("child", "Noor", "Ash", datetime.date(2014, 2, 2), False, ["school_census:6"]),
    "P7": ("child", "Noor", "Ashe", datetime.date(2014, 2, 2), True, ["child_health:7"]),
}  # fmt: skip
PAIRS = [
    ("police_missing:2", "school_census:1", 1.2, 0.55, "review",
     "forename somewhat alike; surname same; birth date same; home same"),
    ("council_tax:3", "housing:4", 1.0, 0.6, "review", "forename same; surname same"),
    ("child_health:7", "school_census:6", 1.1, 0.6, "review", "forename same; surname spelt alike; birth date same"),
    ("child_health:5", "school_census:5", 14.0, 0.9999, "link", "NHS number same; forename same; birth date same"),
    ("police_missing:5", "school_census:5", 5.0, 0.97, "link", "forename same; surname same; birth date same"),
]  # fmt: skip
PLACE = {"source_id": "1", "delivery_id": "d-1", "part": "rows", "row_number": 1, "known_from": TOLD}


def _write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


@pytest.fixture
def council(tmp_path: Path) -> Home:
    home = homes.create(tmp_path / "home", area=AREA, is_demonstration=True, on=TOLD)
    folder = home.snapshots / "run-1"
    folder.mkdir(parents=True)
    shutil.copytree(AREA, folder / "rules")
    records = [(key, person_id, *facts) for person_id, (*facts, keys) in PEOPLE.items() for key in keys]
    _write(folder, "link", [
        {"person_key": key, "source": key.partition(":")[0], "person_id": person, "rule": "model", "weight": 5.0,
         "probability": 0.97, "reasons": "forename same; birth date same"} for key, person, *_ in records
    ])  # fmt: skip
    _write(folder, "people", [
        {"person_id": person, "role": role, "forename": first, "surname": last, "birth_on": born,
         "is_restricted": False, "is_address_withheld": withheld}
        for person, (role, first, last, born, withheld, _) in PEOPLE.items()
    ])  # fmt: skip
    _write(folder, "person", [
        {"person_key": key, "source": key.partition(":")[0], "role": role, "birth_on": born, "birth_quality": "stated",
         "expected_on": None if born else TOLD, "sex": "F", "flags": None, **PLACE}
        for key, _, role, _, _, born, _ in records
    ])  # fmt: skip
    _write(folder, "name", [
        {"person_key": key, "kind": "current", "forename": first, "surname": last, **PLACE}
        for key, _, _, first, last, _, _ in records
    ])  # fmt: skip
    _write(folder, "identifier", [
        {"person_key": "social_care:1", "kind": "nhs", "value": "9990000018", **PLACE},
        {"person_key": "police_missing:2", "kind": "nhs", "value": "9990000026", **PLACE},
    ])  # fmt: skip
    _write(folder, "address", [
        {"person_key": key, "kind": "home", "lines": f"{number} Mill Lane", "postcode": "ZZ1 1AA", "from_on": TOLD,
         **PLACE}
        for number, (key, *_) in enumerate(records, 1)
    ])  # fmt: skip
    _write(folder, "involvement", [
        {"person_key": "social_care:1", "agency": "social_care", "stage": "child_protection", "to_on": None}
    ])  # fmt: skip
    names = ("left", "right", "weight", "probability", "band", "reasons")
    _write(folder, "pairs", [dict(zip(names, pair, strict=True)) for pair in PAIRS])
    home.live_file.write_text(json.dumps({"run_id": "run-1"}), encoding="utf-8")
    return home


@pytest.fixture
def served(council: Home, settings) -> Home:
    settings.HOME, settings.AREA_FOLDER = council.folder, council.area
    return council


@pytest.fixture
def engineer(served: Home, person: Callable[..., object], signed_in: Callable[..., Client]) -> Callable[[str], Client]:
    """Sign a data engineer in by name: `engineer("Leila")`; the same name is the same person."""
    known: dict[str, object] = {}

    def sign_in(name: str = "Leila") -> Client:
        if name not in known:
            known[name] = person("matcher", display_name=name, username=name.lower())
        return signed_in(known[name])

    return sign_in


@pytest.fixture
def ref(council: Home) -> Callable[..., str]:
    """The case of some people: `ref("P1", "P2")`."""
    from kinfold.operations.matching import lake

    return lambda *people: lake.case_ref(council, [key for person in people for key in PEOPLE[person][-1]])


@pytest.fixture
def decide(council: Home, ref: Callable[..., str]) -> Callable[..., object]:
    """Decide a case by its page: `decide(client, ("P1", "P2"), "same", ticked=["social_care:1"])`."""
    from kinfold.operations.matching import lake

    def do(client: Client, people: tuple[str, ...], kind: str, *, ticked: list[str] | None = None, **more: str):
        named = {"decide": "yes", "kind": kind, "reason": "The school confirmed it.", "ask": "", **more}
        named["record"] = [lake.ref_of(council, key) for key in ticked or []]
        return client.post(f"{ROOT}cases/{ref(*people)}/", named)

    return do


def text(answer: object) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())
