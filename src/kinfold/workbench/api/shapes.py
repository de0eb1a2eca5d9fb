"""What goes over the wire, each bounded; nothing here carries a cell's value."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field, StrictInt

MOST_FILES = 100
LARGEST_FILE = 4 << 30
LARGEST_PIECE = 8 << 20
LARGEST_COUNT = 2**53 - 1
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SENT_KEY = r"^[!-~]{1,100}$"
NUMBER = r"^[0-9a-f]{32}$"

Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]


class Announced(Schema):
    """A file to come: its name as the supplier calls it, its size in bytes, and the SHA-256 of its bytes in hex."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,200}$", examples=["notices-2025-06.csv"])]
    size: Annotated[StrictInt, Field(ge=1, le=LARGEST_FILE)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Announcement(Schema):
    """
    A delivery to come. delivered: the day it is handed over. feed: may be left out where the key has only one.
    corrects: the number of the delivery whose set-aside rows these files put right.
    """

    model_config = ConfigDict(extra="forbid")
    delivered: Annotated[str, Field(pattern=DAY, json_schema_extra={"format": "date"}, examples=["2025-06-02"])]
    files: Annotated[list[Announced], Field(min_length=1, max_length=MOST_FILES)]
    feed: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,80}$")] | None = None
    corrects: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,80}-[0-9a-f]{12}$")] | None = None


class Arriving(Schema):
    """A file and how many bytes of it have arrived."""

    number: Annotated[int, Field(ge=1, le=MOST_FILES)]
    name: str
    size: Count
    received: Count


class Problem(Schema):
    """One kind of thing wrong in one column. row: the first it is in, null when it is about no row."""

    code: str
    severity: str
    message: str
    part: str | None = None
    row: Count | None = None
    column: str | None = None
    count: Count


class Report(Schema):
    """What became of a delivery. delivery_id: what to name in `corrects`; null when it was not recognised."""

    state: str
    message: str
    feed: str | None
    delivery_id: str | None
    rows_in: Count
    rows_mapped: Count
    rows_set_aside: Count
    rows_refused_by_agreement: Count
    columns_refused: list[str]
    problems: list[Problem]


class Delivery(Schema):
    """
    A delivery as it stands. state: arriving, received, checked, loaded or refused.

    receipt: from when it has one, its files are kept and will not be lost. reports: one for each feed in it.
    """

    delivery: Annotated[str, Field(pattern=NUMBER)]
    state: str
    feed: str
    delivered: datetime.date
    receipt: str | None
    files: list[Arriving]
    reports: list[Report]


class Received(Schema):
    """How many bytes of the file have arrived: where the next piece begins."""

    received: Count


class Refusal(Schema):
    """Why not, and what to do. received: bytes to go on from, null where that is not the matter."""

    message: str
    received: Count | None = None


def report_of(given: dict[str, Any]) -> Report:
    return Report.model_validate({name: given[name] for name in Report.model_fields})
