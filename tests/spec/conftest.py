"""The `spec` fixture: one sentence of the rules, tried on DuckDB and on PostgreSQL."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ibis
import pyarrow as pa
import pytest
from tests import postgres
from tests.spec import readable

from kinfold.store.engine import Engine


@pytest.fixture(scope="session")
def postgres_con() -> Iterator[ibis.BaseBackend]:
    name = f"spec_{postgres.worker()}"
    where = postgres.database(name)
    con = ibis.postgres.connect(
        host=where.host, port=where.port, user=where.user, password=where.password, database=name
    )
    yield con
    con.disconnect()


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine with nothing in it, DuckDB and PostgreSQL in turn."""
    if request.param == "duckdb":
        con = ibis.duckdb.connect(threads=1)
        yield Engine(con)
        con.disconnect()
        return
    con = request.getfixturevalue("postgres_con")
    con.raw_sql("drop schema public cascade; create schema public").close()
    con.con.commit()
    yield Engine(con)


@pytest.fixture
def spec(engine: Engine) -> Callable[..., None]:
    """
    Call a rule with readable tables and check what it returns.

    `spec(rule, sessions="a | b ...", threshold=0.1, as_at=date(...), expected=...)`: text with a ruled line is a
    table (see `readable`), as is an Arrow table; everything else is passed on as it is. A rule with a parameter
    `engine` is given the engine. `tables={...}` passes a mapping of tables under that name.

    expected: a readable table (its columns are compared, rows in any order), or a mapping from the first column
    of the result to its last, or to the columns `of`. `result` picks one table where the rule returns several.
    `types` gives columns of the readable tables a type that their values do not show: {"sessions": {"day": DATE}}.
    """

    def check(
        rule: Callable[..., Any],
        *,
        expected: str | Mapping[Any, Any],
        of: str | tuple[str, ...] = (),
        result: str | None = None,
        types: Mapping[str, Mapping[str, pa.DataType]] | None = None,
        **given: Any,
    ) -> None:
        arguments = {name: _argument(engine, name, value, types or {}) for name, value in given.items()}
        if "engine" in inspect.signature(rule).parameters:
            arguments["engine"] = engine
        answer = rule(**arguments)
        answer = answer[result] if result is not None else answer
        rows = answer.to_pyarrow() if not isinstance(answer, pa.Table) else answer
        if isinstance(expected, str):
            _same_rows(rows, readable.table(expected, types={f.name: f.type for f in rows.schema}))
        else:
            _same_answers(rows, expected, (of,) if isinstance(of, str) else of)

    return check


def _argument(engine: Engine, name: str, value: Any, types: Mapping[str, Mapping[str, pa.DataType]]) -> Any:
    if readable.is_table(value):
        value = readable.table(value, name=name, types=types.get(name))
    if isinstance(value, pa.Table):
        return engine.take(value)
    if isinstance(value, dict) and any(readable.is_table(v) or isinstance(v, pa.Table) for v in value.values()):
        return {key: _argument(engine, key, inner, types) for key, inner in value.items()}
    return value


def _same_rows(rows: pa.Table, expected: pa.Table) -> None:
    missing = [c for c in expected.column_names if c not in rows.column_names]
    assert not missing, f"The answer has no column {', '.join(missing)}; it has {', '.join(rows.column_names)}."
    found = _counted(rows.select(expected.column_names))
    wanted = _counted(expected)
    assert found == wanted, f"\nonly in the answer: {list(found - wanted)}\nonly expected: {list(wanted - found)}"


def _same_answers(rows: pa.Table, expected: Mapping[Any, Any], of: tuple[str, ...]) -> None:
    key, values = rows.column_names[0], of or (rows.column_names[-1],)
    found = {}
    for row in rows.select([key, *values]).to_pylist():
        assert row[key] not in found, f"{row[key]} is in the answer twice."
        found[row[key]] = tuple(_plain(row[v]) for v in values) if len(values) > 1 else _plain(row[values[0]])
    assert found == {
        k: tuple(_plain(part) for part in v) if isinstance(v, tuple) else _plain(v) for k, v in expected.items()
    }


def _counted(rows: pa.Table) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(_plain(value) for value in row.values()) for row in rows.to_pylist())


def _plain(value: Any) -> Any:
    """Engines differ in the last digits of a number and in how they hold a whole one; neither is a difference."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float(value) if type(value).__name__ == "Decimal" else value
    return round(float(value), 6)
