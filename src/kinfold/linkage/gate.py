"""
The gate: records of a sealed identity leave before anything else reads the tables.

A readable list of who is sealed would itself be the disclosure, so the list holds only keyed hashes. Nothing is
written about a sealed record, here or in what linkage remembers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.store.engine import Engine

# Columns of the twelve tables that name a source person.
NAMING = ("person_key", "other_key")


def key_hash(person_key: str, *, key: bytes) -> str:
    """What a seal says of a record instead of its key: 32 hex figures, different in every council."""
    return hashlib.blake2b(person_key.encode(), key=key[:64], digest_size=16, person=b"kinfold-seal").hexdigest()


def sealed_keys(person_keys: Iterable[str], seals: pa.Table | None, *, key: bytes) -> frozenset[str]:
    """Those of some person keys that a seal names."""
    if seals is None or seals.num_rows == 0:
        return frozenset()
    hashes = frozenset(seals.column("key_hash").to_pylist())
    return frozenset(k for k in person_keys if k is not None and key_hash(k, key=key) in hashes)


def without(engine: Engine, tables: dict[str, ir.Table], sealed: frozenset[str]) -> dict[str, ir.Table]:
    """The tables without any row that names a sealed record, also as the other end of a tie."""
    if not sealed:
        return dict(tables)
    gone = engine.take(pa.table({"sealed_key": sorted(sealed)}))
    return {name: _without(table, gone) for name, table in tables.items()}


def _without(table: ir.Table, gone: ir.Table) -> ir.Table:
    for column in NAMING:
        if column in table.columns:
            table = table.anti_join(gone.select(gone.sealed_key.name(column)), column)
    return table


def person_keys(tables: dict[str, ir.Table]) -> list[str]:
    """Every person key that any of the tables names, in order."""
    named = [tables[t].select(k=tables[t][c]) for t in tables for c in NAMING if c in tables[t].columns]
    return sorted(k for k in ibis.union(*named, distinct=True).to_pyarrow().column("k").to_pylist() if k is not None)
