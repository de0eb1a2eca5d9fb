"""What a delivery changed is counted in facts: the rows that share the source's own key."""

import pyarrow.parquet as pq
import pytest
from tests.spec import readable

from kinfold.feeds.compare import Change, changes, compare

JANUARY = """
    source_id | kind    | person_key | value | delivery_id | row_number | known_from
    ----------+---------+------------+-------+-------------+------------+-----------
    A         | arrears | P1         | 10    | tax-1       | 1          | 2026-01-05
    B         | arrears | P2         | 20    | tax-1       | 2          | 2026-01-05
    C         | arrears | P3         |       | tax-1       | 3          | 2026-01-05
    D         | arrears | P4         | 40    | tax-1       | 4          | 2026-01-05
    E         | arrears | P5         | 50    | tax-1       | 5          | 2026-01-05
    E         | arrears | P5         | 51    | tax-1       | 6          | 2026-01-05
"""
FEBRUARY = """
    source_id | kind    | person_key | value | delivery_id | row_number | known_from
    ----------+---------+------------+-------+-------------+------------+-----------
    A         | arrears | P1         | 10    | tax-2       | 9          | 2026-02-05
    B         | arrears | P2         | 25    | tax-2       | 8          | 2026-02-05
    C         | arrears | P3         |       | tax-2       | 7          | 2026-02-05
    E         | arrears | P5         | 50    | tax-2       | 6          | 2026-02-05
    E         | arrears | P5         | 52    | tax-2       | 5          | 2026-02-05
    F         | arrears | P6         | 60    | tax-2       | 4          | 2026-02-05
"""
NOTHING = """
    source_id | kind | person_key
    ----------+------+-----------
"""


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        # A and C say the same again, on another row and day; C's value was not known either time.
        (FEBRUARY, JANUARY, "new | changed | same | gone\n---\n1 | 2 | 2 | 1"),
        (JANUARY, FEBRUARY, "new | changed | same | gone\n---\n1 | 2 | 2 | 1"),
        (JANUARY, JANUARY, "new | changed | same | gone\n---\n0 | 0 | 5 | 0"),
        (JANUARY, NOTHING, "new | changed | same | gone\n---\n5 | 0 | 0 | 0"),
        (NOTHING, JANUARY, "new | changed | same | gone\n---\n0 | 0 | 0 | 5"),
    ],
    ids=["a month later", "the other way round", "the same again", "the first delivery", "an empty delivery"],
)
def test_facts_are_new_changed_the_same_or_gone(spec, now, before, expected):
    spec(
        changes,
        now=readable.table(now, name="measure"),
        before=readable.table(before, name="measure"),
        is_whole=True,
        expected=expected,
    )


def test_a_row_of_a_fact_that_is_left_out_is_a_change_only_where_each_delivery_is_whole(spec):
    less = "\n".join(JANUARY.splitlines()[:-1])  # without the second row of E
    for is_whole, changed in ((True, 1), (False, 0)):
        spec(
            changes,
            now=readable.table(less, name="measure"),
            before=readable.table(JANUARY, name="measure"),
            is_whole=is_whole,
            expected=f"new | changed | same | gone\n---\n0 | {changed} | {5 - changed} | 0",
        )


@pytest.fixture
def folders(tmp_path):
    """A folder for each of two deliveries, the second of which has a table more."""
    for name, text in (("one", JANUARY), ("two", FEBRUARY)):
        (tmp_path / name).mkdir()
        pq.write_table(readable.table(text, name="measure"), tmp_path / name / "measure.parquet")
    person = "source_id | person_key\n---\nP6 | P6"
    pq.write_table(readable.table(person, name="person"), tmp_path / "two" / "person.parquet")
    return tmp_path / "one", tmp_path / "two"


@pytest.fixture
def duckdb_engine():
    import ibis

    from kinfold.store.engine import Engine

    return Engine(ibis.duckdb.connect(threads=1))


def test_each_table_is_compared_and_a_table_that_is_not_there_any_more_is_all_gone(folders, duckdb_engine):
    one, two = folders
    assert compare(duckdb_engine, two, [one], delivers_everything=True) == [
        Change("person", new=1, changed=0, same=0, gone=0),
        Change("measure", new=1, changed=2, same=2, gone=1),
    ]
    assert compare(duckdb_engine, one, [two], delivers_everything=True)[0] == Change("person", 0, 0, 0, 1)


def test_of_a_feed_that_delivers_changes_nothing_is_said_to_be_gone(folders, duckdb_engine):
    one, two = folders
    assert compare(duckdb_engine, one, [two], delivers_everything=False) == [Change("measure", 1, 2, 2, None)]
