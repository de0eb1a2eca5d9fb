"""A spec reads its tables as a person would and runs on both engines."""

from __future__ import annotations

import datetime

import ibis.expr.types as ir
import pytest
from tests.spec import readable

from kinfold.store.engine import Engine


def missed(sessions: ir.Table, *, threshold: float, as_at: datetime.date) -> ir.Table:
    told = sessions.filter(sessions.day <= as_at).group_by("person_id")
    totals = told.agg(possible=sessions.possible.sum(), missed=sessions.missed.sum())
    return totals.select("person_id", is_absent=totals.missed / totals.possible.nullif(0) >= threshold)


SESSIONS = """
    person_id | day        | possible | missed
    ----------+------------+----------+-------
    P1        | 2026-01-05 | 10       | 1
    P2        | 2026-01-05 | 10       | 0
    P3        | 2026-01-05 | 0        | 0
    P2        | 2026-04-01 | 10       | 10
"""


def test_exactly_a_tenth_counts_and_no_possible_session_is_unknown(spec):
    day = datetime.date(2026, 3, 31)
    spec(missed, sessions=SESSIONS, threshold=0.1, as_at=day, expected={"P1": True, "P2": False, "P3": None})


def test_an_answer_may_be_a_readable_table_with_rows_in_any_order(spec):
    spec(
        missed,
        sessions=SESSIONS,
        threshold=0.1,
        as_at=datetime.date(2026, 4, 30),
        expected="""
            person_id | is_absent
            ----------+----------
            P3        |
            P2        | yes
            P1        | yes
        """,
    )


def test_a_wrong_expectation_is_seen(spec):
    with pytest.raises(AssertionError):
        spec(missed, sessions=SESSIONS, threshold=0.1, as_at=datetime.date(2026, 3, 31), expected={"P1": False})


def test_a_table_of_ours_is_filled_in_and_typed_where_the_spec_is_silent(engine: Engine):
    rows = readable.table(
        """
        person_key | kind       | value | to_on
        -----------+------------+-------+------
        A          | attendance | 3     |
        """,
        name="measure",
    )
    kept = engine.take(rows).to_pyarrow().to_pylist()[0]
    assert (kept["source"], kept["row_number"], kept["value"], kept["to_on"]) == ("social_care", 1, 3.0, None)


def test_a_column_that_the_table_does_not_have_is_refused():
    with pytest.raises(ValueError, match="colour: not a column of measure"):
        readable.table("person_key | colour\n---------+------\nA | red", name="measure")
