"""A statement that was upheld as wrong is not said on the rows it rested on, and is said again on any other."""

from __future__ import annotations

from types import SimpleNamespace

import ibis

from kinfold.profile import asking

ROWS = """
    person_id | table_name | source | source_id | points
    ----------+------------+--------+-----------+-------
    Ana       | event      | police | 1         | 8
    Ana       | event      | police | 2         | 0
    Ben       | event      | police | 1         | 8
"""


def still_said(rows, struck, *, asked):
    known = SimpleNamespace(struck=struck)
    return asking.unchallenged(known, rows.mutate(marker=ibis.literal(asked)))


def test_what_was_upheld_as_wrong_of_a_child_counts_no_more_and_of_another_child_it_does(spec):
    spec(
        still_said,
        rows=ROWS,
        struck="""
            marker  | person_id | table_name | source | source_id
            --------+-----------+------------+--------+----------
            missing | Ana       | event      | police | 1
        """,
        asked="missing",
        expected="""
            person_id | source_id
            ----------+----------
            Ana       | 2
            Ben       | 1
        """,
    )


def test_the_same_row_still_counts_for_another_statement(spec):
    spec(
        still_said,
        rows=ROWS,
        struck="""
            marker     | person_id | table_name | source | source_id
            -----------+-----------+------------+--------+----------
            exploited  | Ana       | event      | police | 1
        """,
        asked="missing",
        expected="""
            person_id | source_id
            ----------+----------
            Ana       | 1
            Ana       | 2
            Ben       | 1
        """,
    )


def test_an_event_that_was_upheld_as_wrong_of_a_child_shows_nothing_of_that_child(spec):
    spec(
        still_said,
        rows=ROWS,
        struck="""
            marker | person_id | table_name | source | source_id
            -------+-----------+------------+--------+----------
            *      | Ana       | event      | police | 1
        """,
        asked="missing",
        expected="""
            person_id | source_id
            ----------+----------
            Ana       | 2
            Ben       | 1
        """,
    )
