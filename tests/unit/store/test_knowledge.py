"""What we knew on a day: later deliveries replace earlier ones, and never reach back before they came."""

from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kinfold.store import engine as store
from kinfold.store.knowledge import as_known

TOLD = pa.schema([
    ("source", pa.string()), ("source_id", pa.string()), ("delivery_id", pa.string()), ("row_number", pa.int64()),
    ("known_from", pa.date32()), ("value", pa.string()),
])  # fmt: skip
START = datetime.date(2026, 1, 1)


def day(n: int) -> datetime.date:
    """The nth day of January 2026."""
    return START + datetime.timedelta(days=n - 1)


def told(source_id: str, on: int, value: str | None, *, source: str = "police", row: int = 1) -> dict:
    return {
        "source": source, "source_id": source_id, "delivery_id": f"{source}-{on:03}", "row_number": row,
        "known_from": day(on), "value": value,
    }  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    with store.duckdb(memory_gb=1, threads=1) as running:
        yield running


def known(engine, rows: list[dict], on: int) -> list[tuple]:
    standing = as_known(engine.take(pa.Table.from_pylist(rows, TOLD), "told"), as_at=day(on)).to_pyarrow()
    return sorted(((r["source"], r["source_id"], r["value"]) for r in standing.to_pylist()), key=str)


CORRECTED = [told("1", 5, "as first told"), told("1", 10, "as corrected")]


@pytest.mark.parametrize(
    ("on", "value"),
    [(4, None), (5, "as first told"), (9, "as first told"), (10, "as corrected"), (31, "as corrected")],
)
def test_a_fact_is_not_known_before_it_was_told_and_a_correction_counts_from_the_day_it_came(engine, on, value):
    assert known(engine, CORRECTED, on) == ([] if value is None else [("police", "1", value)])


def test_a_fact_told_again_stands_once(engine):
    assert known(engine, [told("1", 5, "same"), told("1", 6, "same")], 9) == [("police", "1", "same")]


def test_a_fact_that_a_delivery_of_changes_does_not_mention_still_stands(engine):
    assert known(engine, [told("1", 5, "old"), told("2", 6, "new")], 9) == [
        ("police", "1", "old"),
        ("police", "2", "new"),
    ]


def test_two_sources_that_use_the_same_number_speak_of_two_facts(engine):
    rows = [told("1", 5, "theirs", source="housing"), told("1", 6, "ours")]

    assert known(engine, rows, 9) == [("housing", "1", "theirs"), ("police", "1", "ours")]


def test_rows_of_one_delivery_that_share_a_number_stand_together(engine):
    rows = [told("1", 5, "old"), told("1", 6, "first", row=1), told("1", 6, "second", row=2)]

    assert known(engine, rows, 9) == [("police", "1", "first"), ("police", "1", "second")]


def test_a_row_that_is_repeated_exactly_is_one_row(engine):
    assert known(engine, [told("1", 5, "x"), told("1", 5, "x")], 9) == [("police", "1", "x")]


def test_a_correction_to_not_known_replaces_what_was_known(engine):
    assert known(engine, [told("1", 5, "x"), told("1", 6, None)], 9) == [("police", "1", None)]


def test_the_columns_are_those_that_went_in(engine):
    rows = engine.take(pa.Table.from_pylist(CORRECTED, TOLD), "told")

    assert as_known(rows, as_at=day(9)).columns == rows.columns


TELLINGS = st.lists(
    st.builds(
        told,
        st.sampled_from("123"),
        st.integers(1, 30),
        st.sampled_from(["a", "b", None]),
        source=st.sampled_from(["police", "housing"]),
        row=st.integers(1, 2),
    ),
    max_size=12,
)
WHATEVER = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@WHATEVER
@given(rows=TELLINGS, on=st.integers(1, 30))
def test_whatever_came_a_delivery_after_the_day_never_changes_the_day(engine, rows, on):
    before = [row for row in rows if row["known_from"] <= day(on)]

    assert known(engine, rows, on) == known(engine, before, on)


@WHATEVER
@given(rows=TELLINGS, on=st.integers(1, 30), order=st.randoms(use_true_random=False))
def test_whatever_came_the_order_it_is_read_in_does_not_matter(engine, rows, on, order):
    other = list(rows)
    order.shuffle(other)

    assert known(engine, rows, on) == known(engine, other, on)


@WHATEVER
@given(rows=TELLINGS)
def test_whatever_came_every_fact_ever_told_still_stands_in_some_form(engine, rows):
    standing = {(source, number) for source, number, _ in known(engine, rows, 30)}

    assert standing == {(row["source"], row["source_id"]) for row in rows}
