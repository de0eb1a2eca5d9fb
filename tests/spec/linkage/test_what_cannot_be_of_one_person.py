"""After linkage, what two records say of one person and cannot both be true is counted, for somebody to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from tests.spec import readable

from kinfold.linkage import implausible, quality
from kinfold.store.engine import Engine

LINK = """
    person_key | person_id
    -----------+----------
    school:1   | ANN
    health:1   | ANN
    police:1   | ANN
    school:2   | BEN
    health:2   | BEN
"""
DAYS = {"from_on": pa.date32(), "to_on": pa.date32(), "died_on": pa.date32()}


@pytest.fixture
def found(engine: Engine) -> Callable[..., dict[str, int]]:
    """How many people each finding is of, those with nobody left out."""

    def look(**written: str) -> dict[str, int]:
        given = {name: engine.take(readable.table(text, name=name, types=DAYS)) for name, text in written.items()}
        empty = {name: engine.take(readable.empty(name)) for name in implausible_tables() if name not in given}
        link = engine.take(readable.table(LINK, name="link"))
        told = implausible.findings(engine, given | empty, link, as_at=date(2026, 1, 31))
        return {name: people for name, people in told.items() if people}

    return look


def implausible_tables() -> tuple[str, ...]:
    return ("person", "name", "identifier", "address", "relationship", "involvement", "event", "participant")


def test_two_numbers_two_dates_and_two_sexes(found: Callable[..., dict[str, int]]) -> None:
    assert found(
        person="""
            person_key | role  | birth_on   | birth_quality | sex
            -----------+-------+------------+---------------+----
            school:1   | child | 2015-03-14 | stated        | F
            health:1   | child | 2015-03-15 | stated        | M
            school:2   | child | 2015-01-01 | default       | M
            health:2   | child | 2015-03-14 | stated        | M
        """,
        identifier="""
            person_key | kind       | value         | is_valid
            -----------+------------+---------------+---------
            school:1   | nhs        | 9990000018    | yes
            health:1   | nhs        | 9990000026    | yes
            school:2   | nhs        | 9990000034    | yes
            health:2   | nhs        | 9990000035    | no
            school:2   | upn        | B801200005001 | yes
            health:2   | upn        | P207000016049 | yes
            school:2   | former_upn | P207000016049 | yes
        """,
    ) == {"two_nhs_numbers": 1, "two_birth_dates": 1, "two_sexes": 1}


def test_a_date_a_generation_from_another(found: Callable[..., dict[str, int]]) -> None:
    assert found(
        person="""
            person_key | role  | birth_on   | birth_quality
            -----------+-------+------------+--------------
            school:1   | child | 2015-03-14 | stated
            health:1   | adult | 1999-03-14 | year_only
            school:2   | child | 2015-03-14 | stated
            health:2   | adult | 1900-01-01 | default
        """,
    ) == {"a_generation_apart": 1}


def test_on_the_roll_of_two_schools_unless_both_say_that_they_share_the_pupil(
    found: Callable[..., dict[str, int]],
) -> None:
    assert found(
        involvement="""
            person_key | agency    | stage | service_key | detail | from_on    | to_on      | known_from
            -----------+-----------+-------+-------------+--------+------------+------------+-----------
            school:1   | education | roll  | s:mill      | C      | 2024-09-01 |            | 2025-10-01
            health:1   | education | roll  | s:church    | C      | 2024-09-01 | 2025-01-10 | 2025-10-01
            school:2   | education | roll  | s:mill      | M      | 2024-09-01 |            | 2025-10-01
            health:2   | education | roll  | s:unit      | S      | 2024-09-01 |            | 2025-10-01
        """,
    ) == {"two_schools_on_one_day": 1}


def test_a_school_that_one_moved_from_in_the_same_week_is_no_finding(found: Callable[..., dict[str, int]]) -> None:
    assert (
        found(
            involvement="""
                person_key | agency    | stage | service_key | from_on    | to_on      | known_from
                -----------+-----------+-------+-------------+------------+------------+-----------
                school:1   | education | roll  | s:mill      | 2024-09-01 | 2025-01-10 | 2025-10-01
                health:1   | education | roll  | s:church    | 2025-01-06 |            | 2025-10-01
            """,
        )
        == {}
    )


def test_at_home_in_two_districts_as_two_records_say(found: Callable[..., dict[str, int]]) -> None:
    assert found(
        address="""
            person_key | kind | postcode | from_on    | to_on      | known_from
            -----------+------+----------+------------+------------+-----------
            school:1   | home | ZZ1 1AA  | 2024-01-01 |            | 2025-10-01
            health:1   | home | ZZ9 9ZZ  | 2025-01-01 | 2025-08-01 | 2025-10-01
            police:1   | home | ZZ1 1AB  | 2025-01-01 |            | 2025-10-01
            school:2   | home | ZZ1 1AA  | 2024-01-01 |            | 2024-06-01
            health:2   | home | ZZ9 9ZZ  | 2025-01-01 |            | 2025-10-01
        """,
    ) == {"homes_far_apart": 1}  # Ben's school told us last before he moved


def test_seen_after_death(found: Callable[..., dict[str, int]]) -> None:
    assert found(
        person="""
            person_key | role  | died_on
            -----------+-------+-----------
            health:1   | child | 2025-03-01
            health:2   | child | 2025-03-01
        """,
        event="""
            event_key | kind  | on
            ----------+-------+-----------
            p:1       | visit | 2025-06-01
            p:2       | visit | 2025-03-04
        """,
        participant="""
            person_key | event_key | involved_as | was_seen
            -----------+-----------+-------------+---------
            police:1   | p:1       | visited     | yes
            school:2   | p:2       | visited     | yes
        """,
    ) == {"alive_after_death": 1}


TWINS = {
    "person": """
        person_key | role  | birth_on   | birth_quality
        -----------+-------+------------+--------------
        school:1   | child | 2015-03-14 | stated
        school:2   | child | 2015-03-14 | stated
        school:3   | child | 2015-03-14 | stated
        health:1   | child | 2015-03-14 | stated
        school:4   | child | 2015-03-14 | stated
        school:5   | adult | 2006-03-14 | stated
    """,
    "name": """
        person_key | kind    | forename | surname
        -----------+---------+----------+--------
        school:1   | current | Ann      | Hale
        school:2   | current | Amy      | Hale
        school:3   | current | Ann      | Hale
        health:1   | current | Amy      | Hale
        school:4   | current | Zoe      | Moss
        school:5   | current | Eve      | Moss
    """,
    "address": """
        person_key | kind | lines       | postcode | uprn
        -----------+------+-------------+----------+-----
        school:1   | home | 4 Mill Lane | ZZ1 1AA  | 1001
        school:2   | home | 4 Mill Lane | ZZ1 1AA  | 1001
        school:3   | home | 4 Mill Lane | ZZ1 1AA  | 1001
        health:1   | home | 4 Mill Lane | ZZ1 1AA  | 1001
    """,
    "relationship": """
        person_key | other_key | kind
        -----------+-----------+--------
        school:4   | school:1  | sibling
        school:4   | school:5  | parent
    """,
}


def _twins(engine: Engine, **tables: ir.Table) -> ir.Table:
    return quality.born_together(engine, tables)


def test_twins_are_two_forenames_of_one_day_in_one_source(spec: Callable[..., None]) -> None:
    spec(
        lambda engine, person, name, address, relationship: _twins(
            engine, person=person, name=name, address=address, relationship=relationship
        ),
        **TWINS,
        expected="""
            left     | right
            ---------+---------
            school:1 | school:2
            school:2 | school:3
            school:1 | school:4
        """,
    )


def test_of_a_family_nobody_should_be_one_person(engine: Engine) -> None:
    tables = {name: engine.take(readable.table(text, name=name)) for name, text in TWINS.items()}
    link = readable.table(
        """
            person_key | person_id
            -----------+----------
            school:1   | ANN
            school:2   | ANN
            school:3   | ANN
            school:4   | ZOE
            school:5   | ZOE
        """,
        name="link",
    )
    assert quality.families(engine, tables, engine.take(link)) == {
        "twins": 3,
        "twins_one_person": 2,
        "siblings": 1,
        "siblings_one_person": 0,
        "parents": 1,
        "parents_one_person": 1,
        "parents_too_young": 1,
    }
