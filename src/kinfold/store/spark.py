"""
Spark, for a region or the nation: it compares the pairs of records, which is what grows faster than people do.

Everything else of a run stays with the engine beside it. Tables go over and come back as Parquet, so that neither
needs the other in its memory. The conditions of a model are written once, for DuckDB, and said in Spark's words here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
import uuid
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import sqlglot
from sqlglot import expressions as sql

from kinfold.store.engine import Engine

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PARTITIONS = 4
LIKENESS, SLIPS = "kinfold_likeness", "kinfold_slips"


class NoSpark(Exception):
    """Spark cannot be started here; the message says what is missing and how to get it."""


class Spark:
    """A Spark session on this machine and the folder it hands tables over in. Made by `beside`."""

    def __init__(self, session: SparkSession, work: Path) -> None:
        self.session = session
        self.work = work

    @property
    def version(self) -> str:
        return f"spark {self.session.version}"

    def give(self, engine: Engine, table: ir.Table) -> DataFrame:
        """A table of the engine as Spark reads it."""
        path = self.work / f"given_{uuid.uuid4().hex[:12]}.parquet"
        engine.write(table, path)
        return self.session.read.parquet(path.as_uri())

    def take(self, engine: Engine, frame: DataFrame) -> ir.Table:
        """Rows that Spark worked out, as a table of the engine."""
        folder = self.work / f"taken_{uuid.uuid4().hex[:12]}"
        frame.write.parquet(folder.as_uri())
        kept = engine.keep(engine.read(sorted(folder.glob("*.parquet"))))
        shutil.rmtree(folder, ignore_errors=True)
        return kept

    def forget(self) -> None:
        """Drop what was handed over and whatever Spark still holds of it."""
        self.session.catalog.clearCache()
        for view in self.session.catalog.listTables():
            self.session.catalog.dropTempView(view.name)
        for path in self.work.glob("given_*"):
            path.unlink()


def missing() -> list[str]:
    """What Spark needs and this machine has not, in words and with how to get it; empty when it can be started."""
    there = {
        "pyspark (make setup-spark)": importlib.util.find_spec("pyspark") is not None,
        "Java 17": bool(os.environ.get("JAVA_HOME")) or shutil.which("java") is not None,
    }
    return [name for name, is_there in there.items() if not is_there]


@contextlib.contextmanager
def beside(engine: Engine, *, memory_gb: float = 2) -> Iterator[Engine]:
    """
    Start Spark beside an engine; in the block, the engine's `spark` is it.

    Raises NoSpark where pyspark or Java is not there.
    """
    work = Path(tempfile.mkdtemp(prefix="kinfold-spark-", dir=engine.work))
    try:
        engine.spark = Spark(_session(work, memory_gb), work)
        try:
            yield engine
        finally:
            engine.spark.session.stop()
            engine.spark = None
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextlib.contextmanager
def chosen(engine: Engine, name: str, *, memory_gb: float = 2) -> Iterator[None]:
    """Compare pairs of records in the block with `duckdb`, which the engine is, or with `spark`. Raises NoSpark."""
    if name == "spark":
        with beside(engine, memory_gb=memory_gb):
            yield
    else:
        yield


def _session(work: Path, memory_gb: float) -> SparkSession:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as why:
        raise NoSpark("pyspark is not installed. Run `make setup-spark`, then the same command again.") from why
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": f"{int(memory_gb * 1024)}m",
        "spark.local.dir": str(work),
        # A folder of a last run would be in the way of a table that the new catalogue knows nothing of.
        "spark.sql.warehouse.dir": (work / "warehouse").as_uri(),
        "spark.sql.shuffle.partitions": str(PARTITIONS),
        # As DuckDB does, the first of an empty list is null and no error.
        "spark.sql.ansi.enabled": "false",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    # Its workers are to be this Python, with what is installed in it.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[*]").appName("kinfold")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session = builder.getOrCreate()
    except (PySparkException, OSError) as why:
        raise NoSpark("Spark did not start. It needs Java 17: install it, and set JAVA_HOME where it lies.") from why
    session.sparkContext.setLogLevel("OFF")
    session.sparkContext.setCheckpointDir((work / "checkpoints").as_uri())
    _register_likeness(session)
    return session


def _register_likeness(session: SparkSession) -> None:
    """
    Give Spark the likeness of two texts that DuckDB knows, to the last figure: rapidfuzz's, over bytes.

    The functions that come with Splink for Spark count otherwise: of addresses, two in five came out different.
    """
    from pyspark.sql.functions import udf

    # Made here so that Spark's workers are handed them whole and import nothing of ours.
    def likeness(one: str | None, other: str | None) -> float | None:
        from rapidfuzz.distance import JaroWinkler

        return None if one is None or other is None else JaroWinkler.similarity(one.encode(), other.encode())

    def slips(one: str | None, other: str | None) -> int | None:
        from rapidfuzz.distance import DamerauLevenshtein

        return None if one is None or other is None else DamerauLevenshtein.distance(one.encode(), other.encode())

    session.udf.register(LIKENESS, udf(likeness, "double"))
    session.udf.register(SLIPS, udf(slips, "int"))


def settings_for(settings: dict[str, Any], *, lists: Collection[str]) -> dict[str, Any]:
    """Splink's settings with every condition in Spark's words. lists: columns of the records that hold lists."""
    said = {"sql_dialect": "spark"}
    comparisons = [
        comparison
        | {
            "comparison_levels": [
                level | {"sql_condition": in_spark(level["sql_condition"], lists=lists)}
                for level in comparison["comparison_levels"]
            ]
        }
        for comparison in settings["comparisons"]
    ]
    return settings | said | {"comparisons": comparisons}


def in_spark(condition: str, *, lists: Collection[str]) -> str:
    """A condition of a model, written for DuckDB, as Spark reads it."""
    if condition == "ELSE":
        return condition

    def said(node: sql.Expression) -> sql.Expression:
        if isinstance(node, sql.ArrayOverlaps):
            return sql.Anonymous(this="arrays_overlap", expressions=[node.this, node.expression])
        if isinstance(node, sql.JarowinklerSimilarity):
            return sql.Anonymous(this=LIKENESS, expressions=[node.this, node.expression])
        if isinstance(node, sql.Anonymous) and node.name.lower() == "damerau_levenshtein":
            return sql.Anonymous(this=SLIPS, expressions=node.expressions)
        if isinstance(node, sql.Length) and _is_list(node.this, lists):
            return sql.Anonymous(this="size", expressions=[node.this])
        if isinstance(node, sql.Bracket) and isinstance(node.expressions[0], sql.Slice):
            return _without_end(node)
        return node

    return sqlglot.parse_one(condition, read="duckdb").transform(said).sql(dialect="spark")


def _is_list(node: sql.Expression, lists: Collection[str]) -> bool:
    return isinstance(node, sql.Column) and node.name.removesuffix("_l").removesuffix("_r") in lists


def _without_end(node: sql.Bracket) -> sql.Expression:
    """Text up to its third last character and with it, as DuckDB has `x[:-3]`: Spark slices lists alone."""
    last = node.expressions[0].expression
    return sqlglot.parse_one(f"substring(x, 1, length(x) + {last.sql()} + 1)", read="spark").transform(
        lambda part: node.this.copy() if isinstance(part, sql.Column) else part
    )
