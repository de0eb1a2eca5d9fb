"""
Sealing an identity for good: which hashes are kept, under a key that is kept apart from the data.

The key is the file that KINFOLD_SEAL_KEY_FILE names, best on another disk and in another backup than the home; without
it, one derived from the home's secret. A hash of nothing but the key stands beside the seals, because with another
key they would match nobody, and a run would quietly join what was sealed.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from kinfold.feeds.whose import Named
from kinfold.linkage import gate
from kinfold.operations.home import Home, write_whole
from kinfold.store import engine as engines

KEY_FILE = "KINFOLD_SEAL_KEY_FILE"
SHORTEST_KEY = 32
SEAL = pa.schema([("key_hash", pa.string()), ("from_on", pa.date32())])


class SealKeyRefused(Exception):
    """The key of the seals is not there, or not theirs; the message says what to do."""


def seal_key(home: Home) -> bytes:
    """
    The key that this home's seals are hashed with.

    Raises SealKeyRefused when the file is not there or too short, or when it is not the one the seals were made with.
    """
    key, earlier = _given() or home.key("seal"), home.key("linkage")
    if not _mark(home).exists():
        # Before there was a key of their own, seals were made with linkage's.
        return earlier if seals(home) is not None else key
    mark = _mark(home).read_text(encoding="ascii").strip()
    for one in (key, earlier):
        if _marked(one) == mark:
            return one
    raise SealKeyRefused(
        f"The seal key is not the one that this home's seals were made with, so nobody would be sealed. Put the right "
        f"file back where {KEY_FILE} says, and do not run without it."
    )


def _given() -> bytes | None:
    named = os.environ.get(KEY_FILE)
    if not named:
        return None
    try:
        key = Path(named).read_bytes().strip()
    except OSError as why:
        raise SealKeyRefused(f"The file that {KEY_FILE} names cannot be read. Nothing was changed.") from why
    if len(key) < SHORTEST_KEY:
        raise SealKeyRefused(
            f"The file that {KEY_FILE} names has under {SHORTEST_KEY} characters. Nothing was changed."
        )
    return key


def _mark(home: Home) -> Path:
    return home.decisions / "seal.key-mark"


def _marked(key: bytes) -> str:
    return gate.key_hash("", key=key)


def seals(home: Home) -> pa.Table | None:
    """The seals that stand, or None."""
    path = home.decisions / "seal.parquet"
    return pq.read_table(path) if path.exists() else None


def seal(home: Home, person_keys: Iterable[str], *, from_on: datetime.date) -> int:
    """
    Seal records by their keys, and the NHS numbers they carry; a seal is never taken away here.

    A number that a record with another birth date also carries is left out: it is a mistake of somebody's, and would
    seal them too. Returns how many seals stand. Raises SealKeyRefused.
    """
    key, wanted = seal_key(home), sorted(set(person_keys))
    hashes = {gate.key_hash(one, key=key) for one in wanted}
    hashes |= {gate.number_hash(gate.REPLACED_AT_ADOPTION, n, key=key) for n in _own_numbers(home, wanted)}
    standing = seals(home)
    before = standing.to_pylist() if standing is not None else []
    new = hashes - {row["key_hash"] for row in before}
    rows = [*before, *({"key_hash": one, "from_on": from_on} for one in sorted(new))]
    write_whole(_mark(home), _marked(key) + "\n")
    return engines.write_rows(pa.Table.from_pylist(rows, schema=SEAL), home.decisions / "seal.parquet")


def _own_numbers(home: Home, wanted: list[str]) -> set[str]:
    """Valid NHS numbers of records, in every delivery the lake holds, that nobody of another birth date carries."""
    files = {name: sorted(home.mapped.glob(f"*/{name}.parquet")) for name in ("identifier", "person")}
    if not all(files.values()):
        return set()
    with engines.duckdb(memory_gb=1) as engine:
        number = engine.read(files["identifier"])
        number = number.filter((number.kind == gate.REPLACED_AT_ADOPTION) & number.is_valid.fill_null(False))
        theirs = number.filter(number.person_key.isin(wanted)).select("value").distinct()
        carried = number.semi_join(theirs, "value").select("person_key", "value").distinct()
        person = engine.read(files["person"])
        born = person.filter(person.birth_on.notnull()).select("person_key", "birth_on").distinct()
        rows = carried.left_join(born, "person_key").select("person_key", "value", "birth_on").to_pyarrow().to_pylist()
    own = {row["birth_on"] for row in rows if row["person_key"] in wanted}
    shared = {row["value"] for row in rows if row["birth_on"] is not None and row["birth_on"] not in own}
    return {row["value"] for row in rows} - shared


def sealed(home: Home, person_keys: Iterable[str]) -> frozenset[str]:
    """Those of some records that are sealed."""
    standing = seals(home)
    return gate.sealed_keys(person_keys, standing, key=seal_key(home)) if standing is not None else frozenset()


def of_nobody_sealed(home: Home, rows: Sequence[Named]) -> list[bool]:
    """For each row, whether it names nobody who is sealed, by key or by a number that a seal names."""
    standing = seals(home)
    if standing is None or not standing.num_rows:
        return [True] * len(rows)
    key, hashes = seal_key(home), frozenset(standing.column("key_hash").to_pylist())
    return [
        hashes.isdisjoint(
            [*(gate.key_hash(one, key=key) for one in row.keys), *(gate.number_hash(*n, key=key) for n in row.numbers)]
        )
        for row in rows
    ]


def forget_decisions(home: Home) -> int:
    """
    Take decisions that name a sealed record out of what the next run reads; returns how many.

    Left there they would be the readable list of old and new names that a seal is there to prevent.
    """
    path = home.decisions / "match_decision.parquet"
    if not path.exists() or seals(home) is None:
        return 0
    told = pq.read_table(path)
    pairs = list(zip(told["left"].to_pylist(), told["right"].to_pylist(), strict=True))
    sealed = gate.sealed_keys({k for pair in pairs for k in pair}, seals(home), key=seal_key(home))
    kept = [not sealed & set(pair) for pair in pairs]
    if not all(kept):
        engines.write_rows(told.filter(pa.array(kept, pa.bool_())), path)
    return kept.count(False)


def check(engine: engines.Engine, home: Home, tables: dict[str, ir.Table], *, at: str) -> None:
    """Look once more at what is about to be written or shown. Raises gate.SealBroken, or SealKeyRefused."""
    standing = seals(home)
    if standing is None or not standing.num_rows:
        return
    sealed = gate.sealed_keys(gate.person_keys(tables), standing, key=seal_key(home))
    for table in tables.values() if sealed else ():
        gate.check(engine, table, sealed, at=at)
