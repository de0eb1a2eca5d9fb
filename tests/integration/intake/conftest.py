"""A home of an area with two made-up feeds: police notices (changes) and a school roll (everything)."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kinfold.operations import home as homes
from kinfold.operations import intake
from kinfold.operations.home import Home

MONDAY = datetime.date(2025, 6, 2)
AT = datetime.datetime(2025, 6, 2, 9, 0, tzinfo=datetime.UTC)
WEEK = datetime.timedelta(days=7)
NOTICES = "REF,DAY,ROLE,FORENAME,SURNAME,DOB,GRADE"
ROLL = "PUPIL,FORENAME,SURNAME,DOB,FROM"
AGREED = """
[agreement]
id = "DSA-{number}"
parties = ["Saltmarsh Council", "The supplier"]
purposes = ["safeguarding"]
lawful_basis = "UK GDPR 6(1)(e)"
dpia = "DPIA-{number}"
fields = [{fields}]
people = "everyone"
upn_may_match = false
from = 2023-04-01
to = 2035-03-31
retention_months = 24
approved_by = ["Data protection officer"]
"""
POLICE = """
label = "Police notices"
agency = "police"
supplier = { name = "Saltmarsh Police", email = "ppu@police.example" }
purpose = "Safeguarding"
cadence_days = 7
silent_after_days = 21
delivers = "changes"
[[covers]]
table = "event"
kind = "domestic_abuse"
people = "everyone"
age_from = 0
age_to = 17
back_months = 36
[[part]]
name = "notices"
recognise = ["REF", "DAY", "ROLE", "GRADE"]
  [[part.row]]
  table = "event"
  source_id = "{REF}"
  event_key = "{REF}"
  kind = { constant = "domestic_abuse" }
  on = { column = "DAY" }
  severity = { column = "GRADE", codes = "grade" }
  [[part.row]]
  table = "participant"
  source_id = "{REF}/{FORENAME}"
  event_key = "{REF}"
  person_key = "{FORENAME}/{SURNAME}/{DOB}"
  involved_as = { constant = "present" }
  [[part.row]]
  table = "person"
  source_id = "{FORENAME}/{SURNAME}/{DOB}"
  person_key = "{FORENAME}/{SURNAME}/{DOB}"
  role = { constant = "child" }
  birth_on = { column = "DOB" }
  [[part.row]]
  table = "name"
  source_id = "{FORENAME}/{SURNAME}/{DOB}"
  person_key = "{FORENAME}/{SURNAME}/{DOB}"
  kind = { constant = "current" }
  forename = { column = "FORENAME" }
  surname = { column = "SURNAME" }
[codes.grade]
"Standard" = "standard"
"High" = "high"
"""
SCHOOL = """
label = "School roll"
agency = "education"
supplier = { name = "Saltmarsh Schools", email = "roll@schools.example" }
purpose = "Knowing who is on roll"
cadence_days = 30
silent_after_days = 60
delivers = "everything"
[[covers]]
table = "involvement"
kind = "school"
people = "everyone"
age_from = 4
age_to = 17
[[part]]
name = "pupils"
recognise = ["PUPIL", "FROM"]
  [[part.row]]
  table = "person"
  source_id = "{PUPIL}"
  person_key = "{PUPIL}"
  role = { constant = "child" }
  birth_on = { column = "DOB" }
  [[part.row]]
  table = "name"
  source_id = "{PUPIL}"
  person_key = "{PUPIL}"
  kind = { constant = "current" }
  forename = { column = "FORENAME" }
  surname = { column = "SURNAME" }
"""


def notice(ref: str, day: str = "01/05/2025", forename: str = "Amira", grade: str = "High") -> str:
    return f"{ref},{day},C,{forename},Okafor,03/04/2015,{grade}"


def pupil(number: str, born: str = "03/04/2015", forename: str = "Amira") -> str:
    return f"{number},{forename},Okafor,{born},01/09/2024"


def csv(header: str, *rows: str) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


@pytest.fixture
def area(tmp_path: Path) -> Path:
    return make_area(tmp_path)


def make_area(place: Path) -> Path:
    """The demonstration's rules with two feeds of our own."""
    folder = place / "area"
    shutil.copytree(homes.shipped_area(), folder, ignore=shutil.ignore_patterns("feeds"))
    (folder / "feeds").mkdir()
    for name, settings, header in (("police", POLICE, NOTICES), ("school", SCHOOL, ROLL)):
        fields = ", ".join(f'"{column}"' for column in header.split(","))
        whole = settings.replace("[[covers]]", AGREED.format(number=name, fields=fields) + "[[covers]]", 1)
        (folder / "feeds" / f"{name}.toml").write_text(whole, encoding="utf-8")
    return folder


@pytest.fixture
def council(tmp_path: Path, area: Path, db: None) -> Home:
    """A home with the agreements of its feeds in the register."""
    from kinfold.operations import agreements

    made = homes.create(tmp_path / "home", area=area, is_demonstration=True, on=MONDAY)
    agreements.enter_from_area(made, by=None, at=AT)
    return made


@pytest.fixture
def take_in(council: Home) -> Callable[..., intake.Receipt]:
    """Receive and load one file: `take_in(csv(NOTICES, notice("N1")), on=MONDAY)`."""

    def take(content: bytes, *, on: datetime.date = MONDAY, name: str = "sent.csv", **more: object) -> intake.Receipt:
        given = {"by": "a test", "way": "folder", **more}
        at = AT + max(on - MONDAY, datetime.timedelta())
        receipt = intake.receive(council, [(name, [content])], delivered=on, at=at, **given)
        return intake.load(council, receipt.receipt_id, by="a test", at=at)

    return take


def mapped(home: Home, table: str) -> list[dict[str, object]]:
    """The rows of a mapped table over every delivery."""
    return [row for path in sorted(home.mapped.glob(f"*/{table}.parquet")) for row in pq.read_table(path).to_pylist()]
