"""A few people through the whole of linkage: what is joined, what is not, and what is shown."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from tests.unit.linkage import small

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

PERSON = """
    person_key | role  | birth_on   | sex | expected_on | flags
    -----------+-------+------------+-----+-------------+------
    school:1   | child | 2015-03-14 | F   |             |
    health:1   | child | 2015-03-14 | F   |             |
    police:1   | child | 2015-03-14 | F   |             |
    school:2   | child | 2015-03-14 | F   |             |
    health:2   | child | 2015-03-14 | F   |             |
    social:m   | adult | 1988-07-02 | F   |             |
    health:m   | adult | 1988-07-02 | F   |             |
    social:u   | unborn|            |     | 2026-05-01  |
    health:u   | unborn|            |     | 2026-05-09  |
    police:f   | adult |            | M   |             |
    school:f   | child | 2016-08-20 | M   |             |
"""
NAME = """
    person_key | kind    | forename       | surname
    -----------+---------+----------------+---------
    school:1   | current | Ayesha         | Khan
    health:1   | current | Aisha          | Khan
    police:1   | current | KHAN           | AISHA
    school:2   | current | Maryam         | Khan
    health:2   | current | Baby           | Khan
    social:m   | current | Nadia          | Khan
    social:m   | former  | Nadia          | Thornton
    health:m   | current | Nadia          | Thornton
    social:u   | current | Unborn         | Khan
    health:u   | current | Baby           | Khan
    police:f   | current | Thomas         | Ashworth
    school:f   | current | Thomas         | Ashworth
"""
IDENTIFIER = """
    person_key | kind | value         | is_valid
    -----------+------+---------------+---------
    school:2   | nhs  | 9990000018    | yes
    health:2   | nhs  | 9990000018    | yes
    health:1   | nhs  | 9990000026    | yes
"""
ADDRESS = """
    person_key | kind     | lines          | postcode | uprn | lsoa      | from_on
    -----------+----------+----------------+----------+------+-----------+-----------
    school:1   | home     | 4 Mill Lane    | ZZ1 1AA  | 1001 | E01000001 | 2019-01-01
    health:1   | home     | 4 Mill Ln      | ZZ1 1AA  |      | E01000001 |
    police:1   | home     | 4 Mill Lane    | ZZ1 1AA  |      |           |
    school:2   | home     | 4 Mill Lane    | ZZ1 1AA  | 1001 |           |
    health:2   | home     | 4 Mill Lane    | ZZ1 1AA  |      |           |
    social:m   | withheld | Safe House     | ZZ9 9ZZ  | 2002 | E01000009 | 2025-12-01
    health:m   | home     | Safe House     | ZZ9 9ZZ  | 2002 | E01000009 | 2026-01-01
    police:f   | home     | 9 Church Road  | ZZ1 1AB  | 3003 |           |
    school:f   | home     | 9 Church Road  | ZZ1 1AB  | 3003 |           |
"""
RELATIONSHIP = """
    person_key | other_key | kind
    -----------+-----------+-------
    social:u   | social:m  | parent
    health:u   | health:m  | parent
