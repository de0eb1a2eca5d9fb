"""A statutory return says what was open on its own day; the case system says what is open now."""

from kinfold.operations import assemble

SPELLS = """
    person_key    | source      | agency      | stage         | from_on    | to_on
    --------------+-------------+-------------+---------------+------------+-----------
    social_care:A | cin_census  | social_care | child_in_need | 2025-11-01 |
    social_care:B | cin_census  | social_care | child_in_need | 2024-02-01 | 2024-09-01
    social_care:C | social_care | social_care | child_in_need | 2026-01-05 |
"""


def keyed_by_person(involvement, settled):
    return assemble.still_open(involvement, settled).select("person_key", "source")


def test_an_open_spell_of_the_census_is_left_to_the_case_system_and_an_ended_one_is_history(spec):
    spec(
        keyed_by_person,
        involvement=SPELLS,
        settled=frozenset({"cin_census"}),
        of="source",
        expected={"social_care:B": "cin_census", "social_care:C": "social_care"},
    )


def test_a_census_newer_than_anything_from_the_case_system_is_believed(spec):
    spec(
        keyed_by_person,
        involvement=SPELLS,
        settled=frozenset(),
        of="source",
        expected={"social_care:A": "cin_census", "social_care:B": "cin_census", "social_care:C": "social_care"},
    )
