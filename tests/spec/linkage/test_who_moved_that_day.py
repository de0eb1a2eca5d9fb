"""One full name out of one home and into another on one day, in one register, is one person moving."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from kinfold.linkage import moves, rules

RECORDS = """
    number | person_key | source      | role  | forename | surname  | birth_on
    -------+------------+-------------+-------+----------+----------+-----------
    1      | tax:1      | council_tax | adult | sarah    | williams |
    2      | tax:2      | council_tax | adult | sarah    | williams |
    3      | tax:3      | council_tax | adult | john     | smith    |
    4      | tax:4      | council_tax | adult | john     | smith    |
    5      | tax:5      | council_tax | adult | john     | smith    |
    6      | tax:6      | council_tax | adult | amy      | khan     | 1990-01-05
    7      | tax:7      | council_tax | adult | amy      | khan     | 1971-07-30
    8      | rent:8     | housing     | adult | omar     | farah    |
    9      | tax:9      | council_tax | adult | omar     | farah    |
    10     | tax:10     | council_tax | child | leo      | dunn     |
    11     | tax:11     | council_tax | child | leo      | dunn     |
"""
HOMES = """
    person_key | place    | from_on    | to_on
    -----------+----------+------------+-----------
    tax:1      | 4 Quay   | 2015-05-13 | 2024-08-24
    tax:2      | 9 Shore  | 2024-08-24 |
    tax:3      | 1 Mill   | 2019-01-01 | 2025-02-01
    tax:4      | 2 Mill   | 2025-02-01 |
    tax:5      | 3 Mill   | 2025-02-01 |
    tax:6      | 5 Dune   | 2019-01-01 | 2025-03-01
    tax:7      | 6 Dune   | 2025-03-01 |
    rent:8     | 7 Sands  | 2019-01-01 | 2025-04-01
    tax:9      | 8 Sands  | 2025-04-01 |
    tax:10     | 2 Creek  | 2019-01-01 | 2025-05-01
    tax:11     | 3 Creek  | 2025-05-01 |
"""


def test_only_a_plain_move_within_one_register_is_told(spec: Callable[..., None]) -> None:
    """Two John Smiths came that day, the Amy Khans were born apart, two registers told of Omar, and Leo is a child."""
    spec(
        moves.same_day,
        records=RECORDS,
        homes=HOMES,
        types={"records": {"number": pa.int64()}},
        expected={1: 2},
    )


def test_a_move_with_the_same_names_is_proof_and_a_move_alone_is_not(spec: Callable[..., None]) -> None:
    spec(
        rules.applied,
        pairs="""
            pair             | nhs     | upn     | numbers | birth   | forename  | surname   | moved
            -----------------+---------+---------+---------+---------+-----------+-----------+-----------
            moved that day   | unknown | unknown | unknown | unknown | same      | same      | on one day
            another name     | unknown | unknown | unknown | unknown | different | same      | on one day
            no move was told | unknown | unknown | unknown | unknown | same      | same      | unknown
        """,
        expected={"moved that day": "moved_that_day@1", "another name": None, "no move was told": None},
    )
