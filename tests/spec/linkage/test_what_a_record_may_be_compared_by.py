"""What a record is compared by: numbers that were replaced, a school's own numbers, default dates, places of no home."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.unit.linkage import small

from kinfold.linkage import places, standardise
from kinfold.store import engine as engines
from kinfold.store.engine import Engine
from kinfold.store.schema import DATE

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def duck() -> Iterator[Engine]:
    with engines.duckdb(memory_gb=1, threads=1) as opened:
        yield opened


def record(engine: Engine, column: str, **written: str) -> dict[str, object]:
    stood = standardise.standardise(
        engine, small.tables(engine, **written), upn_sources=small.SOURCES, as_at=small.AS_AT
    )
    rows = stood.records.select("person_key", column).to_pyarrow().to_pylist()
    return {row["person_key"]: row[column] for row in rows}


def test_a_number_is_replaced_when_a_source_that_lists_both_ends_the_one(spec: Callable[..., None]) -> None:
    spec(
        standardise.superseded,
        identifier="""
            person_key | kind | value      | is_valid | to_on
            -----------+------+------------+----------+-----------
            health:1   | nhs  | 9990000018 | yes      | 2024-05-01
            health:1   | nhs  | 9990000026 | yes      |
            health:2   | nhs  | 9990000034 | yes      |
            health:2   | nhs  | 9990000042 | yes      |
            health:3   | nhs  | 9990000050 | yes      | 2024-05-01
            health:3   | nhs  | 9990000069 | yes      |
            social:4   | nhs  | 9990000050 | yes      | 2024-05-01
            social:4   | nhs  | 9990000077 | yes      |
            health:5   | nhs  | 9990000085 | yes      | 2024-05-01
            health:5   | nhs  | 9990000086 | no       |
        """,
        types={"identifier": {"to_on": DATE}},
        expected={"9990000018": "9990000026"},
    )


PEOPLE = """
    person_key | role
    -----------+------
    health:1   | child
    school:1   | child
"""


def test_a_record_with_the_old_number_is_met_and_not_kept_apart(duck: Engine) -> None:
    assert record(
        duck,
        "nhs",
        person=PEOPLE,
        identifier="""
            person_key | kind | value      | is_valid | to_on
            -----------+------+------------+----------+-----------
            health:1   | nhs  | 9990000018 | yes      | 2024-05-01
            health:1   | nhs  | 9990000026 | yes      |
            school:1   | nhs  | 9990000018 | yes      |
        """,
    ) == {"health:1": ["9990000026"], "school:1": ["9990000026"]}


def test_a_temporary_upn_is_weak_and_one_schools_own(duck: Engine) -> None:
    written = {
        "person": PEOPLE,
        "identifier": """
            person_key | kind          | value         | register
            -----------+---------------+---------------+---------
            health:1   | temporary_upn | A99900000001B | 9991001
            school:1   | temporary_upn | A99900000001B | 9991002
        """,
    }
    weak = record(duck, "weak_ids", **written)
    assert weak["health:1"] != weak["school:1"]
    assert record(duck, "upns", **written) == {"health:1": [], "school:1": []}


def test_a_date_that_one_source_types_out_of_habit_is_only_a_year_there(duck: Engine) -> None:
    """Forty records of the register share 1 July; in the health records that day is a birthday as any other."""
    usual = [f"register:{n} | adult | 19{60 + n % 30}-{n % 12 + 1:02d}-{n % 27 + 2:02d}" for n in range(300)]
    habit = [f"register:h{n} | adult | 1980-07-01" for n in range(40)]
    lines = ["person_key | role | birth_on", "-+-+-", *usual, *habit, "health:1 | adult | 1980-07-01"]
    born = record(duck, "birth_on", person="\n".join(lines))
    assert born["register:h1"] is None
    assert str(born["health:1"]) == "1980-07-01"
    assert sum(day is not None for day in born.values()) == 301
    assert record(duck, "birth_year", person="\n".join(lines))["register:h1"] == 1980


@pytest.mark.parametrize(
    ("lines", "is_no_home"),
    [
        ("Saltmarsh Contact Centre, Quay Street", True),
        ("The Children\u2019s Centre", True),
        ("Harbour Hostel, 3 Quay Street", True),
        ("Council Offices", True),
        ("St Anne's Primary School", True),
        ("4 Hostel Lane", False),
        ("The Old School, Mill Lane", False),
        ("Primary School House", False),
        ("12 Town Hall Street", False),
        ("14 Mill Road", False),
        ("", False),
        (None, False),
    ],
)
def test_a_place_of_no_home_is_known_by_its_words(lines: str | None, is_no_home: bool) -> None:
    assert places.is_no_home(lines) is is_no_home


def test_a_contact_centre_that_a_source_calls_a_home_joins_nobody(duck: Engine) -> None:
    written = {
        "person": PEOPLE,
        "address": """
            person_key | kind | lines                 | postcode | uprn
            -----------+------+-----------------------+----------+-----
            health:1   | home | Quay Contact Centre   | ZZ1 1AA  | 7
            school:1   | home | 1 Quay Street         | ZZ1 1AA  | 7
        """,
    }
    assert record(duck, "homes", **written) == {"health:1": [], "school:1": []}


def test_a_home_without_a_property_reference_is_known_by_door_and_postcode(duck: Engine) -> None:
    homes = record(
        duck,
        "homes",
        person=PEOPLE,
        address="""
            person_key | kind | lines                 | postcode
            -----------+------+-----------------------+---------
            health:1   | home | Flat 2, 14 Mill Road  | ZZ1 1AA
            school:1   | home | FLAT 2 14 Mill Rd     | zz11aa
        """,
    )
    assert homes["health:1"] == homes["school:1"] == ["d:ZZ11AA:2 14"]
