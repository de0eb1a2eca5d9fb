"""What we lean on in DuckDB, Ibis and sqlglot still works; an upgrade that breaks one of these is seen here first."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kinfold.store import engine as store

CHILDREN = pa.table({
    "person_key": ["A:1", "A:2", "B:1"],
    "birth_on": pa.array([datetime.date(2015, 2, 3), None, datetime.date(2020, 12, 31)], pa.date32()),
    "weight": [1.5, None, 3.0],
})  # fmt: skip


@pytest.fixture
def engine():
    with store.duckdb(memory_gb=1, threads=1) as running:
        yield running


def _file(path: Path, rows: pa.Table = CHILDREN) -> Path:
    store.write_rows(rows, path)
    return path


def test_a_parquet_file_is_read_with_its_types_and_nulls(engine, tmp_path):
    read = engine.read(_file(tmp_path / "a.parquet"))

    assert read.order_by("person_key").to_pyarrow().equals(CHILDREN)


def test_several_parquet_files_are_read_as_one_table(engine, tmp_path):
    paths = [_file(tmp_path / "a.parquet", CHILDREN.slice(0, 2)), _file(tmp_path / "b.parquet", CHILDREN.slice(2))]

    assert engine.read(paths).count().execute() == 3


def test_a_table_can_be_worked_out_again_under_the_same_name(engine):
    # sqlglot 30.18 makes Ibis 12 send DROP TABLE without a name here.
    first = engine.keep(engine.take(CHILDREN), "kept")
    assert first.count().execute() == 3

    second = engine.keep(engine.take(CHILDREN).filter(ibis._.weight > 2), "kept")

    assert second.to_pyarrow()["person_key"].to_pylist() == ["B:1"]


def test_rows_of_ours_can_be_taken_twice_under_one_name(engine):
    engine.take(CHILDREN, "people")

    assert engine.take(CHILDREN.slice(0, 1), "people").count().execute() == 1


def test_a_table_in_memory_joins_a_kept_one(engine):
    wanted = ibis.memtable({"person_key": ["A:2", "C:9"]})

    joined = engine.take(CHILDREN).inner_join(wanted, "person_key")

    assert engine.keep(joined).to_pyarrow()["person_key"].to_pylist() == ["A:2"]


def test_tables_are_listed_and_those_of_a_prefix_forgotten(engine):
    # DuckDB 2 took away what Ibis 12 lists tables with.
    for name in ("__splink__df_1", "__splink__df_2", "link"):
        engine.take(CHILDREN, name)

    engine.forget("__splink__")

    assert engine.con.list_tables() == ["link"]


def test_views_over_parquet_are_forgotten_too(engine, tmp_path):
    engine.read(_file(tmp_path / "a.parquet"), "read_person")

    engine.forget("read_")

    assert "read_person" not in engine.con.list_tables()


def test_a_dropped_table_that_is_not_there_is_no_error_when_forced(engine):
    engine.con.drop_table("never_was", force=True)


def test_a_table_written_as_parquet_can_be_read_by_anyone(engine, tmp_path):
    out = tmp_path / "lake" / "person.parquet"

    written = engine.write(engine.take(CHILDREN).order_by("person_key"), out)

    assert written == 3
    assert pq.read_table(out).equals(CHILDREN)


def test_a_table_without_rows_is_written_with_its_columns(engine, tmp_path):
    out = tmp_path / "person.parquet"

    assert engine.write(engine.take(CHILDREN.slice(0, 0)), out) == 0
    assert pq.read_schema(out).names == CHILDREN.column_names


def test_a_write_that_fails_leaves_yesterdays_file_whole_and_nothing_beside_it(engine, tmp_path):
    out = _file(tmp_path / "person.parquet")
    unreadable = engine.take(pa.table({"text": ["not a number"]})).select(number=ibis._.text.cast("int64"))

    with pytest.raises(Exception, match="convert"):
        engine.write(unreadable, out)

    assert pq.read_table(out).equals(CHILDREN)
    assert [path.name for path in tmp_path.iterdir()] == ["person.parquet"]


def test_a_window_over_a_group_sees_each_row_of_it(engine):
    rows = engine.take(pa.table({"who": ["a", "a", "b"], "day": [1, 3, 2]}))

    newest = rows.mutate(newest=rows.day.max().over(ibis.window(group_by="who"))).order_by("who", "day")

    assert newest.to_pyarrow()["newest"].to_pylist() == [3, 3, 2]


def test_a_null_is_neither_more_nor_less_and_a_share_of_nothing_is_unknown(engine):
    rows = engine.take(pa.table({"missed": [1.0, 1.0, None], "possible": [10.0, 0.0, 10.0]}))

    flags = rows.select(flag=rows.missed / rows.possible.nullif(0) >= 0.1).to_pyarrow()

    assert flags["flag"].to_pylist() == [True, None, None]


def test_a_statement_of_our_own_runs_for_its_effect(engine):
    engine.sql("create table ours as select 1 as one")

    assert "ours" in engine.con.list_tables()


def test_a_run_larger_than_memory_works_on_a_file_of_its_own(tmp_path):
    with store.duckdb(work=tmp_path, memory_gb=1, threads=1) as running:
        running.take(CHILDREN, "people")

    assert (tmp_path / "run.duckdb").exists()


def test_linkage_can_share_the_connection(engine):
    engine.take(CHILDREN, "people")

    assert engine.con.con.execute("select count(*) from people").fetchone() == (3,)


def test_a_layer_is_read_as_a_table_that_follows_what_it_reads_until_it_is_forgotten(engine, tmp_path):
    texts = pa.table({"row_number": [1, 2], "said": ["three", "four"]})
    path = _file(tmp_path / "texts.parquet", texts)

    def stacked(rows):
        return engine.stack([store.TextFile(path, {"said_so": "said"}, {}, ("said",), 0, rows)], "read_texts")

    lower = engine.layer(stacked(None), "layer_lower")
    upper = engine.layer(lower.mutate(loud=lower.said_so.upper()), "layer_upper")
    asked = engine.asking(upper.select("loud").order_by("loud"))

    assert asked().to_pylist() == [{"loud": "FOUR"}, {"loud": "THREE"}]
    stacked((2, 2))
    assert asked().to_pylist() == [{"loud": "FOUR"}]
    assert engine.fetch(engine.keep(upper, "kept").select("loud")).to_pylist() == [{"loud": "FOUR"}]

    engine.forget("layer_")
    with pytest.raises(duckdb.CatalogException):
        engine.fetch(upper)


def test_what_is_forgotten_is_gone_whether_table_or_view_and_the_rest_stays(engine, tmp_path):
    engine.read(_file(tmp_path / "a.parquet"), "ours_view")
    engine.take(CHILDREN, "ours_table")
    engine.take(CHILDREN, "theirs")

    engine.forget("ours_")

    assert engine.con.list_tables() == ["theirs"]


def test_one_thread_works_in_the_block_and_as_many_as_before_after_it():
    with store.duckdb(memory_gb=1, threads=2) as running:
        with running.on_one_thread():
            assert running.con.raw_sql("select current_setting('threads')").fetchall() == [(1,)]
        assert running.con.raw_sql("select current_setting('threads')").fetchall() == [(2,)]