"""


@pytest.fixture
def linked(engine):
    tables = small.tables(
        engine, person=PERSON, name=NAME, identifier=IDENTIFIER, address=ADDRESS, relationship=RELATIONSHIP
    )
    return small.link(engine, tables)


def test_each_person_is_joined_and_nobody_else(linked) -> None:
    assert small.together(linked) == {
        frozenset({"school:1", "health:1", "police:1"}),  # spelt otherwise; names the other way round
        frozenset({"school:2", "health:2"}),  # her twin: "Baby", but the same NHS number
        frozenset({"social:m", "health:m"}),  # a former surname
        frozenset({"social:u", "health:u"}),  # expected by one mother in one month
        frozenset({"police:f"}),  # a father without a birth date is not his son
        frozenset({"school:f"}),
    }


def test_a_refuge_that_one_source_calls_a_home_is_shown_nowhere(linked) -> None:
    mother = small.people_of(linked)["health:m"]
    shown = {r["person_id"]: r for r in linked.tables["people"].to_pyarrow().to_pylist()}[mother]
    assert shown["is_address_withheld"]
    assert [shown[c] for c in ("address_lines", "postcode", "lsoa")] == [None, None, None]
    assert mother not in linked.tables["occupancy"].to_pyarrow().column("person_id").to_pylist()
    assert shown["former_names"] == "Nadia Thornton"


def test_every_record_says_why_it_is_this_person(linked) -> None:
    why = {r["person_key"]: r for r in linked.tables["link"].to_pyarrow().to_pylist()}
    assert why["health:2"]["rule"] == "nhs_and_birth@1"
    assert why["health:2"]["reasons"].startswith("NHS number same; surname same; birth date same")
    assert why["police:f"]["rule"] == "alone"
    assert why["social:u"]["rule"] == "mother@1"
    assert "Khan" not in str([r["reasons"] for r in why.values()])


def test_a_persons_decision_is_kept_by_the_next_run(engine) -> None:
    tables = small.tables(engine, person=PERSON, name=NAME, identifier=IDENTIFIER, address=ADDRESS)
    said = [("school:1", "health:1", "cannot_link"), ("police:1", "health:1", "cannot_link"),
            ("police:f", "school:f", "must_link")]  # fmt: skip
    decisions = pa.table(
        {
            "left": [s[0] for s in said],
            "right": [s[1] for s in said],
            "kind": [s[2] for s in said],
            "on": pa.array([datetime.date(2026, 1, 5)] * 3),
        }
    )
    people = small.people_of(small.link(engine, tables, decisions=decisions))
    assert people["health:1"] not in (people["school:1"], people["police:1"])
    assert people["police:f"] == people["school:f"]


def test_a_upn_from_a_source_that_may_not_match_with_it_is_not_used(engine) -> None:
    tables = small.tables(
        engine,
        person="""
            person_key | role  | birth_on
            -----------+-------+-----------
            school:1   | child | 2015-03-14
            social:1   | child |
        """,
        name="""
            person_key | kind    | forename | surname
            -----------+---------+----------+--------
            school:1   | current | Zofia    | Kowalska
            social:1   | current | Zofia    | Kowalska
        """,
        identifier="""
            person_key | kind | value         | is_valid
            -----------+------+---------------+---------
            school:1   | upn  | B801200005001 | yes
            social:1   | upn  | B801200005001 | yes
        """,
    )
    may = small.people_of(small.link(engine, tables))
    assert may["school:1"] == may["social:1"]
    may_not = small.people_of(small.link(engine, tables, upn_sources=frozenset(["school"])))
    assert may_not["school:1"] != may_not["social:1"]


def test_nothing_to_link_gives_empty_tables(engine) -> None:
    linked = small.link(engine, small.tables(engine))
    assert {name: t.count().execute() for name, t in linked.tables.items()} == dict.fromkeys(linked.tables, 0)


def test_the_child_that_was_expected_keeps_its_id_when_it_is_born_under_another_number(engine) -> None:
    ties = """
        person_key | other_key | kind
        -----------+-----------+-------
        social:u   | social:m  | parent
        health:u   | health:m  | parent
        health:b   | health:m  | parent
    """
    before = small.tables(engine, person=PERSON, name=NAME, address=ADDRESS, relationship=ties)
    first = small.link(engine, before)
    born = PERSON + "    health:b   | child | 2026-05-04 | F   |             |\n"
    named = NAME + "    health:b   | current | Iris           | Khan\n"
    after = small.tables(engine, person=born, name=named, address=ADDRESS, relationship=ties)
    later = datetime.date(2026, 5, 20)
    second = small.link(engine, after, previous_ids=first.ids, ledger=first.ledger, run_id="run-2", as_at=later)
    expected, child = small.people_of(first)["social:u"], small.people_of(second)["health:b"]
    assert child == expected
    shown = {r["person_id"]: r for r in second.tables["people"].to_pyarrow().to_pylist()}[child]
    assert (shown["forename"], shown["role"], shown["birth_on"]) == ("Iris", "child", datetime.date(2026, 5, 4))
