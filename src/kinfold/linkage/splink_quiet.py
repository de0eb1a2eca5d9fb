"""
Splink on the run's own connection: no log lines, no charts, no tables left behind.

Splink is an engine of its own that knows DuckDB and Spark; this is the only file that speaks to it.
"""

from __future__ import annotations

import contextlib
import uuid
import warnings
from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from splink import Linker
from splink.backends.duckdb import DuckDBAPI

from kinfold.store import spark
from kinfold.store.engine import Engine


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    # Splink 5.0.0 calls parts of DuckDB and sqlglot that their newer versions call old.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def linker(
    engine: Engine, records: ir.Table, *, settings: dict[str, Any], frequencies: dict[str, pa.Table]
) -> tuple[Linker, DuckDBAPI]:
    """A linker over `records`, with the saved frequencies for the columns that the settings adjust by."""
    api = DuckDBAPI(connection=engine.con.con)
    run = uuid.uuid4().hex[:8]
    made = Linker(
        api.register(_physical(engine, records), dataset_display_name=f"people_{run}"),
        settings,
        log_level=None,
        validate_settings=False,
    )
    for column in _adjusted(settings):
        name = _shares(engine, records, column, frequencies).get_name()
        known = api.register(name, dataset_display_name=f"frequency_{column}_{run}")
        made.table_management.register_term_frequency_lookup(known, column)
    return made, api


def predict(
    engine: Engine,
    records: ir.Table,
    pairs: ir.Table,
    *,
    settings: dict[str, Any],
    frequencies: dict[str, pa.Table],
) -> ir.Table:
    """Every pair of `pairs` (left, right: numbers of records) scored; call `forget` when its rows were kept."""
    if engine.spark is not None:
        return _on_spark(engine, engine.spark, records, pairs, settings=settings, frequencies=frequencies)
    blocked = engine.keep(pairs.select(match_key=ibis.literal(0), join_key_l=pairs.left, join_key_r=pairs.right))
    with _quiet():
        made, api = linker(engine, records, settings=settings, frequencies=frequencies)
        name = f"blocked_{uuid.uuid4().hex[:8]}"
        made.table_management.register_blocked_pairs_for_predict(
            api.register(_physical(engine, blocked), dataset_display_name=name)
        )
        scored = made.inference.predict(warning_mode="never")
    return engine.con.table(scored.physical_name)


def _on_spark(
    engine: Engine,
    on: spark.Spark,
    records: ir.Table,
    pairs: ir.Table,
    *,
    settings: dict[str, Any],
    frequencies: dict[str, pa.Table],
) -> ir.Table:
    """As `predict`, from the same model; what is on disk when it returns is the engine's own."""
    from splink.backends.spark import SparkAPI

    run = uuid.uuid4().hex[:8]
    asked = spark.settings_for(settings, lists=[n for n, kind in records.schema().items() if kind.is_array()])
    blocked = pairs.select(match_key=ibis.literal(0), join_key_l=pairs.left, join_key_r=pairs.right)
    with _quiet():
        api = SparkAPI(spark_session=on.session, register_udfs_automatically=False)
        # Shares come by the tables below, and hashes are of a type that Spark has not.
        beside = ("fingerprint", "shares", *(f"tf_{column}" for column in _adjusted(settings)))
        compared = records.drop(*(column for column in beside if column in records.columns))
        people = api.register(on.give(engine, compared), dataset_display_name=f"people_{run}")
        made = Linker(people, asked, log_level=None, validate_settings=False)
        for column in _adjusted(settings):
            known = _shares(engine, records, column, frequencies)
            named = api.register(on.give(engine, known), dataset_display_name=f"frequency_{column}_{run}")
            made.table_management.register_term_frequency_lookup(named, column)
        made.table_management.register_blocked_pairs_for_predict(
            api.register(on.give(engine, blocked), dataset_display_name=f"blocked_{run}")
        )
        scored = made.inference.predict(warning_mode="never")
        kept = on.take(engine, scored.as_spark_dataframe())
    on.forget()
    return kept


def forget(engine: Engine) -> None:
    """Drop every table that Splink left on the connection."""
    engine.forget("__splink__")


def _physical(engine: Engine, table: ir.Table) -> str:
    name: str | None = getattr(table.op(), "name", None)
    return name if name is not None and name in engine.con.list_tables() else engine.keep(table).get_name()


def _shares(engine: Engine, records: ir.Table, column: str, frequencies: dict[str, pa.Table]) -> ir.Table:
    """How common each value of a column is: as the records say, or else as the model does."""
    if f"tf_{column}" not in records.columns:
        return engine.take(frequencies[column])
    return engine.keep(records.select(column, f"tf_{column}").filter(records[column].notnull()).distinct())


def _adjusted(settings: dict[str, Any]) -> list[str]:
    levels = (level for c in settings["comparisons"] for level in c["comparison_levels"])
    return sorted({level["tf_adjustment_column"] for level in levels if "tf_adjustment_column" in level})
