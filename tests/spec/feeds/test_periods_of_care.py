"""A period of care is a chain of episodes; a placement lasts until the child moves."""

from kinfold.feeds import periods

STARTED = """
    kind         | on         | row_number
    -------------+------------+-----------
    looked_after | 2024-01-10 | 1
"""


def days_of_each_row(involvement, event):
    return periods.whole(involvement, event).select("row_number", "stage", "detail", "outcome", "from_on", "to_on")


def test_a_child_is_looked_after_since_the_first_episode_of_the_chain(spec):
    spec(
        days_of_each_row,
        involvement="""
            row_number | person_key    | stage        | detail | outcome | from_on    | to_on
            -----------+---------------+--------------+--------+---------+------------+-----------
            1          | social_care:A | looked_after | V2     |         | 2024-01-10 | 2024-02-01
            2          | social_care:A | looked_after | C1     |         | 2024-02-01 | 2024-07-15
            3          | social_care:A | looked_after | C2     |         | 2024-07-15 |
        """,
        event=STARTED,
        expected="""
            row_number | detail | outcome | from_on    | to_on
            -----------+--------+---------+------------+------
            1          | C2     |         | 2024-01-10 |
            2          | C2     |         | 2024-01-10 |
            3          | C2     |         | 2024-01-10 |
        """,
    )


def test_going_home_ends_a_period_even_when_the_next_begins_that_day(spec):
    spec(
        days_of_each_row,
        involvement="""
            row_number | person_key    | stage        | detail | outcome       | from_on    | to_on
            -----------+---------------+--------------+--------+---------------+------------+-----------
            1          | social_care:A | looked_after | V2     |               | 2024-01-10 | 2024-02-01
            2          | social_care:A | looked_after | V2     | returned_home | 2024-02-01 | 2024-03-01
            3          | social_care:A | looked_after | V2     |               | 2024-03-01 |
        """,
        event=STARTED,
        expected="""
            row_number | outcome       | from_on    | to_on
            -----------+---------------+------------+-----------
            1          | returned_home | 2024-01-10 | 2024-03-01
            2          | returned_home | 2024-01-10 | 2024-03-01
            3          |               | 2024-03-01 |
        """,
    )


def test_an_episode_that_started_care_and_a_gap_each_begin_a_new_period(spec):
    spec(
        days_of_each_row,
        involvement="""
            row_number | person_key    | stage        | outcome | from_on    | to_on
            -----------+---------------+--------------+---------+------------+-----------
            5          | social_care:A | looked_after |         | 2023-11-01 | 2024-01-10
            1          | social_care:A | looked_after |         | 2024-01-10 | 2024-02-01
            2          | social_care:A | looked_after |         | 2024-02-02 | 2024-03-01
        """,
        event=STARTED,
        expected="""
            row_number | from_on    | to_on
            -----------+------------+-----------
            5          | 2023-11-01 | 2024-01-10
            1          | 2024-01-10 | 2024-02-01
            2          | 2024-02-02 | 2024-03-01
        """,
    )


def test_children_and_sources_have_chains_of_their_own(spec):
    spec(
        days_of_each_row,
        involvement="""
            row_number | source      | person_key    | stage        | from_on    | to_on
            -----------+-------------+---------------+--------------+------------+-----------
            1          | ssda903     | social_care:A | looked_after | 2024-01-10 | 2024-02-01
            2          | ssda903     | social_care:B | looked_after | 2024-02-01 | 2024-03-01
            3          | social_care | social_care:A | looked_after | 2024-02-01 | 2024-03-01
        """,
        event="""
            kind         | on         | row_number
            -------------+------------+-----------
        """,
        expected="""
            row_number | from_on    | to_on
            -----------+------------+-----------
            1          | 2024-01-10 | 2024-02-01
            2          | 2024-02-01 | 2024-03-01
            3          | 2024-02-01 | 2024-03-01
        """,
    )


def test_a_change_of_the_law_alone_does_not_end_a_placement(spec):
    spec(
        days_of_each_row,
        involvement="""
            row_number | person_key    | stage        | detail | from_on    | to_on
            -----------+---------------+--------------+--------+------------+-----------
            1          | social_care:A | looked_after | V2     | 2024-01-10 | 2024-02-01
            1          | social_care:A | placement    | U4     | 2024-01-10 | 2024-02-01
            2          | social_care:A | looked_after | C1     | 2024-02-01 | 2024-05-01
            3          | social_care:A | looked_after | C1     | 2024-05-01 |
            3          | social_care:A | placement    | K2     | 2024-05-01 |
            4          | social_care:B | placement    | U6     | 2020-05-01 | 2020-06-01
        """,
        event=STARTED,
        expected="""
            row_number | stage        | detail | from_on    | to_on
            -----------+--------------+--------+------------+-----------
            1          | looked_after | C1     | 2024-01-10 |
            1          | placement    | U4     | 2024-01-10 | 2024-05-01
            2          | looked_after | C1     | 2024-01-10 |
            3          | looked_after | C1     | 2024-01-10 |
            3          | placement    | K2     | 2024-05-01 |
            4          | placement    | U6     | 2020-05-01 | 2020-06-01
        """,
    )


def test_a_placement_listed_apart_from_the_episodes_keeps_its_own_last_day(spec):
    spec(
        days_of_each_row,
        involvement="""
            part       | row_number | person_key    | stage        | detail | outcome | from_on    | to_on
            -----------+------------+---------------+--------------+--------+---------+------------+-----------
            episodes   | 1          | social_care:A | looked_after | C1     |         | 2024-01-10 |
            placements | 1          | social_care:A | placement    | foster |         | 2024-01-10 | 2024-05-01
            placements | 2          | social_care:A | placement    | foster |         | 2024-05-01 |
        """,
        event=STARTED,
        expected="""
            row_number | stage        | from_on    | to_on
            -----------+--------------+------------+-----------
            1          | looked_after | 2024-01-10 |
            1          | placement    | 2024-01-10 | 2024-05-01
            2          | placement    | 2024-05-01 |
        """,
    )


def test_an_episode_open_in_one_year_and_ended_in_the_next_has_ended(spec):
    spec(
        periods.without_earlier_words,
        involvement="""
            source_id | part       | row_number | person_key    | stage        | from_on    | to_on
            ----------+------------+------------+---------------+--------------+------------+-----------
            A/1       | episodes   | 1          | social_care:A | looked_after | 2024-01-10 |
            A/1       | episodes#2 | 7          | social_care:A | looked_after | 2024-01-10 | 2024-08-01
            B/1       | episodes   | 2          | social_care:B | looked_after | 2024-01-10 |
        """,
        expected="""
            source_id | part       | to_on
            ----------+------------+-----------
            A/1       | episodes#2 | 2024-08-01
            B/1       | episodes   |
        """,
    )
