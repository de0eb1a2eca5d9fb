"""The published tables as a database makes them, drawn from their models so that the two cannot part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from kinfold.record.snapshot import short

Connection = Any


def columns(model: type[models.Model], connection: Connection) -> str:
    parts = []
    for field in model._meta.local_concrete_fields:
        needed = "" if field.null else " NOT NULL"
        parts.append(f'"{field.column}" {field.db_parameters(connection)["type"]}{needed}')
    return ", ".join(parts)


def partition_of(model: type[models.Model], run_id: str) -> str:
    return f"{model._meta.db_table}__{short(run_id)}"


def create_parents(connection: Connection, published: list[type[models.Model]]) -> None:
    """Make the empty partitioned tables of PostgreSQL. On SQLite the service database holds none of them."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in published:
            cursor.execute(
                f'CREATE TABLE "{model._meta.db_table}" ({columns(model, connection)}) PARTITION BY LIST (run_id)'
            )


def add_columns(connection: Connection, published: list[type[models.Model]]) -> None:
    """Give PostgreSQL's parents the columns that a later release publishes; older partitions get them empty."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in published:
            for field in model._meta.local_concrete_fields:
                empty = "" if field.null else " NOT NULL DEFAULT " + ("false" if _is_yes_no(field) else "''")
                kind = field.db_parameters(connection)["type"]
                cursor.execute(
                    f'ALTER TABLE "{model._meta.db_table}" ADD COLUMN IF NOT EXISTS "{field.column}" {kind}{empty}'
                )


def _is_yes_no(field: models.Field) -> bool:
    return isinstance(field, models.BooleanField)


def drop_parents(connection: Connection, published: list[type[models.Model]]) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in published:
            cursor.execute(f'DROP TABLE IF EXISTS "{model._meta.db_table}"')


def index_statements(model: Any, table: str) -> list[str]:
    """One index for each way the pages look a table up. table: the file's table or the run's partition."""
    return [f'CREATE INDEX "{table}_by{n}" ON "{table}" ({listed(by)})' for n, by in enumerate(model.looked_up_by)]


def listed(columns: Iterable[str]) -> str:
    """Column names for a statement. Quoted, because `on` is a word of SQL."""
    return ", ".join(f'"{column}"' for column in columns)
