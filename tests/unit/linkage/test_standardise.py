"""What a record may be compared by, and what never reaches it."""

from __future__ import annotations

import pytest
from tests.unit.linkage import small

from kinfold.linkage import names, places, standardise

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Mohammed", "muhammad"),
        ("Mohammed Yousuf", "yusuf"),  # the name that tells him from his brother
        ("Lottie", "charlotte"),
        ("Zoë", "zoe"),
        ("MR John", "john"),
        ("J", "j"),
        ("Baby", None),
        ("Twin 1", None),
        ("Unknown", None),
        ("", None),
        (None, None),
    ],
)
def test_a_forename_has_one_key_however_it_is_written(written: str | None, key: str | None) -> None:
    assert names.read_forename(written).key == key


def test_a_double_surname_is_met_by_either_half() -> None:
    assert {"smyth", "jones"} & set(names.read_surname("Jones").every) == {"jones"}
    assert {"smith", "jones"} <= set(names.read_surname("Smyth-Jones").every)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("SMITH/JOHN MR", ("JOHN MR", "SMITH")), ("Smith, John", ("John", "Smith")), ("John Smith", ("John", "Smith"))],
)
def test_a_name_in_one_field_is_parted(written: str, expected: tuple[str, str]) -> None:
    assert names.split_full_name(written) == expected


def test_one_dwelling_has_one_key_however_it_is_typed() -> None:
    one = places.read_place("Flat 2, 14 Mill Road", "zz1 1aa")
    assert (
        one.key == places.read_place("14 Mill Rd, Flat 2".replace("14", "2", 1).replace("Flat 2", "14"), "ZZ11AA").key
    )
    assert places.read_place("No fixed abode", "ZZ1 1AA").key is None


def _record(engine, **written):
    known = small.tables(engine, **written)
    made = standardise.standardise(engine, known, upn_sources=frozenset(["school"]), as_at=small.AS_AT)
    return {row["person_key"]: row for row in made.records.to_pyarrow().to_pylist()}


def test_a_default_birth_date_is_only_a_year(engine) -> None:
    records = _record(
        engine,
        person="""
            person_key | role  | birth_on   | birth_quality
            -----------+-------+------------+--------------
            school:1   | child | 2015-03-14 | stated
            school:2   | child | 2015-01-01 | stated
            school:3   | child | 2015-06-01 | year_only
            school:4   | adult | 1900-01-01 | default
        """,
    )
    found = {key: (str(r["birth_on"]) if r["birth_on"] else None, r["birth_year"]) for key, r in records.items()}
    assert found == {
        "school:1": ("2015-03-14", 2015),
        "school:2": (None, 2015),
        "school:3": (None, 2015),
        "school:4": (None, None),
    }


def test_withheld_communal_and_placement_addresses_are_never_compared(engine) -> None:
    records = _record(
        engine,
        person="""
            person_key | role
            -----------+------
            school:1   | child
            school:2   | child
            school:3   | child
            school:4   | child
        """,
        address="""
            person_key | kind      | lines       | postcode | uprn
            -----------+-----------+-------------+----------+-----
            school:1   | withheld  | Safe House  | ZZ9 9ZZ  | 1
            school:2   | home      | Safe House  | ZZ9 9ZZ  | 1
            school:3   | placement | 5 Mill Lane | ZZ1 1AA  | 5
            school:4   | home      | 5 Mill Lane | ZZ1 1AA  | 5
        """,
    )
    assert {key: (sorted(r["homes"]), r["postcodes"]) for key, r in records.items()} == {
        "school:1": ([], []),
        "school:2": ([], []),
        "school:3": ([], []),
        "school:4": (["d:ZZ11AA:5", "u:5"], ["ZZ11AA"]),
    }


def test_identifiers_are_sorted_by_what_they_prove(engine) -> None:
    records = _record(
        engine,
        person="""
            person_key | role
            -----------+------
            school:1   | child
        """,
        identifier="""
            person_key | kind          | value         | register    | is_valid
            -----------+---------------+---------------+-------------+---------
            school:1   | nhs           | 9990000018    |             | yes
            school:1   | nhs           | 9990000019    |             | no
            school:1   | upn           | B801200005001 |             | yes
            school:1   | former_upn    | P207000016049 |             | yes
            school:1   | temporary_upn | A99900000001B |             |
            school:1   | case_number   | 00123         | social_care |
            school:1   | local         | 55            |             |
        """,
    )["school:1"]
    assert records["nhs"] == ["9990000018"]
    assert sorted(records["upns"]) == ["B801200005001", "P207000016049"]
    assert records["strong_ids"] == ["case_number|social_care|00123"]
    assert sorted(records["weak_ids"]) == ["nhs|9990000019", "temporary_upn|A99900000001B"]


def test_lines_without_a_postcode_are_compared_only_where_nobody_can_withhold_theirs(engine) -> None:
    given = small.tables(
        engine,
        person="""
            person_key | role
            -----------+------
            file:1     | adult
            file:2     | adult
        """,
        address="""
            person_key | kind | lines        | postcode
            -----------+------+--------------+---------
            file:1     | home | 4 Mill Lane  |
            file:2     | home | Mill Hostel  |
        """,
    )
    for lines_alone, text in ((False, None), (True, "4 mill ln")):
        made = standardise.standardise(
            engine, given, upn_sources=frozenset(), as_at=small.AS_AT, lines_alone=lines_alone
        )
        assert made.records.order_by("number").to_pyarrow().column("place_text").to_pylist() == [text, None]
        assert made.homes.count().execute() == 0, "and nobody lives with anybody by them"
