"""Whose facts count for a child, and as whose they are shown."""

from tests.spec.profile.conftest import marker

from kinfold.areas.marker_shapes import EventWithin, InvolvementOpen, RelationHas

CHILD_AND_ADULTS = """
    person_id | role  | birth_on
    ----------+-------+-----------
    Ana       | child | 2018-05-01
    Mum       | adult | 1990-01-01
    Lodger    | adult | 1985-01-01
"""
ARRESTED = EventWithin(kinds=("domestic_abuse",), taking_part_as=("present", "victim"))


def test_a_child_s_own_fact_counts_and_another_s_does_not(profiled):
    profiled(
        marker(ARRESTED),
        people=CHILD_AND_ADULTS,
        event="""
            event_key | kind           | on
            ----------+----------------+-----------
            E1        | domestic_abuse | 2026-01-10
            E2        | domestic_abuse | 2026-02-10
        """,
        participant="""
            event_key | person_key | involved_as
            ----------+------------+------------
            E1        | Ana        | present
            E2        | Mum        | victim
        """,
        result="marker_evidence",
        expected="""
            person_id | about_id | on
            ----------+----------+-----------
            Ana       | Ana      | 2026-01-10
        """,
    )


def test_a_fact_about_somebody_in_the_home_counts_on_the_days_they_shared_it(profiled):
    profiled(
        marker(ARRESTED, reach=("self", "household")),
        people=CHILD_AND_ADULTS,
        occupancy="""
            person_id | household_id | from_on    | to_on
            ----------+--------------+------------+-----------
            Ana       | H1           | 2020-01-01 |
            Mum       | H1           | 2020-01-01 | 2026-02-01
            Mum       | H2           | 2026-02-01 |
        """,
        event="""
            event_key | kind           | on
            ----------+----------------+-----------
            E1        | domestic_abuse | 2026-01-31
            E2        | domestic_abuse | 2026-02-01
        """,
        participant="""
            event_key | person_key | involved_as
            ----------+------------+------------
            E1        | Mum        | victim
            E2        | Mum        | victim
        """,
        result="marker_evidence",
        expected="""
            person_id | about_id | on
            ----------+----------+-----------
            Ana       | Mum      | 2026-01-31
        """,
    )


def test_whoever_is_only_the_suspect_does_not_bring_it_to_a_child_s_home(profiled):
    profiled(
        marker(ARRESTED, reach=("self", "household")),
        people=CHILD_AND_ADULTS,
        occupancy="""
            person_id | household_id
            ----------+-------------
            Ana       | H1
            Lodger    | H1
        """,
        event="""
            event_key | kind           | on
            ----------+----------------+-----------
            E1        | domestic_abuse | 2026-01-31
        """,
        participant="""
            event_key | person_key | involved_as
            ----------+------------+------------
            E1        | Lodger     | suspect
        """,
        coverage="""
            table_name | kind | people
            -----------+------+---------
            event      |      | everyone
        """,
        expected={},
        of="state",
    )


def test_one_incident_with_two_of_the_home_in_it_is_one_fact_shown_as_the_child_s_own(profiled):
    tables = {
        "people": CHILD_AND_ADULTS,
        "occupancy": """
            person_id | household_id
            ----------+-------------
            Ana       | H1
            Mum       | H1
        """,
        "event": """
            event_key | kind           | on
            ----------+----------------+-----------
            E1        | domestic_abuse | 2026-01-31
        """,
        "participant": """
            event_key | person_key | involved_as
            ----------+------------+------------
            E1        | Mum        | victim
            E1        | Ana        | present
        """,
    }
    asked = marker(ARRESTED, reach=("self", "household"))
    profiled(asked, **tables, expected={"Ana": 1}, of="times")


def test_a_parent_is_whoever_is_stated_to_be_one_and_never_whoever_lives_there(profiled):
    profiled(
        marker(InvolvementOpen(agency="mental_health", stages=("treatment",)), reach=("parent",)),
        people=CHILD_AND_ADULTS,
        occupancy="""
            person_id | household_id
            ----------+-------------
            Ana       | H1
            Lodger    | H1
        """,
        family="""
            person_id | other_id | kind
            ----------+----------+-------
            Ana       | Mum      | parent
        """,
        involvement="""
            person_key | agency        | stage     | from_on
            -----------+---------------+-----------+-----------
            Mum        | mental_health | treatment | 2025-12-01
            Lodger     | mental_health | treatment | 2025-12-01
        """,
        result="marker_evidence",
        expected="""
            person_id | about_id | on
            ----------+----------+-----------
            Ana       | Mum      | 2025-12-01
        """,
    )


def test_a_tie_that_has_ended_no_longer_makes_a_carer(profiled):
    profiled(
        marker(InvolvementOpen(agency="mental_health", stages=("treatment",)), reach=("parent",)),
        people=CHILD_AND_ADULTS,
        family="""
            person_id | other_id | kind  | to_on
            ----------+----------+-------+-----------
            Ana       | Lodger   | carer | 2026-01-01
            Ana       | Mum      | carer | 2026-06-01
        """,
        involvement="""
            person_key | agency        | stage     | from_on
            -----------+---------------+-----------+-----------
            Mum        | mental_health | treatment | 2025-12-01
            Lodger     | mental_health | treatment | 2025-12-01
        """,
        result="marker_evidence",
        expected="""
            person_id | about_id
            ----------+---------
            Ana       | Mum
        """,
    )


def test_a_sibling_is_stated_or_shares_a_stated_parent(profiled):
    profiled(
        marker(RelationHas(agency="social_care", stages=("child_protection",)), reach=("sibling",)),
        people="""
            person_id | role  | birth_on
            ----------+-------+-----------
            Ana       | child | 2018-05-01
            Ben       | child | 2015-05-01
            Cal       | child | 2013-05-01
            Dee       | child | 2012-05-01
            Mum       | adult | 1990-01-01
        """,
        family="""
            person_id | other_id | kind
            ----------+----------+-------------
            Ana       | Mum      | parent
            Mum       | Ben      | child
            Cal       | Ana      | half_sibling
        """,
        occupancy="""
            person_id | household_id
            ----------+-------------
            Ana       | H1
            Dee       | H1
        """,
        involvement="""
            person_key | agency      | stage            | from_on
            -----------+-------------+------------------+-----------
            Ben        | social_care | child_protection | 2025-12-01
            Cal        | social_care | child_protection | 2025-12-01
            Dee        | social_care | child_protection | 2025-12-01
        """,
        result="marker_evidence",
        expected="""
            person_id | about_id
            ----------+---------
            Ana       | Ben
            Ana       | Cal
        """,
    )
