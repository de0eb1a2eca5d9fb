"""An unborn child hangs on the mother until birth, and then is the child she had about the expected day."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from kinfold.linkage import unborn
from kinfold.store.schema import DATE, TABLES, TEXT, WHOLE

RECORD = {"number": WHOLE, "person_key": TEXT, "birth_on": DATE, "sex": TEXT}


def whose(
    records: ir.Table, person: ir.Table, relationship: ir.Table, *, same: dict[int, int], apart: ir.Table | None = None
) -> pa.Table:
    """The record that each record is one person with: `same` is what names and numbers had said before."""
    count = records.count().execute()
    before = np.array([same.get(number, number) for number in range(count)])
    told = {"person": person, "relationship": relationship}
    after = unborn.joined(before, records, told, decisions=None if apart is None else apart.to_pyarrow())
    keys = records.order_by("number").select("person_key").to_pyarrow().column(0).to_pylist()
    return pa.table({"person_key": keys, "one_with": [keys[n] for n in after.tolist()]})


def test_one_child_whom_two_services_expect_of_one_mother_is_one_child(spec: Callable[..., None]) -> None:
    """Mother A is one woman in both feeds. Mother B's days are too far apart, and C expects twins."""
    spec(
        whose,
        same={1: 0, 5: 4, 9: 8},
        records="""
            number | person_key | source | role   | birth_on   | sex
            -------+------------+--------+--------+------------+----
            0      | health:A   | health | adult  | 1990-01-05 | F
            1      | social:A   | social | adult  | 1990-01-05 | F
            2      | health:a   | health | unborn |            |
            3      | social:a   | social | unborn |            |
            4      | health:B   | health | adult  | 1988-07-02 | F
            5      | social:B   | social | adult  | 1988-07-02 | F
            6      | health:b   | health | unborn |            |
            7      | social:b   | social | unborn |            |
            8      | health:C   | health | adult  | 1993-04-09 | F
            9      | social:C   | social | adult  | 1993-04-09 | F
            10     | health:c1  | health | unborn |            |
            11     | health:c2  | health | unborn |            |
            12     | social:c   | social | unborn |            |
        """,
        person="""
            person_key | expected_on
            -----------+------------
            health:a   | 2026-05-01
            social:a   | 2026-05-09
            health:b   | 2026-02-01
            social:b   | 2026-05-09
            health:c1  | 2026-05-01
            health:c2  | 2026-05-01
            social:c   | 2026-05-01
        """,
        relationship="""
            person_key | other_key | kind
            -----------+-----------+-------
            health:a   | health:A  | parent
            social:a   | social:A  | parent
            health:b   | health:B  | parent
            social:B   | social:b  | child
            health:c1  | health:C  | parent
            health:c2  | health:C  | parent
            social:c   | social:C  | parent
        """,
        types={"records": RECORD, "person": {"expected_on": DATE}, "relationship": _tie()},
        expected={
            "health:A": "health:A", "social:A": "health:A", "health:a": "health:a", "social:a": "health:a",
            "health:B": "health:B", "social:B": "health:B", "health:b": "health:b", "social:b": "social:b",
            "health:C": "health:C", "social:C": "health:C", "health:c1": "health:c1", "health:c2": "health:c2",
            "social:c": "social:c",
        },
    )  # fmt: skip


def test_a_father_neither_joins_the_unborn_nor_parts_them(spec: Callable[..., None]) -> None:
    """Both services know the child of A and F, one of them by both parents; the other child of F is another's."""
    spec(
        whose,
        same={1: 0, 3: 2},
        records="""
            number | person_key | source | role   | birth_on   | sex
            -------+------------+--------+--------+------------+----
            0      | health:A   | health | adult  | 1990-01-05 | F
            1      | social:A   | social | adult  | 1990-01-05 | F
            2      | help:F     | help   | adult  | 1989-03-03 | M
            3      | social:F   | social | adult  | 1989-03-03 | M
            4      | health:a   | health | unborn |            |
            5      | help:x     | help   | unborn |            |
            6      | social:a   | social | unborn |            |
        """,
        person="""
            person_key | expected_on
            -----------+------------
            health:a   | 2026-05-01
            help:x     | 2026-05-02
            social:a   | 2026-05-03
        """,
        relationship="""
            person_key | other_key | kind
            -----------+-----------+-------
            health:a   | health:A  | parent
            social:a   | social:A  | parent
            social:a   | social:F  | parent
            help:x     | help:F    | parent
        """,
        types={"records": RECORD, "person": {"expected_on": DATE}, "relationship": _tie()},
        expected={
            "health:A": "health:A", "social:A": "health:A", "help:F": "help:F", "social:F": "help:F",
            "health:a": "health:a", "help:x": "help:x", "social:a": "health:a",
        },
    )  # fmt: skip


BORN = """
    number | person_key | source | role   | birth_on   | sex
    -------+------------+--------+--------+------------+----
    0      | social:A   | social | adult  | 1990-01-05 | F
    1      | social:a   | social | unborn |            |
    2      | births:a   | social | child  | 2026-04-20 | F
    3      | social:old | social | child  | 2024-02-02 | M
    4      | social:B   | social | adult  | 1988-07-02 | F
    5      | social:b   | social | unborn |            |
    6      | births:b1  | social | child  | 2026-04-20 | F
    7      | births:b2  | social | child  | 2026-04-20 | F
    8      | social:C   | social | adult  | 1993-04-09 | F
    9      | social:c   | social | unborn |            |
    10     | births:c   | social | child  | 2025-06-20 | F
"""
EXPECTED = """
    person_key | expected_on
    -----------+------------
    social:a   | 2026-05-01
    social:b   | 2026-05-01
    social:c   | 2026-05-01
"""
TIES = """
    person_key | other_key | kind
    -----------+-----------+-------
    social:a   | social:A  | parent
    births:a   | social:A  | parent
    social:old | social:A  | parent
    social:b   | social:B  | parent
    births:b1  | social:B  | parent
    births:b2  | social:B  | parent
    social:c   | social:C  | parent
    births:c   | social:C  | parent
"""
ALONE = {key: key for key in ("social:A", "social:a", "social:old", "social:B", "social:b", "births:b1", "births:b2",
                              "social:C", "social:c", "births:c")}  # fmt: skip


def test_the_child_born_about_the_expected_day_is_the_child_that_was_expected(spec: Callable[..., None]) -> None:
    """A had a daughter, and an elder son; B had two children, so it cannot be told; C's was born too long before."""
    spec(
        whose,
        same={},
        records=BORN,
        person=EXPECTED,
        relationship=TIES,
        types={"records": RECORD, "person": {"expected_on": DATE}, "relationship": _tie()},
        expected=ALONE | {"births:a": "social:a"},
    )


def test_a_person_who_said_that_they_are_two_children_is_obeyed(spec: Callable[..., None]) -> None:
    spec(
        whose,
        same={},
        records=BORN,
        person=EXPECTED,
        relationship=TIES,
        apart="""
            left | right | kind
            -----+-------+------------
            1    | 2     | cannot_link
        """,
        types={"records": RECORD, "person": {"expected_on": DATE}, "relationship": _tie()},
        expected=ALONE | {"births:a": "births:a"},
    )


def _tie() -> dict[str, pa.DataType]:
    return {c.name: c.type for c in TABLES["relationship"].columns if c.name in ("person_key", "other_key", "kind")}
