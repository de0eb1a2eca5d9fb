"""Some things mean that two records are not one person, however alike they are."""

from __future__ import annotations

from collections.abc import Callable

from kinfold.linkage import vetoes


def test_two_different_valid_numbers_are_two_people(spec: Callable[..., None]) -> None:
    spec(
        vetoes.applied,
        pairs="""
            pair                       | nhs       | upn       | numbers | birth | forename | sex  | is_multiple | decided
            ---------------------------+-----------+-----------+---------+-------+----------+------+-------------+--------
            two NHS numbers            | different | unknown   | unknown | same  | same     | same | no          |
            two UPNs                   | unknown   | different | unknown | same  | same     | same | no          |
            one number same, one not   | same      | different | unknown | same  | same     | same | no          |
            one number                 | same      | unknown   | unknown | same  | same     | same | no          |
        """,
        expected={
            "two NHS numbers": "numbers_conflict",
            "two UPNs": "numbers_conflict",
            "one number same, one not": "numbers_conflict_one_shared",
            "one number": None,
        },
    )


def test_forenames_that_differ_are_two_people_unless_a_number_is_shared(spec: Callable[..., None]) -> None:
    spec(
        vetoes.applied,
        pairs="""
            pair                      | nhs     | upn     | numbers | birth | forename  | sex  | is_multiple | decided
            --------------------------+---------+---------+---------+-------+-----------+------+-------------+--------
            twins                     | unknown | unknown | unknown | same  | different | same | no          |
            renamed, same NHS number  | same    | unknown | unknown | same  | different | same | no          |
            renamed, same case number | unknown | unknown | same    | same  | different | same | no          |
            spelt alike               | unknown | unknown | unknown | same  | close     | same | no          |
            not known yet             | unknown | unknown | unknown | same  | unknown   | same | no          |
        """,
        expected={
            "twins": "forename",
            "renamed, same NHS number": None,
            "renamed, same case number": None,
            "spelt alike": None,
            "not known yet": None,
        },
    )


def test_sex_recorded_differently_is_two_people_unless_a_number_is_shared(spec: Callable[..., None]) -> None:
    spec(
        vetoes.applied,
        pairs="""
            pair              | nhs     | upn     | numbers | birth | forename | sex       | is_multiple | decided
            ------------------+---------+---------+---------+-------+----------+-----------+-------------+--------
            Sam and Sam       | unknown | unknown | unknown | same  | same     | different | no          |
            same UPN          | unknown | same    | unknown | same  | same     | different | no          |
            not recorded      | unknown | unknown | unknown | same  | same     | unknown   | no          |
        """,
        expected={"Sam and Sam": "sex", "same UPN": None, "not recorded": None},
    )


def test_a_parent_and_a_child_of_one_name_are_two_people(spec: Callable[..., None]) -> None:
    spec(
        vetoes.applied,
        pairs="""
            pair                     | nhs     | upn     | numbers | birth                        | forename | sex  | is_multiple | decided
            -------------------------+---------+---------+---------+------------------------------+----------+------+-------------+--------
            twelve years or more     | unknown | unknown | unknown | a generation apart           | same     | same | no          |
            tenant without a date    | unknown | unknown | unknown | unknown, child and grown up  | same     | same | no          |
            same number, wrong date  | same    | unknown | unknown | a generation apart           | same     | same | no          |
            number and nothing else  | same    | unknown | unknown | a generation apart           | unknown  | same | no          |
        """,
        expected={
            "twelve years or more": "generation",
            "tenant without a date": "generation",
            "same number, wrong date": None,
            "number and nothing else": "number_alone",
        },
    )


def test_of_twins_an_unclear_forename_is_left_to_a_person(spec: Callable[..., None]) -> None:
    spec(
        vetoes.applied,
        pairs="""
            pair                   | nhs     | upn     | numbers | birth        | forename | sex  | is_multiple | decided
            -----------------------+---------+---------+---------+--------------+----------+------+-------------+--------
            Jayden and Hayden      | unknown | unknown | unknown | same         | similar  | same | yes         |
            Baby Smith and Jayden  | unknown | unknown | unknown | same at home | unknown  | same | yes         |
            Rasheed and Rashid     | unknown | unknown | unknown | same         | spelt another way | same | yes |
            Oluwa and Oluwaseun    | unknown | unknown | unknown | same         | short form | same | yes       |
            J and Jayden           | unknown | unknown | unknown | same         | initial  | same | yes         |
            Jayden and Jayden      | unknown | unknown | unknown | same         | same     | same | yes         |
            not a twin             | unknown | unknown | unknown | same         | similar  | same | no          |
            the same NHS number    | same    | unknown | unknown | same         | similar  | same | yes         |
        """,
        expected={
            "Jayden and Hayden": "twin",
            "Baby Smith and Jayden": "twin",
            "Rasheed and Rashid": "twin",
            "Oluwa and Oluwaseun": "twin",
            "J and Jayden": "twin",
            "Jayden and Jayden": None,
            "not a twin": None,
            "the same NHS number": None,
        },
    )


def test_an_initial_is_nobodys_name_until_a_birth_date_or_number_says_whose(spec: Callable[..., None]) -> None:
    """Brothers and sisters of one home share an initial often enough; with a birth date it tells them apart."""
    spec(
        vetoes.applied,
        pairs="""
            pair                        | nhs     | upn     | numbers | birth   | forename     | sex  | is_multiple | decided
            ----------------------------+---------+---------+---------+---------+--------------+------+-------------+--------
            J and Jayden                | unknown | unknown | unknown | unknown | initial      | same | no          |
            J and J                     | unknown | unknown | unknown | unknown | same initial | same | no          |
            J and Jayden, one birth     | unknown | unknown | unknown | same    | initial      | same | no          |
            J and Jayden, one number    | unknown | unknown | same    | unknown | initial      | same | no          |
            Jayden and Jayden           | unknown | unknown | unknown | unknown | same         | same | no          |
        """,
        expected={
            "J and Jayden": "initial_alone",
            "J and J": "initial_alone",
            "J and Jayden, one birth": None,
            "J and Jayden, one number": None,
            "Jayden and Jayden": None,
        },
    )


def test_what_a_person_decided_stands(spec: Callable[..., None]) -> None:
    spec(
        vetoes.applied,
        pairs="""
            pair               | nhs       | upn     | numbers | birth | forename | sex  | is_multiple | decided
            -------------------+-----------+---------+---------+-------+----------+------+-------------+------------
            said two people    | same      | unknown | unknown | same  | same     | same | no          | cannot_link
            said one person    | different | unknown | unknown | same  | same     | same | no          | must_link
            one of them locked | same      | unknown | unknown | same  | same     | same | no          | locked
        """,
        expected={"said two people": "reviewer", "said one person": None, "one of them locked": "locked"},
    )
