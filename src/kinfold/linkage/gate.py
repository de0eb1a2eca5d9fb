"""
The gate: records of a sealed identity leave before anything else reads the tables.

A readable list of who is sealed would itself be the disclosure, so the list holds only keyed hashes, and their key is
kept apart from the data. Nothing is written about a sealed record, here or in what linkage remembers. A seal holds for
every day, also for one before it: what was known then is not to be found again by asking for an earlier day.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from kinfold.store.engine import Engine

# Columns of the twelve tables that name a source person; those of linkage's own tables.
NAMING = ("person_key", "other_key")
ALSO_NAMING = ("left", "right")
# The one number that a new identity is always given anew, so that whoever carries the old one is the old identity.
REPLACED_AT_ADOPTION = "nhs"


class SealBroken(Exception):
    """A sealed record got past the gate; the message says where, never whose it is."""


def key_hash(person_key: str, *, key: bytes) -> str:
    """What a seal says of a record instead of its key: 32 hex figures, different in every council."""
    return hashlib.blake2b(person_key.encode(), key=key[:64], digest_size=16, person=b"kinfold-seal").hexdigest()


def number_hash(kind: str, value: str, *, key: bytes) -> str:
    """What a seal says of a number that whoever carries it is sealed by, as `key_hash` does of a record."""
    text = f"{kind}|{value}".encode()
    return hashlib.blake2b(text, key=key[:64], digest_size=16, person=b"kinfold-number").hexdigest()


def sealed_keys(person_keys: Iterable[str], seals: pa.Table | None, *, key: bytes) -> frozenset[str]:
    """Those of some person keys that a seal names."""
    hashes = _hashes(seals)
    if not hashes:
        return frozenset()
    return frozenset(k for k in person_keys if k is not None and key_hash(k, key=key) in hashes)


def sealed_among(
    tables: dict[str, ir.Table], seals: pa.Table | None, *, key: bytes, remembered: Iterable[str] = ()
) -> frozenset[str]:
    """
    Every person key that is sealed: named by a seal, carrying a number that a seal names, or carrying a sealed
    record's valid NHS number without another birth date.

    tables: the twelve. remembered: keys that linkage knows from earlier runs.
    The last is how a sealed identity comes back under a new key. A birth date that differs is somebody else's: a
    mother's number is sometimes written on her baby's record.
    """
    hashes = _hashes(seals)
    if not hashes:
        return frozenset()
    named = {k for k in {*person_keys(tables), *remembered} if k is not None and key_hash(k, key=key) in hashes}
    carries = _numbers(tables["identifier"])
    known = {number: number_hash(*number, key=key) in hashes for number in {n for ns in carries.values() for n in ns}}
    named |= {k for k, numbers in carries.items() if any(known[n] for n in numbers)}
    return frozenset(named | _under_another_key(named, carries, tables["person"])) if named else frozenset()


def _hashes(seals: pa.Table | None) -> frozenset[str]:
    return frozenset(seals.column("key_hash").to_pylist()) if seals is not None and seals.num_rows else frozenset()


def _numbers(identifier: ir.Table) -> dict[str, set[tuple[str, str]]]:
    """The valid numbers of each person key."""
    valid = identifier.filter(identifier.is_valid.fill_null(False)).select("person_key", "kind", "value").distinct()
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    columns = valid.to_pyarrow()
    for person_key, kind, value in zip(*(columns[c].to_pylist() for c in ("person_key", "kind", "value")), strict=True):
        found[person_key].add((kind, value))
    return found


def _under_another_key(named: set[str], carries: dict[str, set[tuple[str, str]]], person: ir.Table) -> set[str]:
    old = {n for k in named for n in carries.get(k, ()) if n[0] == REPLACED_AT_ADOPTION}
    suspects = {k for k, numbers in carries.items() if k not in named and numbers & old}
    if not suspects:
        return set()
    asked = sorted(suspects | named)
    rows = person.filter(person.person_key.isin(asked) & person.birth_on.notnull()).select("person_key", "birth_on")
    births: dict[str, set[object]] = defaultdict(set)
    for row in rows.distinct().to_pyarrow().to_pylist():
        births[row["person_key"]].add(row["birth_on"])
    theirs = {day for k in named for day in births[k]}
    return {k for k in suspects if not births[k] or births[k] & theirs or not theirs}


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


def check(engine: Engine, table: ir.Table, sealed: frozenset[str], *, at: str) -> None:
    """
    Look again at what a later step is about to use. at: the step, in words.

    Raises SealBroken when any row names a sealed record: the run stops and what was live stays so.
    """
    columns = [c for c in (*NAMING, *ALSO_NAMING) if c in table.columns and table[c].type().is_string()]
    if not sealed or not columns:
        return
    gone = engine.take(pa.table({"sealed_key": sorted(sealed)}))
    for column in columns:
        found = table.semi_join(gone.select(gone.sealed_key.name(column)), column).count().to_pyarrow().as_py()
        if found:
            raise SealBroken(
                f"{found:,} rows of sealed identities got as far as {at}. Nothing of them was kept. Tell whoever looks "
                "after Kinfold; the seals themselves stand."
            )


def check_keys(person_keys: Iterable[str | None], sealed: frozenset[str], *, at: str) -> None:
    """As `check`, of keys in memory."""
    found = sum(k in sealed for k in person_keys) if sealed else 0
    if found:
        raise SealBroken(
            f"{found:,} records of sealed identities got as far as {at}. Nothing of them was kept. Tell whoever looks "
            "after Kinfold; the seals themselves stand."
        )


def person_keys(tables: dict[str, ir.Table]) -> list[str]:
    """Every person key that any of the tables names, in order."""
    named = [
        tables[t].select(k=tables[t][c])
        for t in tables
        for c in (*NAMING, *ALSO_NAMING)
        if c in tables[t].columns and tables[t][c].type().is_string()
    ]
    if not named:
        return []
    return sorted(k for k in ibis.union(*named, distinct=True).to_pyarrow().column("k").to_pylist() if k is not None)
